//! A public key or host certificate, by its blob.

use std::fmt;

use ssh_key::public::KeyData;
use thiserror::Error;

use super::algorithm::{Algorithm, BaseType, KeyType};
use super::base64::encode_base64;
use super::certificate::Certificate;
use super::fingerprint::Fingerprint;
use super::guard::{self, Shape};
use crate::wire::{WireError, Writer};

/// Most principals in a certificate (OpenSSH: sshkey.h `SSHKEY_CERT_MAX_PRINCIPALS`).
pub const MAX_CERTIFICATE_PRINCIPALS: usize = 256;

/// Smallest RSA modulus that OpenSSH reads, in bits, and so the floor of RequiredRSASize and its default (OpenSSH: sshkey.h
/// `SSH_RSA_MINIMUM_MODULUS_SIZE`).
pub const MIN_RSA_BITS: usize = 1024;

/// Why a blob is no key that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A field is missing, too long, or has a value that it must not have.
    #[error(transparent)]
    Field(#[from] WireError),
    /// Its type has no name that OpenSSH 10.5 knows.
    #[error("unknown key type")]
    UnknownType,
    /// A certificate that is signed by a certificate.
    #[error("a certificate is signed by another certificate; only plain keys can be authorities")]
    NestedCertificate,
    /// More principals than [`MAX_CERTIFICATE_PRINCIPALS`].
    #[error("the certificate has more than {MAX_CERTIFICATE_PRINCIPALS} principals")]
    TooManyPrincipals,
    /// The fields are there, but they are no key (a point that is not encoded as one, text that is not UTF-8).
    #[error("the fields are there, but they do not make a key")]
    Undecodable,
}

/// A public key, plain or inside a certificate. Two are equal when their blobs are.
#[derive(Clone)]
pub struct PublicKey {
    blob: Vec<u8>,
    key_type: KeyType,
    /// `None` for a type that `ssh-key` does not know: it can be stored and compared, not used.
    data: Option<KeyData>,
    certificate: Option<Box<Certificate>>,
}

impl PublicKey {
    /// Reads a key or certificate blob (RFC 4253 section 6.6; OpenSSH: PROTOCOL.certkeys). A certificate's own
    /// signature is not checked here: see `verify_certificate`.
    ///
    /// # Errors
    /// [`KeyError`]. Nested certificates are refused before anything is decoded.
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyError> {
        Self::from_shape(blob, &guard::walk(blob)?)
    }

    fn from_shape(blob: &[u8], shape: &Shape<'_>) -> Result<Self, KeyError> {
        let certificate = match &shape.certificate {
            None => None,
            Some(parts) => {
                let plain = Writer::new()
                    .string(KeyType::plain(shape.key_type.base).name().as_bytes())
                    .raw(shape.fields)
                    .into_bytes();
                Some(Box::new(Certificate::from_parts(blob, parts, Self::from_blob(&plain)?)?))
            }
        };
        let data = match (&certificate, shape.key_type.base) {
            (Some(certificate), _) => certificate.key().data.clone(),
            (None, BaseType::Mldsa44Ed25519) => None,
            (None, _) => Some(decode(blob)?),
        };
        Ok(Self { blob: blob.to_vec(), key_type: shape.key_type, data, certificate })
    }

    /// The blob, as it was read.
    #[must_use]
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// The key's type.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The certificate, if it is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// The key without its certificate.
    #[must_use]
    pub fn plain(&self) -> &Self {
        self.certificate().map_or(self, Certificate::key)
    }

    /// The fingerprint that OpenSSH shows: of the plain key.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.plain().blob)
    }

    /// Size of an RSA modulus in bits; `None` for other types.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        let n = self.data.as_ref()?.rsa()?.n().as_positive_bytes()?;
        let unused = usize::try_from(n.first()?.leading_zeros()).unwrap_or(0);
        Some(n.len().saturating_mul(8).saturating_sub(unused))
    }

    /// Whether such a key, certificate included, signs by this algorithm.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.key_type == algorithm.key_type()
    }

    /// The key as it stands in files, without host names and comment: `type base64`.
    #[must_use]
    pub fn to_line(&self) -> String {
        format!("{} {}", self.key_type.name(), encode_base64(&self.blob))
    }

    #[cfg(feature = "verify")]
    pub(super) const fn data(&self) -> Option<&KeyData> {
        self.data.as_ref()
    }
}

fn decode(blob: &[u8]) -> Result<KeyData, KeyError> {
    ssh_key::PublicKey::from_bytes(blob).map(KeyData::from).map_err(|_| KeyError::Undecodable)
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.blob == other.blob
    }
}

impl Eq for PublicKey {}

impl fmt::Display for PublicKey {
    /// The type as OpenSSH names it and the fingerprint: `ED25519 SHA256:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key_type.short_name(), self.fingerprint())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
