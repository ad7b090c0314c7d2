//! Rules of signatures that the vectors cannot show: FIDO tokens, and the sizes of RSA keys.
#![cfg(all(feature = "sign", feature = "verify"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use ed25519_dalek::Signer as _;
use hostbased::key::{Algorithm, PublicKey, SignatureError, verify_signature};
use hostbased::wire::{WireError, WireErrorKind, Writer};
use sha2::{Digest, Sha256};

const DATA: &[u8] = b"what the host signs";

/// What a token signs: hash of the application, flags, counter, hash of the data (PROTOCOL.u2f).
fn token_message(flags: u8, counter: u32, data: &[u8]) -> Vec<u8> {
    let writer = Writer::new().raw(&Sha256::digest(b"ssh:host")).byte(flags).uint32(counter);
    writer.raw(&Sha256::digest(data)).into_bytes()
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

struct Token {
    algorithm: Algorithm,
    key: PublicKey,
    sign: Sign,
}

fn tokens() -> [Token; 2] {
    let ed25519 = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let blob = |name: &str| Writer::new().string(name.as_bytes());
    let ed25519_blob = blob("sk-ssh-ed25519@openssh.com").string(ed25519.verifying_key().as_bytes());
    let point = p256.verifying_key().to_sec1_point(false);
    let p256_blob = blob("sk-ecdsa-sha2-nistp256@openssh.com").string(b"nistp256").string(point.as_bytes());
    let token = |name: &str, blob: Writer, sign: Sign| Token {
        algorithm: Algorithm::from_name(name.as_bytes()).unwrap(),
        key: PublicKey::from_blob(&blob.string(b"ssh:host").into_bytes()).unwrap(),
        sign,
    };
    let sign_p256 = move |message: &[u8]| {
        let signature: p256::ecdsa::Signature = p256.sign(message);
        Writer::new().mpint(&signature.r().to_bytes()).mpint(&signature.s().to_bytes()).into_bytes()
    };
    [
        token(
            "sk-ssh-ed25519@openssh.com",
            ed25519_blob,
            Box::new(move |message| ed25519.sign(message).to_bytes().to_vec()),
        ),
        token("sk-ecdsa-sha2-nistp256@openssh.com", p256_blob, Box::new(sign_p256)),
    ]
}

#[test]
fn a_tokens_signature_counts_only_with_the_users_presence() {
    for token in tokens() {
        let blob = |flags: u8, signed_flags: u8, behind: &[u8]| {
            let raw = (token.sign)(&token_message(signed_flags, 9, DATA));
            let writer = Writer::new().string(token.algorithm.name().as_bytes()).string(&raw);
            writer.byte(flags).uint32(9).raw(behind).into_bytes()
        };
        let verify = |signature: &[u8]| verify_signature(&token.key, token.algorithm, DATA, signature);
        let name = token.algorithm.name();
        assert_eq!(verify(&blob(1, 1, b"")), Ok(()), "{name}: touched");
        assert_eq!(verify(&blob(5, 5, b"")), Ok(()), "{name}: touched and verified");
        assert_eq!(verify(&blob(0, 0, b"")), Err(SignatureError::UserNotPresent), "{name}: not touched");
        assert_eq!(verify(&blob(4, 4, b"")), Err(SignatureError::UserNotPresent), "{name}: verified only");
        assert_eq!(verify(&blob(1, 0, b"")), Err(SignatureError::Invalid), "{name}: the flag is signed");
        let trailing = WireError { field: "counter", kind: WireErrorKind::TrailingBytes { count: 1 } };
        assert_eq!(verify(&blob(1, 1, b"x")), Err(SignatureError::Malformed(trailing)), "{name}: trailing");
        let bare = Writer::new().string(name.as_bytes()).string(&(token.sign)(DATA)).into_bytes();
        let cut = WireError { field: "flags", kind: WireErrorKind::Truncated };
        assert_eq!(verify(&bare), Err(SignatureError::Malformed(cut)), "{name}: no flags");
        let other = verify_signature(&token.key, token.algorithm, b"other data", &blob(1, 1, b""));
        assert_eq!(other, Err(SignatureError::Invalid), "{name}: other data");
    }
}

#[test]
fn rsa_moduli_of_other_sizes_are_refused_by_name() {
    let sha512 = Algorithm::from_name(b"rsa-sha2-512").unwrap();
    let verify = |bits: usize| {
        let mut n = vec![0xa5; bits.div_ceil(8)];
        n[0] = if bits.is_multiple_of(8) { 0x80 } else { 1 << (bits % 8 - 1) };
        let blob = Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&n).into_bytes();
        let key = PublicKey::from_blob(&blob).unwrap();
        assert_eq!(key.rsa_bits(), Some(bits));
        let signature = Writer::new().string(b"rsa-sha2-512").string(&vec![1; n.len()]).into_bytes();
        verify_signature(&key, sha512, DATA, &signature).unwrap_err()
    };
    for bits in [512, 1023, 8193, 16384] {
        assert_eq!(verify(bits), SignatureError::RsaSize { bits });
    }
    for bits in [1024, 2047, 8192] {
        assert_eq!(verify(bits), SignatureError::Invalid, "{bits} bits are looked at");
    }
}

#[test]
fn an_elliptic_point_that_is_none_makes_no_key_that_verifies() {
    let algorithm = Algorithm::from_name(b"ecdsa-sha2-nistp256").unwrap();
    let point = [&[4_u8][..], &[0xff; 64]].concat();
    let blob = Writer::new().string(b"ecdsa-sha2-nistp256").string(b"nistp256").string(&point).into_bytes();
    let raw = Writer::new().mpint(&[1; 32]).mpint(&[1; 32]).into_bytes();
    let signature = Writer::new().string(b"ecdsa-sha2-nistp256").string(&raw).into_bytes();
    let key = PublicKey::from_blob(&blob).unwrap();
    assert_eq!(verify_signature(&key, algorithm, DATA, &signature), Err(SignatureError::Invalid));
}
