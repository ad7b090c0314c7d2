//! A known_hosts file that is asked often, by a server that runs for long.
//!
//! A [`Document`](super::Document) reads every line in advance, and tries every entry for each name. An [`Index`] keeps the
//! bytes, and where the lines begin that may be for a name; it reads a line when that is so. What it says is the same.

mod hashed;

#[cfg(test)]
pub(super) mod tests;

use std::fmt;

use self::hashed::HashedLines;
use super::check::KnownHosts;
use super::entry::{Entry, Hosts};
use super::hashed::HashedName;
use super::line::{self, Front, LineContent, LineProblem, seen};
use super::revoked;
use crate::lines::Content;
use crate::lines::index::{At, NameIndex, line_at, lines_at};

/// A known_hosts file for many look-ups: the time that one takes does not grow with the lines that carry whole names.
///
/// It grows with the lines that hold a wildcard, with the `@revoked` lines that hold more than whole names, and with all
/// lines that begin behind the first 4 GiB of the file: each of these is tried for every name. So is each hashed line, for
/// a name that is looked up for the first time; what came of it is remembered. For names that the file has, hashed or in
/// clear (of these, 65,536), it is never forgotten; all other names share 1,024 places. So a peer who makes up names neither
/// lets the index grow without end, nor makes it forget the file's own.
///
/// Besides the file's bytes it takes 16 to 20 bytes of memory for each name on a line, 104 for each hashed line, and 12 to
/// 24 more for each name while it is made.
pub struct Index {
    bytes: Vec<u8>,
    /// The lines that are for whole names only.
    names: NameIndex,
    /// The other lines with a list of hosts, in order.
    patterns: Vec<At>,
    hashed: HashedLines,
    /// The `@revoked` lines that are none of these, in order.
    revocations: Vec<(At, Box<Entry>)>,
}

impl Index {
    /// Goes through a whole file once. Never fails; lines end at `\n` and have no greatest length.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self::with_reach(bytes, NameIndex::REACH)
    }

    /// The file's bytes, as they were given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn with_reach(bytes: Vec<u8>, reach: usize) -> Self {
        let mut names = NameIndex::builder(reach);
        let (mut patterns, mut hashed, mut revocations) = (Vec::new(), Vec::new(), Vec::new());
        for (at, raw) in lines_at(&bytes) {
            match Sort::of(raw, names.reaches(at)) {
                Sort::Nothing => {}
                Sort::Names(list) => positive(list).for_each(|name| names.add(name, at)),
                Sort::Pattern => patterns.push(at),
                Sort::Hashed(name) => hashed.push((name.prepare(), at)),
                Sort::Revocation(entry) => revocations.push((at, entry)),
            }
        }
        Self { names: names.build(), patterns, hashed: HashedLines::new(hashed), revocations, bytes }
    }

    /// The `@revoked` lines that OpenSSH cannot read, and by which it **accepts** the key, each with its number: see
    /// [`Entry::irregular`].
    pub fn irregular(&self) -> impl Iterator<Item = (usize, &LineProblem)> {
        self.revocations.iter().filter_map(|(at, entry)| Some((at.number, entry.irregular()?)))
    }

    /// The lines that count for nothing because something is wrong with them, each with its number. Reads the whole file.
    pub fn problems(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        line::problems(&self.bytes)
    }

    fn raw(&self, line: At) -> &[u8] {
        line_at(&self.bytes, line.offset)
    }
}

impl KnownHosts for Index {
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry)) {
        let mut visit = |line: At, entry: &Entry| {
            if entry.matches(name) {
                visit(line.number, entry);
            }
        };
        let may_match = |&line: &At| Front::matches(self.raw(line), name);

        let mut found: Vec<At> = self.names.lines(name).collect();
        let is_known = !found.is_empty();
        found.extend(self.patterns.iter().copied().filter(may_match));
        found.extend(self.hashed.lines_of(name, is_known));
        found.sort_unstable();
        found.dedup();

        let mut revocations = self.revocations.iter().peekable();
        for line in found {
            while let Some((before, entry)) = revocations.next_if(|(before, _)| *before < line) {
                visit(*before, entry);
            }
            if let LineContent::Entry(entry) = LineContent::read(self.raw(line)) {
                visit(line, &entry);
            }
        }
        for (line, entry) in revocations {
            visit(*line, entry);
        }
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// How the lines that are for a name are found.
enum Sort<'a> {
    /// For nobody.
    Nothing,
    /// By each name of this list; the negated ones apart, which only take away.
    Names(&'a [u8]),
    /// By trying its patterns.
    Pattern,
    /// By hashing the name.
    Hashed(HashedName),
    /// By trying its entry.
    Revocation(Box<Entry>),
}

impl<'a> Sort<'a> {
    /// Of a line; `reached` if it can be found by its names.
    fn of(raw: &'a [u8], reached: bool) -> Self {
        let text = raw.strip_suffix(b"\n").unwrap_or(raw);
        // A revocation counts however it is written: for whom, only the whole reading tells.
        if revoked::is_meant(text) {
            let LineContent::Entry(entry) = LineContent::read(raw) else { return Self::Nothing };
            match &entry.hosts {
                Hosts::Hashed(name) => return Self::Hashed(*name),
                Hosts::Patterns(list) if reached && holds_names_only(list) => {}
                _ => return Self::Revocation(entry),
            }
        }
        match Front::read(seen(text)) {
            Ok(Some(front)) if front.hosts.starts_with(b"|") => {
                HashedName::parse(front.hosts).map_or(Self::Nothing, Self::Hashed)
            }
            Ok(Some(front)) if reached && holds_names_only(front.hosts) => Self::Names(front.hosts),
            Ok(Some(_)) => Self::Pattern,
            Ok(None) | Err(_) => Self::Nothing,
        }
    }
}

/// The elements of a list that can make it match.
fn positive(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b',').filter(|element| !element.starts_with(b"!"))
}

/// Whether a list matches a name only if it carries it. Not so with wildcards, nor with hashed names, which only the list
/// of a revocation may hold.
fn holds_names_only(list: &[u8]) -> bool {
    let is_name = |name: &[u8]| !name.starts_with(b"|") && !name.iter().any(|byte| matches!(byte, b'*' | b'?'));
    positive(list).all(is_name)
}
