//! Opening one file of a user's.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use nix::unistd::geteuid;

use super::reads::{READ_WAIT, Reads, Rights};
use crate::store::account::{AccountError, SystemAccount};
use crate::store::error::{FileKind, Problem, StoreError};
use crate::store::read::read_capped;
use crate::store::root::Root;
use crate::store::user_path::{Found, OpenRoot, Opened, READ};
use crate::verify::{Stat, Unreadable};

/// Most bytes of `~/.shosts` and `~/.rhosts`: some 40,000 hosts.
pub const MAX_EQUIV_BYTES: u64 = 1 << 20;

/// Most bytes of `~/.ssh/known_hosts` and its second: 10,000 hosts with RSA keys of 2048 bits, which is past anybody's.
pub const MAX_KNOWN_HOSTS_BYTES: u64 = 4 << 20;

/// What a path of a user's gave: its bytes, `None` for nothing there.
pub(super) struct UserBytes {
    pub(super) stat: Option<Stat>,
    pub(super) bytes: Result<Option<Vec<u8>>, Unreadable>,
}

/// How the files of an account are opened.
#[derive(Debug)]
pub(super) struct Opener {
    root: Root,
    account: SystemAccount,
    rights: OnceLock<Result<Rights, Errno>>,
    reads: Arc<Reads>,
}

impl Opener {
    pub(super) fn new(root: &Root, account: &SystemAccount, reads: &Arc<Reads>) -> Self {
        Self { root: root.clone(), account: account.clone(), rights: OnceLock::new(), reads: reads.clone() }
    }

    /// Who owns the home, and who may write it; seen with the rights of this process, as by sshd.
    pub(super) fn home(&self) -> Option<Stat> {
        let home = self.absolute_home()?;
        let root = OpenRoot::open(&self.root).ok()?;
        let looked = self.reads.run(self.account.uid, Rights::Own, READ_WAIT, move || root.look(&home));
        looked.ok()?.ok().map(|found| found.stat)
    }

    /// Reads a file below the home.
    pub(super) fn read(&self, path: &str, most: u64) -> UserBytes {
        let Some(home) = self.absolute_home() else { return UserBytes::missing() };
        let read = || {
            let root = OpenRoot::open(&self.root)?;
            let path = path.to_owned();
            let uid = self.account.uid;
            let rights = self.rights()?;
            self.reads.run(uid, rights.clone(), READ_WAIT, move || match rights {
                Rights::Of { .. } => with_their_rights(&root, &path, most),
                Rights::Own => with_our_rights(&root, &home, &path, uid, most),
            })
        };
        read().unwrap_or_else(UserBytes::refused)
    }

    /// A home that is no absolute path is none.
    fn absolute_home(&self) -> Option<String> {
        let home = &self.account.home;
        home.starts_with('/').then(|| home.clone())
    }

    fn rights(&self) -> Result<Rights, Errno> {
        let rights = self.rights.get_or_init(|| {
            if !geteuid().is_root() {
                return Ok(Rights::Own);
            }
            let groups = self.account.ask_group_ids(&self.root).map_err(|error| match error {
                AccountError::System(errno) | AccountError::Descriptors(errno) => errno,
                AccountError::File(StoreError { problem: Problem::System { errno, .. }, .. }) => errno,
                AccountError::File(_) => Errno::EIO,
            })?;
            Ok(Rights::Of { uid: self.account.uid, gid: self.account.gid, groups })
        });
        rights.clone()
    }
}

/// Wherever it leads: this thread may open what the user may open.
fn with_their_rights(root: &OpenRoot, path: &str, most: u64) -> UserBytes {
    match root.open_file(path) {
        Ok(opened) => UserBytes::of(opened, most),
        Err(errno) => UserBytes::refused(errno),
    }
}

/// No symlink below the home, and the account's own file: this thread may open what the user may not.
fn with_our_rights(root: &OpenRoot, home: &str, path: &str, owner: u32, most: u64) -> UserBytes {
    let open = || {
        let folder = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut here = root.open_path(home, folder)?;
        let below = Path::new(path.strip_prefix(home).ok_or(Errno::EINVAL)?.trim_start_matches('/'));
        for step in below.parent().into_iter().flatten() {
            here = openat(&here, step, folder | OFlag::O_NOFOLLOW, Mode::empty())?;
        }
        let name = below.file_name().ok_or(Errno::EINVAL)?;
        let looked = openat(&here, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())?;
        let found = Found::of(&looked)?;
        if found.kind == FileKind::Link {
            // What open(2) says of it.
            return Err(Errno::ELOOP);
        }
        Ok(if found.stat.uid == owner {
            Opened::of(found, || openat(&here, name, READ | OFlag::O_NOFOLLOW, Mode::empty()))
        } else {
            Opened { found, file: Ok(None) }
        })
    };
    match open() {
        Ok(Opened { found, .. }) if found.is_file() && found.stat.uid != owner => {
            UserBytes { stat: Some(found.stat), bytes: Err(Unreadable::Owner { owner: found.stat.uid }) }
        }
        Ok(opened) => UserBytes::of(opened, most),
        Err(errno) => UserBytes::refused(errno),
    }
}

impl UserBytes {
    const fn missing() -> Self {
        Self { stat: None, bytes: Ok(None) }
    }

    /// It could not be looked at: not there, or not to be told.
    const fn refused(errno: Errno) -> Self {
        match errno {
            Errno::ENOENT | Errno::ENOTDIR => Self::missing(),
            errno => Self { stat: None, bytes: Err(system(errno)) },
        }
    }

    fn of(Opened { found, file }: Opened, most: u64) -> Self {
        let read = |file: Option<File>| match file {
            None => Err(Unreadable::NotAFile),
            Some(file) => match read_capped(&file, most) {
                Ok(Some(bytes)) => Ok(Some(bytes)),
                Ok(None) => Err(Unreadable::TooLarge),
                Err(errno) => Err(system(errno)),
            },
        };
        Self { stat: Some(found.stat), bytes: file.map_err(system).and_then(read) }
    }
}

const fn system(errno: Errno) -> Unreadable {
    Unreadable::System { code: errno as i32 }
}
