//! What may be written in place of a line, and whether that admits anybody.

use super::denies;
use crate::lint::finding::{Edit, File, Fix};
use crate::shosts::{Document, Entry, Line, LineContent};

/// These lines in place of one. Only where the whole line says one thing: of a long one, each piece is a line.
pub(super) fn replace(file: File, line: &Line, new: Vec<Vec<u8>>) -> Option<Fix> {
    let says_one_thing = line.content().len() <= 1;
    let admits = admits(line.content(), &new);
    let edits = vec![Edit::Replace { line: line.number(), new }];
    (file.is_mended() && says_one_thing).then_some(Fix { file, edits, admits })
}

/// Nothing in place of a line that does nothing.
pub(super) fn remove(file: File, line: &Line) -> Option<Fix> {
    let admits = admits(line.content(), &[]);
    let edits = vec![Edit::Remove { line: line.number() }];
    file.is_mended().then_some(Fix { file, edits, admits })
}

/// Another text in place of some bytes of a line.
pub(super) fn reword(file: File, line: &Line, span: &std::ops::Range<usize>, word: &[u8]) -> Option<Fix> {
    let (before, after) = (line.text().get(..span.start)?, line.text().get(span.end..)?);
    replace(file, line, vec![[before, word, after].concat()])
}

/// Whether these lines in place of what stood there may let somebody in: they hold an entry that admits and was not there,
/// or lack one that denies. Never says no where the answer is yes; a duplicate that goes is judged by its own rule.
pub(super) fn admits(old: &[LineContent], new: &[Vec<u8>]) -> bool {
    let new = Document::parse(&new.join(&b'\n'));
    let new: Vec<&Entry> = new.entries().map(|(_, entry)| entry).collect();
    let old: Vec<&Entry> = old.iter().filter_map(entry_of).collect();
    new.iter().any(|entry| !denies(entry) && !old.contains(entry))
        || old.iter().any(|entry| denies(entry) && !new.contains(entry))
}

pub(super) fn entry_of(content: &LineContent) -> Option<&Entry> {
    match content {
        LineContent::Entry(entry) => Some(entry),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_let_in_anew_is_seen() {
        let admits = |old: &str, new: &[&str]| {
            let old = Document::parse(old.as_bytes());
            let contents: Vec<_> = old.lines().flat_map(|line| line.content().to_vec()).collect();
            admits(&contents, &new.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>())
        };
        for (old, new) in
            [("node1 # x", &["# x", "node1"][..]), ("-node1", &[]), ("-node1 a", &["-node1"]), ("a", &["b"])]
        {
            assert!(admits(old, new), "{old} -> {new:?}");
        }
        for (old, new) in [("-node1 # x", &["# x", "-node1"][..]), ("node1", &[]), ("node1", &["+node1"]), ("+", &[])] {
            assert!(!admits(old, new), "{old} -> {new:?}");
        }
    }
}
