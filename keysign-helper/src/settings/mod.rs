//! The helper's own settings: `/etc/ssh/keysign.conf`, in which an administrator says for whom and with what is signed.
//! Without the file everything is as with OpenSSH's helper, but for the audit line.
//!
//! Every setting can only forbid: what ssh_config(5) has not enabled and what a request's own checks refuse stays
//! refused. A file that is not understood to its last word refuses every signature.

mod error;
mod patterns;
mod reader;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

use hostbased::key::{Algorithm, AlgorithmList};
use thiserror::Error;

pub(crate) use self::error::SettingsError;
use self::error::Trouble;
use self::patterns::Patterns;
use crate::admin_file::{self, FileProblem, is_chosen_by};
use crate::groups::Groups;

/// The administrator's file.
pub(crate) const SETTINGS_FILE: &str = "/etc/ssh/keysign.conf";

/// Longest file, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// What the administrator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    accepted_algorithms: AlgorithmList,
    allow_users: Option<Patterns>,
    allow_groups: Option<Patterns>,
    allow_server_users: Option<Patterns>,
    /// Whether nothing is signed when a protection is missing.
    pub(crate) strict_sandbox: bool,
    /// Whether signatures and refusals are logged.
    pub(crate) audit: bool,
}

impl Default for Settings {
    /// Without the file.
    fn default() -> Self {
        Self {
            accepted_algorithms: AlgorithmList::hostbased_default(),
            allow_users: None,
            allow_groups: None,
            allow_server_users: None,
            strict_sandbox: false,
            audit: true,
        }
    }
}

/// What the settings do not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotAllowed {
    #[error("AllowUsers in {SETTINGS_FILE} does not let this user sign")]
    User,
    #[error("AllowGroups in {SETTINGS_FILE} lets no group of this user sign")]
    Group,
    #[error("AllowServerUsers in {SETTINGS_FILE} does not let anybody be this user of the server")]
    ServerUser,
    #[error("AcceptedAlgorithms in {SETTINGS_FILE} does not let this algorithm be signed by")]
    Algorithm,
}

impl Settings {
    /// Whether [`Self::may_call`] looks at groups.
    pub(crate) const fn asks_for_groups(&self) -> bool {
        self.allow_groups.is_some()
    }

    /// Whether the user of this name, in these groups, may have anything signed. Where AllowUsers and AllowGroups both
    /// stand, both must say so. The groups of the process can only forbid.
    ///
    /// # Errors
    /// [`NotAllowed::User`], [`NotAllowed::Group`].
    pub(crate) fn may_call(&self, user: &[u8], groups: &Groups) -> Result<(), NotAllowed> {
        if self.allow_users.as_ref().is_some_and(|allowed| !allowed.allow_one_of([user])) {
            return Err(NotAllowed::User);
        }
        let of_the_user = groups.of_the_user.iter().map(Vec::as_slice);
        let mut of_the_process = groups.of_the_process.iter().map(Vec::as_slice);
        let refuses = |allowed: &Patterns| {
            !allowed.allow_one_of(of_the_user) || of_the_process.any(|group| allowed.forbid(group))
        };
        if self.allow_groups.as_ref().is_some_and(refuses) {
            return Err(NotAllowed::Group);
        }
        Ok(())
    }

    /// Whether a request may ask for this user of the server.
    ///
    /// # Errors
    /// [`NotAllowed::ServerUser`].
    pub(crate) fn may_be(&self, server_user: &[u8]) -> Result<(), NotAllowed> {
        match &self.allow_server_users {
            Some(allowed) if !allowed.allow_one_of([server_user]) => Err(NotAllowed::ServerUser),
            _ => Ok(()),
        }
    }

    /// Whether a signature by this algorithm may be made.
    ///
    /// # Errors
    /// [`NotAllowed::Algorithm`].
    pub(crate) fn may_sign(&self, algorithm: Algorithm) -> Result<(), NotAllowed> {
        if self.accepted_algorithms.contains(algorithm) { Ok(()) } else { Err(NotAllowed::Algorithm) }
    }
}

/// Reads the file; the defaults when there is none. `owner` is the user id that it must belong to: root's.
///
/// Links are followed, where `owner` alone decides what they lead to. One that leads nowhere is no absent file.
///
/// # Errors
/// [`SettingsError`], the first thing that is wrong with the file.
pub(crate) fn read(path: &Path, owner: u32) -> Result<Settings, SettingsError> {
    let content = match admin_file::read(path, &[owner], MAX_BYTES) {
        Ok(content) => content,
        Err(FileProblem::Io(error))
            if is_absent(&error) && fs::symlink_metadata(path).is_err_and(|e| is_absent(&e)) =>
        {
            return Ok(Settings::default());
        }
        Err(problem) => return Err(SettingsError::of_file(path, Trouble::from(problem))),
    };
    if content.is_folder {
        return Err(SettingsError::of_file(path, Trouble::NotRegular));
    }
    if !is_chosen_by(path, owner) {
        return Err(SettingsError::of_file(path, Trouble::NotChosenByRoot));
    }
    reader::read(path, &content.bytes)
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
