//! A known_hosts file that is asked once, or a few times, and then forgotten: a user's own.

use std::fmt;

use super::check::KnownHosts;
use super::entry::Entry;
use super::line::{self, Front, LineContent, LineProblem};
use super::revoked;
use crate::lines::Content;
use crate::lines::index::lines_at;

/// A known_hosts file's bytes, and nothing besides: each look-up goes through all lines, and reads those whole that are for
/// the name, one at a time. What it says is what a [`Document`](super::Document) says.
///
/// An [`Index`](super::Index) takes a multiple of the file's memory, and the time for it before the first answer: the owner
/// of a file that is asked once must not choose that. A look-up here takes at the most as much memory as the file's longest
/// line, beside the file.
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

    /// The `@revoked` lines that OpenSSH cannot read, and by which it **accepts** the key, each with its number: see
    /// [`Entry::irregular`]. Goes through the whole file.
    pub fn irregular(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        let entries = lines_at(&self.bytes).filter(|(_, raw)| revoked::is_meant(raw));
        entries.filter_map(|(at, raw)| match LineContent::read(raw) {
            LineContent::Entry(entry) => Some((at.number, entry.irregular()?.clone())),
            _ => None,
        })
    }

    /// The lines that count for nothing because something is wrong with them, each with its number. Reads the whole file.
    pub fn problems(&self) -> impl Iterator<Item = (usize, LineProblem)> {
        line::problems(&self.bytes)
    }
}

impl KnownHosts for Scan {
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry)) {
        for (at, raw) in lines_at(&self.bytes) {
            // For whom a revocation is, only the whole reading tells.
            if !Front::matches(raw, name) && !revoked::is_meant(raw) {
                continue;
            }
            if let LineContent::Entry(entry) = LineContent::read(raw)
                && entry.matches(name)
            {
                visit(at.number, &entry);
            }
        }
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
