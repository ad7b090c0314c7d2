//! Paths that a user had a hand in: opened as this thread may, wherever they lead, and never waiting.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::{Mode, fstat};

use super::error::FileKind;
use super::root::Root;
use crate::verify::Stat;

/// Opened to look at only.
const LOOK: OFlag = OFlag::O_PATH.union(OFlag::O_CLOEXEC);

/// Opened to read; a FIFO does not wait for a writer, and a terminal does not become ours.
pub(super) const READ: OFlag = OFlag::O_RDONLY.union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY).union(OFlag::O_CLOEXEC);

/// A root from which paths are taken, opened with the rights of whoever made this.
pub(super) struct OpenRoot {
    /// None for `/`.
    image: Option<OwnedFd>,
}

/// What stands at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) stat: Stat,
    pub(super) kind: FileKind,
}

impl Found {
    pub(super) fn of(handle: impl std::os::fd::AsFd) -> Result<Self, Errno> {
        let stat = fstat(handle)?;
        Ok(Self { stat: Stat { uid: stat.st_uid, mode: stat.st_mode & 0o7777 }, kind: FileKind::of_mode(stat.st_mode) })
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind == FileKind::Regular
    }
}

impl OpenRoot {
    pub(super) fn open(root: &Root) -> Result<Self, Errno> {
        if root.is_system() {
            return Ok(Self { image: None });
        }
        Ok(Self { image: Some(open(root.path(), LOOK | OFlag::O_DIRECTORY, Mode::empty())?) })
    }

    /// Opens an absolute path, through whatever symlinks; those of an image stay in it.
    ///
    /// Links of `/proc` that are none (`/proc/self/fd/…`) are not followed, where the kernel can tell (Linux 5.6): they
    /// lead to what this process has open.
    pub(super) fn open_path(&self, path: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
        let how = OpenHow::new().flags(flags);
        match &self.image {
            Some(image) => openat2(image, Path::new(path), how.resolve(ResolveFlag::RESOLVE_IN_ROOT)),
            None => {
                let how = how.resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS);
                match openat2(nix::fcntl::AT_FDCWD, Path::new(path), how) {
                    // An older kernel; or a sandbox that has not heard of the call.
                    Err(Errno::ENOSYS | Errno::EPERM) => open(path, flags, Mode::empty()),
                    answer => answer,
                }
            }
        }
    }

    /// Looks at what a path leads to, as stat(2) does.
    pub(super) fn look(&self, path: &str) -> Result<Found, Errno> {
        Found::of(self.open_path(path, LOOK)?)
    }

    /// Looks at what a path leads to, and opens it for reading.
    pub(super) fn open_file(&self, path: &str) -> Result<Opened, Errno> {
        let found = self.look(path)?;
        Ok(Opened::of(found, || self.open_path(path, READ)))
    }
}

/// What stands at the end of a path, and the open file if it is one.
pub(super) struct Opened {
    pub(super) found: Found,
    pub(super) file: Result<Option<File>, Errno>,
}

impl Opened {
    /// Opens it if it is a regular file: nothing else is touched, for opening a device can do things.
    pub(super) fn of(found: Found, open: impl FnOnce() -> Result<OwnedFd, Errno>) -> Self {
        if !found.is_file() {
            return Self { found, file: Ok(None) };
        }
        // It may have been changed for something else since.
        match open().and_then(|handle| Ok((Found::of(&handle)?, handle))) {
            Ok((found, handle)) => Self { found, file: Ok(found.is_file().then(|| File::from(handle))) },
            Err(errno) => Self { found, file: Err(errno) },
        }
    }
}

/// Looks at what a path below the root leads to.
pub(super) fn look(root: &Root, path: &str) -> Result<Found, Errno> {
    OpenRoot::open(root)?.look(path)
}
