//! What single lines say.

use std::ops::Range;

use super::{bad, fixes, key, patterns};
use crate::known_hosts::{Document, Entry, Hosts, Line, LineContent, Marker, Warning};
use crate::lint::code::Code;
use crate::lint::finding::{File, Finding};
use crate::lint::words::{bytes, is_blank, words};

/// What Windows editors put first into a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line and the places of its words.
pub(super) struct Words<'a> {
    pub(super) file: File,
    pub(super) line: &'a Line,
    pub(super) words: Vec<Range<usize>>,
}

impl<'a> Words<'a> {
    pub(super) fn of(file: File, line: &'a Line) -> Self {
        let seen = line.text().split(|&byte| byte == 0).next().unwrap_or_default();
        Self { file, line, words: words(seen, is_blank) }
    }

    /// The place of a word; the end of the line where there is none.
    pub(super) fn span(&self, index: usize) -> Range<usize> {
        let end = self.line.text().trim_ascii_end().len();
        self.words.get(index).cloned().unwrap_or(end.saturating_sub(1)..end)
    }

    pub(super) fn word(&self, index: usize) -> &'a [u8] {
        self.words.get(index).map(|word| bytes(self.line.text(), word)).unwrap_or_default()
    }

    /// Which word is the hosts: the first, or the one behind a marker.
    pub(super) fn hosts(&self) -> usize {
        usize::from(self.word(0).starts_with(b"@"))
    }

    pub(super) fn at(&self, span: Range<usize>) -> (File, usize, Range<usize>) {
        (self.file, self.line.number(), span)
    }

    pub(super) fn finding(&self, code: Code, word: usize, text: &'static str, mend: &'static str) -> Finding {
        Finding::at(code, self.at(self.span(word)), text, mend)
    }
}

pub(super) fn find(file: File, line: &Line, now: Option<u64>, found: &mut Vec<Finding>) {
    let text = line.text();
    if matches!(line.content(), LineContent::Blank | LineContent::Comment) {
        return;
    }
    if let Some(at) = text.iter().position(|&byte| byte == 0) {
        let mend = "take the byte out, and see what the line says then";
        let place = (file, line.number(), at..at.saturating_add(1));
        found.push(Finding::at(Code::NulByte, place, "what stands behind a NUL byte is not seen", mend));
    }
    let words = Words::of(file, line);
    let marked = line.number() == 1 && text.starts_with(BYTE_ORDER_MARK);
    if marked {
        let said = "a byte order mark stands before the first word, and is part of it";
        let fix = text.get(BYTE_ORDER_MARK.len()..).and_then(|text| fixes::replace(file, line, vec![text.to_vec()]));
        let place = words.at(0..BYTE_ORDER_MARK.len());
        found.push(Finding::at(Code::ByteOrderMark, place, said, "save the file without it").mended_by(fix));
    }
    match line.content() {
        LineContent::Bad(problem) if !marked => found.push(bad::find(&words, problem)),
        LineContent::Entry(entry) => entry_rules(&words, entry, now, found),
        _ => {}
    }
}

fn entry_rules(words: &Words<'_>, entry: &Entry, now: Option<u64>, found: &mut Vec<Finding>) {
    if entry.irregular().is_some() {
        found.push(lost_revocation(words, entry));
    }
    if let Hosts::Patterns(list) = entry.hosts() {
        patterns::find(words, entry, list, found);
    }
    key::find(words, entry, now, found);
    if entry.warnings().contains(&Warning::SecondKey) {
        let text = "a line holds one key: the second is taken for a comment";
        found.push(words.finding(
            Code::SecondKeyOnLine,
            words.hosts().saturating_add(3),
            text,
            "give each key a line of its own",
        ));
    }
}

/// The key is revoked here; OpenSSH skips the line.
fn lost_revocation(words: &Words<'_>, entry: &Entry) -> Finding {
    let text = "OpenSSH does not understand this line, skips it, and accepts the key";
    let mend = "write it as: @revoked HOSTS TYPE KEY, with blanks between";
    let fix = regular(words, entry).and_then(|line| fixes::replace(words.file, words.line, vec![line]));
    let fix = fix.filter(|fix| !fix.admits);
    words.finding(Code::LostRevocation, 0, text, mend).mended_by(fix)
}

/// The same line as OpenSSH understands it, where only the marker is wrong: the very same hosts and key.
fn regular(words: &Words<'_>, entry: &Entry) -> Option<Vec<u8>> {
    let text = words.line.text();
    let says_revoked = |word: &[u8]| word.eq_ignore_ascii_case(Marker::Revoked.as_str().as_bytes());
    let markers = words.words.iter().take_while(|word| says_revoked(bytes(text, word))).count();
    let rest = text.get(words.words.get(markers.max(1))?.start..)?;
    let line = [Marker::Revoked.as_str().as_bytes(), b" ", rest].concat();
    let document = Document::parse(&line);
    let (_, read) = document.entries().next()?;
    let is_same = read.marker() == Some(Marker::Revoked) && read.irregular().is_none() && read.key() == entry.key();
    (markers > 0 && is_same).then_some(line)
}
