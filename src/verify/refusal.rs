//! Why an attempt is refused: a stable code, and whatever decided.

use thiserror::Error;

use crate::key::{Algorithm, KeyError, KeyType, SignatureError};
use crate::known_hosts::Place;
use crate::revoked::Revocation;

/// Why an attempt is refused. [`Refusal::code`] is stable; the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// The request asks for another account than the one it is judged for; `user:style` is another account too.
    #[error("the request asks for another account than the one it is judged for")]
    OtherAccount,
    /// The algorithm has no name that we know.
    #[error("unsupported public key algorithm")]
    AlgorithmUnknown,
    /// HostbasedAcceptedAlgorithms does not hold the algorithm.
    #[error("signature algorithm {} not in HostbasedAcceptedAlgorithms", .0.name())]
    AlgorithmNotAccepted(Algorithm),
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
    /// The certificate is not its authority's.
    #[error("the certificate's own signature does not verify: {0}")]
    CertificateForged(SignatureError),
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
    /// RevokedKeys names the key, its certificate or its authority.
    #[error("{file}: {how}")]
    KeyRevoked {
        /// The file.
        file: &'a str,
        /// How it is revoked.
        how: Revocation,
    },
    /// A RevokedKeys file cannot be read, so that every key may be in it.
    #[error("{file} cannot be read: every key is refused until it can")]
    RevokedKeysUnreadable {
        /// The file.
        file: &'a str,
    },
    /// The account is root, for whom the system's equiv files do not count.
    #[error("root is not let in by hosts.equiv and shosts.equiv")]
    RootIgnoresSystemFiles,
    /// No line of the equiv files lets this user of that host in.
    #[error("no line of hosts.equiv or shosts.equiv lets this user of that host in")]
    EquivNoMatch,
    /// A negative line is the first that matches.
    #[error("{}:{} denies this user of that host", .0.file, .0.line)]
    EquivDenies(Place<'a>),
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
    /// No line of ssh_known_hosts is for that host.
    #[error("no line of ssh_known_hosts holds this key for that host")]
    HostKeyUnknown,
    /// The host is known by other keys.
    #[error("{}:{} has another key for that host", .0.file, .0.line)]
    HostKeyChanged(Place<'a>),
    /// The key is revoked.
    #[error("{}:{} revokes the key", .0.file, .0.line)]
    HostKeyRevoked(Place<'a>),
    /// The signature does not count.
    #[error("{0}")]
    Signature(SignatureError),
}

impl Refusal<'_> {
    /// The code, in kebab case: it does not change between releases.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherAccount => "other-account",
            Self::AlgorithmUnknown => "algorithm-unknown",
            Self::AlgorithmNotAccepted(_) => "algorithm-not-accepted",
            Self::KeyUndecodable(_) => "key-undecodable",
            Self::KeyTypeMismatch { .. } => "key-type-mismatch",
            Self::CertificateForged(_) => "certificate-forged",
            Self::CaAlgorithmNotAccepted(_) => "ca-algorithm-not-accepted",
            Self::RsaTooSmall { .. } => "rsa-too-small",
            Self::KeyRevoked { .. } => "key-revoked",
            Self::RevokedKeysUnreadable { .. } => "revoked-keys-unreadable",
            Self::RootIgnoresSystemFiles => "root-ignores-system-files",
            Self::EquivNoMatch => "equiv-no-match",
            Self::EquivDenies(_) => "equiv-denies",
            Self::CertificateNotForHosts => "certificate-not-for-hosts",
            Self::CertificateNotYetValid => "certificate-not-yet-valid",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateWithoutPrincipals => "certificate-without-principals",
            Self::CertificateForOtherHosts => "certificate-for-other-hosts",
            Self::CertificateCriticalOptions => "certificate-critical-options",
            Self::HostKeyUnknown => "host-key-unknown",
            Self::HostKeyChanged(_) => "host-key-changed",
            Self::HostKeyRevoked(_) => "host-key-revoked",
            Self::Signature(SignatureError::UserNotPresent) => "user-not-present",
            Self::Signature(SignatureError::Unsupported(_)) => "algorithm-unsupported",
            Self::Signature(_) => "signature-invalid",
        }
    }
}
