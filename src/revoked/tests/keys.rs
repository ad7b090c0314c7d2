//! Keys and fingerprints in a KRL.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::*;
use crate::wire::WireErrorKind;

const EXPLICIT: u8 = 2;
const SHA1: u8 = 3;
const SHA256: u8 = 5;

fn sha1(key: &PublicKey) -> Vec<u8> {
    Sha1::digest(key.blob()).to_vec()
}

fn sha256(key: &PublicKey) -> Vec<u8> {
    Sha256::digest(key.blob()).to_vec()
}

#[test]
fn explicit_keys() {
    let file = krl(&[(EXPLICIT, strings(&[key(RSA).blob(), key(ED25519).blob()]))]);
    let revoked = parse(&file);
    assert_eq!(revoked.check(&key(RSA)), Some(Revocation::Key(Means::ExplicitKey)));
    assert_eq!(revoked.check(&certificate(&key(CA), 1, b"")), Some(Revocation::Key(Means::ExplicitKey)));
    assert_eq!(revoked.check(&key(CA)), None);
}

#[test]
fn fingerprints_in_any_order() {
    for (first, second) in [(RSA, ED25519), (ED25519, RSA)] {
        let (first, second) = (key(first), key(second));
        let by_sha1 = parse(&krl(&[(SHA1, strings(&[&sha1(&first), &sha1(&second)]))]));
        let by_sha256 = parse(&krl(&[(SHA256, strings(&[&sha256(&first)])), (SHA256, strings(&[&sha256(&second)]))]));
        for key in [&first, &second] {
            assert_eq!(by_sha1.check(key), Some(Revocation::Key(Means::Sha1)));
            assert_eq!(by_sha256.check(key), Some(Revocation::Key(Means::Sha256)));
        }
        assert_eq!(by_sha1.check(&key(CA)), None);
        assert_eq!(by_sha256.check(&key(CA)), None);
    }
}

#[test]
fn a_certificate_has_the_fingerprint_of_its_plain_key() {
    let certificate = certificate(&key(CA), 1, b"");
    let check = |number, hash: Vec<u8>| parse(&krl(&[(number, strings(&[&hash]))])).check(&certificate);
    assert_eq!(check(SHA1, sha1(&key(ED25519))), Some(Revocation::Key(Means::Sha1)));
    assert_eq!(check(SHA256, sha256(&key(ED25519))), Some(Revocation::Key(Means::Sha256)));
    assert_eq!(check(SHA256, sha256(&certificate)), None);
}

#[test]
fn the_authority_counts_in_all_three_ways() {
    let (authority, certificate) = (key(CA), certificate(&key(CA), 1, b""));
    let check = |number, data: &[u8]| parse(&krl(&[(number, strings(&[data]))])).check(&certificate);
    assert_eq!(check(EXPLICIT, authority.blob()), Some(Revocation::Authority(Means::ExplicitKey)));
    assert_eq!(check(SHA1, &sha1(&authority)), Some(Revocation::Authority(Means::Sha1)));
    assert_eq!(check(SHA256, &sha256(&authority)), Some(Revocation::Authority(Means::Sha256)));
    assert_eq!(check(EXPLICIT, key(RSA).blob()), None);
}

#[test]
fn a_certificate_among_the_explicit_keys_stands_for_its_plain_key() {
    let revoked = parse(&krl(&[(EXPLICIT, strings(&[key(ED25519_CERT).blob()]))]));
    assert_eq!(revoked.check(&key(ED25519)), Some(Revocation::Key(Means::ExplicitKey)));
    assert_eq!(revoked.check(key(ED25519_CERT).certificate().unwrap().authority()), None);
}

#[test]
fn what_is_no_key_is_kept_and_harms_nobody() {
    let revoked = parse(&krl(&[(EXPLICIT, strings(&[b"", b"ssh-new-type", key(RSA).blob()]))]));
    assert_eq!(revoked.check(&key(RSA)), Some(Revocation::Key(Means::ExplicitKey)));
    assert_eq!(revoked.check(&key(CA)), None);
}

#[test]
fn fingerprints_have_their_length() {
    let problem = KrlProblem::Field(WireErrorKind::Unexpected.of("fingerprint"));
    for (number, name, length) in [(SHA1, "SHA-1 fingerprints", 20), (SHA256, "SHA-256 fingerprints", 32)] {
        assert!(RevokedKeys::parse(&krl(&[(number, strings(&[&vec![1; length]]))])).is_ok());
        for wrong in [0, 20, 32, length - 1, length + 1].into_iter().filter(|&wrong| wrong != length) {
            let file = krl(&[(number, strings(&[&vec![1; length], &vec![1; wrong]]))]);
            assert_eq!(krl_problem(&file), (name, problem.clone()));
        }
    }
}

#[test]
fn how_a_key_is_revoked_is_told() {
    for (how, text) in [
        (Revocation::Key(Means::Line(3)), "the key is revoked by line 3"),
        (Revocation::Key(Means::ExplicitKey), "the key is revoked by an entry of the KRL"),
        (
            Revocation::Authority(Means::Sha1),
            "the certificate's authority is revoked by its SHA-1 fingerprint in the KRL",
        ),
        (Revocation::Key(Means::Sha256), "the key is revoked by its SHA-256 fingerprint in the KRL"),
        (Revocation::KeyId(Scope::ItsAuthority), "the certificate is revoked by its key id under its authority"),
        (
            Revocation::Serial(Scope::AnyAuthority),
            "the certificate is revoked by its serial number under any authority",
        ),
    ] {
        assert_eq!(how.to_string(), text);
    }
}
