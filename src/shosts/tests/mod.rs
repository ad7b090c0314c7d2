//! The rows of auth-rhosts.c, each with its near-misses.

mod check;
mod draft;
mod edit;
mod index;
mod lines;
mod property;
mod scan;
mod warnings;

use super::*;

/// What the pieces of a file of one line say.
pub(super) fn pieces(line: impl AsRef<[u8]>) -> Vec<LineContent> {
    let document = Document::parse(line.as_ref());
    assert_eq!(document.lines().count(), 1, "one line is expected");
    document.line(1).unwrap().content().clone()
}

pub(super) fn content(line: impl AsRef<[u8]>) -> LineContent {
    let mut pieces = pieces(line);
    assert_eq!(pieces.len(), 1, "one piece is expected");
    pieces.remove(0)
}

pub(super) fn name(text: &str) -> Field {
    Field { negative: false, who: Who::Name(text.into()) }
}

pub(super) fn entry(host: Field, user: Option<Field>) -> LineContent {
    LineContent::Entry(Entry { host, user })
}
