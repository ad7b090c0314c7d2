//! Whether the administrator lets the helper sign: `EnableSSHKeysign` in `/etc/ssh/ssh_config`, read as OpenSSH's helper
//! reads it (readconf.c `read_config_file`), but nothing is run and nothing but this one answer comes out.
//!
//! Stricter than OpenSSH: the main file's owner and mode are checked too; a block whose condition is not evaluated
//! (`Match exec`, `localnetwork`, `version`) and an included file that the caller owns, or that he chooses by a link or a
//! folder of his, can forbid but not permit; what
//! cannot be read refuses, where OpenSSH goes on with the next line or file. Milder: of other keywords only the name is
//! looked at, not the value.

mod criteria;
mod glob;
mod include;
mod keywords;
mod problem;
mod reader;
mod settings;
#[cfg(test)]
mod tests;

use std::path::Path;

pub(crate) use self::problem::ConfigError;
use self::problem::LineProblem;
use self::reader::Reader;
use crate::admin_file::{self, FileProblem, reason};

/// Longest file, in bytes. The stock one has 2 KiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// What the conditions and paths of the file are compared and filled with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    /// The account name of the real user id.
    pub(crate) account: &'a [u8],
    /// Its home folder.
    pub(crate) home: &'a [u8],
    /// The real user id.
    pub(crate) uid: u32,
    /// The machine's host name.
    pub(crate) host_name: &'a [u8],
    /// Where relative paths begin.
    pub(crate) folder: &'a Path,
    /// The user id that the files must belong to: root's.
    pub(crate) owner: u32,
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// `EnableSSHKeysign yes`.
    Enabled,
    /// `EnableSSHKeysign no`.
    Disabled,
    /// Nothing that counts for the helper.
    Unset,
    /// It cannot be opened, for this reason. OpenSSH takes this for an empty file.
    Unreadable(String),
}

/// Reads the file and every file that it includes.
///
/// # Errors
/// [`ConfigError`], when anything in it is wrong.
pub(crate) fn read(path: &Path, surroundings: &Surroundings<'_>) -> Result<Verdict, ConfigError> {
    let content = match admin_file::read(path, &[surroundings.owner], MAX_BYTES) {
        Ok(content) => content,
        Err(FileProblem::Io(error)) => return Ok(Verdict::Unreadable(reason(&error))),
        Err(problem) => return Err(ConfigError::file(path, &problem)),
    };
    let enabled = Reader::new(surroundings).read(path, &content.bytes)?;
    Ok(match enabled {
        Some(true) => Verdict::Enabled,
        Some(false) => Verdict::Disabled,
        None => Verdict::Unset,
    })
}
