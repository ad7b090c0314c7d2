//! A line of a file as people see it: escaped, cut to what fits, with carets below the bytes that are meant.

use std::ops::Range;

use crate::escape::escape;

/// Columns of an excerpt where there is no terminal to fit.
pub(super) const COLUMNS: usize = 100;

/// The least that is shown of a line, however narrow the terminal is.
const LEAST: usize = 20;

/// Stands for what is cut off.
const CUT: &str = "...";

/// The line and the carets below it, each no wider than this. Only the bytes near the span are looked at.
pub(super) fn excerpt(text: &[u8], span: &Range<usize>, columns: usize) -> [String; 2] {
    let room = columns.max(LEAST).saturating_sub(CUT.len().saturating_mul(2));
    let start = span.start.min(text.len());
    let end = span.end.clamp(start, text.len());
    let width = |at: usize| text.get(at).map_or(0, |byte| escape(&[*byte]).to_string().len());
    // A third of the room for what stands before.
    let mut from = start;
    let mut before = 0_usize;
    while let Some(at) = from.checked_sub(1) {
        let more = before.saturating_add(width(at));
        if more > room.checked_div(3).unwrap_or(0) && !fits(text, room) {
            break;
        }
        (from, before) = (at, more);
    }
    let mut to = from;
    let mut shown = 0_usize;
    while to < text.len() && shown.saturating_add(width(to)) <= room {
        shown = shown.saturating_add(width(to));
        to = to.saturating_add(1);
    }
    let escaped = |range: Range<usize>| escape(text.get(range).unwrap_or_default()).capped(usize::MAX).to_string();
    let (left, right) = (if from > 0 { CUT } else { "" }, if to < text.len() { CUT } else { "" });
    let line = format!("{left}{}{right}", escaped(from..to));
    let carets = escaped(start.min(to)..end.min(to)).len().max(1);
    let blanks = left.len().saturating_add(escaped(from..start.min(to)).len());
    [line, format!("{}{}", " ".repeat(blanks), "^".repeat(carets))]
}

/// Whether all of it fits; a long line is not looked through for that.
fn fits(text: &[u8], room: usize) -> bool {
    text.len() <= room && escape(text).capped(usize::MAX).to_string().len() <= room
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, span: Range<usize>, columns: usize) -> String {
        excerpt(text.as_bytes(), &span, columns).join("|")
    }

    #[test]
    fn carets_stand_below_the_bytes_that_are_meant() {
        assert_eq!(of("node1 # x", 6..9, 80), "node1 # x|      ^^^");
        assert_eq!(of("a\x1bb c", 4..5, 80), "a\\x1bb c|       ^");
        assert_eq!(of("a\x1bb", 1..2, 80), "a\\x1bb| ^^^^");
        assert_eq!(of("node1", 5..5, 80), "node1|     ^");
        assert_eq!(of("", 0..0, 80), "|^");
        assert_eq!(of("ab", 7..9, 80), "ab|  ^");
    }

    #[test]
    fn a_long_line_is_cut_around_them() {
        let line = format!("{} here {}", "x".repeat(500), "y".repeat(500));
        for columns in [1, 20, 40, 100] {
            let [shown, carets] = excerpt(line.as_bytes(), &(501..505), columns);
            assert!(shown.len() <= columns.max(LEAST) && carets.len() <= columns.max(LEAST), "{columns}: {shown}");
            let at = carets.find('^').unwrap();
            assert_eq!(&shown[at..at + 4], "here", "{columns}");
            assert!(shown.starts_with("...") && shown.ends_with("..."));
        }
        let [shown, carets] = excerpt(line.as_bytes(), &(0..1006), 40);
        assert_eq!((shown.len(), carets.len()), (37, 34));
        let [shown, carets] = excerpt(line.as_bytes(), &(1000..1006), 40);
        assert_eq!((shown.as_str(), carets.trim_start()), ("...yyyyyyyyyyyyyyyyy", "^^^^^^"));
    }
}
