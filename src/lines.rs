//! Documents of lines that keep every byte: what both files, `ssh_known_hosts` and `shosts.equiv`, are.
//!
//! Reading never fails: a line that cannot be understood says so in its content and stays as it is. An edit touches the
//! lines that it names and no other byte, but for one line end that was missing at the end of the file.

pub(crate) mod index;
mod patch;
pub(crate) mod wanted;

use std::collections::BTreeSet;

use thiserror::Error;

pub use patch::Patch;

/// What a line says, read from its bytes.
pub trait Content: Sized {
    /// Reads one line: its bytes as they stand in the file, with the line end if it has one.
    fn read(raw: &[u8]) -> Self;
}

/// A line of a [`Document`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<C> {
    number: usize,
    raw: Vec<u8>,
    content: C,
}

impl<C> Line<C> {
    /// Its number, counted from 1. An edit renumbers the lines behind it.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Its bytes as they stand in the file, with the line end (`\n`) if it has one: only the last may lack it.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Its bytes without the line end. A carriage return before that is part of the text, as for OpenSSH.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        self.raw.strip_suffix(b"\n").unwrap_or(&self.raw)
    }

    /// What it says.
    #[must_use]
    pub const fn content(&self) -> &C {
        &self.content
    }
}

/// Why a document was not edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EditError {
    /// No line has that number.
    #[error("there is no line {number}: the document has {lines}")]
    NoSuchLine {
        /// The number that was asked for.
        number: usize,
        /// How many lines there are.
        lines: usize,
    },
    /// The text is more than one line.
    #[error("the text of one line holds a line end")]
    LineEnd,
}

/// A file as its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<C> {
    lines: Vec<Line<C>>,
}

impl<C> Default for Document<C> {
    fn default() -> Self {
        Self { lines: Vec::new() }
    }
}

impl<C: Content> Document<C> {
    /// Reads a whole file. Never fails; lines end at `\n` and have no greatest length.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let raw = bytes.split_inclusive(|&byte| byte == b'\n');
        Self { lines: raw.zip(1..).map(|(raw, number)| read_line(number, raw.to_vec())).collect() }
    }

    /// The file's bytes: the very same that were parsed, but for what was edited.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.lines.iter().map(Line::raw).collect::<Vec<_>>().concat()
    }

    /// The lines in order.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line<C>> {
        self.lines.iter()
    }

    /// The line with that number, counted from 1.
    #[must_use]
    pub fn line(&self, number: usize) -> Option<&Line<C>> {
        self.lines.get(number.checked_sub(1)?)
    }

    /// Puts a line behind all others and returns its number. `text` has no line end; one is added to it, and to the
    /// line before if that lacks it.
    ///
    /// # Errors
    /// [`EditError::LineEnd`]; nothing is changed then.
    pub fn append(&mut self, text: &[u8]) -> Result<usize, EditError> {
        let raw = [one_line(text)?, b"\n"].concat();
        if let Some(last) = self.lines.last_mut()
            && !last.raw.ends_with(b"\n")
        {
            let ended = [last.raw.as_slice(), b"\n"].concat();
            *last = read_line(last.number, ended);
        }
        let number = self.lines.len().saturating_add(1);
        self.lines.push(read_line(number, raw));
        Ok(number)
    }

    /// Removes the lines with these numbers, all as they are numbered before the removal.
    ///
    /// # Errors
    /// [`EditError::NoSuchLine`]; nothing is changed then.
    pub fn remove(&mut self, numbers: &[usize]) -> Result<(), EditError> {
        for &number in numbers {
            self.index(number)?;
        }
        let numbers: BTreeSet<usize> = numbers.iter().copied().collect();
        self.lines.retain(|line| !numbers.contains(&line.number));
        for (line, number) in self.lines.iter_mut().zip(1..) {
            line.number = number;
        }
        Ok(())
    }

    /// Puts another text, without line end, in the place of a line. The line keeps its line end, or lack of it.
    ///
    /// # Errors
    /// [`EditError`]; nothing is changed then.
    pub fn replace(&mut self, number: usize, text: &[u8]) -> Result<(), EditError> {
        let text = one_line(text)?;
        let index = self.index(number)?;
        if let Some(line) = self.lines.get_mut(index) {
            let end: &[u8] = if line.raw.ends_with(b"\n") { b"\n" } else { b"" };
            *line = read_line(number, [text, end].concat());
        }
        Ok(())
    }

    fn index(&self, number: usize) -> Result<usize, EditError> {
        let missing = EditError::NoSuchLine { number, lines: self.lines.len() };
        number.checked_sub(1).filter(|&index| index < self.lines.len()).ok_or(missing)
    }
}

fn read_line<C: Content>(number: usize, raw: Vec<u8>) -> Line<C> {
    Line { number, content: C::read(&raw), raw }
}

fn one_line(text: &[u8]) -> Result<&[u8], EditError> {
    if text.contains(&b'\n') { Err(EditError::LineEnd) } else { Ok(text) }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests {
    use super::*;

    impl Content for () {
        fn read(_: &[u8]) -> Self {}
    }

    fn document(bytes: &[u8]) -> Document<()> {
        Document::parse(bytes)
    }

    #[test]
    fn lines_are_numbered_and_keep_their_ends() {
        let document = document(b"a\r\n\nb\0c");
        let seen: Vec<_> = document.lines().map(|line| (line.number(), line.raw(), line.text())).collect();
        let wanted: [(usize, &[u8], &[u8]); 3] = [(1, b"a\r\n", b"a\r"), (2, b"\n", b""), (3, b"b\0c", b"b\0c")];
        assert_eq!(seen, wanted);
        assert_eq!(document.line(2).unwrap().raw(), b"\n");
        assert!(document.line(0).is_none() && document.line(4).is_none());
        assert_eq!(Document::<()>::parse(b"").lines().count(), 0);
    }

    #[test]
    fn append_adds_a_missing_line_end_first() {
        for (before, after) in [("", "x\n"), ("a\n", "a\nx\n"), ("a", "a\nx\n"), ("a\n\n", "a\n\nx\n")] {
            let mut document = document(before.as_bytes());
            let number = document.append(b"x").unwrap();
            assert_eq!(document.to_bytes(), after.as_bytes());
            assert_eq!(document.line(number).unwrap().raw(), b"x\n");
        }
    }

    #[test]
    fn remove_takes_numbers_of_before_and_renumbers() {
        let mut document = document(b"1\n2\n3\n4");
        document.remove(&[3, 1, 3]).unwrap();
        assert_eq!(document.to_bytes(), b"2\n4");
        assert_eq!(document.lines().map(Line::number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(document.remove(&[1, 3]), Err(EditError::NoSuchLine { number: 3, lines: 2 }));
        assert_eq!(document.remove(&[0]), Err(EditError::NoSuchLine { number: 0, lines: 2 }));
        assert_eq!(document.to_bytes(), b"2\n4");
    }

    #[test]
    fn replace_keeps_the_line_end_or_its_lack() {
        let mut document = document(b"1\n2");
        document.replace(1, b"one").unwrap();
        document.replace(2, b"two").unwrap();
        assert_eq!(document.to_bytes(), b"one\ntwo");
        assert_eq!(document.replace(3, b""), Err(EditError::NoSuchLine { number: 3, lines: 2 }));
        assert_eq!(document.replace(1, b"a\nb"), Err(EditError::LineEnd));
        assert_eq!(document.append(b"a\n"), Err(EditError::LineEnd));
        assert_eq!(document.to_bytes(), b"one\ntwo");
    }
}
