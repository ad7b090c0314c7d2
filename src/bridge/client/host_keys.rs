//! The host's public keys, which everybody may read.
#![allow(clippy::disallowed_types, reason = "this file reads the host's public keys, as ssh does")]

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::key::{KeyLineError, PublicKey, parse_public_key_file};

/// The files that `ssh` reads, in its order (OpenSSH: ssh.c `main`, pathnames.h): certificates first.
const FILES: [&str; 8] = [
    "ssh_host_ecdsa_key-cert.pub",
    "ssh_host_ed25519_key-cert.pub",
    "ssh_host_rsa_key-cert.pub",
    "ssh_host_mldsa44_ed25519_key-cert.pub",
    "ssh_host_ecdsa_key.pub",
    "ssh_host_ed25519_key.pub",
    "ssh_host_rsa_key.pub",
    "ssh_host_mldsa44_ed25519_key.pub",
];

/// Longest file, in bytes: a certificate's blob has less than 64 KiB in practice, and its base64 a third more.
const MAX_BYTES: u64 = 128 * 1024;

/// Why a file gives no key.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HostKeyFileError {
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Read(#[from] io::Error),
    /// It is longer than a key.
    #[error("more than {MAX_BYTES} bytes: no public key")]
    TooLarge,
    /// It holds no key.
    #[error(transparent)]
    Key(#[from] KeyLineError),
}

/// Reads the host's public keys and certificates from a folder, `/etc/ssh` on most systems, in the order in which `ssh`
/// takes them. Files that are not there are left out; of a file that gives no key, it is told why.
#[must_use]
pub fn host_public_keys(folder: &Path) -> Vec<(PathBuf, Result<PublicKey, HostKeyFileError>)> {
    let files = FILES.iter().map(|name| folder.join(name)).map(|path| {
        let key = read_public_key(&path);
        (path, key)
    });
    files.filter(|(_, key)| !is_missing(key)).collect()
}

fn is_missing(key: &Result<PublicKey, HostKeyFileError>) -> bool {
    matches!(key, Err(HostKeyFileError::Read(error)) if error.kind() == io::ErrorKind::NotFound)
}

/// Reads one file with a public key or certificate ([`parse_public_key_file`]).
///
/// # Errors
/// [`HostKeyFileError`].
pub fn read_public_key(path: &Path) -> Result<PublicKey, HostKeyFileError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(HostKeyFileError::TooLarge);
    }
    Ok(parse_public_key_file(&bytes)?)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests write files")]
mod tests {
    use std::fs;

    use super::*;

    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/keys");

    #[test]
    fn certificates_come_first_and_what_is_missing_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for (from, to) in [
            ("ed25519", "ed25519_key"),
            ("ed25519-cert", "ed25519_key-cert"),
            ("ecdsa256", "ecdsa_key"),
            ("rsa-cert", "rsa_key-cert"),
        ] {
            fs::copy(format!("{VECTORS}/{from}.pub"), folder.path().join(format!("ssh_host_{to}.pub"))).unwrap();
        }
        let found = host_public_keys(folder.path());
        let types: Vec<_> = found.iter().map(|(_, key)| key.as_ref().unwrap().key_type().short_name()).collect();
        assert_eq!(types, ["ED25519-CERT", "RSA-CERT", "ECDSA", "ED25519"]);
        assert_eq!(found[0].0, folder.path().join("ssh_host_ed25519_key-cert.pub"));
    }

    #[test]
    fn a_file_without_a_key_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(format!("ssh_host_{name}_key.pub"));
        fs::write(file("ecdsa"), "ssh-nope AAAA\n").unwrap();
        fs::create_dir(file("ed25519")).unwrap();
        fs::write(file("rsa"), vec![b'\n'; 128 * 1024 + 1]).unwrap();
        fs::write(file("mldsa44_ed25519"), vec![b'\n'; 128 * 1024]).unwrap();
        let reasons: Vec<_> =
            host_public_keys(folder.path()).into_iter().map(|(_, key)| key.unwrap_err().to_string()).collect();
        assert_eq!(
            reasons,
            [
                "unknown key type ssh-nope",
                "cannot read it: Is a directory (os error 21)",
                "more than 131072 bytes: no public key",
                "no key: expected a key type and its base64",
            ]
        );
    }

    #[test]
    fn a_host_without_keys_has_none() {
        assert!(host_public_keys(Path::new("/nonexistent")).is_empty());
    }
}
