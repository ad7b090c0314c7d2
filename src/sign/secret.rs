//! A decoded private key: for the moment of one signature. The crates below wipe it when it goes.

use ed25519_dalek::Signer as _;
use thiserror::Error;

use super::blinding::Blinding;
use super::private_key::PrivateKeyError;
use super::rsa;
use crate::key::{Algorithm, BaseType, KeyType, PublicKey};
use crate::wire::Writer;

/// Why no signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The private key cannot be used.
    #[error(transparent)]
    Key(#[from] PrivateKeyError),
    /// The key does not sign by that algorithm.
    #[error("the key does not sign by {}", .0.name())]
    AlgorithmMismatch(Algorithm),
    /// The kernel gave no random numbers.
    #[error("the kernel gave no random numbers")]
    NoRandomness,
    /// The computation failed.
    #[error("the signature could not be computed")]
    Failed,
}

/// The private half of a host key.
pub(super) enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(Box<::rsa::RsaPrivateKey>),
}

impl Secret {
    pub(super) fn ed25519(seed: &[u8; 32]) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// `scalar` is the private number, big-endian.
    pub(super) fn ecdsa(base: BaseType, scalar: &[u8]) -> Result<Self, PrivateKeyError> {
        let damaged = |_| PrivateKeyError::Damaged("ECDSA private number");
        match base {
            BaseType::EcdsaP256 => p256::ecdsa::SigningKey::from_slice(scalar).map(Self::P256).map_err(damaged),
            BaseType::EcdsaP384 => p384::ecdsa::SigningKey::from_slice(scalar).map(Self::P384).map_err(damaged),
            BaseType::EcdsaP521 => p521::ecdsa::SigningKey::from_slice(scalar).map(Self::P521).map_err(damaged),
            _ => Err(PrivateKeyError::UnsupportedType),
        }
    }

    /// Numbers are big-endian. The parts are checked to belong together.
    pub(super) fn rsa(n: &[u8], e: &[u8], d: &[u8], primes: [&[u8]; 2]) -> Result<Self, PrivateKeyError> {
        rsa::private_key(n, e, d, primes).map(|key| Self::Rsa(Box::new(key)))
    }

    /// The public half, computed from the private one.
    pub(super) fn public_key(&self) -> Result<PublicKey, PrivateKeyError> {
        let named = |base: BaseType| Writer::new().string(KeyType::plain(base).name().as_bytes());
        let point = |base, curve: &[u8], point: &[u8]| named(base).string(curve).string(point);
        let writer = match self {
            Self::Ed25519(key) => named(BaseType::Ed25519).string(key.verifying_key().as_bytes()),
            Self::P256(key) => {
                point(BaseType::EcdsaP256, b"nistp256", key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::P384(key) => {
                point(BaseType::EcdsaP384, b"nistp384", key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::P521(key) => {
                point(BaseType::EcdsaP521, b"nistp521", key.verifying_key().to_sec1_point(false).as_bytes())
            }
            Self::Rsa(key) => {
                let (e, n) = rsa::public_parts(key);
                named(BaseType::Rsa).mpint(&e).mpint(&n)
            }
        };
        Ok(PublicKey::from_blob(&writer.into_bytes())?)
    }

    fn base_type(&self) -> BaseType {
        match self {
            Self::Ed25519(_) => BaseType::Ed25519,
            Self::P256(_) => BaseType::EcdsaP256,
            Self::P384(_) => BaseType::EcdsaP384,
            Self::P521(_) => BaseType::EcdsaP521,
            Self::Rsa(_) => BaseType::Rsa,
        }
    }

    /// Signs by the algorithm; gives the signature blob (string format name, string signature).
    pub(super) fn sign(
        &self,
        algorithm: Algorithm,
        data: &[u8],
        blinding: &mut Blinding,
    ) -> Result<Vec<u8>, SignError> {
        if self.base_type() != algorithm.key_type().base {
            return Err(SignError::AlgorithmMismatch(algorithm));
        }
        let failed = |_| SignError::Failed;
        let signature = match self {
            Self::Ed25519(key) => {
                let signature = key.try_sign(data).map_err(failed)?;
                // Two signatures of the same data, one of them with a bit flipped on the way (Rowhammer), give the key
                // away. What the `rsa` crate does by itself; ECDSA would take half as long again.
                key.verifying_key().verify_strict(data, &signature).map_err(failed)?;
                signature.to_bytes().to_vec()
            }
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(data).map_err(failed)?;
                ecdsa_fields(&signature.r().to_bytes(), &signature.s().to_bytes())
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(data).map_err(failed)?;
                ecdsa_fields(&signature.r().to_bytes(), &signature.s().to_bytes())
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::Signature = key.try_sign(data).map_err(failed)?;
                ecdsa_fields(&signature.r().to_bytes(), &signature.s().to_bytes())
            }
            Self::Rsa(key) => rsa::sign(key, algorithm, data, blinding)?,
        };
        Ok(Writer::new().string(algorithm.plain().name().as_bytes()).string(&signature).into_bytes())
    }
}

/// RFC 5656 section 3.1.2: mpint r, mpint s.
fn ecdsa_fields(r: &[u8], s: &[u8]) -> Vec<u8> {
    Writer::new().mpint(r).mpint(s).into_bytes()
}
