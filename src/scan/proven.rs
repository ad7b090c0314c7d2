//! The proof that a server holds a key: the only way from bytes that it sent to a key that we pass on.

use super::error::ScanError;
use crate::key::{
    Algorithm, BaseType, CertificateKind, MAX_RSA_BITS, MIN_RSA_BITS, PublicKey, SignatureError, verify_certificate,
    verify_signature,
};

/// A host key, or host certificate, whose private part the server holds: it signed the exchange hash of a connection
/// to us. It says nothing of *who* that server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenKey {
    key: PublicKey,
    algorithm: Algorithm,
}

impl ProvenKey {
    /// Believes a key when its blob is a key of the type that was negotiated, and the signature over the exchange
    /// hash is its own, by exactly the algorithm that was negotiated.
    ///
    /// russh 0.65 leaves out two of these: it takes a key of any type, and a signature by any algorithm of the key.
    /// A certificate must besides be for hosts and signed by its authority, as OpenSSH's own reader of certificates
    /// asks (sshkey.c `cert_parse`).
    pub(super) fn check(
        blob: &[u8],
        negotiated: Algorithm,
        exchange_hash: &[u8],
        signature: &[u8],
    ) -> Result<Self, ScanError> {
        let key = PublicKey::from_blob(blob).map_err(ScanError::KeyMalformed)?;
        if !key.fits(negotiated) {
            return Err(ScanError::KeyTypeMismatch);
        }
        verify_signature(&key, negotiated, exchange_hash, signature).map_err(|error| match error {
            SignatureError::RsaSize { bits } => ScanError::RsaSize { bits },
            error => ScanError::BadSignature(error),
        })?;
        if let Some(certificate) = key.certificate() {
            verify_certificate(certificate).map_err(ScanError::CertificateSignature)?;
            if certificate.kind() != CertificateKind::Host {
                return Err(ScanError::UserCertificate);
            }
        }
        Ok(Self { key, algorithm: negotiated })
    }

    /// A key that was proven by an earlier scan, whose word whoever calls this has: from a file that nobody else writes.
    /// `None` when the algorithm is not one of the key's.
    #[cfg(feature = "cli")]
    pub(crate) fn remembered(key: PublicKey, algorithm: Algorithm) -> Option<Self> {
        key.fits(algorithm).then_some(Self { key, algorithm })
    }

    /// The key, or the certificate when one was asked for.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The algorithm by which the server proved it.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Why russh refused a key's signature, as far as the key itself tells: the RSA crate behind it has limits.
pub(super) fn explain_refusal(key: &PublicKey) -> ScanError {
    match key.rsa_bits() {
        Some(bits) if key.key_type().base == BaseType::Rsa && !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) => {
            ScanError::RsaSize { bits }
        }
        _ => ScanError::BadSignature(SignatureError::Invalid),
    }
}

#[cfg(test)]
mod tests;
