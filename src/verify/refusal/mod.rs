//! Why an attempt is refused: a stable code, and whatever decided.

mod code;
pub(super) mod hint;
pub(super) mod message;

use thiserror::Error;

use super::files::{Stat, Unreadable};
use super::gate::GateRefusal;
use crate::escape::escape;
use crate::key::{Algorithm, KeyError, KeyType, SignatureError};
use crate::known_hosts::Place;
use crate::revoked::{Means, Revocation};

/// Why an attempt is refused. [`Refusal::code`] is stable; the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// RefuseConnection is yes: nobody gets in from there by any method.
    #[error("RefuseConnection is yes")]
    ConnectionRefused,
    /// HostbasedAuthentication is no.
    #[error("HostbasedAuthentication is no")]
    MethodNotEnabled,
    /// AuthenticationMethods does not list hostbased at this stage.
    #[error("AuthenticationMethods does not let hostbased be tried at this stage")]
    MethodNotListed,
    /// The request asks for another account than the one it is judged for; `user:style` is another account too.
    #[error("the request asks for another account than the one it is judged for")]
    OtherAccount,
    /// The algorithm has no name that we know.
    #[error("unsupported public key algorithm")]
    AlgorithmUnknown,
    /// HostbasedAcceptedAlgorithms does not hold the algorithm.
    #[error("signature algorithm {} not in HostbasedAcceptedAlgorithms", .0.name())]
    AlgorithmNotAccepted(Algorithm),
    /// The algorithm is known by name only: nothing here verifies it.
    #[error("signatures by {} cannot be verified", .0.name())]
    AlgorithmUnsupported(Algorithm),
    /// The key does not decode.
    #[error("the host key does not decode: {0}")]
    KeyUndecodable(KeyError),
    /// The key is of another type or curve than the algorithm asks for.
    #[error("key type mismatch: received {received}, the algorithm asks for {expected}")]
    KeyTypeMismatch {
        /// The key's type.
        received: KeyType,
        /// The type that the algorithm asks for.
        expected: KeyType,
    },
    /// The authority signed by something that has no name that we know.
    #[error("the authority signed by an algorithm that is not known")]
    CaAlgorithmUnknown,
    /// CASignatureAlgorithms does not hold what the authority signed by.
    #[error("the authority signed by {}, which is not in CASignatureAlgorithms", .0.name())]
    CaAlgorithmNotAccepted(Algorithm),
    /// The RSA modulus is smaller than RequiredRSASize.
    #[error("RSA key of {bits} bits: RequiredRSASize is {required}")]
    RsaTooSmall {
        /// The key's size in bits.
        bits: usize,
        /// The smallest that is allowed.
        required: usize,
    },
    /// There is no such account.
    #[error("there is no such account")]
    AccountUnknown,
    /// The account must not log in, or not from there.
    #[error(transparent)]
    AccountNotAllowed(GateRefusal<'a>),
    /// The connection has come this far by this very key already.
    #[error("the key has been used on this connection already")]
    KeyAlreadyUsed,
    /// RevokedKeys names the key, its certificate or its authority.
    #[error("{}: {how}", escape(file))]
    KeyRevoked {
        /// The file.
        file: &'a str,
        /// How it is revoked.
        how: Revocation,
    },
    /// A RevokedKeys file does not exist, so that every key may be meant to be in it.
    #[error("{} does not exist: every key is refused until it does", escape(file))]
    RevokedKeysMissing {
        /// The file.
        file: &'a str,
    },
    /// A RevokedKeys file cannot be read, so that every key may be in it.
    #[error("{} cannot be read ({why}): every key is refused until it can", escape(file))]
    RevokedKeysUnreadable {
        /// The file.
        file: &'a str,
        /// Why not.
        why: Unreadable,
    },
    /// RequireNameMatch: the client claims a name that its address does not resolve to.
    #[error("the client claims a name that its address does not resolve to")]
    NameMismatch,
    /// The account is root, for whom the system's equiv files do not count.
    #[error("root is not let in by hosts.equiv and shosts.equiv")]
    RootIgnoresSystemFiles,
    /// There is none of the equiv files that count.
    #[error("there is no hosts.equiv, no shosts.equiv, and nothing of the user's own that counts")]
    EquivNoFiles,
    /// No line of the equiv files lets this user of that host in.
    #[error("no line of the equiv files lets this user of that host in")]
    EquivNoMatch,
    /// A negative line is the first that matches.
    #[error("{}:{} denies this user of that host", escape(.0.file), .0.line)]
    EquivDenies(Place<'a>),
    /// No line lets them in, but one of the files is not known.
    #[error("{} cannot be read ({why}), and nothing else lets this user of that host in", escape(file))]
    EquivUnreadable {
        /// The file.
        file: &'a str,
        /// Why not.
        why: Unreadable,
    },
    /// No line lets them in, but StrictModes has one of the user's own files ignored.
    #[error("StrictModes: {} {}", escape(file), loose(*stat))]
    EquivModes {
        /// The file.
        file: &'a str,
        /// Its owner and mode.
        stat: Stat,
    },
    /// The account has no home folder, where its own files would be.
    #[error("there is no home folder {}", escape(home))]
    HomeMissing {
        /// Where it should be.
        home: &'a str,
    },
    /// StrictModes: others could put files into the account's home folder.
    #[error("StrictModes: the home folder {} {}", escape(home), loose(*stat))]
    HomeModes {
        /// The folder.
        home: &'a str,
        /// Its owner and mode.
        stat: Stat,
    },
    /// It is a user's certificate.
    #[error("Certificate invalid: not a host certificate")]
    CertificateNotForHosts,
    /// It begins later.
    #[error("Certificate invalid: not yet valid")]
    CertificateNotYetValid,
    /// It has ended.
    #[error("Certificate invalid: expired")]
    CertificateExpired,
    /// It names no host at all.
    #[error("Certificate lacks principal list")]
    CertificateWithoutPrincipals,
    /// It is for other hosts.
    #[error("Certificate invalid: name is not a listed principal")]
    CertificateForOtherHosts,
    /// It asks for something that nobody understands.
    #[error("Certificate contains unsupported critical options")]
    CertificateCriticalOptions,
    /// It is not known what one of the system's known_hosts files says, and it may revoke the key.
    #[error("{} cannot be read ({why}): it may revoke the key", escape(file))]
    KnownHostsUnreadable {
        /// The file.
        file: &'a str,
        /// Why not.
        why: Unreadable,
    },
    /// No line of the known_hosts files is for that host.
    #[error("no line of the known_hosts files holds this key for that host")]
    HostKeyUnknown,
    /// The host is known by other keys.
    #[error("{}:{} has another key for that host", escape(.0.file), .0.line)]
    HostKeyChanged(Place<'a>),
    /// The key is revoked.
    #[error("{}:{} revokes the key", escape(.0.file), .0.line)]
    HostKeyRevoked(Place<'a>),
    /// The certificate is not its authority's.
    #[error("the certificate's own signature does not verify: {0}")]
    CertificateForged(SignatureError),
    /// The signature does not count.
    #[error("{0}")]
    Signature(SignatureError),
    /// PermitRootLogin does not let root in by hostbased.
    #[error("PermitRootLogin does not let root in by hostbased")]
    RootNotPermitted,
    /// Hostbased has succeeded, and AuthenticationMethods asks for more: the user is not in yet.
    #[error("AuthenticationMethods asks for another method besides")]
    PartialSuccess,
    /// The session identifier is no exchange hash, so that nothing binds the signature to this connection.
    #[error("a session identifier of {length} bytes is no exchange hash")]
    SessionId {
        /// Its length in bytes.
        length: usize,
    },
    /// The application says no.
    #[error("the application refuses this user")]
    ApplicationDenies,
}

/// What StrictModes has against a file or folder: its mode, else its owner.
fn loose(stat: Stat) -> String {
    let mode = stat.mode & 0o7777;
    match stat.mode & 0o022 {
        0 => format!("belongs to uid {}, neither to the account nor to root", stat.uid),
        0o020 => format!("may be written by its group (mode {mode:04o})"),
        _ => format!("may be written by others (mode {mode:04o})"),
    }
}

impl<'a> Refusal<'a> {
    /// The line that decided, if one did.
    #[must_use]
    pub const fn place(&self) -> Option<Place<'a>> {
        match self {
            Self::KeyRevoked {
                file,
                how: Revocation::Key(Means::Line(line)) | Revocation::Authority(Means::Line(line)),
            } => Some(Place { file, line: *line }),
            Self::EquivDenies(place) | Self::HostKeyChanged(place) | Self::HostKeyRevoked(place) => Some(*place),
            _ => None,
        }
    }

    /// The file that decided, if one did: the one of [`Refusal::place`] where a line did.
    #[must_use]
    pub const fn file(&self) -> Option<&'a str> {
        match self {
            Self::EquivDenies(place) | Self::HostKeyChanged(place) | Self::HostKeyRevoked(place) => Some(place.file),
            Self::KeyRevoked { file, .. }
            | Self::RevokedKeysMissing { file }
            | Self::RevokedKeysUnreadable { file, .. }
            | Self::EquivUnreadable { file, .. }
            | Self::EquivModes { file, .. }
            | Self::KnownHostsUnreadable { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Whether it says only that a name of the host is not in the files: another name of it may be.
    pub(super) const fn is_merely_unknown(&self) -> bool {
        matches!(self, Self::EquivNoFiles | Self::EquivNoMatch | Self::CertificateForOtherHosts | Self::HostKeyUnknown)
    }
}
