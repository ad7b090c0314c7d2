//! A file with one public key, which may lie anywhere.

#![allow(clippy::disallowed_types, reason = "key files lie anywhere, and may come through a pipe")]

use std::fs::File;
use std::io::{self, Read};

use super::failure::Failure;
use crate::key::{PublicKey, parse_public_key_file};

/// Largest file that may hold a public key, in bytes: the largest RSA certificate that OpenSSH reads is shorter.
const MAX_KEY_FILE: u64 = 64 << 10;

/// Reads a `.pub` file, a certificate, or a key in its RFC 4716 form.
///
/// # Errors
/// [`Failure`], which says what is there instead.
pub(super) fn read_key(path: &str) -> Result<PublicKey, Failure> {
    let cannot = |error| Failure::KeyFile { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_KEY_FILE.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(cannot)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_KEY_FILE) {
        return Err(cannot(io::Error::new(io::ErrorKind::FileTooLarge, "larger than any public key")));
    }
    if is_private_key(&bytes) {
        return Err(Failure::PrivateKey(path.to_owned()));
    }
    parse_public_key_file(&bytes).map_err(|error| Failure::NoKey { path: path.to_owned(), error })
}

/// Whether a file holds a private key in one of its text forms: OpenSSH's own, PKCS#1, SEC1 or PKCS#8 ([RFC 7468],
/// sections 10 and 11).
///
/// [RFC 7468]: https://www.rfc-editor.org/rfc/rfc7468
fn is_private_key(bytes: &[u8]) -> bool {
    bytes.split(|&byte| byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        line.starts_with(b"-----BEGIN ") && line.ends_with(b"PRIVATE KEY-----")
    })
}
