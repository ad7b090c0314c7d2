//! The lines of the hosts.equiv family that are about a single host.

use std::ops::Range;

use crate::lint::equiv::denies;
use crate::lint::finding::File;
use crate::lint::inputs::Inputs;
use crate::lint::words::{is_space, words};
use crate::shosts::{Entry, Line, LineContent, MAX_PIECE_BYTES, Who};

/// A line that is about one host, named as in the file; netgroups are not.
pub(super) struct HostLine<'a> {
    pub(super) file: File,
    pub(super) line: &'a Line,
    /// The host's name or address, without its sign.
    pub(super) host: &'a [u8],
    /// Where that stands.
    pub(super) span: Range<usize>,
    /// Whether it shuts out.
    pub(super) denies: bool,
}

pub(super) fn host_lines<'a>(inputs: &Inputs<'a>) -> impl Iterator<Item = HostLine<'a>> + use<'a> {
    inputs.equivs().collect::<Vec<_>>().into_iter().flat_map(|(file, document)| {
        document.lines().flat_map(move |line| {
            let offsets = (0..).step_by(MAX_PIECE_BYTES);
            line.content().iter().zip(offsets).filter_map(move |(content, offset)| {
                let LineContent::Entry(entry) = content else { return None };
                let Who::Name(host) = &entry.host().who else { return None };
                let piece = line.text().get(offset..).unwrap_or_default();
                let end =
                    words(piece.get(..piece.len().min(MAX_PIECE_BYTES)).unwrap_or_default(), is_space).first()?.end;
                let end = end.saturating_add(offset);
                Some(HostLine { file, line, host, span: end.saturating_sub(host.len())..end, denies: denies(entry) })
            })
        })
    })
}

/// The netgroups that lines admit as hosts.
pub(super) fn admitted_netgroups<'a>(inputs: &Inputs<'a>) -> Vec<&'a [u8]> {
    let entries = inputs.equivs().flat_map(|(_, document)| document.entries());
    let admitted = entries.filter(|(_, entry): &(usize, &Entry)| !denies(entry));
    let mut groups: Vec<&[u8]> = admitted
        .filter_map(|(_, entry)| match &entry.host().who {
            Who::Netgroup(group) => Some(group.as_slice()),
            Who::Name(_) => None,
        })
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}
