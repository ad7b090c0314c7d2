//! Paths that a user had a hand in: opened as this thread may, wherever they lead, and never waiting.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::{Mode, fstat};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};

use super::error::FileKind;
use super::root::Root;
use crate::verify::Stat;

/// Opened to look at only.
const LOOK: OFlag = OFlag::O_PATH.union(OFlag::O_CLOEXEC);

/// Opened to read; a FIFO does not wait for a writer, and a terminal does not become ours.
pub(super) const READ: OFlag = OFlag::O_RDONLY.union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY).union(OFlag::O_CLOEXEC);

const NO_MAGIC: ResolveFlag = ResolveFlag::RESOLVE_NO_MAGICLINKS;

/// Whether openat2(2) is there: not in an older kernel, nor in a sandbox that has not heard of the call.
fn has_openat2() -> Result<bool, Errno> {
    static FOUND: OnceLock<bool> = OnceLock::new();
    if let Some(&found) = FOUND.get() {
        return Ok(found);
    }
    let tried = openat2(AT_FDCWD, "/", OpenHow::new().flags(LOOK).resolve(NO_MAGIC));
    let found = is_there(tried.map(drop))?;
    Ok(*FOUND.get_or_init(|| found))
}

/// What an answer for `/` says about the call; an error where it says nothing.
const fn is_there(answer: Result<(), Errno>) -> Result<bool, Errno> {
    match answer {
        Ok(()) => Ok(true),
        Err(Errno::ENOSYS | Errno::EPERM) => Ok(false),
        Err(errno) => Err(errno),
    }
}

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
    /// Whether it is a file of proc(5): what it says, and to whom, depends on the process that reads it.
    is_of_proc: bool,
}

impl Found {
    pub(super) fn of(handle: impl AsFd) -> Result<Self, Errno> {
        let stat = fstat(&handle)?;
        let kind = FileKind::of_mode(stat.st_mode);
        Ok(Self {
            stat: Stat { uid: stat.st_uid, mode: stat.st_mode & 0o7777 },
            kind,
            is_of_proc: kind == FileKind::Regular && fstatfs(&handle)?.filesystem_type() == PROC_SUPER_MAGIC,
        })
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind == FileKind::Regular && !self.is_of_proc
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
    /// lead to what this process has open. Whether it can is found out once: an answer for one file decides over that file.
    pub(super) fn open_path(&self, path: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
        let how = OpenHow::new().flags(flags);
        match &self.image {
            Some(image) => openat2(image, Path::new(path), how.resolve(ResolveFlag::RESOLVE_IN_ROOT)),
            None if has_openat2()? => openat2(AT_FDCWD, Path::new(path), how.resolve(NO_MAGIC)),
            None => open(path, flags, Mode::empty()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_about_the_call_decides_whether_it_is_there() {
        assert_eq!(is_there(Ok(())), Ok(true));
        for none in [Errno::ENOSYS, Errno::EPERM] {
            assert_eq!(is_there(Err(none)), Ok(false));
        }
        for other in [Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM, Errno::EACCES] {
            assert_eq!(is_there(Err(other)), Err(other));
        }
    }

    #[test]
    fn a_file_of_proc_is_no_file_for_anybody() {
        let found = look(&Root::system(), "/proc/version").unwrap();
        assert!(found.kind == FileKind::Regular && !found.is_file());
        assert!(look(&Root::system(), "/etc/passwd").unwrap().is_file());
    }
}
