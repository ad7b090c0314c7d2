//! The DER forms: PKCS#1 (RFC 8017 appendix A.1.2), SEC1 (RFC 5915) and PKCS#8 (RFC 5958).

use pkcs8::der::Decode;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rsa::pkcs1::RsaPrivateKey;
use sec1::{EcParameters, EcPrivateKey};

use super::PrivateKeyError;
use crate::key::{BaseType, KeyType, PublicKey};
use crate::sign::secret::Secret;
use crate::wire::Writer;

type Public = (BaseType, Option<PublicKey>);

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const CURVES: [(ObjectIdentifier, BaseType, &[u8]); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), BaseType::EcdsaP256, b"nistp256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), BaseType::EcdsaP384, b"nistp384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), BaseType::EcdsaP521, b"nistp521"),
];

fn damaged<E>(part: &'static str) -> impl Fn(E) -> PrivateKeyError {
    move |_| PrivateKeyError::Damaged(part)
}

pub(super) fn pkcs1_public(der: &[u8]) -> Result<Public, PrivateKeyError> {
    let key = RsaPrivateKey::from_der(der).map_err(damaged("PKCS#1 structure"))?;
    let blob = Writer::new()
        .string(b"ssh-rsa")
        .mpint(key.public_exponent.as_bytes())
        .mpint(key.modulus.as_bytes())
        .into_bytes();
    Ok((BaseType::Rsa, Some(PublicKey::from_blob(&blob)?)))
}

pub(super) fn pkcs1_secret(der: &[u8]) -> Result<Secret, PrivateKeyError> {
    let key = RsaPrivateKey::from_der(der).map_err(damaged("PKCS#1 structure"))?;
    Secret::rsa(
        key.modulus.as_bytes(),
        key.public_exponent.as_bytes(),
        key.private_exponent.as_bytes(),
        [key.prime1.as_bytes(), key.prime2.as_bytes()],
    )
}

/// `curve` comes from a PKCS#8 wrapper; the key itself may name it too, and then both must agree.
pub(super) fn sec1_public(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Public, PrivateKeyError> {
    let (key, base, curve) = sec1(der, curve)?;
    let name = KeyType::plain(base).name();
    let public = key.public_key.map(|point| {
        let blob = Writer::new().string(name.as_bytes()).string(curve).string(point).into_bytes();
        PublicKey::from_blob(&blob)
    });
    Ok((base, public.transpose()?))
}

pub(super) fn sec1_secret(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Secret, PrivateKeyError> {
    let (key, base, _) = sec1(der, curve)?;
    Secret::ecdsa(base, key.private_key)
}

fn sec1(
    der: &[u8],
    outer: Option<ObjectIdentifier>,
) -> Result<(EcPrivateKey<'_>, BaseType, &'static [u8]), PrivateKeyError> {
    let key = EcPrivateKey::from_der(der).map_err(damaged("SEC1 structure"))?;
    let inner = key.parameters.and_then(EcParameters::named_curve);
    let oid = match (outer, inner) {
        (Some(outer), Some(inner)) if outer != inner => return Err(PrivateKeyError::Damaged("curve")),
        (Some(oid), _) | (None, Some(oid)) => oid,
        (None, None) => return Err(PrivateKeyError::Damaged("curve")),
    };
    let (_, base, curve) =
        CURVES.into_iter().find(|(known, ..)| *known == oid).ok_or(PrivateKeyError::UnsupportedType)?;
    Ok((key, base, curve))
}

pub(super) fn pkcs8_public(der: &[u8]) -> Result<Public, PrivateKeyError> {
    let key = pkcs8(der)?;
    match key.algorithm.oid {
        RSA_ENCRYPTION => pkcs1_public(key.private_key.as_bytes()),
        EC_PUBLIC_KEY => sec1_public(key.private_key.as_bytes(), named_curve(&key)?),
        ED25519 => {
            let blob = |bits: &[u8]| Writer::new().string(b"ssh-ed25519").string(bits).into_bytes();
            let public = key.public_key.map(|bits| PublicKey::from_blob(&blob(bits.raw_bytes())));
            Ok((BaseType::Ed25519, public.transpose()?))
        }
        _ => Err(PrivateKeyError::UnsupportedType),
    }
}

pub(super) fn pkcs8_secret(der: &[u8]) -> Result<Secret, PrivateKeyError> {
    let key = pkcs8(der)?;
    match key.algorithm.oid {
        RSA_ENCRYPTION => pkcs1_secret(key.private_key.as_bytes()),
        EC_PUBLIC_KEY => sec1_secret(key.private_key.as_bytes(), named_curve(&key)?),
        // RFC 8410 section 7: an OCTET STRING of 32 bytes inside the OCTET STRING.
        ED25519 => match key.private_key.as_bytes() {
            [0x04, 0x20, seed @ ..] => Ok(Secret::ed25519(seed.try_into().map_err(damaged("Ed25519 private key"))?)),
            _ => Err(PrivateKeyError::Damaged("Ed25519 private key")),
        },
        _ => Err(PrivateKeyError::UnsupportedType),
    }
}

fn pkcs8(der: &[u8]) -> Result<PrivateKeyInfoRef<'_>, PrivateKeyError> {
    PrivateKeyInfoRef::from_der(der).map_err(damaged("PKCS#8 structure"))
}

fn named_curve(key: &PrivateKeyInfoRef<'_>) -> Result<Option<ObjectIdentifier>, PrivateKeyError> {
    key.algorithm.parameters_oid().map(Some).map_err(damaged("curve"))
}
