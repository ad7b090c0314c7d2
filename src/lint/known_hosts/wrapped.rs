//! Lines that were broken into two or more, as a terminal's paste breaks them: neither half is an entry.

use std::collections::BTreeSet;

use super::bad::is_base64;
use super::fixes;
use super::line::Words;
use crate::key::KeyType;
use crate::known_hosts::{Document, Line, LineContent, LineProblem};
use crate::lint::code::{Code, Severity};
use crate::lint::finding::{Edit, File, Finding, Fix};

/// Most pieces that are put together: an RSA key of 16384 bits in lines of 76.
const MAX_PIECES: usize = 40;

/// The lines that are pieces of others, which need no finding of their own.
pub(super) fn find(file: File, document: &Document, found: &mut Vec<Finding>) -> BTreeSet<usize> {
    let mut pieces = BTreeSet::new();
    for line in document.lines() {
        if !pieces.contains(&line.number())
            && is_cut(file, line)
            && let Some((last, joined)) = join(document, line)
        {
            pieces.extend(line.number()..=last);
            found.push(finding(file, line, last, joined));
        }
    }
    pieces
}

/// Whether a line holds the beginning of a key, and not the end.
fn is_cut(file: File, line: &Line) -> bool {
    let bad = match line.content() {
        LineContent::Bad(LineProblem::Key(_) | LineProblem::RevokedWithoutKey) => true,
        LineContent::Bad(LineProblem::Truncated | LineProblem::NoKeyType) => false,
        _ => false,
    };
    let words = Words::of(file, line);
    let kind = words.hosts().saturating_add(1);
    bad && KeyType::from_name(words.word(kind)).is_some() && words.words.len() == kind.saturating_add(2)
}

/// The number of the last piece, and the whole line.
fn join(document: &Document, line: &Line) -> Option<(usize, Vec<u8>)> {
    let mut joined = line.text().trim_ascii_end().to_vec();
    let mut number = line.number();
    for _ in 1..MAX_PIECES {
        number = number.checked_add(1)?;
        let next = document.line(number)?;
        let text = next.text().trim_ascii();
        let first = text.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
        if !matches!(next.content(), LineContent::Bad(_)) || !is_base64(first) {
            return None;
        }
        joined.extend_from_slice(text);
        let whole = Document::parse(&joined);
        if matches!(whole.line(1)?.content(), LineContent::Entry(entry) if entry.irregular().is_none()) {
            return Some((number, joined));
        }
        if first.len() < text.len() {
            return None;
        }
    }
    None
}

fn finding(file: File, line: &Line, last: usize, joined: Vec<u8>) -> Finding {
    let first = line.number();
    let text = format!("the line is broken: lines {first} to {last} are one, and each by itself is skipped");
    let is_revocation = matches!(line.content(), LineContent::Bad(LineProblem::RevokedWithoutKey));
    let severity = if is_revocation { Severity::Error } else { Severity::Warning };
    let new = vec![joined];
    let admits = fixes::admits(line.content(), &new);
    let rest = (first.saturating_add(1)..=last).map(|line| Edit::Remove { line });
    let edits = [Edit::Replace { line: first, new }].into_iter().chain(rest).collect();
    let span = line.text().trim_ascii_end().len().saturating_sub(1)..line.text().trim_ascii_end().len();
    Finding::at(Code::WrappedLine, (file, first, span), text, "join them")
        .weighs(severity)
        .mended_by(file.is_mended().then_some(Fix { file, edits, admits }))
}
