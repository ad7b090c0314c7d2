//! The rules of authfile.c and krl.c, each with its near-misses.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

mod certificates;
mod damage;
mod flat;
mod format;
mod keys;

use super::*;
use crate::key::{PublicKey, parse_public_key_line};
use crate::wire::Writer;

pub(super) const ED25519: &str = include_str!("../../../tests/vectors/keys/ed25519.pub");
pub(super) const ED25519_CERT: &str = include_str!("../../../tests/vectors/keys/ed25519-cert.pub");
pub(super) const CA: &str = include_str!("../../../tests/vectors/keys/ca.pub");
pub(super) const RSA: &str = include_str!("../../../tests/vectors/keys/rsa.pub");
pub(super) const ECDSA256: &str = include_str!("../../../tests/vectors/keys/ecdsa256.pub");

pub(super) fn key(pub_file: &str) -> PublicKey {
    parse_public_key_line(pub_file.trim_end().as_bytes()).unwrap().0
}

/// `type base64` of a `.pub` file.
pub(super) fn text(pub_file: &str) -> String {
    key(pub_file).to_line()
}

/// An RSA key of that many bits.
pub(super) fn rsa(bits: usize) -> PublicKey {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    modulus[0] >>= (8 - bits % 8) % 8;
    PublicKey::from_blob(&Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&modulus).into_bytes()).unwrap()
}

/// A certificate of the Ed25519 key; its signature is none.
pub(super) fn certificate(authority: &PublicKey, serial: u64, key_id: &[u8]) -> PublicKey {
    let public = &key(ED25519).blob().to_vec()[19..];
    let blob = Writer::new()
        .string(b"ssh-ed25519-cert-v01@openssh.com")
        .string(b"nonce")
        .string(public)
        .uint64(serial)
        .uint32(2)
        .string(key_id)
        .string(b"")
        .uint64(0)
        .uint64(u64::MAX)
        .string(b"")
        .string(b"")
        .string(b"")
        .string(authority.blob())
        .string(&Writer::new().string(b"ssh-ed25519").string(&[1; 64]).into_bytes());
    PublicKey::from_blob(&blob.into_bytes()).unwrap()
}

pub(super) fn header() -> Writer {
    let writer = Writer::new().raw(krl::MAGIC).uint32(1).uint64(7).uint64(1_700_000_000).uint64(0);
    writer.string(b"").string(b"a comment")
}

/// A KRL of these sections.
pub(super) fn krl(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    sections.iter().fold(header(), |writer, (number, data)| writer.byte(*number).string(data)).into_bytes()
}

/// A certificate section, of any authority where none is given.
pub(super) fn certificates(authority: Option<&PublicKey>, sections: &[(u8, Vec<u8>)]) -> (u8, Vec<u8>) {
    let writer = Writer::new().string(authority.map_or(b"", PublicKey::blob)).string(b"");
    (1, sections.iter().fold(writer, |writer, (number, data)| writer.byte(*number).string(data)).into_bytes())
}

pub(super) fn strings(strings: &[&[u8]]) -> Vec<u8> {
    strings.iter().fold(Writer::new(), |writer, string| writer.string(string)).into_bytes()
}

pub(super) fn numbers(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().fold(Writer::new(), |writer, &number| writer.uint64(number)).into_bytes()
}

pub(super) fn parse(file: &[u8]) -> RevokedKeys {
    RevokedKeys::parse(file).unwrap()
}

/// What is wrong in a KRL, with its section; the offset is tested where that is the point.
pub(super) fn krl_problem(file: &[u8]) -> (&'static str, KrlProblem) {
    match RevokedKeys::parse(file) {
        Err(RevokedError::Krl { section, problem, .. }) => (section, problem),
        other => panic!("no problem of a KRL: {other:?}"),
    }
}
