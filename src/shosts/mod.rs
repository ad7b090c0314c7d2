//! `shosts.equiv`, `hosts.equiv`, `.shosts` and `.rhosts`: which hosts, and which users of them, are believed
//! (sshd(8), FILES; OpenSSH: auth-rhosts.c `check_rhosts_file`).
//!
//! There are no wildcards, networks, quotes or comments behind an entry. The first line whose host and user both match
//! decides for its file.
//!
//! ```
//! use hostbased::shosts::{Document, Equiv, EquivMatch, NoNetgroups, Query};
//!
//! let document = Document::parse(b"# our cluster\nnode1.test\n-node2.test\n");
//! let query = |host| Query { host, address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };
//! assert_eq!(document.check(&query(b"node1.test"), &NoNetgroups), EquivMatch::Allow { line: 2 });
//! assert_eq!(document.check(&query(b"node2.test"), &NoNetgroups), EquivMatch::Deny { line: 3 });
//! assert_eq!(document.check(&query(b"node3.test"), &NoNetgroups), EquivMatch::NoMatch);
//! ```

mod check;
mod draft;
mod entry;
mod index;
mod line;
mod new_entry;
mod scan;
mod warning;

#[cfg(test)]
mod tests;

pub use check::{Equiv, EquivMatch, Membership, Netgroups, NoNetgroups, Query};
pub use draft::{Draft, Drafted};
pub use entry::{Entry, Field, Who};
pub use index::Index;
pub use line::{LineContent, LineProblem, MAX_PIECE_BYTES};
pub use new_entry::{NewEntry, NewEntryError};
pub use scan::{MAX_NETGROUP_QUESTIONS, Scan};
pub use warning::Warning;

pub use crate::lines::EditError;

/// A file of the hosts.equiv family.
pub type Document = crate::lines::Document<Vec<LineContent>>;

/// A line of such a file: what each of its pieces says. sshd reads a line in pieces of [`MAX_PIECE_BYTES`], and takes
/// each for a line of its own; nearly every line has one.
pub type Line = crate::lines::Line<Vec<LineContent>>;

impl Document {
    /// The entries in order, each with the number of the line that it stands on.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.pieces().filter_map(|(line, content)| match content {
            LineContent::Entry(entry) => Some((line, entry)),
            _ => None,
        })
    }

    /// What counts for nothing because something is wrong with it, each with the number of its line.
    pub fn problems(&self) -> impl DoubleEndedIterator<Item = (usize, LineProblem)> {
        self.pieces().filter_map(|(line, content)| match content {
            LineContent::Bad(problem) => Some((line, *problem)),
            _ => None,
        })
    }

    /// The entries with this host name or address, whatever their signs and users; names in any case.
    pub fn entries_naming(&self, host: &[u8]) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.entries().filter(move |(_, entry)| match &entry.host().who {
            Who::Name(name) => name.eq_ignore_ascii_case(host),
            Who::Netgroup(_) => false,
        })
    }

    fn pieces(&self) -> impl DoubleEndedIterator<Item = (usize, &LineContent)> {
        self.lines().flat_map(|line| line.content().iter().map(|content| (line.number(), content)))
    }
}
