//! What both files say of a host together.

mod accepted;
mod admitted;
mod groups;
mod keys;
mod known_as;
mod lines;
mod overview;

pub(super) use admitted::no_key_of;
pub use overview::{EquivLine, HostOverview, OtherEntry, Overview};

use std::ops::Range;

use super::finding::{File, Finding};
use super::inputs::Inputs;
use super::words::{is_blank, words};
use crate::known_hosts::Document;

/// What is wrong with hosts: their keys beside each other, their keys beside the lines that admit them.
pub(super) fn find(inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    let Some(known_hosts) = inputs.known_hosts else { return };
    let overview = Overview::new(inputs);
    keys::find(known_hosts, &overview, inputs, found);
    if inputs.shosts.is_some() {
        admitted::find(known_hosts, &overview, inputs, found);
        accepted::find(known_hosts, &overview, inputs, found);
        if let Some(names) = inputs.names {
            known_as::find(known_hosts, &overview, names, found);
        }
    }
}

/// The place of a word of a known_hosts line: 0 is its hosts, 2 its key.
fn place(document: &Document, line: usize, word: usize) -> (File, usize, Range<usize>) {
    let text = document.line(line).map(crate::known_hosts::Line::text).unwrap_or_default();
    let marked = usize::from(text.trim_ascii_start().starts_with(b"@"));
    let span = words(text, is_blank).into_iter().nth(word.saturating_add(marked)).unwrap_or(0..text.len());
    (File::KnownHosts, line, span)
}
