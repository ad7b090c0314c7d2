//! Damage: a revoked key is never accepted in silence where the format lets that be noticed.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::*;
use crate::lines::testing::Random;

/// A KRL that revokes the certificate in every way there is, each in a section of its own, and the certificate.
fn thorough() -> (Vec<(u8, Vec<u8>)>, PublicKey) {
    let (ca, plain) = (key(CA), key(ED25519));
    let sections = vec![
        certificates(Some(&ca), &[(0x20, numbers(&[7])), (0x23, strings(&[b"id"]))]),
        certificates(None, &[(0x21, numbers(&[5, 9])), (0x22, Writer::new().uint64(4).string(&[8]).into_bytes())]),
        (2, strings(&[plain.blob(), ca.blob()])),
        (3, strings(&[&Sha1::digest(plain.blob())])),
        (5, strings(&[&Sha256::digest(plain.blob())])),
        (255, Writer::new().string(b"x@test").byte(0).string(b"").into_bytes()),
    ];
    (sections, certificate(&ca, 7, b"id"))
}

#[test]
fn a_krl_that_is_cut_is_an_error_but_between_two_sections() {
    let (sections, certificate) = thorough();
    let whole = krl(&sections);
    let ends: Vec<usize> = (0..=sections.len()).map(|count| krl(&sections[..count]).len()).collect();
    for length in 1..whole.len() {
        assert_eq!(RevokedKeys::parse(&whole[..length]).is_ok(), ends.contains(&length), "{length}");
    }
    assert!(parse(&whole).check(&certificate).is_some());
}

#[test]
fn one_wrong_byte_in_a_krl_is_an_error_or_hides_one_way_only() {
    let (sections, certificate) = thorough();
    let whole = krl(&sections);
    let mut errors = 0;
    for index in 0..whole.len() {
        for bit in 0..8 {
            let mut file = whole.clone();
            file[index] ^= 1 << bit;
            match RevokedKeys::parse(&file) {
                Err(_) => errors += 1,
                Ok(revoked) => assert!(revoked.check(&certificate).is_some(), "byte {index}, bit {bit}"),
            }
        }
    }
    assert!(errors > 1_000, "lengths, types and authorities are noticed: {errors} of {}", whole.len() * 8);
}

#[test]
fn one_wrong_byte_in_a_list_is_an_error_or_hides_one_line_only() {
    let whole = format!("# a comment\n{k}\n{k} again\n", k = text(ED25519)).into_bytes();
    for index in 0..whole.len() {
        for byte in 0..=255 {
            let mut file = whole.clone();
            file[index] = byte;
            if let Ok(revoked) = RevokedKeys::parse(&file) {
                assert!(revoked.check(&key(ED25519)).is_some(), "byte {index} is {byte}");
            }
        }
    }
}

#[test]
fn a_list_that_is_cut_inside_a_key_is_an_error() {
    let line = text(ED25519);
    let whole = format!("{}\n{line} comment\n", text(RSA));
    let start = whole.len() - line.len() - " comment\n".len();
    for length in start + 1..whole.len() {
        match RevokedKeys::parse(&whole.as_bytes()[..length]) {
            Err(RevokedError::Line { line: 2, .. }) => assert!(length < start + line.len()),
            Ok(revoked) => assert!(length >= start + line.len() && revoked.check(&key(ED25519)).is_some()),
            other => panic!("{length}: {other:?}"),
        }
    }
}

#[test]
fn no_file_is_too_strange_and_each_says_the_same_twice() {
    let (sections, certificate) = thorough();
    let (whole, line) = (krl(&sections), text(RSA));
    let head = header().into_bytes();
    let parts: Vec<Vec<u8>> =
        sections.iter().map(|section| krl(std::slice::from_ref(section))[head.len()..].to_vec()).collect();
    let mut tokens: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    tokens.extend([line.as_bytes(), b"\n", b"#", b"\0\0\0\x01", b"\xff", b"\x01\0\0\0\x08\0\0\0\0\0\0\0\0"]);
    let mut random = Random::new(3);
    let (mut read, mut revokes) = (0, 0);
    for round in 0..4_000 {
        let mut file = if round % 2 == 0 { head.clone() } else { Vec::new() };
        file.extend(random.file(&tokens).into_iter().take(whole.len() * 2));
        let first = RevokedKeys::parse(&file);
        assert_eq!(first, RevokedKeys::parse(&file));
        if let Ok(revoked) = first {
            read += 1;
            revokes += usize::from(revoked.check(&certificate).is_some());
            assert_eq!(revoked.check(&certificate), revoked.clone().check(&certificate));
        }
    }
    assert!(read > 100 && revokes > 20, "the generator must find its way: {read} read, {revokes} revoke");
}

#[test]
fn sections_in_any_order_say_the_same() {
    let (mut sections, certificate) = thorough();
    let forwards = parse(&krl(&sections));
    sections.reverse();
    let backwards = parse(&krl(&sections));
    assert_eq!(forwards, backwards);
    assert_eq!(forwards.check(&certificate), backwards.check(&certificate));
}

#[test]
fn a_file_that_is_too_long_is_an_error() {
    let length = MAX_FILE_BYTES + 1;
    let mut file = vec![0; length];
    file[..krl::MAGIC.len()].copy_from_slice(krl::MAGIC);
    assert_eq!(RevokedKeys::parse(&file), Err(RevokedError::TooLarge { length }));
    // One of the greatest length is read, and found to be none.
    assert_eq!(krl_problem(&file[..MAX_FILE_BYTES]), ("header", KrlProblem::FormatVersion { version: 0 }));
}
