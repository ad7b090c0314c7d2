//! A file of the hosts.equiv family that is asked often, by a server that runs for long.

use std::fmt;

use super::check::{Equiv, EquivMatch, Netgroups, Query, first_match};
use super::entry::{Entry, Who};
use super::line::{LineContent, LineProblem, MAX_PIECE_BYTES, read_piece};
use crate::lines::index::{LineNumbers, NameIndex, line_at, lines_with_offsets};

/// A file of the hosts.equiv family for many questions: the time that one takes does not grow with the entries of other
/// hosts. What it says is what a [`Document`](super::Document) says.
///
/// It grows with the entries whose host is a netgroup, and with those that begin behind the first 4 GiB of the file: each
/// of these is tried for every host.
pub struct Index {
    bytes: Vec<u8>,
    numbers: LineNumbers,
    /// Pieces of lines, by the host that they name.
    names: NameIndex,
    /// The other pieces with an entry, by their offsets, in order.
    others: Vec<usize>,
}

impl Index {
    /// Goes through a whole file once. Never fails.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self::with_reach(bytes, NameIndex::REACH)
    }

    pub(super) fn with_reach(bytes: &[u8], reach: u32) -> Self {
        let mut names = NameIndex::builder(reach);
        let mut others = Vec::new();
        for (line, raw) in lines_with_offsets(bytes) {
            for (offset, piece) in (line..).step_by(MAX_PIECE_BYTES).zip(raw.chunks(MAX_PIECE_BYTES)) {
                let LineContent::Entry(entry) = read_piece(piece) else { continue };
                match &entry.host.who {
                    Who::Name(name) if names.reaches(offset) => names.add(name, offset),
                    _ => others.push(offset),
                }
            }
        }
        Self { bytes: bytes.to_vec(), numbers: LineNumbers::new(bytes), names: names.build(), others }
    }

    /// How many names and how many other pieces there are.
    #[cfg(test)]
    pub(super) fn sorts(&self) -> (usize, usize) {
        (self.names.len(), self.others.len())
    }

    /// What counts for nothing because something is wrong with it, each with the number of its line. Reads the whole file.
    pub fn problems(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        let lines = self.bytes.split_inclusive(|&byte| byte == b'\n').zip(1..);
        let pieces = lines.flat_map(|(raw, number)| raw.chunks(MAX_PIECE_BYTES).map(move |piece| (number, piece)));
        pieces.filter_map(|(number, piece)| match read_piece(piece) {
            LineContent::Bad(problem) => Some((number, problem)),
            _ => None,
        })
    }

    /// The entry of the piece that begins at an offset, with its line's number.
    fn entry_at(&self, offset: usize) -> Option<(usize, Entry)> {
        let piece = line_at(&self.bytes, offset).chunks(MAX_PIECE_BYTES).next()?;
        match read_piece(piece) {
            LineContent::Entry(entry) => Some((self.numbers.number(&self.bytes, offset), entry)),
            _ => None,
        }
    }
}

impl Equiv for Index {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        let mut found: Vec<usize> = self.names.offsets(query.host).chain(self.names.offsets(query.address)).collect();
        found.extend(&self.others);
        // In the order of the file, because the first match decides; an entry is read when all before it have not matched.
        found.sort_unstable();
        found.dedup();
        first_match(found.into_iter().filter_map(|offset| self.entry_at(offset)), query, netgroups)
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
