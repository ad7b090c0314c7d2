//! What a certificate says (OpenSSH: PROTOCOL.certkeys). Whether that is true is for `verify` to find out.

use super::algorithm::Algorithm;
use super::guard::CertificateShape;
use super::public::{KeyError, PublicKey};
use crate::wire::{MAX_ALGORITHM_BYTES, Reader};

/// What a certificate vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateKind {
    /// A user's key.
    User,
    /// A host's key: the only kind that hostbased authentication takes.
    Host,
}

/// A certificate's fields.
#[derive(Clone)]
pub struct Certificate {
    decoded: ssh_key::Certificate,
    key: PublicKey,
    authority: PublicKey,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    pub(super) fn from_parts(blob: &[u8], parts: &CertificateShape<'_>, key: PublicKey) -> Result<Self, KeyError> {
        Ok(Self {
            decoded: ssh_key::Certificate::from_bytes(blob).map_err(|_| KeyError::Undecodable)?,
            key,
            authority: PublicKey::from_blob(parts.authority)?,
            signed: parts.signed.to_vec(),
            signature: parts.signature.to_vec(),
        })
    }

    /// Whether it is for a host or a user.
    #[must_use]
    pub fn kind(&self) -> CertificateKind {
        match self.decoded.cert_type() {
            ssh_key::certificate::CertType::Host => CertificateKind::Host,
            ssh_key::certificate::CertType::User => CertificateKind::User,
        }
    }

    /// The plain key that it vouches for.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The plain key of the authority (CA) that signed it.
    #[must_use]
    pub const fn authority(&self) -> &PublicKey {
        &self.authority
    }

    /// The authority's signature blob.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The algorithm that the signature says it is by, not yet believed; `None` when it names none that is known.
    #[must_use]
    pub fn signature_algorithm(&self) -> Option<Algorithm> {
        Algorithm::from_name(Reader::new(&self.signature).string("format", MAX_ALGORITHM_BYTES).ok()?)
    }

    /// The bytes that the authority signed.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// Its serial number.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.decoded.serial()
    }

    /// Its identity, as the authority wrote it.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.decoded.key_id()
    }

    /// The host names it is for.
    #[must_use]
    pub fn principals(&self) -> &[String] {
        self.decoded.valid_principals()
    }

    /// First second of its life, since 1970.
    #[must_use]
    pub fn valid_after(&self) -> u64 {
        self.decoded.valid_after()
    }

    /// First second after its life, since 1970; `u64::MAX` is for ever.
    #[must_use]
    pub fn valid_before(&self) -> u64 {
        self.decoded.valid_before()
    }

    /// Whether it carries critical options. A host certificate has none that anyone understands.
    #[must_use]
    pub fn has_critical_options(&self) -> bool {
        self.decoded.critical_options().iter().next().is_some()
    }
}
