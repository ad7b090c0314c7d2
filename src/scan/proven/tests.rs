//! Every proof that counts stands beside those that miss it by one thing.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
    RsaKeyPair,
};

use super::*;
use crate::wire::Writer;

const HASH: &[u8] = &[0x5a; 32];

fn algorithm(name: &str) -> Algorithm {
    Algorithm::from_name(name.as_bytes()).unwrap()
}

fn ed25519() -> (Ed25519KeyPair, Vec<u8>) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let blob = Writer::new().string(b"ssh-ed25519").string(pair.public_key().as_ref()).into_bytes();
    (pair, blob)
}

fn ed25519_signature(pair: &Ed25519KeyPair, data: &[u8]) -> Vec<u8> {
    Writer::new().string(b"ssh-ed25519").string(pair.sign(data).as_ref()).into_bytes()
}

/// A number without needless leading zeros, and with one where it would seem negative.
fn mpint(number: &[u8]) -> Vec<u8> {
    let digits = &number[number.iter().position(|&byte| byte != 0).unwrap()..];
    if digits[0] & 0x80 == 0 { digits.to_vec() } else { [&[0], digits].concat() }
}

#[test]
fn a_key_is_believed_for_its_own_signature_only() {
    let (pair, blob) = ed25519();
    let good = ed25519_signature(&pair, HASH);
    let check = |blob: &[u8], name, hash, signature: &[u8]| ProvenKey::check(blob, algorithm(name), hash, signature);

    let proven = check(&blob, "ssh-ed25519", HASH, &good).unwrap();
    assert_eq!((proven.key().blob(), proven.algorithm().name()), (&blob[..], "ssh-ed25519"));

    let invalid = Err(ScanError::BadSignature(SignatureError::Invalid));
    assert_eq!(check(&blob, "ssh-ed25519", &[0x5b; 32], &good), invalid);
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(check(&blob, "ssh-ed25519", HASH, &flipped), invalid);
    let (other, other_blob) = ed25519();
    assert_eq!(check(&blob, "ssh-ed25519", HASH, &ed25519_signature(&other, HASH)), invalid);
    assert_eq!(check(&other_blob, "ssh-ed25519", HASH, &good), invalid);
    assert_eq!(check(&blob, "ecdsa-sha2-nistp256", HASH, &good), Err(ScanError::KeyTypeMismatch));
    assert_eq!(check(&blob, "ssh-ed25519-cert-v01@openssh.com", HASH, &good), Err(ScanError::KeyTypeMismatch));
    let longer = [&blob[..], &[0]].concat();
    assert!(matches!(check(&longer, "ssh-ed25519", HASH, &good), Err(ScanError::KeyMalformed(_))));
    let longer = [&good[..], &[0]].concat();
    let malformed = check(&blob, "ssh-ed25519", HASH, &longer);
    assert!(matches!(malformed, Err(ScanError::BadSignature(SignatureError::Malformed(_)))), "{malformed:?}");
}

#[test]
fn a_valid_signature_of_another_type_of_key_is_no_proof() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let blob = Writer::new().string(b"ecdsa-sha2-nistp256").string(b"nistp256").string(pair.public_key().as_ref());
    let blob = blob.into_bytes();
    let fixed = pair.sign(&SystemRandom::new(), HASH).unwrap();
    let (r, s) = fixed.as_ref().split_at(32);
    let numbers = Writer::new().string(&mpint(r)).string(&mpint(s)).into_bytes();
    let signature = Writer::new().string(b"ecdsa-sha2-nistp256").string(&numbers).into_bytes();
    let check = |name| ProvenKey::check(&blob, algorithm(name), HASH, &signature).map(|_| ());
    assert_eq!(check("ecdsa-sha2-nistp256"), Ok(()));
    assert_eq!(check("ssh-ed25519"), Err(ScanError::KeyTypeMismatch));
    assert_eq!(check("ecdsa-sha2-nistp384"), Err(ScanError::KeyTypeMismatch));
}

#[test]
fn an_rsa_signature_counts_by_the_negotiated_algorithm_only() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // RSAPublicKey in DER: SEQUENCE (4 bytes of head) of INTEGER n (4 more, 257 bytes), INTEGER e.
    let n = &pair.public_key().as_ref()[8..8 + 257];
    let e = [1, 0, 1];
    let blob = Writer::new().string(b"ssh-rsa").string(&e).string(n).into_bytes();
    let sign = |padding, name: &[u8]| {
        let mut bytes = vec![0; 256];
        pair.sign(padding, &SystemRandom::new(), HASH, &mut bytes).unwrap();
        Writer::new().string(name).string(&bytes).into_bytes()
    };
    let sha256 = sign(&RSA_PKCS1_SHA256, b"rsa-sha2-256");
    let sha512 = sign(&RSA_PKCS1_SHA512, b"rsa-sha2-512");
    let check = |name, signature: &[u8]| ProvenKey::check(&blob, algorithm(name), HASH, signature).map(|_| ());
    let mismatch = Err(ScanError::BadSignature(SignatureError::AlgorithmMismatch));
    assert_eq!(check("rsa-sha2-256", &sha256), Ok(()));
    assert_eq!(check("rsa-sha2-512", &sha512), Ok(()));
    assert_eq!(check("rsa-sha2-512", &sha256), mismatch);
    assert_eq!(check("rsa-sha2-256", &sha512), mismatch);
    assert_eq!(check("ssh-rsa", &sha512), mismatch);
    assert_eq!(check("rsa-sha2-512", &sign(&RSA_PKCS1_SHA256, b"rsa-sha2-512")).unwrap_err().code(), "bad-signature");

    let small = Writer::new().string(b"ssh-rsa").string(&e).string(&[0x7f; 64]).into_bytes();
    let refused = ProvenKey::check(&small, algorithm("rsa-sha2-512"), HASH, &sha512).map(|_| ());
    assert_eq!(refused, Err(ScanError::RsaSize { bits: 511 }));
    assert_eq!(explain_refusal(&PublicKey::from_blob(&small).unwrap()), ScanError::RsaSize { bits: 511 });
    let right = explain_refusal(&PublicKey::from_blob(&blob).unwrap());
    assert_eq!(right, ScanError::BadSignature(SignatureError::Invalid));
}

/// An Ed25519 certificate (OpenSSH: PROTOCOL.certkeys) of that kind: 1 user, 2 host.
fn certificate(key: &Ed25519KeyPair, authority: &(Ed25519KeyPair, Vec<u8>), kind: u32, signed_kind: u32) -> Vec<u8> {
    let fields = |kind: u32| {
        Writer::new()
            .string(b"ssh-ed25519-cert-v01@openssh.com")
            .string(&[1; 32])
            .string(key.public_key().as_ref())
            .raw(&7_u64.to_be_bytes())
            .uint32(kind)
            .string(b"id")
            .string(b"")
            .raw(&0_u64.to_be_bytes())
            .raw(&u64::MAX.to_be_bytes())
            .string(b"")
            .string(b"")
            .string(b"")
            .string(&authority.1)
            .into_bytes()
    };
    let signature = ed25519_signature(&authority.0, &fields(signed_kind));
    Writer::new().raw(&fields(kind)).string(&signature).into_bytes()
}

#[test]
fn a_certificate_is_for_hosts_and_signed_by_its_authority() {
    let (key, plain) = ed25519();
    let authority = ed25519();
    let signature = ed25519_signature(&key, HASH);
    let name = "ssh-ed25519-cert-v01@openssh.com";
    let check = |blob: &[u8], name| ProvenKey::check(blob, algorithm(name), HASH, &signature);

    let good = certificate(&key, &authority, 2, 2);
    assert_eq!(check(&good, name).unwrap().key().plain().blob(), plain);
    assert_eq!(check(&good, "ssh-ed25519"), Err(ScanError::KeyTypeMismatch));
    assert_eq!(check(&plain, name), Err(ScanError::KeyTypeMismatch));
    assert_eq!(check(&certificate(&key, &authority, 1, 1), name), Err(ScanError::UserCertificate));
    let forged = Err(ScanError::CertificateSignature(SignatureError::Invalid));
    assert_eq!(check(&certificate(&key, &authority, 2, 1), name), forged);
    let (other, _) = ed25519();
    let not_held = Err(ScanError::BadSignature(SignatureError::Invalid));
    assert_eq!(check(&certificate(&other, &authority, 2, 2), name), not_held);
}
