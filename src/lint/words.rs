//! Where the words of a line stand.

use std::ops::Range;

/// The places of the words of a text, between bytes for which `is_space` says so.
pub(super) fn words(text: &[u8], is_space: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, &byte) in text.iter().enumerate() {
        match (start, is_space(byte)) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|from| from..text.len()));
    found
}

/// White space in files of the hosts.equiv family: isspace(3) in the C locale.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Blanks and tabs, which divide the fields of known_hosts.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The bytes of a range.
pub(super) fn bytes<'a>(text: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    text.get(range.clone()).unwrap_or_default()
}

/// A range, this much further on.
pub(super) fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start.saturating_add(by)..range.end.saturating_add(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_white_space() {
        assert_eq!(words(b" a\tbc  d", is_blank), [1..2, 3..5, 7..8]);
        assert_eq!(words(b" \t", is_blank), []);
        assert_eq!(words(b"", is_blank), []);
        assert_eq!(words(b"a\rb", is_blank), std::slice::from_ref(&(0..3)));
        assert_eq!(words(b"a\rb", is_space), [0..1, 2..3]);
    }
}
