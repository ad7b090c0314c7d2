//! A file of the hosts.equiv family that is asked often, by a server that runs for long.

use std::fmt;

use super::check::{Equiv, EquivMatch, Netgroups, Query, first_match};
use super::entry::{Entry, Who};
use super::line::{self, LineContent, LineProblem, MAX_PIECE_BYTES, pieces, read_piece};
use crate::lines::index::{At, NameIndex, line_at};

/// A file of the hosts.equiv family for many questions: the time that one takes does not grow with the entries of other
/// hosts. What it says is what a [`Document`](super::Document) says.
///
/// It grows with the entries whose host is a netgroup, and with those that begin behind the first 4 GiB of the file: each
/// of these is tried for every host.
pub struct Index {
    bytes: Vec<u8>,
    /// Pieces of lines, by the host that they name.
    names: NameIndex,
    /// The other pieces with an entry, in order.
    others: Vec<At>,
}

impl Index {
    /// Goes through a whole file once. Never fails.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self::with_reach(bytes, NameIndex::REACH)
    }

    /// The file's bytes, as they were given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn with_reach(bytes: &[u8], reach: usize) -> Self {
        let mut names = NameIndex::builder(reach);
        let mut others = Vec::new();
        for (at, piece) in pieces(bytes) {
            let LineContent::Entry(entry) = read_piece(piece) else { continue };
            match &entry.host.who {
                Who::Name(name) if names.reaches(at) => names.add(name, at),
                _ => others.push(at),
            }
        }
        Self { bytes: bytes.to_vec(), names: names.build(), others }
    }

    /// How many names and how many other pieces there are.
    #[cfg(test)]
    pub(super) fn sorts(&self) -> (usize, usize) {
        (self.names.len(), self.others.len())
    }

    /// What counts for nothing because something is wrong with it, each with the number of its line. Reads the whole file.
    pub fn problems(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        line::problems(&self.bytes)
    }

    /// The entry of a piece, with its line's number.
    fn entry(&self, piece: At) -> Option<(usize, Entry)> {
        let At { offset, number } = piece;
        let piece = self.bytes.get(offset..)?.chunks(MAX_PIECE_BYTES).next()?;
        let piece = line_at(piece, 0);
        match read_piece(piece) {
            LineContent::Entry(entry) => Some((number, entry)),
            _ => None,
        }
    }
}

impl Equiv for Index {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        let mut found: Vec<At> = self.names.lines(query.host).chain(self.names.lines(query.address)).collect();
        found.extend(&self.others);
        // In the order of the file, because the first match decides; an entry is read when all before it have not matched.
        found.sort_unstable();
        found.dedup();
        first_match(found.into_iter().filter_map(|piece| self.entry(piece)), query, netgroups)
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
