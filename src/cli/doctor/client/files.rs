//! Owner and mode of files, as whoever runs this may see them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;

use crate::doctor::client::FileFacts;
use crate::escape::escape;

/// What is known of a file; a link is followed.
///
/// # Errors
/// Why it cannot be seen.
pub(super) fn file(path: &str) -> io::Result<FileFacts> {
    fs::metadata(path).map(|metadata| facts(path, &metadata))
}

pub(super) fn facts(path: &str, metadata: &Metadata) -> FileFacts {
    FileFacts { path: path.to_owned(), uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() & 0o7777 }
}

/// What the system says, without its number.
pub(super) fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_owned(),
        None => escape(&error.to_string()).to_string(),
    }
}

/// A small file of the kernel's, or of a package manager's.
pub(super) fn text(path: &str) -> Option<String> {
    fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned())
}
