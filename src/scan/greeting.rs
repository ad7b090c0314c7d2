//! The first lines of a server: whatever it likes to say, then its identification
//! ([RFC 4253 section 4.2](https://www.rfc-editor.org/rfc/rfc4253#section-4.2)).
//!
//! russh reads them too, but keeps neither what was said nor the reason why it stopped.

use super::error::ScanError;
use crate::escape::escape;

/// Most bytes that a server may say before its identification. ssh-keyscan reads on until its time is up.
pub const MAX_GREETING_BYTES: usize = 64 * 1024;

/// Longest identification line, its end included.
pub const MAX_IDENTIFICATION_BYTES: usize = 255;

/// Most bytes of what a server said that are repeated in a reason.
const SAID_CAP: usize = 80;

/// Reads a server's first lines, byte by byte, in constant memory.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    /// The line so far, of a longer one its beginning.
    line: Vec<u8>,
    /// All bytes so far.
    read: usize,
    last_line: Option<Box<str>>,
}

impl Greeting {
    /// Takes one byte; gives the identification line, with its end, when that byte completes it.
    ///
    /// # Errors
    /// When the line is too long, or for another protocol, or too much was said before it.
    pub(super) fn push(&mut self, byte: u8) -> Result<Option<Vec<u8>>, ScanError> {
        self.read = self.read.saturating_add(1);
        let identifies = self.line.starts_with(b"SSH-");
        if self.line.len() < MAX_IDENTIFICATION_BYTES {
            self.line.push(byte);
        } else if identifies {
            return Err(ScanError::IdentificationTooLong);
        }
        if byte == b'\n' {
            if identifies {
                let line = std::mem::take(&mut self.line);
                return check(&line).map(|()| Some(line));
            }
            self.last_line = self.said();
            self.line.clear();
        }
        if !identifies && self.read >= MAX_GREETING_BYTES {
            return Err(ScanError::NotSsh { said: self.said() });
        }
        Ok(None)
    }

    /// The last line that was said, complete or not, escaped.
    pub(super) fn said(&self) -> Option<Box<str>> {
        let line = self.line.trim_ascii();
        let shown = || escape(line).capped(SAID_CAP).to_string().into_boxed_str();
        if line.is_empty() { self.last_line.clone() } else { Some(shown()) }
    }
}

/// What russh takes: SSH 2.0, or 1.99 (RFC 4253 section 5.1), in UTF-8. The line goes into the exchange hash as it
/// is, so it cannot be mended here.
fn check(line: &[u8]) -> Result<(), ScanError> {
    if !line.starts_with(b"SSH-2.0-") && !line.starts_with(b"SSH-1.99-") {
        return Err(ScanError::ProtocolVersion);
    }
    std::str::from_utf8(line).map(|_| ()).map_err(|_| ScanError::IdentificationNotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The identification, and what was left unread.
    fn read(text: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ScanError> {
        let mut greeting = Greeting::default();
        for (index, &byte) in text.iter().enumerate() {
            if let Some(line) = greeting.push(byte)? {
                return Ok(Some((line, text[index..].split_first().unwrap().1.len())));
            }
        }
        Ok(None)
    }

    #[test]
    fn lines_before_the_identification_are_skipped() {
        assert_eq!(read(b"SSH-2.0-x\r\nrest"), Ok(Some((b"SSH-2.0-x\r\n".to_vec(), 4))));
        assert_eq!(read(b"hello\nSSH-1.99-x\n"), Ok(Some((b"SSH-1.99-x\n".to_vec(), 0))));
        assert_eq!(read(b"\n\r\n SSH-2.0-no\nSSH-2.0-yes\n"), Ok(Some((b"SSH-2.0-yes\n".to_vec(), 0))));
        let long = [vec![b'a'; 1000], b"SSH-2.0-no\nSSH-2.0-x\n".to_vec()].concat();
        assert_eq!(read(&long), Ok(Some((b"SSH-2.0-x\n".to_vec(), 0))));
        assert_eq!(read(b"SSH-2.0-x"), Ok(None));
    }

    #[test]
    fn every_other_identification_has_its_reason() {
        assert_eq!(read(b"SSH-1.5-x\n"), Err(ScanError::ProtocolVersion));
        assert_eq!(read(b"SSH-\n"), Err(ScanError::ProtocolVersion));
        assert_eq!(read(b"SSH-2.0-\xff\n"), Err(ScanError::IdentificationNotUtf8));
        let line = |length: usize| [b"SSH-2.0-".to_vec(), vec![b'x'; length - 10], b"\r\n".to_vec()].concat();
        assert_eq!(read(&line(255)), Ok(Some((line(255), 0))));
        assert_eq!(read(&line(256)), Err(ScanError::IdentificationTooLong));
    }

    #[test]
    fn endless_text_ends_with_what_was_said() {
        let lines = b"220 mail\x1b\r\n".repeat(MAX_GREETING_BYTES);
        assert_eq!(read(&lines), Err(ScanError::NotSsh { said: Some("220 mail\\x1b".into()) }));
        let one_line = vec![b'a'; MAX_GREETING_BYTES];
        let said = Some(format!("{}...", "a".repeat(SAID_CAP)).into());
        assert_eq!(read(&one_line), Err(ScanError::NotSsh { said }));
        assert_eq!(read(&one_line[1..]), Ok(None));
    }
}
