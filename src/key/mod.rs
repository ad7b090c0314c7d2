//! Public keys, host certificates and signature algorithms, over the `ssh-key` crate.
//!
//! Every blob goes through a strict reader of our own first ([`PublicKey::from_blob`]): it refuses certificates inside
//! certificates before anything recurses into them, and bytes that trail inside a field. Keys are equal when their
//! blobs are.

mod accepted;
mod algorithm;
mod base64;
mod certificate;
mod fingerprint;
mod guard;
mod line;
mod public;
mod rfc4716;
#[cfg(feature = "verify")]
mod signature;

pub use accepted::{AlgorithmList, AlgorithmListError};
pub use algorithm::{Algorithm, BaseType, KeyType, SignatureHash};
pub use base64::{decode_base64, encode_base64};
pub use certificate::{Certificate, CertificateKind};
pub use fingerprint::{Fingerprint, FingerprintError};
pub(crate) use line::parse_public_key_fields;
pub use line::{KeyLineError, parse_public_key_file, parse_public_key_line};
pub use public::{KeyError, MAX_CERTIFICATE_PRINCIPALS, MIN_RSA_BITS, PublicKey};
pub use rfc4716::Rfc4716Error;
#[cfg(feature = "verify")]
pub use signature::{MAX_RSA_BITS, SignatureError, verify_certificate, verify_signature};
