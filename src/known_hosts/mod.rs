//! `ssh_known_hosts`: a document that keeps every byte, and the question whether a key belongs to a host
//! (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH: hostfile.c `hostkeys_foreach_file`).
//!
//! A line that OpenSSH would skip is skipped, and its [`LineProblem`] says why. One thing is stricter on purpose: a line
//! that begins with `@revoked` revokes its key however the rest is written, while OpenSSH loses the revocation when a tab
//! follows the marker.
//!
//! ```
//! use hostbased::known_hosts::{Document, HostKeyStatus, Place, Source, check_host_key};
//!
//! let file = b"node1.test,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD\n";
//! let document = Document::parse(file);
//! let key = &document.entries().next().unwrap().1.key().clone();
//! let sources = [Source { file: "ssh_known_hosts", document: &document }];
//! let place = Place { file: "ssh_known_hosts", line: 1 };
//! assert_eq!(check_host_key(&sources, b"10.0.0.1", key), HostKeyStatus::Ok(place));
//! assert_eq!(check_host_key(&sources, b"10.0.0.2", key), HostKeyStatus::New);
//! ```

mod check;
mod draft;
mod entry;
mod hashed;
mod index;
mod line;
mod names;
mod new_entry;
mod revoked;
mod scan;
mod warning;

#[cfg(test)]
mod tests;

pub use check::{HostKeyStatus, KnownHosts, Place, Source, check_host_key};
pub use draft::Draft;
pub use entry::{Entry, Hosts, Marker};
pub use hashed::{HashedName, HashedNameError};
pub use index::Index;
pub use line::{LineContent, LineProblem};
pub use names::{RenameError, Renamed};
pub use new_entry::{NewEntry, NewEntryError};
pub use scan::Scan;
pub use warning::Warning;

pub use crate::lines::EditError;

/// A known_hosts file.
pub type Document = crate::lines::Document<LineContent>;

/// A line of a known_hosts file.
pub type Line = crate::lines::Line<LineContent>;

impl Document {
    /// The lines that hold an entry, each with its number.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.lines().filter_map(|line| match line.content() {
            LineContent::Entry(entry) => Some((line.number(), entry.as_ref())),
            _ => None,
        })
    }

    /// The lines that count for nothing because something is wrong with them, each with its number.
    pub fn problems(&self) -> impl DoubleEndedIterator<Item = (usize, &LineProblem)> {
        self.lines().filter_map(|line| match line.content() {
            LineContent::Bad(problem) => Some((line.number(), problem)),
            _ => None,
        })
    }

    /// The entries that carry this name itself: as one of their literal names, or hashed. A pattern that matches it is
    /// no such entry, nor is a negated name.
    pub fn entries_naming(&self, name: &[u8]) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.entries().filter(move |(_, entry)| entry.names(name))
    }
}
