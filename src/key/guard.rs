//! The strict walk over a key or certificate blob, before `ssh-key` decodes it.
//!
//! `ssh-key` recurses into a certificate's CA field without limit (1,500 nested certificates in 198 kB overflow the
//! stack) and ignores bytes that trail inside a length-prefixed field. Here a certificate's CA is a plain key, as in
//! OpenSSH (sshkey.c `cert_parse`), and every field ends where its length says.

use super::algorithm::{BaseType, KeyType};
use super::public::{KeyError, MAX_CERTIFICATE_PRINCIPALS};
use crate::wire::{MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, MAX_SIGNATURE_BYTES, Reader, WireError, WireErrorKind};

/// Longest RSA number, in bytes: OpenSSL's largest modulus has 16384 bits.
const MAX_MPINT_BYTES: usize = 2049;

/// What the walk found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    pub(super) key_type: KeyType,
    /// The key's own fields, between the name (and a certificate's nonce) and what follows.
    pub(super) fields: &'a [u8],
    pub(super) certificate: Option<CertificateShape<'a>>,
}

/// The parts of a certificate that are needed as bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct CertificateShape<'a> {
    pub(super) authority: &'a [u8],
    /// What the authority signed: everything before its signature.
    pub(super) signed: &'a [u8],
    pub(super) signature: &'a [u8],
}

/// Walks over a whole blob.
pub(super) fn walk(blob: &[u8]) -> Result<Shape<'_>, KeyError> {
    if blob.len() > MAX_KEY_BYTES {
        return Err(WireErrorKind::TooLong { length: blob.len(), max: MAX_KEY_BYTES }.of("key").into());
    }
    let mut reader = Reader::new(blob);
    let name = reader.name("key type", MAX_ALGORITHM_BYTES)?;
    // Signature algorithm names such as rsa-sha2-512 are no key types in a blob.
    let key_type =
        KeyType::from_name(name).filter(|key_type| key_type.name().as_bytes() == name).ok_or(KeyError::UnknownType)?;
    if key_type.certificate {
        reader.string("nonce", MAX_KEY_BYTES)?;
    }
    let before = reader.rest();
    key_fields(&mut reader, key_type.base)?;
    let fields = before.get(..before.len().saturating_sub(reader.rest().len())).unwrap_or_default();
    let certificate = if key_type.certificate { Some(certificate_fields(&mut reader, blob)?) } else { None };
    reader.finish("key")?;
    Ok(Shape { key_type, fields, certificate })
}

fn key_fields(reader: &mut Reader<'_>, base: BaseType) -> Result<(), KeyError> {
    match base {
        BaseType::Ed25519 => exact(reader, "ed25519 public key", 32)?,
        BaseType::SkEd25519 => {
            exact(reader, "ed25519 public key", 32)?;
            reader.string("application", MAX_KEY_BYTES)?;
        }
        // ML-DSA-44 public keys have 1312 bytes (FIPS 204), Ed25519 ones 32.
        BaseType::Mldsa44Ed25519 => exact(reader, "mldsa44-ed25519 public key", 1312 + 32)?,
        BaseType::EcdsaP256 => point(reader, b"nistp256", 65)?,
        BaseType::EcdsaP384 => point(reader, b"nistp384", 97)?,
        BaseType::EcdsaP521 => point(reader, b"nistp521", 133)?,
        BaseType::SkEcdsaP256 => {
            point(reader, b"nistp256", 65)?;
            reader.string("application", MAX_KEY_BYTES)?;
        }
        BaseType::Rsa => {
            positive(reader, "e")?;
            positive(reader, "n")?;
        }
    }
    Ok(())
}

fn exact(reader: &mut Reader<'_>, field: &'static str, length: usize) -> Result<(), WireError> {
    if reader.string(field, MAX_KEY_BYTES)?.len() == length { Ok(()) } else { Err(WireErrorKind::Unexpected.of(field)) }
}

/// An elliptic curve point in its uncompressed form, the only one that OpenSSH takes.
fn point(reader: &mut Reader<'_>, curve: &[u8], length: usize) -> Result<(), WireError> {
    if reader.string("curve", MAX_ALGORITHM_BYTES)? != curve {
        return Err(WireErrorKind::Unexpected.of("curve"));
    }
    let point = reader.string("point", MAX_KEY_BYTES)?;
    if point.len() == length && point.first() == Some(&4) { Ok(()) } else { Err(WireErrorKind::Unexpected.of("point")) }
}

/// A positive `mpint` in its shortest form.
fn positive(reader: &mut Reader<'_>, field: &'static str) -> Result<(), WireError> {
    match reader.string(field, MAX_MPINT_BYTES)? {
        [0, second, ..] if second & 0x80 != 0 => Ok(()),
        [first, ..] if (1..0x80).contains(first) => Ok(()),
        _ => Err(WireErrorKind::Unexpected.of(field)),
    }
}

fn certificate_fields<'a>(reader: &mut Reader<'a>, blob: &'a [u8]) -> Result<CertificateShape<'a>, KeyError> {
    reader.uint64("serial")?;
    if !matches!(reader.uint32("certificate type")?, 1 | 2) {
        return Err(WireErrorKind::Unexpected.of("certificate type").into());
    }
    reader.string("key id", MAX_KEY_BYTES)?;
    let mut principals = Reader::new(reader.string("principals", MAX_KEY_BYTES)?);
    for count in 0.. {
        if principals.rest().is_empty() {
            break;
        }
        if count == MAX_CERTIFICATE_PRINCIPALS {
            return Err(KeyError::TooManyPrincipals);
        }
        principals.string("principal", MAX_KEY_BYTES)?;
    }
    reader.uint64("valid after")?;
    reader.uint64("valid before")?;
    for field in ["critical options", "extensions"] {
        let mut options = Reader::new(reader.string(field, MAX_KEY_BYTES)?);
        while !options.rest().is_empty() {
            options.string(field, MAX_KEY_BYTES)?;
            options.string(field, MAX_KEY_BYTES)?;
        }
    }
    reader.string("reserved", MAX_KEY_BYTES)?;
    let authority = reader.string("signature key", MAX_KEY_BYTES)?;
    authority_is_plain(authority)?;
    let signed = blob.get(..blob.len().saturating_sub(reader.rest().len())).unwrap_or_default();
    let signature = reader.string("signature", MAX_SIGNATURE_BYTES)?;
    Ok(CertificateShape { authority, signed, signature })
}

/// Refuses a certificate as an authority by its name alone, before anything looks further.
fn authority_is_plain(authority: &[u8]) -> Result<(), KeyError> {
    let name = Reader::new(authority).name("signature key", MAX_ALGORITHM_BYTES)?;
    match KeyType::from_name(name) {
        Some(key_type) if key_type.certificate => Err(KeyError::NestedCertificate),
        Some(_) => walk(authority).map(|_| ()),
        None => Err(KeyError::UnknownType),
    }
}
