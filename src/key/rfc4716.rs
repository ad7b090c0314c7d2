//! The public key file of commercial SSH ([RFC 4716](https://www.rfc-editor.org/rfc/rfc4716)).

use thiserror::Error;

use super::base64::{decode_base64, encode_base64};
use super::public::{KeyError, PublicKey};

const BEGIN: &[u8] = b"---- BEGIN SSH2 PUBLIC KEY ----";
const END: &[u8] = b"---- END SSH2 PUBLIC KEY ----";

/// Longest body line that is written, in bytes: RFC 4716 section 3.1 allows 72, OpenSSH writes 70.
const BODY_LINE: usize = 70;

/// Why a file is no RFC 4716 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Rfc4716Error {
    /// The begin marker is not the first line.
    #[error("line 1: expected \"---- BEGIN SSH2 PUBLIC KEY ----\"")]
    Begin,
    /// The end marker is missing, or something other than blank lines follows it.
    #[error("line {line}: expected \"---- END SSH2 PUBLIC KEY ----\" and nothing behind it")]
    End {
        /// The line, counted from 1.
        line: usize,
    },
    /// A header that goes on (ends in `\`) has no next line.
    #[error("line {line}: the header goes on with \\ but no line follows")]
    Header {
        /// The line, counted from 1.
        line: usize,
    },
    /// The body is not base64.
    #[error("the lines between the headers and the end are not base64")]
    Base64,
    /// The body is no key.
    #[error("the key does not decode: {0}")]
    Key(#[from] KeyError),
}

/// Whether the file says that it is one.
pub(super) fn is_rfc4716(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"---- BEGIN SSH2")
}

impl PublicKey {
    /// Reads an RFC 4716 file: markers, headers (`Tag: value`, going on behind a `\`), base64. Headers are passed over.
    ///
    /// # Errors
    /// [`Rfc4716Error`], with the line.
    pub fn from_rfc4716(bytes: &[u8]) -> Result<Self, Rfc4716Error> {
        let mut lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).zip(1_usize..);
        match lines.next() {
            Some((BEGIN, _)) => {}
            _ => return Err(Rfc4716Error::Begin),
        }
        let mut body = Vec::new();
        let mut last = 1;
        let mut in_header = false;
        loop {
            let Some((text, line)) = lines.next() else {
                return Err(if in_header {
                    Rfc4716Error::Header { line: last }
                } else {
                    Rfc4716Error::End { line: last }
                });
            };
            last = line;
            // A header holds a colon, base64 never does (section 3.3); only the first line of a long one need hold it.
            if in_header || text.contains(&b':') {
                in_header = text.ends_with(b"\\");
            } else if text == END {
                break;
            } else {
                body.extend_from_slice(text);
            }
        }
        if let Some((_, line)) = lines.find(|(text, _)| !text.is_empty()) {
            return Err(Rfc4716Error::End { line });
        }
        let blob = decode_base64(&body).filter(|blob| !blob.is_empty()).ok_or(Rfc4716Error::Base64)?;
        Ok(Self::from_blob(&blob)?)
    }

    /// Writes an RFC 4716 file, with `comment` as its Comment header unless it is empty. Bytes that cannot stand in a
    /// header are shown escaped.
    #[must_use]
    pub fn to_rfc4716(&self, comment: &str) -> String {
        let mut text = format!("{}\n", String::from_utf8_lossy(BEGIN));
        if !comment.is_empty() {
            // Section 3.3 allows header lines of 72 bytes: the rest goes behind a backslash.
            let header = format!("Comment: {:#}", crate::escape::escape(comment).capped(512));
            let pieces: Vec<String> = chunks(&header, BODY_LINE).collect();
            text.push_str(&pieces.join("\\\n"));
            text.push('\n');
        }
        for line in chunks(&encode_base64(self.blob()), BODY_LINE) {
            text.push_str(&line);
            text.push('\n');
        }
        text.push_str(&String::from_utf8_lossy(END));
        text.push('\n');
        text
    }
}

fn chunks(ascii: &str, length: usize) -> impl Iterator<Item = String> {
    ascii.as_bytes().chunks(length).map(|chunk| String::from_utf8_lossy(chunk).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of the file's own example, `ssh-keygen -e` of an ed25519 key.
    const FILE: &str = "---- BEGIN SSH2 PUBLIC KEY ----\r\nSubject: me\r\nComment: \"a long \\\r\n  comment: two lines\"\r\n\
        AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD\r\n---- END SSH2 PUBLIC KEY ----\r\n";

    #[test]
    fn reads_headers_that_go_on_and_writes_what_it_reads() {
        let key = PublicKey::from_rfc4716(FILE.as_bytes()).unwrap();
        assert_eq!(key.key_type().name(), "ssh-ed25519");
        let long = "x".repeat(200);
        for comment in ["", "root@node1", "a: b\"\n", &long] {
            let text = key.to_rfc4716(comment);
            assert!(text.lines().all(|line| line.len() <= 72), "{text}");
            assert_eq!(PublicKey::from_rfc4716(text.as_bytes()).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn every_cut_line_is_refused_with_its_line() {
        let error = |text: &str| PublicKey::from_rfc4716(text.as_bytes()).unwrap_err();
        assert_eq!(error("ssh-ed25519 AAAA"), Rfc4716Error::Begin);
        assert_eq!(error(&FILE.replace("END", "EMD")), Rfc4716Error::End { line: 7 });
        assert_eq!(error(&FILE.replace("two lines\"", "two lines\\")), Rfc4716Error::Base64);
        assert_eq!(error(&format!("{FILE}more")), Rfc4716Error::End { line: 7 });
        assert_eq!(error(&FILE.replace("AAAAC3Nz", "AAAAC3N")), Rfc4716Error::Base64);
        assert_eq!(error("---- BEGIN SSH2 PUBLIC KEY ----\nA: b\\"), Rfc4716Error::Header { line: 2 });
    }
}
