//! The rows of sshd(8) SSH_KNOWN_HOSTS FILE FORMAT and hostfile.c, each with its near-misses.

mod check;
mod draft;
mod lines;
mod matching;
mod names;
mod new_entry;
mod property;
mod revoked;
mod warnings;

use super::*;
use crate::key::{PublicKey, parse_public_key_line};

pub(super) const ED25519: &str = include_str!("../../../tests/vectors/keys/ed25519.pub");
pub(super) const ED25519_CERT: &str = include_str!("../../../tests/vectors/keys/ed25519-cert.pub");
pub(super) const CA: &str = include_str!("../../../tests/vectors/keys/ca.pub");
pub(super) const RSA: &str = include_str!("../../../tests/vectors/keys/rsa.pub");
pub(super) const ECDSA256: &str = include_str!("../../../tests/vectors/keys/ecdsa256.pub");
pub(super) const ECDSA384: &str = include_str!("../../../tests/vectors/keys/ecdsa384.pub");

/// `type base64` of a `.pub` file.
pub(super) fn text(pub_file: &str) -> String {
    pub_file.split(' ').take(2).collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

/// Only the base64 of a `.pub` file.
pub(super) fn base64(pub_file: &str) -> &str {
    pub_file.split(' ').nth(1).unwrap().trim_end()
}

pub(super) fn key(pub_file: &str) -> PublicKey {
    parse_public_key_line(pub_file.trim_end().as_bytes()).unwrap().0
}

/// What a file of one line says.
pub(super) fn content(line: impl AsRef<[u8]>) -> LineContent {
    let document = Document::parse(line.as_ref());
    assert_eq!(document.lines().count(), 1, "one line is expected");
    document.line(1).unwrap().content().clone()
}

pub(super) fn entry(line: impl AsRef<[u8]>) -> Entry {
    match content(line) {
        LineContent::Entry(entry) => *entry,
        other => panic!("no entry: {other:?}"),
    }
}

pub(super) fn problem(line: impl AsRef<[u8]>) -> LineProblem {
    match content(line) {
        LineContent::Bad(problem) => problem,
        other => panic!("no problem: {other:?}"),
    }
}
