//! Accounts of the server, as [`verify`](crate::verify) takes them.
//!
//! Of the running system they come from its name services, as for sshd (getpwnam(3), getspnam(3), getgrouplist(3)); below
//! another root from its own files `etc/passwd`, `etc/shadow` and `etc/group`.
//!
//! Whether an account is locked (OpenSSH: platform.c `platform_locked_account`): its password in shadow(5) begins with
//! `!`, or its last day there is over. Where the shadow database has nothing to say, the password in passwd(5) is looked
//! at, and that is `x`: then nobody is locked. `/etc/shadow` says nothing to a process that is not root, to an sshd
//! neither. [`SystemAccount::shadow`] tells such an answer from a good one.
//!
//! The name services do not tell "there is none" from "I could not look", and a process of many connections may have no
//! descriptor left to look with, which an sshd's for one connection has. So `/etc/shadow` and `/etc/group` are read
//! directly: an entry there is the answer, a group there is one of the account's, and a file that cannot be read is an
//! error. Where the name services have found nothing, it is proved that descriptors are left, or that is an error.

mod direct;
mod files;
mod system;

use nix::errno::Errno;
use thiserror::Error;

use super::error::StoreError;
use super::root::Root;
use super::user_path;
use crate::name::UserName;
use crate::verify::{AccountEntry, Shell};

/// Why it is not known whether there is an account, or what groups it is in. Nobody must be let in then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The name services failed.
    #[error("cannot ask for the account: {}; look into nsswitch.conf and its services", .0.desc())]
    System(Errno),
    /// No descriptor is left, or no memory: the name services could not look, either.
    #[error("cannot ask for the account: {}; raise the limit on open files, or take fewer connections at a time", .0.desc())]
    Descriptors(Errno),
    /// A file below the root could not be read.
    #[error(transparent)]
    File(#[from] StoreError),
}

/// Where an account's shadow entry was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shadow {
    /// It says whether the account is locked.
    Known,
    /// There is none, or it may not be read.
    Unknown,
}

/// An account, as it was found. All that is not asked for in a decision may be changed before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemAccount {
    /// Its name.
    pub name: UserName,
    /// Its number.
    pub uid: u32,
    /// The number of its primary group.
    pub gid: u32,
    /// The numbers of all its groups, the primary one among them, once [`load_groups`](Self::load_groups) was called.
    pub group_ids: Option<Vec<u32>>,
    /// The names of its groups, once [`load_groups`](Self::load_groups) was called; empty before.
    pub group_names: Vec<Vec<u8>>,
    /// Its home folder. A path that is not UTF-8 is not found.
    pub home: String,
    /// Its shell; `/bin/sh` where the entry is empty.
    pub shell: String,
    /// What stands there.
    pub shell_state: ShellState,
    /// Whether it is locked, or over.
    pub locked: bool,
    /// Whether its last day is over: then the password says nothing.
    pub is_over: bool,
    /// Whether the shadow database said so.
    pub shadow: Shadow,
}

/// What stands where a shell should (OpenSSH: auth.c `allowed_user`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellState {
    /// A regular file that somebody may execute.
    Usable,
    /// Nothing that can be looked at.
    Missing,
    /// Something else.
    NotExecutable,
}

impl SystemAccount {
    /// An account that stands in no database: not locked, with a shell that is usable and no other group.
    #[must_use]
    pub fn new(name: UserName, uid: u32, gid: u32, home: &str) -> Self {
        Self {
            name,
            uid,
            gid,
            group_ids: Some(vec![gid]),
            group_names: Vec::new(),
            home: home.to_owned(),
            shell: "/bin/sh".to_owned(),
            shell_state: ShellState::Usable,
            locked: false,
            is_over: false,
            shadow: Shadow::Unknown,
        }
    }

    /// Stands in for an account that there is not: it has a home that does not exist, and its groups are still to be asked
    /// for.
    pub(super) fn stand_in() -> Self {
        Self { group_ids: None, ..Self::new(UserName::nobody(), NOBODY, NOBODY, "/nonexistent") }
    }

    /// Looks an account up; `None` when there is none of exactly this name: where a name service takes another spelling
    /// for it, log in by the name that it has. Its groups are not asked for.
    ///
    /// # Errors
    /// [`AccountError`]: it is not known whether there is one.
    pub fn look_up(root: &Root, name: &UserName) -> Result<Option<Self>, AccountError> {
        let found = if root.is_system() { system::look_up(name)? } else { files::look_up(root, name)? };
        Ok(found.map(|account| {
            let shell_state = shell_state(root, &account.shell);
            Self { shell_state, ..account }
        }))
    }

    /// Asks which groups it is in: [`Policy::allow_groups`](crate::verify::Policy) and
    /// [`deny_groups`](crate::verify::Policy) need that, others do not. Groups without a name have a number only.
    ///
    /// # Errors
    /// [`AccountError`]; the groups are as they were.
    pub fn load_groups(&mut self, root: &Root) -> Result<(), AccountError> {
        let ids = self.ask_group_ids(root)?;
        let names = if root.is_system() { system::group_names(&ids)? } else { files::group_names(root, &ids)? };
        (self.group_ids, self.group_names) = (Some(ids), names);
        Ok(())
    }

    /// The numbers of its groups, asked for unless they are known.
    pub(super) fn ask_group_ids(&self, root: &Root) -> Result<Vec<u32>, AccountError> {
        match &self.group_ids {
            Some(ids) => Ok(ids.clone()),
            None if root.is_system() => Ok(system::group_ids(self)?),
            None => Ok(files::group_ids(root, self)?),
        }
    }

    /// The account as a decision looks at it.
    #[must_use]
    pub fn entry(&self) -> AccountEntry<'_> {
        AccountEntry {
            uid: self.uid,
            home: &self.home,
            shell: match self.shell_state {
                ShellState::Usable => Shell::Usable,
                ShellState::Missing => Shell::Missing(&self.shell),
                ShellState::NotExecutable => Shell::NotExecutable(&self.shell),
            },
            locked: self.locked,
            groups: &self.group_names,
        }
    }

    /// With what passwd(5) says of the shell and the password, and the shadow database, if it says anything.
    fn with_rest(self, shell: &[u8], password: &[u8], shadow: Option<hostbased_sys::ShadowEntry>) -> Self {
        let shell = if shell.is_empty() { "/bin/sh".to_owned() } else { String::from_utf8_lossy(shell).into_owned() };
        let is_over = shadow.and_then(|entry| entry.last_day).is_some_and(|day| day < today());
        let (locked, shadow) = match shadow {
            Some(entry) => (entry.is_locked || is_over, Shadow::Known),
            None => (password.starts_with(b"!"), Shadow::Unknown),
        };
        Self { shell, locked, is_over, shadow, group_ids: None, ..self }
    }
}

/// The number of `nobody`, and of a group that is nobody's: what the kernel shows for ids that it cannot name
/// (`/proc/sys/kernel/overflowuid`).
const NOBODY: u32 = 65534;

/// Days since 1970.
fn today() -> i64 {
    const SECONDS_A_DAY: u64 = 24 * 60 * 60;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs() / SECONDS_A_DAY).unwrap_or(i64::MAX))
}

fn shell_state(root: &Root, shell: &str) -> ShellState {
    match user_path::look(root, shell) {
        Err(_) => ShellState::Missing,
        Ok(found) if found.is_file() && found.stat.mode & 0o111 != 0 => ShellState::Usable,
        Ok(_) => ShellState::NotExecutable,
    }
}

#[cfg(test)]
mod tests;
