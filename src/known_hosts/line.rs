//! What one line of a known_hosts file says, read as OpenSSH reads it (hostfile.c `hostkeys_foreach_file`).

use std::borrow::Cow;

use thiserror::Error;

use super::entry::{self, Entry, Hosts, Marker};
use super::hashed::{HashedName, HashedNameError};
use super::revoked;
use crate::key::{KeyLineError, KeyType, MIN_RSA_BITS, PublicKey, parse_public_key_fields};
use crate::lines::Content;
use crate::lines::index::lines_at;
use crate::wire::MAX_KEY_BYTES;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineContent {
    /// Nothing.
    Blank,
    /// A comment: `#` is its first character but for blanks and tabs.
    Comment,
    /// A key for some hosts.
    Entry(Box<Entry>),
    /// Something that OpenSSH, and this library, skip.
    Bad(LineProblem),
}

/// Why a line counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// The word behind `@` is none of the two markers, in lower case.
    #[error("unknown marker; @cert-authority and @revoked are the only ones")]
    UnknownMarker,
    /// A tab stands behind the marker: OpenSSH takes the first blank on the line for the marker's end.
    #[error("a tab follows the marker, and a blank later on the line: OpenSSH skips such a line; write a blank")]
    TabAfterMarker,
    /// More than one marker.
    #[error("more than one marker")]
    SecondMarker,
    /// Nothing behind the hosts field, or behind the marker.
    #[error("the line ends where a key should follow")]
    Truncated,
    /// The hosts field begins with `|` and is no hashed name.
    #[error(transparent)]
    HashedName(#[from] HashedNameError),
    /// The line ends before the key type, or a comment begins there.
    #[error("no key type behind the hosts")]
    NoKeyType,
    /// The line is a public key without the host names that belong in front of it.
    #[error("the line begins with a key; the host names in front of it are missing")]
    NoHosts,
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyLineError),
    /// An RSA key that is too short to be read by OpenSSH.
    #[error("an RSA key of {bits} bits; OpenSSH reads none below {MIN_RSA_BITS}")]
    ShortRsaKey {
        /// Its size in bits.
        bits: usize,
    },
    /// A line that begins with `@revoked`, and no key can be found on it: **nothing is revoked by it**.
    #[error("an @revoked line on which no key can be found: it revokes nothing")]
    RevokedWithoutKey,
}

impl Content for LineContent {
    fn read(raw: &[u8]) -> Self {
        let text = raw.strip_suffix(b"\n").unwrap_or(raw);
        match read(seen(text)) {
            Ok(Self::Entry(entry)) if entry.marker == Some(Marker::Revoked) => Self::Entry(entry),
            strict if revoked::is_meant(text) => {
                revoked::read(text, strict.err().unwrap_or(LineProblem::UnknownMarker))
            }
            Ok(content) => content,
            Err(problem) => Self::Bad(problem),
        }
    }
}

/// A NUL ends what programs in C see of a line.
pub(super) fn seen(text: &[u8]) -> &[u8] {
    if text.contains(&0) { text.split(|&byte| byte == 0).next().unwrap_or_default() } else { text }
}

/// What is wrong with the lines of a file that count for nothing, each with its number. Reads them one by one.
pub(super) fn problems(bytes: &[u8]) -> impl Iterator<Item = (usize, LineProblem)> {
    lines_at(bytes).filter_map(|(at, raw)| match LineContent::read(raw) {
        LineContent::Bad(problem) => Some((at.number, problem)),
        _ => None,
    })
}

/// What stands in front of the key.
pub(super) struct Front<'a> {
    pub(super) marker: Option<Marker>,
    /// The hosts, not looked into.
    pub(super) hosts: &'a [u8],
    /// Where they begin.
    hosts_at: usize,
    /// What follows them, with the white space between.
    rest: &'a [u8],
}

impl<'a> Front<'a> {
    /// Reads as much of a line as tells for which hosts it may be. `None` for an empty line and a comment.
    pub(super) fn read(text: &'a [u8]) -> Result<Option<Self>, LineProblem> {
        let start = text.trim_blanks_start();
        if matches!(start.first(), None | Some(b'#')) {
            return Ok(None);
        }
        let (marker, start) = marker(start)?;
        let (hosts, rest) = start.split_field();
        if rest.is_empty() {
            return Err(LineProblem::Truncated);
        }
        Ok(Some(Self { marker, hosts, hosts_at: text.len().saturating_sub(start.len()), rest }))
    }

    /// What follows the hosts, with the white space between.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether a line is for the host of this name, should it hold an entry, as [`Entry::matches`] says of it then. Not for
    /// a line that is [meant as a revocation](revoked::is_meant), which errs on the side of matching.
    pub(super) fn matches(raw: &[u8], name: &[u8]) -> bool {
        let text = raw.strip_suffix(b"\n").unwrap_or(raw);
        match Front::read(seen(text)) {
            Ok(Some(Front { hosts, .. })) if hosts.starts_with(b"|") => {
                HashedName::parse(hosts).is_ok_and(|hashed| hashed.matches(name))
            }
            Ok(Some(Front { hosts, .. })) => entry::matches_list(hosts, name),
            Ok(None) | Err(_) => false,
        }
    }
}

fn read(text: &[u8]) -> Result<LineContent, LineProblem> {
    let Some(Front { marker, hosts: field, hosts_at, rest }) = Front::read(text)? else {
        let blank = text.trim_blanks_start().is_empty();
        return Ok(if blank { LineContent::Blank } else { LineContent::Comment });
    };
    let hosts = Hosts::parse(field)?;
    let rest = rest.trim_blanks_start();
    if matches!(rest.first(), None | Some(b'#')) {
        return Err(LineProblem::NoKeyType);
    }
    let (key, comment) = key(rest).map_err(|error| match error {
        KeyLineError::UnknownType(_) if KeyType::from_name(field).is_some() => LineProblem::NoHosts,
        error => LineProblem::Key(error),
    })?;
    if let Some(bits) = key.rsa_bits().filter(|&bits| bits < MIN_RSA_BITS) {
        return Err(LineProblem::ShortRsaKey { bits });
    }
    let comment = comment.trim_ascii().to_vec();
    let irregular = None;
    Ok(LineContent::Entry(Box::new(Entry { marker, hosts, hosts_at, key, comment, irregular })))
}

/// The marker and what follows it and its blanks (hostfile.c `check_markers`).
fn marker(text: &[u8]) -> Result<(Option<Marker>, &[u8]), LineProblem> {
    if text.first() != Some(&b'@') {
        return Ok((None, text));
    }
    // The end is the first blank of the whole line, and the first tab only where there is no blank at all.
    let find = |wanted: u8| text.iter().position(|&byte| byte == wanted);
    let end = find(b' ').or_else(|| find(b'\t')).ok_or(LineProblem::Truncated)?;
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, b""));
    let marker = match Marker::from_word(word) {
        Some(marker) => marker,
        None if Marker::from_word(text.split_field().0).is_some() => return Err(LineProblem::TabAfterMarker),
        None => return Err(LineProblem::UnknownMarker),
    };
    match rest.trim_blanks_start() {
        [b'@', ..] => Err(LineProblem::SecondMarker),
        rest => Ok((Some(marker), rest)),
    }
}

/// The base64 of the longest key.
const MAX_BASE64_BYTES: usize = MAX_KEY_BYTES.div_ceil(3).saturating_mul(4);

/// The key and what follows it and its blanks (sshkey.c `sshkey_read`).
fn key(text: &[u8]) -> Result<(PublicKey, &[u8]), KeyLineError> {
    let (name, rest) = text.split_field();
    let (base64, rest) = rest.trim_blanks_start().split_field();
    if name.is_empty() {
        return Err(KeyLineError::Missing);
    }
    // OpenSSH's base64 decoder skips white space; of that, blanks and tabs have ended the field already.
    let is_skipped = |byte: &u8| matches!(byte, b'\r' | 0x0b | 0x0c);
    let base64 = if base64.iter().any(is_skipped) {
        let kept = base64.iter().copied().filter(|byte| !is_skipped(byte));
        // A copy: of no more than makes a key, and one byte, with which it is no base64.
        Cow::Owned(kept.take(MAX_BASE64_BYTES.saturating_add(1)).collect())
    } else {
        Cow::Borrowed(base64)
    };
    let key = parse_public_key_fields(name, &base64)?;
    Ok((key, rest.trim_blanks_start()))
}

/// Fields are separated by blanks and tabs, and by nothing else.
pub(super) trait Fields {
    fn trim_blanks_start(&self) -> &Self;
    /// Everything before the first blank or tab, and the rest, which begins with that.
    fn split_field(&self) -> (&Self, &Self);
}

impl Fields for [u8] {
    fn trim_blanks_start(&self) -> &Self {
        let start = self.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(self.len());
        self.get(start..).unwrap_or_default()
    }

    fn split_field(&self) -> (&Self, &Self) {
        let end = self.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(self.len());
        self.split_at_checked(end).unwrap_or((self, b""))
    }
}
