//! The one encoder for text from outside: banners, host names, comments, user names, whatever a peer or a file said.
//!
//! Plain printable ASCII stays; every other byte becomes `\xNN`, and so do the backslash and the double quote, so that
//! what is shown can be read back without doubt, moves no cursor and ends no string.

use std::fmt;

/// Most bytes of foreign text that are shown unless a caller says otherwise.
pub const DEFAULT_CAP: usize = 256;

/// Bytes from outside, ready to be shown. `{}` shows them bare, `{:#}` in double quotes.
#[derive(Clone, Copy)]
pub struct Escaped<'a> {
    bytes: &'a [u8],
    cap: usize,
}

/// Shows at most [`DEFAULT_CAP`] of these bytes.
#[must_use]
pub fn escape<B: AsRef<[u8]> + ?Sized>(bytes: &B) -> Escaped<'_> {
    Escaped { bytes: bytes.as_ref(), cap: DEFAULT_CAP }
}

impl Escaped<'_> {
    /// Shows at most `cap` bytes; `...` stands for the rest.
    #[must_use]
    pub const fn capped(self, cap: usize) -> Self {
        Self { cap, ..self }
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if f.alternate() { "\"" } else { "" };
        f.write_str(quote)?;
        for &byte in self.bytes.iter().take(self.cap) {
            match byte {
                b'\\' | b'"' => write!(f, "\\x{byte:02x}")?,
                b' '..=b'~' => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        if self.bytes.len() > self.cap {
            f.write_str("...")?;
        }
        f.write_str(quote)
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_printable_text_passes() {
        let shown = escape(b"a b\x1b[31m\n\x00\xff\"\\~").to_string();
        assert_eq!(shown, "a b\\x1b[31m\\x0a\\x00\\xff\\x22\\x5c~");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(escape("abcdef").capped(3).to_string(), "abc...");
        assert_eq!(format!("{:#}", escape("abc").capped(3)), "\"abc\"");
    }
}
