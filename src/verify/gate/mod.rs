//! Whether an account may log in at all, and from there (OpenSSH: auth.c `allowed_user`).

use thiserror::Error;

use super::account::{AccountEntry, Shell};
use super::inputs::Peer;
use super::policy::Policy;
use crate::escape::escape;
use crate::name::UserName;

/// Why an account must not log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GateRefusal<'a> {
    /// It is locked.
    #[error("the account is locked")]
    Locked,
    /// Its shell does not exist.
    #[error("the account's shell {} does not exist", escape(.0))]
    ShellMissing(&'a str),
    /// Its shell is no program.
    #[error("the account's shell {} is not executable", escape(.0))]
    ShellNotExecutable(&'a str),
}

impl GateRefusal<'_> {
    /// The code, in kebab case: it does not change between releases.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked => "account-locked",
            Self::ShellMissing(_) => "shell-missing",
            Self::ShellNotExecutable(_) => "shell-not-executable",
        }
    }

    /// What sshd says to its log, of this user from this host (its name where UseDNS is yes, else its address).
    pub(super) fn sshd_message(&self, user: &UserName, _host: &str) -> String {
        match self {
            Self::Locked => format!("User {user} not allowed because account is locked"),
            Self::ShellMissing(shell) => {
                format!("User {user} not allowed because shell {} does not exist", escape(shell))
            }
            Self::ShellNotExecutable(shell) => {
                format!("User {user} not allowed because shell {} is not executable", escape(shell))
            }
        }
    }
}

/// Asks each rule in sshd's order.
pub(super) fn check<'a>(
    policy: &Policy,
    _name: &UserName,
    entry: &AccountEntry<'a>,
    _peer: &Peer<'_>,
) -> Result<(), GateRefusal<'a>> {
    if !policy.use_pam && entry.locked {
        return Err(GateRefusal::Locked);
    }
    match entry.shell {
        Shell::Missing(shell) if policy.chroot_directory.is_none() => Err(GateRefusal::ShellMissing(shell)),
        Shell::NotExecutable(shell) if policy.chroot_directory.is_none() => Err(GateRefusal::ShellNotExecutable(shell)),
        _ => Ok(()),
    }
}
