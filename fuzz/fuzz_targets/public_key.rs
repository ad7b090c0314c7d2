//! Key and certificate blobs, as they come in requests and stand in files; and files of public keys.
#![no_main]

use hostbased::key::{KeyType, MAX_CERTIFICATE_PRINCIPALS, PublicKey, parse_public_key_file, parse_public_key_line};
use hostbased_fuzz::wire::{bytes, string, to_string, uint64};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(key) = PublicKey::from_blob(input) {
        holds(&key, input);
        let shape =
            naive_shape(input).expect("a key that was taken has the fields of its type, and nothing behind them");
        assert_eq!(key.certificate().is_some(), shape.authority.is_some());
        if let Some(authority) = shape.authority {
            let certificate = key.certificate().unwrap();
            assert_eq!(certificate.authority().blob(), authority);
            assert_eq!(certificate.signature(), shape.signature);
            assert_eq!([certificate.signed(), &to_string(shape.signature)].concat(), input);
            assert_eq!(certificate.serial(), shape.serial);
            // A certificate inside a certificate would be read by a reader that calls itself.
            assert!(certificate.authority().certificate().is_none() && certificate.key().certificate().is_none());
            assert!(certificate.principals().len() <= MAX_CERTIFICATE_PRINCIPALS);
        }
        if naive_type(input) != b"ssh-mldsa44-ed25519@openssh.com" && key.certificate().is_none() {
            assert_eq!(ssh_key::PublicKey::from_bytes(input).unwrap().to_bytes().unwrap(), input, "encoded again");
        }
    }
    if let Ok(key) = parse_public_key_file(input) {
        holds(&key, key.blob());
    }
    if let Ok((key, comment)) = parse_public_key_line(input) {
        holds(&key, key.blob());
        assert!(input.windows(comment.len().max(1)).any(|window| window == comment) || comment.is_empty());
    }
});

/// What holds of every key that was taken, from whatever text.
fn holds(key: &PublicKey, blob: &[u8]) {
    assert_eq!(key.blob(), blob, "the bytes are the key");
    assert_eq!(key.key_type().name().as_bytes(), naive_type(blob));
    let line = key.to_line();
    assert_eq!(parse_public_key_line(line.as_bytes()), Ok((key.clone(), &b""[..])));
    assert_eq!(parse_public_key_file(key.to_rfc4716("comment").as_bytes()), Ok(key.clone()));
    // A certificate speaks for its plain key.
    let plain = key.plain();
    assert!(plain.certificate().is_none());
    assert_eq!(PublicKey::from_blob(plain.blob()).as_ref(), Ok(plain));
    assert_eq!((key.fingerprint(), key.rsa_bits()), (plain.fingerprint(), plain.rsa_bits()));
    assert_eq!(plain.key_type(), KeyType::plain(key.key_type().base));
}

fn naive_type(mut blob: &[u8]) -> &[u8] {
    string(&mut blob).unwrap_or_default()
}

struct Shape<'a> {
    serial: u64,
    authority: Option<&'a [u8]>,
    signature: &'a [u8],
}

/// The fields of a key (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH: PROTOCOL.u2f) or certificate (OpenSSH:
/// PROTOCOL.certkeys).
fn naive_shape(blob: &[u8]) -> Option<Shape<'_>> {
    let rest = &mut &blob[..];
    let name = std::str::from_utf8(string(rest)?).ok()?;
    let is_certificate = name.contains("-cert-v01@");
    let fields = match name.split("-cert-v01").next()?.trim_end_matches("@openssh.com") {
        "ssh-ed25519" | "ssh-mldsa44-ed25519" => 1,
        "ssh-rsa" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" | "sk-ssh-ed25519" => 2,
        "sk-ecdsa-sha2-nistp256" => 3,
        _ => return None,
    };
    let mut shape = Shape { serial: 0, authority: None, signature: b"" };
    if is_certificate {
        string(rest)?; // nonce
    }
    for _ in 0..fields {
        string(rest)?;
    }
    if is_certificate {
        shape.serial = uint64(rest)?;
        bytes(rest, 4)?; // type
        string(rest)?; // key id
        string(rest)?; // principals
        bytes(rest, 16)?; // from and to
        for _ in ["critical options", "extensions", "reserved"] {
            string(rest)?;
        }
        shape.authority = Some(string(rest)?);
        shape.signature = string(rest)?;
    }
    rest.is_empty().then_some(shape)
}
