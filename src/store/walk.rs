//! The way from a root to a file, one folder at a time.
//!
//! A folder is opened from the one above it, never by its path, and symlinks are followed by hand, so that nothing can
//! lead out of the root and every folder that has a say in where the path leads is checked.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, fstat, fstatat};

use super::check::check_owner_and_mode;
use super::error::{FileKind, Problem, StoreError};
use super::root::Root;

/// Most symlinks on one way, as in the Linux kernel (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// Opened only to walk on from: needs no read permission.
const FOLDER: OFlag = OFlag::O_PATH.union(OFlag::O_DIRECTORY).union(OFlag::O_CLOEXEC);

/// Where a path leads: a folder, and a name in it that is no symlink.
pub(super) struct Place {
    folder: Folder,
    name: OsString,
    exists: bool,
    passed: Vec<Passed>,
}

/// A folder or symlink on the way, as it was found; the root first.
pub(super) struct Passed {
    pub(super) path: PathBuf,
    pub(super) stat: FileStat,
}

struct Folder {
    handle: OwnedFd,
    stat: FileStat,
    path: PathBuf,
}

impl Place {
    pub(super) fn folder(&self) -> BorrowedFd<'_> {
        self.folder.handle.as_fd()
    }

    pub(super) fn folder_path(&self) -> &Path {
        &self.folder.path
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    pub(super) const fn exists(&self) -> bool {
        self.exists
    }

    /// Everything that had a say in where the path leads.
    pub(super) fn passed(&self) -> &[Passed] {
        &self.passed
    }

    /// The whole path of the file, for messages.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }

    /// Equal for two places exactly when they are the same name in the same folder; and an order for taking locks.
    pub(super) fn identity(&self) -> (u64, u64, &OsStr) {
        (self.folder.stat.st_dev, self.folder.stat.st_ino, &self.name)
    }

    /// The error `errno` while doing `action` with the file.
    pub(super) fn system(&self, action: &'static str) -> impl Fn(Errno) -> StoreError {
        let path = self.path();
        move |errno| StoreError::new(&path, Problem::System { action, errno })
    }
}

/// What is asked of each folder on the way.
pub(super) type Check = fn(&FileStat) -> Result<(), Problem>;

impl Folder {
    fn new(handle: OwnedFd, path: PathBuf, check: Check) -> Result<Self, StoreError> {
        let stat = fstat(&handle).map_err(|errno| system(&path, "look at this folder", errno))?;
        check(&stat).map_err(|problem| StoreError::new(&path, problem))?;
        Ok(Self { handle, stat, path })
    }

    fn below(&self, name: &OsStr, check: Check) -> Result<Self, StoreError> {
        let path = self.path.join(name);
        let handle = openat(&self.handle, name, FOLDER | OFlag::O_NOFOLLOW, Mode::empty())
            .map_err(|errno| system(&path, "open this folder", errno))?;
        Self::new(handle, path, check)
    }

    fn passed(&self) -> Passed {
        Passed { path: self.path.clone(), stat: self.stat }
    }
}

/// Walks from the root to where `path` leads, through symlinks. The file itself need not exist; its folder must.
pub(super) fn walk(root: &Root, path: &Path) -> Result<Place, StoreError> {
    walk_with(root, path, check_owner_and_mode)
}

/// The same, where another check decides which folders will do.
pub(super) fn walk_with(root: &Root, path: &Path, check: Check) -> Result<Place, StoreError> {
    let handle = open(root.path(), FOLDER, Mode::empty()).map_err(|errno| match errno {
        Errno::ENOENT => StoreError::new(root.path(), Problem::NoFolder),
        errno => system(root.path(), "open this folder", errno),
    })?;
    let mut folders = vec![Folder::new(handle, root.path().to_owned(), check)?];
    // What is still to walk, the next step last.
    let mut steps = steps_of(path);
    let mut links = 0_usize;
    let mut passed: Vec<Passed> = folders.iter().map(Folder::passed).collect();
    loop {
        let (Some(step), Some(here)) = (steps.pop(), folders.last()) else {
            return Err(StoreError::new(&root.join(path), Problem::NoName));
        };
        if step == ".." {
            // Above the root is the root, as chroot(2) has it.
            if folders.len() > 1 {
                folders.pop();
            }
            continue;
        }
        let full = here.path.join(&step);
        let stat = match fstatat(&here.handle, step.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::ENOENT) if !steps.is_empty() => return Err(StoreError::new(&full, Problem::NoFolder)),
            Err(Errno::ENOENT) => return place(folders, step, false, passed, &full),
            Err(errno) => return Err(system(&full, "look at it", errno)),
        };
        match FileKind::of_mode(stat.st_mode) {
            FileKind::Link => {
                links = links.saturating_add(1);
                if links > MAX_LINKS {
                    return Err(StoreError::new(&full, Problem::TooManyLinks));
                }
                let target = readlinkat(&here.handle, step.as_os_str())
                    .map_err(|errno| system(&full, "read this symlink", errno))?;
                let target = Path::new(&target);
                if target.has_root() {
                    folders.truncate(1);
                }
                steps.extend(steps_of(target));
                passed.push(Passed { path: full, stat });
            }
            FileKind::Folder if !steps.is_empty() => {
                let below = here.below(&step, check)?;
                passed.push(below.passed());
                folders.push(below);
            }
            kind if !steps.is_empty() => return Err(StoreError::new(&full, Problem::NotAFolder(kind))),
            FileKind::Regular => return place(folders, step, true, passed, &full),
            kind => return Err(StoreError::new(&full, Problem::NotAFile(kind))),
        }
    }
}

fn place(
    mut folders: Vec<Folder>,
    name: OsString,
    exists: bool,
    passed: Vec<Passed>,
    full: &Path,
) -> Result<Place, StoreError> {
    let folder = folders.pop().ok_or_else(|| StoreError::new(full, Problem::NoName))?;
    Ok(Place { folder, name, exists, passed })
}

fn steps_of(path: &Path) -> Vec<OsString> {
    let named = |part: Component<'_>| match part {
        Component::Normal(_) | Component::ParentDir => Some(part.as_os_str().to_owned()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    };
    path.components().rev().filter_map(named).collect()
}

fn system(path: &Path, action: &'static str, errno: Errno) -> StoreError {
    StoreError::new(path, Problem::System { action, errno })
}
