//! The host's keys: the public ones are read, of the private ones owner and mode are looked at.

use std::fs::{self, File};
use std::io::{self, Read};

use super::files::{facts, file, reason};
use crate::doctor::client::{HostKeyFiles, PrivateKey, PublicFile};
use crate::escape::escape;
use crate::key::parse_public_key_file;

/// The kinds of keys whose files `ssh` and its helper open, in their order (OpenSSH: ssh.c `main`, pathnames.h).
const KINDS: [&str; 3] = ["ecdsa", "ed25519", "rsa"];

/// Longest file with a public key, in bytes.
const MAX_BYTES: u64 = 128 * 1024;

/// The files in this folder. DSA went with 10.0, the post-quantum type came with 10.4.
pub(super) fn gather(folder: &str, release: Option<(u32, u32)>) -> Vec<HostKeyFiles> {
    let newest = release.is_some_and(|release| release >= (10, 4)).then_some("mldsa44_ed25519");
    let kinds = KINDS.into_iter().chain(newest).chain(["dsa"]);
    let files = kinds.map(|kind| {
        let path = format!("{folder}/ssh_host_{kind}_key");
        HostKeyFiles {
            private: private(&path),
            public: public(&format!("{path}.pub")),
            certificate: public(&format!("{path}-cert.pub")),
            path,
        }
    });
    files.filter(|files| !files.path.ends_with("_dsa_key") || files.private != PrivateKey::Missing).collect()
}

fn private(path: &str) -> PrivateKey {
    match file(path) {
        Ok(file) => PrivateKey::There(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => PrivateKey::Missing,
        Err(error) => PrivateKey::Hidden(reason(&error)),
    }
}

fn public(path: &str) -> PublicFile {
    match read(path) {
        Ok((bytes, mode)) => match parse_public_key_file(&bytes) {
            Ok(key) => PublicFile::Key(Box::new(key), mode),
            Err(error) => PublicFile::Damaged(escape(&error.to_string()).to_string()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => PublicFile::Missing,
        Err(error) => PublicFile::Unreadable(reason(&error)),
    }
}

fn read(path: &str) -> io::Result<(Vec<u8>, u32)> {
    // Nothing that is no regular file may be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let file = File::open(path)?;
    let mode = facts(path, &file.metadata()?).mode;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok((bytes, mode))
}
