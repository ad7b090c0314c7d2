//! Reading RFC 4251 data types from bytes that a peer chose.

use thiserror::Error;

/// Why a field could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{field}: {kind}")]
pub struct WireError {
    /// The field's name, as the RFC has it.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: WireErrorKind,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireErrorKind {
    /// The data ends before the field does.
    #[error("the data ends inside this field")]
    Truncated,
    /// The field is longer than this reader allows.
    #[error("{length} bytes long, more than the {max} allowed")]
    TooLong {
        /// The length that the field claims, in bytes.
        length: usize,
        /// The most that is allowed, in bytes.
        max: usize,
    },
    /// Bytes follow where the data should end.
    #[error("{count} byte{} too many behind it", if *.count == 1 { "" } else { "s" })]
    TrailingBytes {
        /// How many bytes follow.
        count: usize,
    },
    /// The field has a value that it must not have.
    #[error("has a value that it must not have")]
    Unexpected,
    /// The field holds a NUL byte, which programs in C would take for its end.
    #[error("holds a NUL byte")]
    EmbeddedNul,
    /// The field is empty and must not be.
    #[error("is empty")]
    Empty,
}

impl WireErrorKind {
    pub(crate) const fn of(self, field: &'static str) -> WireError {
        WireError { field, kind: self }
    }
}

/// A cursor over bytes; each call takes one field and names it, so that an error can.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts reading at the first byte of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Takes exactly `count` bytes.
    ///
    /// # Errors
    /// [`WireErrorKind::Truncated`] when fewer are left.
    pub fn bytes(&mut self, field: &'static str, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(WireErrorKind::Truncated.of(field))?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`WireErrorKind::Truncated`] when none is left.
    pub fn byte(&mut self, field: &'static str) -> Result<u8, WireError> {
        let (&first, rest) = self.rest.split_first().ok_or(WireErrorKind::Truncated.of(field))?;
        self.rest = rest;
        Ok(first)
    }

    /// Takes an `uint32`.
    ///
    /// # Errors
    /// [`WireErrorKind::Truncated`] when fewer than four bytes are left.
    pub fn uint32(&mut self, field: &'static str) -> Result<u32, WireError> {
        let (taken, rest) = self.rest.split_first_chunk::<4>().ok_or(WireErrorKind::Truncated.of(field))?;
        self.rest = rest;
        Ok(u32::from_be_bytes(*taken))
    }

    /// Takes an `uint64`.
    ///
    /// # Errors
    /// [`WireErrorKind::Truncated`] when fewer than eight bytes are left.
    pub fn uint64(&mut self, field: &'static str) -> Result<u64, WireError> {
        let (taken, rest) = self.rest.split_first_chunk::<8>().ok_or(WireErrorKind::Truncated.of(field))?;
        self.rest = rest;
        Ok(u64::from_be_bytes(*taken))
    }

    /// Takes a `string` of at most `max` bytes.
    ///
    /// # Errors
    /// [`WireErrorKind::TooLong`] before anything else is looked at, [`WireErrorKind::Truncated`] when the data ends.
    pub fn string(&mut self, field: &'static str, max: usize) -> Result<&'a [u8], WireError> {
        let length = usize::try_from(self.uint32(field)?).unwrap_or(usize::MAX);
        if length > max {
            return Err(WireErrorKind::TooLong { length, max }.of(field));
        }
        self.bytes(field, length)
    }

    /// Takes a `string` that is a name: not empty, at most `max` bytes, no NUL.
    ///
    /// OpenSSH allows one NUL at the end (sshbuf-getput-basic.c, `sshbuf_get_cstring`); no known client sends it.
    ///
    /// # Errors
    /// Those of [`Reader::string`], [`WireErrorKind::Empty`] and [`WireErrorKind::EmbeddedNul`].
    pub fn name(&mut self, field: &'static str, max: usize) -> Result<&'a [u8], WireError> {
        let name = self.string(field, max)?;
        if name.is_empty() {
            return Err(WireErrorKind::Empty.of(field));
        }
        if name.contains(&0) {
            return Err(WireErrorKind::EmbeddedNul.of(field));
        }
        Ok(name)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`WireErrorKind::TrailingBytes`] when anything is left behind the last field, which is named `after`.
    pub const fn finish(self, after: &'static str) -> Result<(), WireError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(WireErrorKind::TrailingBytes { count: self.rest.len() }.of(after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_taken_whole_and_named_when_it_is_not() {
        let mut reader = Reader::new(b"\0\0\0\x02abX");
        assert_eq!(reader.string("first", 2), Ok(&b"ab"[..]));
        assert_eq!(reader.clone().string("second", 2), Err(WireErrorKind::Truncated.of("second")));
        let trailing = reader.finish("first").unwrap_err();
        assert_eq!(trailing, WireErrorKind::TrailingBytes { count: 1 }.of("first"));
        assert_eq!(trailing.to_string(), "first: 1 byte too many behind it");
        assert_eq!(WireErrorKind::TrailingBytes { count: 2 }.to_string(), "2 bytes too many behind it");
    }

    #[test]
    fn a_length_above_the_cap_is_refused_before_the_data_is_looked_at() {
        let kind = WireErrorKind::TooLong { length: 0xffff_ffff, max: 10 };
        assert_eq!(Reader::new(&[0xff; 4]).string("s", 10), Err(kind.of("s")));
    }

    #[test]
    fn a_name_is_not_empty_and_has_no_nul() {
        assert_eq!(Reader::new(&[0; 4]).name("n", 9), Err(WireErrorKind::Empty.of("n")));
        assert_eq!(Reader::new(b"\0\0\0\x02a\0").name("n", 9), Err(WireErrorKind::EmbeddedNul.of("n")));
        assert_eq!(Reader::new(b"\0\0\0\x01a").name("n", 9), Ok(&b"a"[..]));
    }

    #[test]
    fn numbers_are_big_endian_and_need_all_their_bytes() {
        let mut reader = Reader::new(b"\x07\0\0\x01\x02\0\0\0\0\0\0\x01\x03");
        assert_eq!(reader.byte("b"), Ok(7));
        assert_eq!(reader.uint32("u"), Ok(258));
        assert_eq!(reader.uint64("l"), Ok(259));
        assert_eq!(reader.clone().byte("b"), Err(WireErrorKind::Truncated.of("b")));
        assert_eq!(Reader::new(&[0; 3]).uint32("u"), Err(WireErrorKind::Truncated.of("u")));
        assert_eq!(Reader::new(&[0; 7]).uint64("l"), Err(WireErrorKind::Truncated.of("l")));
        assert_eq!(reader.finish("l"), Ok(()));
    }
}
