//! OpenSSH's own form (OpenSSH: PROTOCOL.key): the public key stands in the clear in front of the private part.

use ssh_key::private::{EcdsaKeypair, KeypairData, PrivateKey};

use super::PrivateKeyError;
use crate::key::{BaseType, PublicKey};
use crate::sign::secret::Secret;
use crate::wire::{MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, Reader, WireError};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The public part, read past the fields in front of it.
pub(super) fn public_part(bytes: &[u8]) -> Result<(BaseType, Option<PublicKey>), PrivateKeyError> {
    let header = |reader: &mut Reader<'_>| -> Result<(bool, Vec<u8>), WireError> {
        reader.bytes("magic", MAGIC.len())?;
        let plain = reader.string("cipher", MAX_ALGORITHM_BYTES)? == b"none";
        reader.string("kdf", MAX_ALGORITHM_BYTES)?;
        reader.string("kdf options", MAX_KEY_BYTES)?;
        reader.uint32("number of keys")?;
        Ok((plain, reader.string("public key", MAX_KEY_BYTES)?.to_vec()))
    };
    if !bytes.starts_with(MAGIC) {
        return Err(PrivateKeyError::Damaged("first bytes"));
    }
    let (plain, blob) = header(&mut Reader::new(bytes)).map_err(|error| PrivateKeyError::Damaged(error.field))?;
    if !plain {
        return Err(PrivateKeyError::Encrypted);
    }
    let public = PublicKey::from_blob(&blob)?;
    match public.key_type().base {
        BaseType::Ed25519 | BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521 | BaseType::Rsa => {
            Ok((public.key_type().base, Some(public)))
        }
        BaseType::SkEd25519 | BaseType::SkEcdsaP256 | BaseType::Mldsa44Ed25519 => Err(PrivateKeyError::UnsupportedType),
    }
}

/// The private part.
pub(super) fn secret(bytes: &[u8]) -> Result<Secret, PrivateKeyError> {
    let key = PrivateKey::from_bytes(bytes).map_err(|_| PrivateKeyError::Damaged("private part"))?;
    match key.key_data() {
        KeypairData::Ed25519(pair) => Ok(Secret::ed25519(pair.private.as_ref())),
        KeypairData::Ecdsa(pair) => {
            let base = match pair {
                EcdsaKeypair::NistP256 { .. } => BaseType::EcdsaP256,
                EcdsaKeypair::NistP384 { .. } => BaseType::EcdsaP384,
                EcdsaKeypair::NistP521 { .. } => BaseType::EcdsaP521,
            };
            Secret::ecdsa(base, pair.private_key_bytes())
        }
        KeypairData::Rsa(pair) => {
            let number = |mpint: &ssh_key::Mpint| {
                mpint.as_positive_bytes().map(<[u8]>::to_vec).ok_or(PrivateKeyError::Damaged("private part"))
            };
            let public = pair.public();
            let private = pair.private();
            Secret::rsa(
                &number(public.n())?,
                &number(public.e())?,
                &zeroize::Zeroizing::new(number(private.d())?),
                [&zeroize::Zeroizing::new(number(private.p())?), &zeroize::Zeroizing::new(number(private.q())?)],
            )
        }
        _ => Err(PrivateKeyError::UnsupportedType),
    }
}
