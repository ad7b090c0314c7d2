//! What a check of names and addresses finds, with codes that stay.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

pub use crate::severity::Severity;

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Nobody: the text alone tells, or the hosts beside each other.
    Given,
    /// The system's resolver, as sshd asks it (nsswitch.conf(5): `/etc/hosts` first on most machines).
    System,
    /// The DNS itself.
    Dns,
}

impl View {
    /// A word for programs. It stays.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::System => "system",
            Self::Dns => "dns",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A text that is no [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no such finding; `hostbased check --help` lists them")]
pub struct UnknownCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of finding it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for programs and for `--allow`. It stays.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

codes! {
    /// A name without a domain.
    NotFullyQualified = "not-fully-qualified",
    /// No name of a host: a label or the whole is too long, or it is a number, or it is not in ASCII.
    BadName = "bad-name",
    /// The name has no address.
    NameDoesNotResolve = "name-does-not-resolve",
    /// Nobody could say whether the name or address is known: a time-out, or a server that fails.
    LookupFailed = "lookup-failed",
    /// The name does not resolve to an address that was given with it.
    AddressNotInForward = "address-not-in-forward",
    /// The address has no name.
    ReverseMissing = "reverse-missing",
    /// The address has a name that is another host's, or that does not lead back to it in its own family.
    ReverseMismatch = "reverse-mismatch",
    /// The name is an alias (CNAME, or a second name in `/etc/hosts`) of another.
    NameIsAlias = "name-is-alias",
    /// The system and the DNS say different things.
    ViewsDiffer = "views-differ",
    /// The address's line in `/etc/hosts` has the short name first.
    ShortNameFirst = "short-name-first",
    /// An address that is not one host's on every network: loopback, link-local, multicast, unspecified, documentation.
    SpecialAddress = "special-address",
    /// An IPv4 address in IPv6 form.
    MappedAddress = "mapped-address",
    /// One name for two hosts.
    DuplicateName = "duplicate-name",
    /// One address for two hosts.
    DuplicateAddress = "duplicate-address",
    /// One key for two hosts: cloned images.
    DuplicateKey = "duplicate-key",
    /// The answer's signatures are wrong or missing, although the parent zone has a DS record.
    DnssecBogus = "dnssec-bogus",
    /// The zone is not signed.
    DnssecInsecure = "dnssec-insecure",
    /// Whether the answer is signed cannot be found out.
    DnssecUnavailable = "dnssec-unavailable",
    /// A fingerprint in the DNS is of another key.
    SshfpMismatch = "sshfp-mismatch",
    /// The DNS has no fingerprint of the key.
    SshfpMissing = "sshfp-missing",
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.word() == text).ok_or(UnknownCode)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Something that a check found. Texts are ready to be shown: what came from outside is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// Who was asked.
    pub view: View,
    /// How much it weighs, by the options of the check.
    pub severity: Severity,
    /// Of which name or address.
    pub subject: String,
    /// What was found.
    pub evidence: String,
    /// What to do.
    pub mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, view, severity, subject, evidence, mend } = self;
        write!(f, "{severity} ({code}, {view}): {subject}: {evidence}; {mend}")
    }
}
