//! A file of the hosts.equiv family that is asked once, or a few times, and then forgotten: a user's own.

use std::fmt;

use super::check::{Equiv, EquivMatch, Netgroups, Query, first_match};
use super::line::{self, LineContent, LineProblem, pieces, read_piece};

/// The bytes of a file of the hosts.equiv family, and nothing besides: each check reads the entries in their order, one at
/// a time, up to the first that matches. What it says is what a [`Document`](super::Document) says.
pub struct Scan {
    bytes: Vec<u8>,
}

impl Scan {
    /// Takes a whole file, and does not look at it yet.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The file's bytes, as they were given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What counts for nothing because something is wrong with it, each with the number of its line. Reads the whole file.
    pub fn problems(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        line::problems(&self.bytes)
    }
}

impl Equiv for Scan {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        let entries = pieces(&self.bytes).filter_map(|(at, piece)| match read_piece(piece) {
            LineContent::Entry(entry) => Some((at.number, entry)),
            _ => None,
        });
        first_match(entries, query, netgroups)
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
