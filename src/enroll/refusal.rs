//! Why a host is not registered.

use std::fmt;
use std::net::IpAddr;

use thiserror::Error;

use super::files::SystemFile;
use super::host::HostSpec;
use super::names::Names;
use crate::key::{KeyType, PublicKey};
use crate::name::HostText;

/// Smallest RSA key that is registered, in bits. sshd takes 1024 (RequiredRSASize), which has not been enough for
/// years (NIST SP 800-131A).
pub const MIN_RSA_BITS: usize = 2048;

/// A host for which nothing is changed, and all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The host.
    pub host: HostSpec,
    /// Why; at least one reason.
    pub reasons: Vec<Refusal>,
}

/// Why a host is not registered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another key of the same type is known under one of its names.
    #[error(
        "{file}:{line}: {known_as} is known with another key: {known}, but it shows {shown}; make sure of the new \
         one; if the key was changed on purpose, remove the host first, or refresh it with --accept-changed"
    )]
    ChangedKey {
        /// Under which name or address.
        known_as: HostText,
        /// The key that is known.
        known: Box<PublicKey>,
        /// The key that the host shows.
        shown: Box<PublicKey>,
        /// The file.
        file: SystemFile,
        /// The line with the known key.
        line: usize,
    },
    /// The key was revoked.
    #[error("{file}:{line}: the key {key} is revoked for {known_as}; give the host a new key")]
    RevokedKey {
        /// The key.
        key: Box<PublicKey>,
        /// Under which name or address.
        known_as: HostText,
        /// The file.
        file: SystemFile,
        /// The line that revokes it.
        line: usize,
    },
    /// The key of an authority was revoked.
    #[error("{file}:{line}: the key {key} is revoked; the authority needs a new key")]
    RevokedAuthority {
        /// The key.
        key: Box<PublicKey>,
        /// The file.
        file: SystemFile,
        /// The line that revokes it.
        line: usize,
    },
    /// An RSA key that is too short.
    #[error(
        "the key {key} has {bits} bits; {MIN_RSA_BITS} are the least that is registered: give the host a longer one, \
         or leave it out with --type"
    )]
    ShortRsaKey {
        /// The key.
        key: Box<PublicKey>,
        /// Its size in bits.
        bits: usize,
    },
    /// A certificate instead of a key.
    #[error("a certificate ({0}) is no key to register: give the plain key, or register its authority by hand")]
    Certificate(KeyType),
    /// There is no key.
    #[error("there is no key to register")]
    NoKeys,
    /// sshd looks the host up by address, and none is given.
    #[error("sshd matches {0}, and no address is given: write NAME,ADDRESS")]
    NoAddress(Names),
    /// sshd looks the host up by name, and none is given.
    #[error("sshd matches {0}, and no name is given: write NAME,ADDRESS")]
    NoName(Names),
    /// An address that is another host's on every network.
    #[error(
        "{0} is a link-local address, which sshd looks up with its interface ({0}%eth0) and never finds like this; give \
         the host's own address"
    )]
    LinkLocalAddress(IpAddr),
    /// An earlier line of shosts.equiv shuts the host out.
    #[error("{file}:{line}: this line shuts {looked_up} out, and comes before any that is added; remove it first")]
    Denied {
        /// The name or address that it shuts out.
        looked_up: HostText,
        /// The file.
        file: SystemFile,
        /// The line.
        line: usize,
    },
    /// No fingerprint was given for a key that would be written, or only those of other keys.
    #[error(
        "no fingerprint that was given is that of the key {0}; compare it with what ssh-keygen -lf prints on the host itself, \
         and give it (--fingerprint; fingerprint= in an inventory), or choose by type (--type; type=) which keys are registered"
    )]
    NotVouchedFor(Box<PublicKey>),
    /// A key of a type that is not registered for the host, and nobody vouches for it.
    #[error(
        "it shows the key {0}, of a type that is not registered for it: that another key of the host was proved says nothing \
         of this one, for it was another connection; give its fingerprint or key file, or leave it out by its type (--type; type=)"
    )]
    NewKey(Box<PublicKey>),
    /// None of the keys that the host shows is one that is known.
    #[error(
        "NONE of the keys that it shows is known for it: somebody may be answering in its place; if it was installed anew, \
         compare the fingerprints on the host itself (ssh-keygen -lf), and say --accept-changed {0}"
    )]
    AllKeysChanged(HostSpec),
    /// Nothing in known_hosts is about the host.
    #[error("{0} has no line of its own in {file}; enroll it first", file = SystemFile::KnownHosts)]
    NotRegistered(HostText),
    /// A list of patterns that is none, or is for nobody.
    #[error("\"{pattern}\" is no list of host patterns for an authority: {why}")]
    Pattern {
        /// The list, escaped.
        pattern: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A key that would be revoked is for hosts that one word does not name.
    #[error("no key of {0} is known: name the key with --key-file, or the host by a name or address that it has in {file}",
        file = SystemFile::KnownHosts)]
    NoKeyToRevoke(HostText),
    /// A key that was to be refused would still be accepted.
    #[error("the key {0} would still be accepted for {1}: another line is needed; use --everywhere")]
    StillAccepted(Box<PublicKey>, String),
    /// A line cannot be written.
    #[error("{0}")]
    Line(String),
}

impl Refusal {
    /// The reason's code, for programs. It stays.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ChangedKey { .. } => "changed-key",
            Self::RevokedKey { .. } | Self::RevokedAuthority { .. } => "revoked-key",
            Self::ShortRsaKey { .. } => "short-rsa-key",
            Self::Certificate(_) => "certificate",
            Self::NoKeys => "no-keys",
            Self::NoAddress(_) => "no-address",
            Self::NoName(_) => "no-name",
            Self::LinkLocalAddress(_) => "link-local-address",
            Self::Denied { .. } => "denied",
            Self::NotVouchedFor(_) => "not-vouched-for",
            Self::NewKey(_) => "new-key",
            Self::AllKeysChanged(_) => "all-keys-changed",
            Self::NotRegistered(_) => "not-registered",
            Self::Pattern { .. } => "pattern",
            Self::NoKeyToRevoke(_) => "no-key-to-revoke",
            Self::StillAccepted(..) => "still-accepted",
            Self::Line(_) => "line",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = self.reasons.iter().map(ToString::to_string).collect();
        write!(f, "{}: {}", self.host, reasons.join("; "))
    }
}
