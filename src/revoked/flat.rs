//! A list of public keys, one a line (OpenSSH: authfile.c `sshkey_in_file`).

use std::collections::BTreeMap;

use super::error::{RevokedError, RevokedLineProblem};
use super::revocation::{Means, Revocation};
use crate::key::{MIN_RSA_BITS, PublicKey, parse_public_key_line};

/// A line that revokes nothing: its RSA key is shorter than OpenSSH reads, so OpenSSH skips it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortRsaKey {
    /// The line's number, counted from 1.
    pub line: usize,
    /// The key's size in bits.
    pub bits: usize,
}

/// Plain keys by their blobs, each with the first line that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FlatList {
    lines: BTreeMap<Box<[u8]>, usize>,
    short: Vec<ShortRsaKey>,
}

enum Content {
    Nothing,
    Key(Box<PublicKey>),
    ShortRsaKey { bits: usize },
}

impl FlatList {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, RevokedError> {
        let mut list = Self::default();
        for (text, line) in bytes.split(|&byte| byte == b'\n').zip(1..) {
            match read(text).map_err(|problem| RevokedError::Line { line, problem })? {
                Content::Nothing => {}
                // A certificate stands for its plain key: its other parts are not compared.
                Content::Key(key) => {
                    list.lines.entry(key.plain().blob().into()).or_insert(line);
                }
                Content::ShortRsaKey { bits } => list.short.push(ShortRsaKey { line, bits }),
            }
        }
        Ok(list)
    }

    pub(super) fn check(&self, key: &PublicKey) -> Option<Revocation> {
        let means = |key: &PublicKey| self.lines.get(key.blob()).map(|&line| Means::Line(line));
        let authority = || means(key.certificate()?.authority()).map(Revocation::Authority);
        means(key.plain()).map(Revocation::Key).or_else(authority)
    }

    pub(super) fn short_rsa_keys(&self) -> &[ShortRsaKey] {
        &self.short
    }
}

fn read(text: &[u8]) -> Result<Content, RevokedLineProblem> {
    let start = after_blanks(text);
    match start.first() {
        None | Some(b'#') => return Ok(Content::Nothing),
        // Not skipped: this is how a KRL whose first byte was damaged, or a text in UTF-16, goes on.
        Some(0) => return Err(RevokedLineProblem::Nul),
        Some(_) => {}
    }
    if start == b"\r" {
        return Err(RevokedLineProblem::CarriageReturn);
    }
    let key = read_key(start)?;
    if let Some(bits) = short_rsa_bits(&key) {
        return Ok(Content::ShortRsaKey { bits });
    }
    if let Some(bits) = key.certificate().and_then(|certificate| short_rsa_bits(certificate.authority())) {
        return Err(RevokedLineProblem::ShortAuthority { bits });
    }
    Ok(Content::Key(Box::new(key)))
}

/// The key (sshkey.c `sshkey_read`), in what a program in C sees of the line.
fn read_key(text: &[u8]) -> Result<PublicKey, RevokedLineProblem> {
    let seen = text.split(|&byte| byte == 0).next().unwrap_or_default();
    let (name, rest) = field(seen);
    // OpenSSH's base64 decoder skips white space; of that, blanks and tabs have ended the field already.
    let skipped = |byte: &u8| matches!(byte, b'\r' | 0x0b | 0x0c);
    let base64: Vec<u8> = field(after_blanks(rest)).0.iter().copied().filter(|byte| !skipped(byte)).collect();
    Ok(parse_public_key_line(&[name, b" ", &base64].concat())?.0)
}

fn after_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}

/// Everything before the first blank or tab, and the rest.
fn field(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, b""))
}

/// The size of an RSA key that OpenSSH does not read.
pub(super) fn short_rsa_bits(key: &PublicKey) -> Option<usize> {
    key.rsa_bits().filter(|&bits| bits < MIN_RSA_BITS)
}
