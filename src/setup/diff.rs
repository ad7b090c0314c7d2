//! What changes in a file, line by line.

use super::marked::split_lines;

/// A line of a file that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Its number: of the old file where it goes, of the new one where it comes.
    pub line: usize,
    /// Whether it comes.
    pub is_new: bool,
    /// Its text, without its end.
    pub text: Vec<u8>,
}

/// The lines that go and come. What is alike at the beginning and at the end is left out, and of what is between, lines that stay.
#[must_use]
pub fn diff(old: &[u8], new: &[u8]) -> Vec<DiffLine> {
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = (split_lines(old).collect(), split_lines(new).collect());
    let mut changes = Vec::new();
    let (mut at, mut to) = (0_usize, 0_usize);
    loop {
        match (old.get(at), new.get(to)) {
            (None, None) => return changes,
            (Some(gone), Some(come)) if gone == come => {
                at = at.saturating_add(1);
                to = to.saturating_add(1);
            }
            (gone, come) => {
                // Greedy: the nearest line of the new file that the old one goes on with.
                let found = gone.and_then(|gone| new.get(to..)?.iter().position(|line| line == gone));
                let stays = come.and_then(|come| old.get(at..)?.iter().position(|line| line == come));
                let takes_new = match (found, stays) {
                    (Some(found), Some(stays)) => found <= stays,
                    (Some(_), None) => true,
                    (None, _) => gone.is_none(),
                };
                let (line, is_new, text) = if takes_new { (&mut to, true, come) } else { (&mut at, false, gone) };
                *line = line.saturating_add(1);
                if let Some(text) = text {
                    let text = text.strip_suffix(b"\n").unwrap_or(text).to_vec();
                    changes.push(DiffLine { line: *line, is_new, text });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let sign = |line: &DiffLine| if line.is_new { '+' } else { '-' };
        let show = |line: DiffLine| format!("{}{}{}", line.line, sign(&line), String::from_utf8(line.text).unwrap());
        diff(old.as_bytes(), new.as_bytes()).into_iter().map(show).collect()
    }

    #[test]
    fn lines_that_go_and_come() {
        assert_eq!(shown("a\nb\nc\n", "a\nb\nc\n"), [""; 0]);
        assert_eq!(shown("", "a\nb\n"), ["1+a", "2+b"]);
        assert_eq!(shown("a\nb\n", ""), ["1-a", "2-b"]);
        assert_eq!(shown("a\nc\n", "a\nb\nc\n"), ["2+b"]);
        assert_eq!(shown("a\nb\nc\n", "a\nc\n"), ["2-b"]);
        assert_eq!(shown("a\nb\nc\n", "a\nx\nc\n"), ["2-b", "2+x"]);
        assert_eq!(shown("a\nb", "a\nb\nc\n"), ["2-b", "2+b", "3+c"]);
        assert_eq!(shown("a\na\n", "x\na\na\ny\n"), ["1+x", "4+y"]);
    }
}
