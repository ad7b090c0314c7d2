//! OpenSSH's own form (OpenSSH: PROTOCOL.key): the public key stands in the clear in front of the private part.

use ssh_key::private::{KeypairData, PrivateKey};
use zeroize::Zeroizing;

use super::{MAX_PRIVATE_KEY_BYTES, PrivateKeyError};
use crate::key::{BaseType, KeyType, PublicKey};
use crate::sign::secret::Secret;
use crate::wire::{MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, Reader, WireError};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Longest comment in a private part, in bytes: what is left of a file that is full of it.
const MAX_COMMENT_BYTES: usize = MAX_PRIVATE_KEY_BYTES;

/// Most bytes of padding: the block size where nothing is encrypted.
const MAX_PADDING_BYTES: usize = 8;

/// Whether nothing is encrypted, and the public key's blob; the private part is still to come.
fn header<'a>(reader: &mut Reader<'a>) -> Result<(bool, &'a [u8]), WireError> {
    reader.bytes("magic", MAGIC.len())?;
    let plain = reader.string("cipher", MAX_ALGORITHM_BYTES)? == b"none";
    reader.string("kdf", MAX_ALGORITHM_BYTES)?;
    reader.string("kdf options", MAX_KEY_BYTES)?;
    reader.uint32("number of keys")?;
    Ok((plain, reader.string("public key", MAX_KEY_BYTES)?))
}

/// The public part, read past the fields in front of it.
pub(super) fn public_part(bytes: &[u8]) -> Result<(BaseType, Option<PublicKey>), PrivateKeyError> {
    if !bytes.starts_with(MAGIC) {
        return Err(PrivateKeyError::Damaged("first bytes"));
    }
    let (plain, blob) = header(&mut Reader::new(bytes)).map_err(|error| PrivateKeyError::Damaged(error.field))?;
    if !plain {
        return Err(PrivateKeyError::Encrypted);
    }
    let public = PublicKey::from_blob(blob)?;
    match public.key_type().base {
        BaseType::Ed25519 | BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521 | BaseType::Rsa => {
            Ok((public.key_type().base, Some(public)))
        }
        BaseType::SkEd25519 | BaseType::SkEcdsaP256 | BaseType::Mldsa44Ed25519 => Err(PrivateKeyError::UnsupportedType),
    }
}

/// The private part.
pub(super) fn secret(bytes: &[u8]) -> Result<Secret, PrivateKeyError> {
    let (base, _) = public_part(bytes)?;
    if let Some(length) = scalar_bytes(base) {
        let scalar = ecdsa_scalar(bytes, base, length).ok_or(PrivateKeyError::Damaged("private part"))?;
        return Secret::ecdsa(base, &scalar);
    }
    let key = PrivateKey::from_bytes(bytes).map_err(|_| PrivateKeyError::Damaged("private part"))?;
    match key.key_data() {
        KeypairData::Ed25519(pair) => Ok(Secret::ed25519(pair.private.as_ref())),
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

/// Length of the private number of a curve, in bytes.
const fn scalar_bytes(base: BaseType) -> Option<usize> {
    match base {
        BaseType::EcdsaP256 => Some(32),
        BaseType::EcdsaP384 => Some(48),
        BaseType::EcdsaP521 => Some(66),
        _ => None,
    }
}

/// The private number of an ECDSA key, in its full length.
///
/// ssh-key refuses a number of less than 32 bytes, and an mpint has no zeros in front: one P-256 key of 512 is that short.
fn ecdsa_scalar(bytes: &[u8], base: BaseType, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut file = Reader::new(bytes);
    header(&mut file).ok()?;
    let mut private = Reader::new(file.string("private part", MAX_PRIVATE_KEY_BYTES).ok()?);
    file.finish("private part").ok()?;

    let mut check = || private.uint32("check").ok();
    if check()? != check()? {
        return None;
    }
    let name = KeyType::plain(base).name().as_bytes();
    if private.string("type", MAX_ALGORITHM_BYTES).ok()? != name {
        return None;
    }
    private.string("curve", MAX_ALGORITHM_BYTES).ok()?;
    private.string("point", MAX_KEY_BYTES).ok()?;
    let number = positive(private.string("number", length.saturating_add(1)).ok()?)?;
    private.string("comment", MAX_COMMENT_BYTES).ok()?;
    let padding = private.rest();
    if padding.len() > MAX_PADDING_BYTES || !padding.iter().zip(1_u8..).all(|(&byte, number)| byte == number) {
        return None;
    }

    let zeros = length.checked_sub(number.len())?;
    let mut scalar = Zeroizing::new(vec![0; length]);
    scalar.get_mut(zeros..)?.copy_from_slice(number);
    Some(scalar)
}

/// The bytes of an mpint above zero, without zeros in front.
fn positive(mpint: &[u8]) -> Option<&[u8]> {
    if mpint.first().is_none_or(|&first| first >= 0x80) {
        return None;
    }
    let zeros = mpint.iter().take_while(|&&byte| byte == 0).count();
    mpint.get(zeros..).filter(|number| !number.is_empty())
}

#[cfg(test)]
mod tests;
