//! What a decision reads, as whoever links this library provides it: the system's files, and the account's own.
//!
//! Nothing here opens a file. A file that could not be read is not left out: it says why, and the decision knows what
//! that must mean.

use thiserror::Error;

use crate::known_hosts::KnownHosts;
use crate::revoked::RevokedKeys;
use crate::shosts::{Equiv, Netgroups};

/// What was found where a file should be.
pub enum Content<'a, T: ?Sized> {
    /// There is no such file.
    Missing,
    /// There is one, and what it says is not known.
    Unreadable(Unreadable),
    /// What it says.
    Read(&'a T),
}

impl<'a, T: ?Sized> Content<'a, T> {
    /// The same, with what was read seen in another way: a document as a [`KnownHosts`] or an [`Equiv`].
    #[must_use]
    pub fn map<U: ?Sized>(self, see: impl FnOnce(&'a T) -> &'a U) -> Content<'a, U> {
        match self {
            Self::Missing => Content::Missing,
            Self::Unreadable(why) => Content::Unreadable(why),
            Self::Read(content) => Content::Read(see(content)),
        }
    }
}

impl<T: ?Sized> Clone for Content<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Content<'_, T> {}

/// Why it is not known what a file says.
///
/// sshd takes each of them for an empty file. Here only what a user can bring about in his own home, and sshd would meet in
/// just the same way, counts as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It was there before, and is gone.
    #[error("it was there and is gone")]
    Vanished,
    /// It is no regular file.
    #[error("it is not a regular file")]
    NotAFile,
    /// It belongs to somebody who has no say in this.
    #[error("it belongs to uid {owner}")]
    Owner {
        /// Whose it is.
        owner: u32,
    },
    /// Others may write it.
    #[error("group or others may write it (mode {mode:04o})")]
    Writable {
        /// Its permission bits.
        mode: u32,
    },
    /// It is larger than what is read.
    #[error("it is too large")]
    TooLarge,
    /// Somebody is writing it: it has just been changed, and ends in the middle of a line.
    #[error("it is being written: it ends in the middle of a line")]
    HalfWritten,
    /// It changed each time while it was read.
    #[error("it changes while it is read")]
    Changing,
    /// It was read, and cannot be understood.
    #[error("it cannot be understood")]
    Malformed,
    /// The system refused.
    #[error("{}", std::io::Error::from_raw_os_error(*code))]
    System {
        /// The system's error number (errno(3)).
        code: i32,
    },
}

impl Unreadable {
    /// Whether a file of a user's own is as good as none: it is no regular file, or the account itself must not read it. What
    /// fails for lack of time, memory or descriptors is another matter: it may be there, and revoke the key.
    pub(super) const fn is_as_missing(self) -> bool {
        // The numbers of Linux, which are the same on all its architectures (errno(3)).
        const ENOENT: i32 = 2;
        const EACCES: i32 = 13;
        const ENOTDIR: i32 = 20;
        const ELOOP: i32 = 40;
        match self {
            Self::NotAFile => true,
            Self::System { code } => matches!(code, ENOENT | EACCES | ENOTDIR | ELOOP),
            _ => false,
        }
    }
}

/// One of the system's files of the hosts.equiv family.
#[derive(Clone, Copy)]
pub struct EquivSource<'a> {
    /// What it is called when a decision names it.
    pub file: &'a str,
    /// What it says.
    pub content: Content<'a, dyn Equiv + 'a>,
}

/// One of the system's known_hosts files.
#[derive(Clone, Copy)]
pub struct KnownHostsSource<'a> {
    /// What it is called when a decision names it.
    pub file: &'a str,
    /// What it says.
    pub content: Content<'a, dyn KnownHosts + 'a>,
}

/// A RevokedKeys file.
#[derive(Clone, Copy)]
pub struct RevokedSource<'a> {
    /// What it is called when a decision names it.
    pub file: &'a str,
    /// What it revokes. When that is not known, or the file is missing, every key is refused, as by sshd.
    pub content: Content<'a, RevokedKeys>,
}

/// Who may change a file of a user's: StrictModes looks at that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The owner.
    pub uid: u32,
    /// The permission bits of stat(2); others are not looked at.
    pub mode: u32,
}

impl Stat {
    /// Whether StrictModes would have this file, or folder, of the account count (OpenSSH: auth-rhosts.c `auth_rhosts2`,
    /// auth.c `check_key_in_hostfiles`).
    pub(super) const fn is_safe_for(self, account: u32) -> bool {
        (self.uid == 0 || self.uid == account) && self.mode & 0o022 == 0
    }
}

/// A file in the account's home.
pub struct UserFile<'a, T: ?Sized> {
    /// Its path, for decisions to name it.
    pub path: &'a str,
    /// Its owner and mode; `None` when the account itself cannot look at it, or there is none.
    pub stat: Option<Stat>,
    /// What it says, read with the rights of the account.
    pub content: Content<'a, T>,
}

/// The account's own files; for an account that does not exist, those of a stand-in without any, so that it takes the same
/// time. Each is asked for only where the policy lets it count and the system's files have not decided
/// already, so an implementor may read at that moment. It keeps what it read: a decision may ask again.
///
/// Whoever reads them must do so with the rights of the account alone: the user chooses what stands there, links to other
/// people's files and FIFOs included.
pub trait UserFiles {
    /// The home folder's owner and mode; `None` when there is none.
    fn home(&self) -> Option<Stat>;
    /// `~/.shosts`
    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_>;
    /// `~/.rhosts`
    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_>;
    /// `~/.ssh/known_hosts`
    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_>;
    /// `~/.ssh/known_hosts2`
    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_>;
}

/// The files that decide, in sshd's order.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Files<'a> {
    /// RevokedKeys: none unless the configuration names some.
    pub revoked_keys: &'a [RevokedSource<'a>],
    /// `/etc/hosts.equiv` and `/etc/ssh/shosts.equiv`.
    pub equiv: &'a [EquivSource<'a>],
    /// `/etc/ssh/ssh_known_hosts`
    pub known_hosts: Option<KnownHostsSource<'a>>,
    /// `/etc/ssh/ssh_known_hosts2`: asked only about hosts of which nothing is known otherwise.
    pub known_hosts2: Option<KnownHostsSource<'a>>,
    /// The account's own files; `None` when they never count here, as if IgnoreRhosts and IgnoreUserKnownHosts were yes.
    pub user: Option<&'a dyn UserFiles>,
    /// Who is in which netgroup.
    pub netgroups: &'a dyn Netgroups,
}

impl<'a> Files<'a> {
    /// The two files that every server with hostbased authentication has, and who is in which netgroup. No RevokedKeys,
    /// nothing of the account's own.
    #[must_use]
    pub const fn new(
        equiv: &'a [EquivSource<'a>],
        known_hosts: KnownHostsSource<'a>,
        netgroups: &'a dyn Netgroups,
    ) -> Self {
        Self { revoked_keys: &[], equiv, known_hosts: Some(known_hosts), known_hosts2: None, user: None, netgroups }
    }

    /// The same, with these RevokedKeys files.
    #[must_use]
    pub const fn with_revoked_keys(self, revoked_keys: &'a [RevokedSource<'a>]) -> Self {
        Self { revoked_keys, ..self }
    }

    /// The same, with `/etc/ssh/ssh_known_hosts2`.
    #[must_use]
    pub const fn with_known_hosts2(self, known_hosts2: KnownHostsSource<'a>) -> Self {
        Self { known_hosts2: Some(known_hosts2), ..self }
    }

    /// The same, with the account's own files.
    #[must_use]
    pub const fn with_user_files(self, user: &'a dyn UserFiles) -> Self {
        Self { user: Some(user), ..self }
    }
}
