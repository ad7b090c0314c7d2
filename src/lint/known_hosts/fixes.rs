//! What may be written in place of a line, and whether that admits anybody.

use std::ops::Range;

use crate::known_hosts::{Document, Entry, Hosts, Line, LineContent, Marker};
use crate::lint::finding::{Edit, File, Fix};

/// These lines in place of one.
pub(super) fn replace(file: File, line: &Line, new: Vec<Vec<u8>>) -> Option<Fix> {
    let admits = admits(line.content(), &new);
    let edits = vec![Edit::Replace { line: line.number(), new }];
    file.is_mended().then_some(Fix { file, edits, admits })
}

/// Another text in place of some bytes of a line.
pub(super) fn reword(file: File, line: &Line, span: &Range<usize>, word: &[u8]) -> Option<Fix> {
    let (before, after) = (line.text().get(..span.start)?, line.text().get(span.end..)?);
    replace(file, line, vec![[before, word, after].concat()])
}

/// Whether these lines in place of what stood there may let somebody in: they hold a key or an authority that was not
/// there for the same hosts, or lack a revocation. Never says no where the answer is yes.
pub(super) fn admits(old: &LineContent, new: &[Vec<u8>]) -> bool {
    let new = Document::parse(&new.join(&b'\n'));
    let old = match old {
        LineContent::Entry(entry) => Some(entry.as_ref()),
        _ => None,
    };
    let is_revocation = |entry: &Entry| entry.marker() == Some(Marker::Revoked);
    let same = |entry: &Entry| {
        old.is_some_and(|old| (old.marker(), old.hosts(), old.key()) == (entry.marker(), entry.hosts(), entry.key()))
    };
    let adds = new.entries().any(|(_, entry)| !is_revocation(entry) && !same(entry));
    let revokes_still = |old: &Entry| new.entries().any(|(_, entry)| is_revocation(entry) && is_as_wide(entry, old));
    adds || old.is_some_and(|old| is_revocation(old) && !revokes_still(old))
}

/// Whether a revocation is for the same key, and for the hosts of another at least.
fn is_as_wide(new: &Entry, old: &Entry) -> bool {
    let hosts = match (new.hosts(), old.hosts()) {
        (new, old) if new == old => true,
        (Hosts::Patterns(new), _) if new == b"*" => true,
        // One word, which is what both readings take for the hosts.
        (Hosts::Patterns(new), Hosts::Unclear(words)) => new == words && !words.contains(&b' '),
        (Hosts::Hashed(new), Hosts::Unclear(words)) => new.to_string().as_bytes() == words.as_slice(),
        _ => false,
    };
    hosts && new.key().plain() == old.key().plain()
}
