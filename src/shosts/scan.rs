//! A file of the hosts.equiv family that is asked once, or a few times, and then forgotten: a user's own.

use std::cell::Cell;
use std::fmt;

use super::check::{Equiv, EquivMatch, Membership, Netgroups, Query, first_match};
use super::line::{self, LineContent, LineProblem, pieces, read_piece};

/// The most netgroup questions that one check of a [`Scan`] asks: an entry has up to three.
///
/// A file of 1 MiB could ask half a million, each a search that a name service makes, one after the other for the whole
/// server (innetgr(3) is not safe to be called by two threads).
pub const MAX_NETGROUP_QUESTIONS: usize = 256;

/// The bytes of a file of the hosts.equiv family, and nothing besides: each check reads the entries in their order, one at
/// a time, up to the first that matches. What it says is what a [`Document`](super::Document) says, but that
/// a check asks at most [`MAX_NETGROUP_QUESTIONS`] of the netgroups: what is asked further is [`Membership::Unknown`].
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
        first_match(entries, query, &Limited { netgroups, left: Cell::new(MAX_NETGROUP_QUESTIONS) })
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Netgroups that answer so many questions more.
struct Limited<'a> {
    netgroups: &'a dyn Netgroups,
    left: Cell<usize>,
}

impl Netgroups for Limited<'_> {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        match self.left.get().checked_sub(1) {
            None => Membership::Unknown,
            Some(left) => {
                self.left.set(left);
                self.netgroups.contains(group, host, user)
            }
        }
    }
}
