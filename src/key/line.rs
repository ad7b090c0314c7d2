//! A public key as text: `type base64 comment`, as in `.pub` files, and behind the host names in known_hosts.

use thiserror::Error;

use super::algorithm::KeyType;
use super::base64::decode_base64;
use super::public::{KeyError, PublicKey};
use super::rfc4716::{self, Rfc4716Error};
use crate::escape::escape;

/// Why a text is no public key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyLineError {
    /// No key type stands there.
    #[error("no key: expected a key type and its base64")]
    Missing,
    /// The type is not one that OpenSSH 10.5 knows.
    #[error("unknown key type {0}")]
    UnknownType(String),
    /// The base64 is missing, cut or not canonical.
    #[error("the key's base64 is missing, cut or wrong")]
    Base64,
    /// The base64 holds no key.
    #[error("the key does not decode: {0}")]
    Key(#[from] KeyError),
    /// The blob is of another type than the text in front of it says.
    #[error("the text says {text} but the key is {key}")]
    TypeMismatch {
        /// The type as text.
        text: KeyType,
        /// The type inside.
        key: KeyType,
    },
    /// More than one key, where one is expected.
    #[error("line {line}: a second key; one is expected")]
    SecondKey {
        /// Its line, counted from 1.
        line: usize,
    },
    /// The file is an RFC 4716 key, and that is wrong.
    #[error(transparent)]
    Rfc4716(#[from] Rfc4716Error),
}

/// Reads `type base64` and whatever follows as comment; blanks and tabs separate (OpenSSH: sshkey.c `sshkey_read`).
/// A signature name such as `rsa-sha2-512` is taken for the type of its keys, and so written by some.
///
/// # Errors
/// [`KeyLineError`].
pub fn parse_public_key_line(line: &[u8]) -> Result<(PublicKey, &[u8]), KeyLineError> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let field = |rest: &'_ [u8]| {
        let start = rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
        let end = rest.iter().skip(start).position(blank).map_or(rest.len(), |length| start.saturating_add(length));
        (start, end)
    };
    let (start, end) = field(line);
    let name = line.get(start..end).unwrap_or_default();
    if name.is_empty() {
        return Err(KeyLineError::Missing);
    }
    let rest = line.get(end..).unwrap_or_default();
    let (start, end) = field(rest);
    let base64 = rest.get(start..end).unwrap_or_default();
    // A file with CRLF line ends whose key is last on the line works in OpenSSH.
    let key = parse_public_key_fields(name, base64.strip_suffix(b"\r").unwrap_or(base64))?;
    let comment = rest.get(end..).unwrap_or_default();
    Ok((key, comment.trim_ascii()))
}

/// The same of a type and its base64 that were taken apart already.
pub(crate) fn parse_public_key_fields(name: &[u8], base64: &[u8]) -> Result<PublicKey, KeyLineError> {
    let text = KeyType::from_name(name).ok_or_else(|| KeyLineError::UnknownType(escape(name).to_string()))?;
    let blob = decode_base64(base64).filter(|blob| !blob.is_empty()).ok_or(KeyLineError::Base64)?;
    let key = PublicKey::from_blob(&blob)?;
    if key.key_type() == text { Ok(key) } else { Err(KeyLineError::TypeMismatch { text, key: key.key_type() }) }
}

/// Reads a file with one public key or certificate: a `.pub` line (empty lines and `#` comments around it), or an
/// RFC 4716 file as commercial SSH writes it.
///
/// # Errors
/// [`KeyLineError`]; a file with two keys is refused rather than half read.
pub fn parse_public_key_file(bytes: &[u8]) -> Result<PublicKey, KeyLineError> {
    if rfc4716::is_rfc4716(bytes) {
        return Ok(PublicKey::from_rfc4716(bytes)?);
    }
    let mut found = None;
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let text = line.trim_ascii();
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        if found.is_some() {
            return Err(KeyLineError::SecondKey { line: index.saturating_add(1) });
        }
        found = Some(parse_public_key_line(text)?.0);
    }
    found.ok_or(KeyLineError::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";

    #[test]
    fn a_line_has_a_type_a_key_and_a_comment() {
        let line = format!(" ssh-ed25519\t {KEY}  root@node1 ");
        let (key, comment) = parse_public_key_line(line.as_bytes()).unwrap();
        assert_eq!(key.to_line(), format!("ssh-ed25519 {KEY}"));
        assert_eq!(comment, b"root@node1");
        assert!(parse_public_key_line(format!("ssh-ed25519 {KEY}\r").as_bytes()).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |line: &str| parse_public_key_line(line.as_bytes()).unwrap_err();
        assert_eq!(error(""), KeyLineError::Missing);
        assert_eq!(error("ssh-dss AAAA"), KeyLineError::UnknownType("ssh-dss".into()));
        assert_eq!(error("ssh-ed25519"), KeyLineError::Base64);
        assert_eq!(
            error(&format!("ssh-ed25519 {}", &KEY[..40])),
            KeyLineError::Key(KeyError::Field(crate::wire::WireErrorKind::Truncated.of("ed25519 public key"),))
        );
        assert_eq!(error(&format!("ssh-ed25519 {}", &KEY[..41])), KeyLineError::Base64);
        let (text, key) = (KeyType::from_name(b"ssh-rsa").unwrap(), KeyType::from_name(b"ssh-ed25519").unwrap());
        assert_eq!(error(&format!("ssh-rsa {KEY}")), KeyLineError::TypeMismatch { text, key });
    }

    #[test]
    fn a_file_holds_one_key() {
        let file = format!("# host key\n\nssh-ed25519 {KEY} x\r\n");
        assert!(parse_public_key_file(file.as_bytes()).is_ok());
        let two = format!("{file}ssh-ed25519 {KEY}\n");
        assert_eq!(parse_public_key_file(two.as_bytes()), Err(KeyLineError::SecondKey { line: 4 }));
        assert_eq!(parse_public_key_file(b"# nothing\n"), Err(KeyLineError::Missing));
    }
}
