//! Writing RFC 4251 data types.

/// Appends fields to a byte string; the calls chain.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Starts empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Appends one byte.
    #[must_use]
    pub fn byte(mut self, value: u8) -> Self {
        self.bytes.push(value);
        self
    }

    /// Appends an `uint32`.
    #[must_use]
    pub fn uint32(mut self, value: u32) -> Self {
        self.bytes.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Appends an `uint64`.
    #[must_use]
    pub fn uint64(mut self, value: u64) -> Self {
        self.bytes.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Appends a `string`: its length, then its bytes.
    ///
    /// Data of 4 GiB or more has no such form: its length is written as the largest number, so no reader takes it.
    #[must_use]
    pub fn string(self, value: &[u8]) -> Self {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.uint32(length).raw(value)
    }

    /// Appends a non-negative `mpint` given as big-endian bytes, leading zeros or not.
    #[must_use]
    pub fn mpint(self, magnitude: &[u8]) -> Self {
        let start = magnitude.iter().position(|&byte| byte != 0).unwrap_or(magnitude.len());
        let digits = magnitude.get(start..).unwrap_or_default();
        if digits.first().is_some_and(|first| first & 0x80 != 0) {
            let mut padded = Vec::with_capacity(digits.len().saturating_add(1));
            padded.push(0);
            padded.extend_from_slice(digits);
            return self.string(&padded);
        }
        self.string(digits)
    }

    /// Appends bytes as they are.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A big-endian number as exactly `width` bytes; `None` when it has more digits.
#[cfg(any(feature = "sign", feature = "verify"))]
pub(crate) fn fixed_width(number: &[u8], width: usize) -> Option<Vec<u8>> {
    let start = number.iter().position(|&byte| byte != 0).unwrap_or(number.len());
    let digits = number.get(start..)?;
    let mut fixed = vec![0; width.checked_sub(digits.len())?];
    fixed.extend_from_slice(digits);
    Some(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mpints_have_the_shortest_form_that_is_not_negative() {
        // The examples of RFC 4251 section 5.
        assert_eq!(Writer::new().mpint(&[]).into_bytes(), [0, 0, 0, 0]);
        assert_eq!(Writer::new().mpint(&[0, 0]).into_bytes(), [0, 0, 0, 0]);
        assert_eq!(Writer::new().mpint(&[0x80]).into_bytes(), [0, 0, 0, 2, 0, 0x80]);
        assert_eq!(Writer::new().mpint(&[0, 0x7f]).into_bytes(), [0, 0, 0, 1, 0x7f]);
    }

    #[test]
    #[cfg(any(feature = "sign", feature = "verify"))]
    fn numbers_take_the_width_they_are_given() {
        assert_eq!(fixed_width(&[0, 0, 1, 2], 3), Some(vec![0, 1, 2]));
        assert_eq!(fixed_width(&[1, 2], 2), Some(vec![1, 2]));
        assert_eq!(fixed_width(&[], 1), Some(vec![0]));
        assert_eq!(fixed_width(&[1, 2, 3], 2), None);
    }

    #[test]
    fn fields_stand_behind_each_other() {
        let bytes = Writer::new().byte(50).uint32(1).uint64(2).string(b"ab").into_bytes();
        assert_eq!(bytes, b"\x32\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\x02ab");
    }
}
