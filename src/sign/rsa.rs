//! RSA signatures: blinded, for any local user may time a set-uid helper (RUSTSEC-2023-0071), and as long as the
//! modulus, for OpenSSH refuses any other length.

use rsa::traits::{PublicKeyParts, SignatureScheme};
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest, Sha256, Sha512};

use super::blinding::Blinding;
use super::private_key::PrivateKeyError;
use super::secret::SignError;
use crate::key::{Algorithm, SignatureHash};
use crate::wire::fixed_width;

/// Puts a key together and checks that its parts belong together. Numbers are big-endian.
pub(super) fn private_key(n: &[u8], e: &[u8], d: &[u8], primes: [&[u8]; 2]) -> Result<RsaPrivateKey, PrivateKeyError> {
    let damaged = || PrivateKeyError::Damaged("RSA numbers");
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    let modulus = number(n);
    // The crate computes in the width of `d`: when `d` has fewer words than `n`, half of its signatures fail.
    let exponent = BoxedUint::from_be_slice(d, modulus.bits_precision()).map_err(|_| damaged())?;
    RsaPrivateKey::from_components(modulus, number(e), exponent, Vec::from(primes.map(number))).map_err(|_| damaged())
}

/// The public exponent and the modulus, big-endian.
pub(super) fn public_parts(key: &RsaPrivateKey) -> (Vec<u8>, Vec<u8>) {
    (key.e_bytes().to_vec(), key.n_bytes().to_vec())
}

/// Signs; gives as many bytes as the modulus has.
pub(super) fn sign(
    key: &RsaPrivateKey,
    algorithm: Algorithm,
    data: &[u8],
    blinding: &mut Blinding,
) -> Result<Vec<u8>, SignError> {
    let (padding, digest) = match algorithm.hash() {
        SignatureHash::Sha256 => (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(data).to_vec()),
        SignatureHash::Sha512 => (Pkcs1v15Sign::new::<Sha512>(), Sha512::digest(data).to_vec()),
        SignatureHash::Fixed | SignatureHash::Sha1 | SignatureHash::Webauthn => {
            return Err(SignError::AlgorithmMismatch(algorithm));
        }
    };
    let bytes = padding.sign(Some(&mut blinding.0), key, &digest).map_err(|_| SignError::Failed)?;
    let (_, modulus) = public_parts(key);
    let width = modulus.iter().skip_while(|&&byte| byte == 0).count();
    // The crate rounds up to whole words: leading zeros go, or come, until the length is right.
    fixed_width(&bytes, width).ok_or(SignError::Failed)
}
