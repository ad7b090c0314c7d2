//! What a client wrote about itself.

#![allow(clippy::disallowed_types, reason = "an export lies anywhere, and may come through a pipe")]

use std::fs::File;
use std::io::{self, Read};

use crate::cli::Console;
use crate::cli::failure::Failure;
use crate::doctor::export::Export;

/// Longest export, in bytes: some keys, and a signature of each for some ways.
const MAX_BYTES: u64 = 64 << 10;

/// Reads an export.
///
/// # Errors
/// [`Failure::Export`], which says what is wrong with it.
pub(super) fn read(path: &str, console: &mut Console) -> Result<Export, Failure> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES.saturating_add(1);
    let done = match path {
        "-" => console.input().take(limit).read_to_end(&mut bytes),
        path => File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    done.map_err(|error| refused(Some(path), reason(&error)))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(refused(Some(path), "longer than any export".to_owned()));
    }
    Export::parse(&bytes).map_err(|error| refused(Some(path), error.to_string()))
}

/// That nothing in it counts.
pub(super) fn refused(path: Option<&str>, why: String) -> Failure {
    Failure::Export { path: path.unwrap_or("-").to_owned(), why }
}

fn reason(error: &io::Error) -> String {
    error.raw_os_error().map_or_else(
        || crate::escape::escape(&error.to_string()).to_string(),
        |number| nix::errno::Errno::from_raw(number).desc().to_owned(),
    )
}
