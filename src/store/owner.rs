//! Who may do what with a file: looked at, and set.

use std::fs::File;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fchmod, fstat, fstatat};
use nix::unistd::{Gid, Uid, fchown};

use super::error::{FileKind, Problem, StoreError};
use super::root::Root;
use super::walk::{Place, walk};

/// Whose a file is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Its owner.
    pub owner: u32,
    /// Its group.
    pub group: u32,
    /// Its permission bits, with set-uid, set-gid and sticky.
    pub mode: u32,
}

impl Ownership {
    fn of(stat: &FileStat) -> Self {
        Self { owner: stat.st_uid, group: stat.st_gid, mode: stat.st_mode & 0o7777 }
    }
}

/// Whose a file below the root is; `None` when there is none. The folders on the way are checked as in
/// [`read`](super::read()), the file is not.
///
/// # Errors
/// [`StoreError`]: a folder that others may write, something that is no regular file, what the system refuses.
pub fn ownership(root: &Root, path: impl AsRef<Path>) -> Result<Option<Ownership>, StoreError> {
    let place = walk(root, path.as_ref())?;
    match fstatat(place.folder(), place.name(), AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(Ownership::of(&stat))),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(place.system("look at it")(errno)),
    }
}

/// Whose the folder is that a file below the root lies in, or would.
///
/// # Errors
/// As [`ownership`].
pub fn folder_ownership(root: &Root, path: impl AsRef<Path>) -> Result<Ownership, StoreError> {
    let place = walk(root, path.as_ref())?;
    fstat(place.folder()).map(|stat| Ownership::of(&stat)).map_err(place.system("look at its folder"))
}

/// Gives a regular file below the root another owner, group and mode.
///
/// # Errors
/// [`StoreError`]; the file is as it was, or has the owner and not yet the mode, which lacks the set-id bits then.
pub fn set_ownership(root: &Root, path: impl AsRef<Path>, new: Ownership) -> Result<(), StoreError> {
    let place = walk(root, path.as_ref())?;
    // Opened to read: root may that whatever the mode is, and fchmod(2) knows no O_PATH.
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let handle = openat(place.folder(), place.name(), flags, Mode::empty()).map_err(place.system("open it"))?;
    let stat = fstat(&handle).map_err(place.system("look at it"))?;
    match FileKind::of_mode(stat.st_mode) {
        FileKind::Regular => set(&File::from(handle), Ownership::of(&stat), new, &place),
        kind => Err(StoreError::new(&place.path(), Problem::NotAFile(kind))),
    }
}

/// Gives the folder that this file lies in, or would, another mode.
///
/// # Errors
/// [`StoreError`].
pub fn set_folder_mode(root: &Root, path: impl AsRef<Path>, mode: u32) -> Result<(), StoreError> {
    let place = walk(root, path.as_ref())?;
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    openat(place.folder(), ".", flags, Mode::empty())
        .and_then(|folder| fchmod(folder, Mode::from_bits_truncate(mode)))
        .map_err(place.system("set the mode of its folder"))
}

fn set(file: &File, old: Ownership, new: Ownership, place: &Place) -> Result<(), StoreError> {
    if (old.owner, old.group) != (new.owner, new.group) {
        fchown(file, Some(Uid::from_raw(new.owner)), Some(Gid::from_raw(new.group)))
            .map_err(place.system("give it to its owner"))?;
    }
    // After fchown, which clears bits.
    fchmod(file, Mode::from_bits_truncate(new.mode)).map_err(place.system("set its mode"))
}
