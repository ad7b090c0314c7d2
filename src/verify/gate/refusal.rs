//! Why an account must not log in: a stable code, what decided, and what sshd says.

use std::fmt;

use thiserror::Error;

use crate::escape::escape;
use crate::name::UserName;

/// An option that lists users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserList {
    /// AllowUsers
    AllowUsers,
    /// DenyUsers
    DenyUsers,
}

impl fmt::Display for UserList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AllowUsers => "AllowUsers",
            Self::DenyUsers => "DenyUsers",
        })
    }
}

/// Why an account must not log in. [`GateRefusal::code`] is stable; the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GateRefusal<'a> {
    /// It is locked, and UsePAM is no.
    #[error("the account is locked")]
    Locked,
    /// Its shell does not exist.
    #[error("the account's shell {} does not exist", escape(.0))]
    ShellMissing(&'a str),
    /// Its shell is no program.
    #[error("the account's shell {} is not executable", escape(.0))]
    ShellNotExecutable(&'a str),
    /// DenyUsers lists it.
    #[error("DenyUsers {:#} fits the account", escape(.pattern))]
    UserDenied {
        /// The first pattern that fits.
        pattern: &'a str,
    },
    /// AllowUsers is set and does not list it.
    #[error("nothing in AllowUsers fits the account")]
    UserNotAllowed,
    /// It is in no group that has a name, and AllowGroups or DenyGroups is set.
    #[error("the account is in no group")]
    NoGroup,
    /// DenyGroups lists one of its groups.
    #[error("DenyGroups {:#} fits the account's group {:#}", escape(.pattern), escape(.group))]
    GroupDenied {
        /// The account's first group that is listed.
        group: &'a [u8],
        /// The first pattern that fits it.
        pattern: &'a str,
    },
    /// AllowGroups is set and lists none of its groups.
    #[error("nothing in AllowGroups fits any of the account's groups")]
    GroupNotAllowed,
    /// A pattern that cannot be understood, as a network with host bits (`alice@10.0.0.1/8`). sshd does not start with
    /// it; [`Policy::set`](crate::verify::Policy::set) does not take it.
    #[error("{list} {:#}: the part behind @ is no list of names, addresses and networks", escape(.pattern))]
    BadUserPattern {
        /// Where it stands.
        list: UserList,
        /// The pattern.
        pattern: &'a str,
    },
}

impl GateRefusal<'_> {
    /// The code, in kebab case: it does not change between releases.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked => "account-locked",
            Self::ShellMissing(_) => "shell-missing",
            Self::ShellNotExecutable(_) => "shell-not-executable",
            Self::UserDenied { .. } => "user-denied",
            Self::UserNotAllowed => "user-not-allowed",
            Self::NoGroup => "no-group",
            Self::GroupDenied { .. } => "group-denied",
            Self::GroupNotAllowed => "group-not-allowed",
            Self::BadUserPattern { .. } => "bad-user-pattern",
        }
    }

    /// What sshd says to its log, of this user from this host (its name where UseDNS is yes, else its address). It cuts
    /// each name at 100 bytes.
    pub(in crate::verify) fn sshd_message(&self, user: &UserName, host: &str) -> String {
        let (user, host) = (shown(user.as_bytes()), shown(host.as_bytes()));
        let from = |why: &str| format!("User {user} from {host} not allowed because {why}");
        match self {
            Self::Locked => format!("User {user} not allowed because account is locked"),
            Self::ShellMissing(shell) => {
                format!("User {user} not allowed because shell {} does not exist", shown(shell.as_bytes()))
            }
            Self::ShellNotExecutable(shell) => {
                format!("User {user} not allowed because shell {} is not executable", shown(shell.as_bytes()))
            }
            Self::UserDenied { .. } => from("listed in DenyUsers"),
            Self::UserNotAllowed => from("not listed in AllowUsers"),
            Self::NoGroup => from("not in any group"),
            Self::GroupDenied { .. } => from("a group is listed in DenyGroups"),
            Self::GroupNotAllowed => from("none of user's groups are listed in AllowGroups"),
            Self::BadUserPattern { list, pattern } => {
                format!("Invalid {list} pattern \"{}\"", shown(pattern.as_bytes()))
            }
        }
    }
}

/// At most 100 bytes, as sshd's `%.100s`.
fn shown(text: &[u8]) -> String {
    escape(text.get(..100).unwrap_or(text)).to_string()
}
