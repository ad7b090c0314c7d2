//! Checking a signature, with aws-lc-rs.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest, Sha256};
use ssh_key::public::KeyData;
use thiserror::Error;

use super::algorithm::{Algorithm, BaseType, SignatureHash};
use super::certificate::Certificate;
use super::public::{MIN_RSA_BITS, PublicKey};
use crate::wire::{MAX_ALGORITHM_BYTES, MAX_SIGNATURE_BYTES, Reader, WireError, Writer, fixed_width};

/// Largest RSA modulus that verifies, in bits. A larger one costs the verifier more than any login is worth.
pub const MAX_RSA_BITS: usize = 8192;

/// FIDO: the user touched the token (OpenSSH: PROTOCOL.u2f, "user presence").
const FLAG_USER_PRESENT: u8 = 0x01;

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Keys of this type do not sign by that algorithm.
    #[error("the key does not fit the signature algorithm")]
    KeyMismatch,
    /// The signature blob is not formed as one.
    #[error("signature: {0}")]
    Malformed(#[from] WireError),
    /// The name inside the signature is not the one that the request's algorithm asks for.
    #[error("the name inside the signature is not that of the request's algorithm")]
    AlgorithmMismatch,
    /// The algorithm is known by name only.
    #[error("unsupported algorithm {}", .0.name())]
    Unsupported(Algorithm),
    /// The RSA modulus is too small or too large.
    #[error("RSA key of {bits} bits: must have {MIN_RSA_BITS} to {MAX_RSA_BITS}")]
    RsaSize {
        /// The size in bits.
        bits: usize,
    },
    /// A FIDO signature that was made without a touch.
    #[error("the signature was made without the user's presence")]
    UserNotPresent,
    /// The signature is not this key's over this data.
    #[error("the signature is not this key's over this data")]
    Invalid,
}

/// Checks that `signature` (a blob: string format name, string signature) is `key`'s over `data` by `algorithm`.
///
/// Whether the algorithm is allowed at all is the caller's policy; `ssh-rsa` is computed when asked for by name.
///
/// # Errors
/// [`SignatureError`].
pub fn verify_signature(
    key: &PublicKey,
    algorithm: Algorithm,
    data: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    if !key.fits(algorithm) {
        return Err(SignatureError::KeyMismatch);
    }
    let mut reader = Reader::new(signature);
    let format = reader.string("format", MAX_ALGORITHM_BYTES)?;
    let format = Algorithm::from_name(format)
        .filter(|&format| format_fits(format, algorithm))
        .ok_or(SignatureError::AlgorithmMismatch)?;
    let bytes = reader.string("signature", MAX_SIGNATURE_BYTES)?;
    let Some(material) = key.data().filter(|_| format.hash() != SignatureHash::Webauthn) else {
        return Err(SignatureError::Unsupported(algorithm));
    };
    match material {
        KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) => {
            let flags = reader.byte("flags")?;
            let counter = reader.uint32("counter")?;
            reader.finish("counter")?;
            if flags & FLAG_USER_PRESENT == 0 {
                return Err(SignatureError::UserNotPresent);
            }
            verify_token(material, data, bytes, flags, counter)
        }
        _ => {
            reader.finish("signature")?;
            verify_plain(material, key, format, data, bytes)
        }
    }
}

/// A signature carries the plain name of its algorithm. A request by the *name* of a SHA-1 certificate may carry a
/// SHA-2 signature (OpenSSH: ssh-rsa.c `ssh_rsa_verify`).
fn format_fits(format: Algorithm, algorithm: Algorithm) -> bool {
    let upgraded = algorithm.key_type().certificate
        && algorithm.hash() == SignatureHash::Sha1
        && matches!(format.hash(), SignatureHash::Sha256 | SignatureHash::Sha512)
        && !format.key_type().certificate;
    format == algorithm.plain() || upgraded
}

fn verify_plain(
    material: &KeyData,
    key: &PublicKey,
    format: Algorithm,
    data: &[u8],
    bytes: &[u8],
) -> Result<(), SignatureError> {
    match material {
        KeyData::Ed25519(public) => raw(&ED25519, &public.0, data, bytes),
        KeyData::Ecdsa(public) => ecdsa(key.key_type().base, public.as_sec1_bytes(), data, bytes),
        KeyData::Rsa(public) => {
            let bits = key.rsa_bits().unwrap_or(0);
            if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
                return Err(SignatureError::RsaSize { bits });
            }
            let parameters = match format.hash() {
                SignatureHash::Sha1 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
                SignatureHash::Sha256 => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                SignatureHash::Sha512 => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
                SignatureHash::Fixed | SignatureHash::Webauthn => return Err(SignatureError::Unsupported(format)),
            };
            let (Some(n), Some(e)) = (public.n().as_positive_bytes(), public.e().as_positive_bytes()) else {
                return Err(SignatureError::Invalid);
            };
            // OpenSSH takes a signature whose leading zeros were dropped (ssh-rsa.c `openssh_RSA_verify`).
            let padded = fixed_width(bytes, n.len()).ok_or(SignatureError::Invalid)?;
            RsaPublicKeyComponents { n, e }.verify(parameters, data, &padded).map_err(|_| SignatureError::Invalid)
        }
        _ => Err(SignatureError::Unsupported(format)),
    }
}

/// What a FIDO token signs: hash of the application, flags, counter, hash of the data (OpenSSH: PROTOCOL.u2f).
fn verify_token(material: &KeyData, data: &[u8], bytes: &[u8], flags: u8, counter: u32) -> Result<(), SignatureError> {
    let signed = |application: &str| {
        Writer::new()
            .raw(&Sha256::digest(application.as_bytes()))
            .byte(flags)
            .uint32(counter)
            .raw(&Sha256::digest(data))
            .into_bytes()
    };
    match material {
        KeyData::SkEd25519(key) => raw(&ED25519, &key.public_key().0, &signed(key.application()), bytes),
        KeyData::SkEcdsaSha2NistP256(key) => {
            ecdsa(BaseType::EcdsaP256, key.ec_point().as_bytes(), &signed(key.application()), bytes)
        }
        _ => Err(SignatureError::Invalid),
    }
}

fn ecdsa(base: BaseType, point: &[u8], data: &[u8], bytes: &[u8]) -> Result<(), SignatureError> {
    let (algorithm, width): (&'static dyn VerificationAlgorithm, usize) = match base {
        BaseType::EcdsaP256 => (&ECDSA_P256_SHA256_FIXED, 32),
        BaseType::EcdsaP384 => (&ECDSA_P384_SHA384_FIXED, 48),
        BaseType::EcdsaP521 => (&ECDSA_P521_SHA512_FIXED, 66),
        _ => return Err(SignatureError::KeyMismatch),
    };
    // RFC 5656 section 3.1.2: mpint r, mpint s.
    let mut reader = Reader::new(bytes);
    let r = reader.string("r", MAX_SIGNATURE_BYTES)?;
    let s = reader.string("s", MAX_SIGNATURE_BYTES)?;
    reader.finish("s")?;
    let mut fixed = Vec::with_capacity(width.saturating_mul(2));
    for number in [r, s] {
        if number.first().is_some_and(|first| first & 0x80 != 0) {
            return Err(SignatureError::Invalid); // negative
        }
        fixed.extend(fixed_width(number, width).ok_or(SignatureError::Invalid)?);
    }
    raw(algorithm, point, data, &fixed)
}

fn raw(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    data: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    UnparsedPublicKey::new(algorithm, key).verify(data, signature).map_err(|_| SignatureError::Invalid)
}

/// Checks a certificate's own signature: that its authority made it, and by which algorithm.
///
/// # Errors
/// [`SignatureError`].
pub fn verify_certificate(certificate: &Certificate) -> Result<Algorithm, SignatureError> {
    let format = Reader::new(certificate.signature()).string("format", MAX_ALGORITHM_BYTES)?;
    let algorithm = Algorithm::from_name(format).ok_or(SignatureError::AlgorithmMismatch)?;
    verify_signature(certificate.authority(), algorithm, certificate.signed(), certificate.signature())?;
    Ok(algorithm)
}
