//! The administrator's text files: opened and read whole, and whether they are the administrator's.

mod read;
mod trust;

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use hostbased::escape::escape;

pub(crate) use self::read::{FileProblem, read};
pub(crate) use self::trust::is_chosen_by;
pub(crate) use hostbased::config::{split_arguments, split_line};

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    escape(path.as_os_str().as_bytes()).to_string()
}

/// What the system says of an error, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    error.raw_os_error().map_or_else(
        || escape(&error.to_string()).to_string(),
        |number| nix::errno::Errno::from_raw(number).desc().to_owned(),
    )
}
