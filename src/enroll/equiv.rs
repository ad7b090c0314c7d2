//! The lines of shosts.equiv that are about a single host.

use super::files::Files;
use crate::shosts::{Entry, LineContent, Who};

/// A line that is about one host, named as in the file; netgroups are not.
pub(super) struct HostLine<'a> {
    pub(super) line: usize,
    /// The host's name or address, without its sign.
    pub(super) host: &'a [u8],
    /// The whole line, without line end.
    pub(super) text: &'a [u8],
    /// Whether it shuts out (`-host`, or `host -user`).
    pub(super) denies: bool,
}

pub(super) fn host_lines(files: &Files) -> impl Iterator<Item = HostLine<'_>> {
    files.shosts.lines().flat_map(move |line| {
        line.content().iter().filter_map(move |content| match content {
            LineContent::Entry(entry) => {
                let Who::Name(host) = &entry.host().who else { return None };
                Some(HostLine { line: line.number(), host, text: line.text(), denies: denies(entry) })
            }
            _ => None,
        })
    })
}

/// Whether the entry shuts out whom it matches.
pub(super) fn denies(entry: &Entry) -> bool {
    entry.host().negative || entry.user().is_some_and(|user| user.negative)
}
