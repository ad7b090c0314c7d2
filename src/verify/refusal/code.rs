//! The codes, for programs: they do not change between releases.

use super::Refusal;
use crate::key::SignatureError;

impl Refusal<'_> {
    /// The code, in kebab case: it does not change between releases.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ConnectionRefused => "connection-refused",
            Self::MethodNotEnabled => "method-not-enabled",
            Self::MethodNotListed => "method-not-listed",
            Self::OtherAccount => "other-account",
            Self::AlgorithmUnknown => "algorithm-unknown",
            Self::AlgorithmNotAccepted(_) => "algorithm-not-accepted",
            Self::AlgorithmUnsupported(_) => "algorithm-unsupported",
            Self::KeyUndecodable(_) => "key-undecodable",
            Self::KeyTypeMismatch { .. } => "key-type-mismatch",
            Self::CaAlgorithmUnknown => "ca-algorithm-unknown",
            Self::CaAlgorithmNotAccepted(_) => "ca-algorithm-not-accepted",
            Self::RsaTooSmall { .. } => "rsa-too-small",
            Self::AccountUnknown => "account-unknown",
            Self::AccountNotAllowed(refusal) => refusal.code(),
            Self::KeyAlreadyUsed => "key-already-used",
            Self::KeyRevoked { .. } => "key-revoked",
            Self::RevokedKeysMissing { .. } => "revoked-keys-missing",
            Self::RevokedKeysUnreadable { .. } => "revoked-keys-unreadable",
            Self::NameMismatch => "name-mismatch",
            Self::RootIgnoresSystemFiles => "root-ignores-system-files",
            Self::EquivNoFiles => "equiv-no-files",
            Self::EquivNoMatch => "equiv-no-match",
            Self::EquivDenies(_) => "equiv-denies",
            Self::EquivUnreadable { .. } => "equiv-unreadable",
            Self::EquivModes { .. } => "equiv-modes",
            Self::HomeMissing { .. } => "home-missing",
            Self::HomeModes { .. } => "home-modes",
            Self::CertificateNotForHosts => "certificate-not-for-hosts",
            Self::CertificateNotYetValid => "certificate-not-yet-valid",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateWithoutPrincipals => "certificate-without-principals",
            Self::CertificateForOtherHosts => "certificate-for-other-hosts",
            Self::CertificateCriticalOptions => "certificate-critical-options",
            Self::KnownHostsUnreadable { .. } => "known-hosts-unreadable",
            Self::HostKeyUnknown => "host-key-unknown",
            Self::HostKeyChanged(_) => "host-key-changed",
            Self::HostKeyRevoked(_) => "host-key-revoked",
            Self::CertificateForged(_) => "certificate-forged",
            Self::Signature(SignatureError::UserNotPresent) => "user-not-present",
            Self::Signature(_) => "signature-invalid",
            Self::RootNotPermitted => "root-not-permitted",
            Self::PartialSuccess => "partial-success",
            Self::SessionId { .. } => "session-id-invalid",
            Self::ApplicationDenies => "application-denies",
        }
    }
}
