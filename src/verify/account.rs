//! The account on the server that is asked for, as the system's user database has it.

use crate::name::UserName;

/// The account that a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Its name, as the request has it.
    pub name: &'a UserName,
    /// What is known of it; `None` when there is no such account. Judging that costs as much as judging one that exists,
    /// so that nobody learns from the time which accounts there are.
    pub entry: Option<AccountEntry<'a>>,
}

/// What the system knows of an account (passwd(5), shadow(5), group(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountEntry<'a> {
    /// Its number: 0 is root.
    pub uid: u32,
    /// Its home folder.
    pub home: &'a str,
    /// Its shell.
    pub shell: Shell<'a>,
    /// Whether it is locked: its password entry in shadow(5) begins with `!`, or it has expired. It counts only where
    /// UsePAM is no (OpenSSH: platform.c `platform_locked_account`).
    pub locked: bool,
    /// The names of its groups, the primary one among them. They count only where AllowGroups or DenyGroups are set, and
    /// may be empty otherwise.
    pub groups: &'a [Vec<u8>],
}

/// An account's shell, an empty one being `/bin/sh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell<'a> {
    /// A regular file that somebody may execute.
    Usable,
    /// No such file; its path.
    Missing(&'a str),
    /// Not a regular file, or nobody may execute it; its path.
    NotExecutable(&'a str),
}
