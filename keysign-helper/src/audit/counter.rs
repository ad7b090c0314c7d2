//! How many lines nobody took since the machine started: a number in a file of root's. No text, no lock, nothing to parse.
//!
//! The file is mapped into memory and closed before the privileges go: a descriptor of root's could be taken from an
//! exiting process (CVE-2026-46333), and what is written through one is subject to the caller's limit on file sizes. A
//! number in memory is neither, and whoever takes this process over can change it and nothing else.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use hostbased_sys::SharedCount;
use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, OFlag, fallocate, open};
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, lstat};

use crate::ROOT;

/// The folder, which is emptied when the machine starts, and the file.
const FOLDER: &str = "/run";
const FILE: &str = "keysign.unlogged";

/// The number.
#[derive(Debug)]
pub(crate) struct Counter(SharedCount);

impl Counter {
    /// Opens the file, or makes it, with the privileges that the helper starts with, and closes it. None without the right
    /// to (a set-gid helper), and where file or folder are not root's alone.
    pub(crate) fn open() -> Option<Self> {
        Self::open_in(Path::new(FOLDER), ROOT)
    }

    pub(super) fn open_in(folder: &Path, owner: u32) -> Option<Self> {
        // Not through a link. Nobody but root can put another folder in its place.
        let found = lstat(folder).ok()?;
        let is_folder = found.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFDIR.bits();
        if !is_folder || found.st_uid != owner || has(&found, Mode::S_IWGRP | Mode::S_IWOTH) {
            return None;
        }
        // A pipe or terminal in that place does nothing.
        let careful = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | careful;
        let file = open(&folder.join(FILE), flags, Mode::S_IRUSR | Mode::S_IWUSR).ok()?;
        let found = fstat(&file).ok()?;
        let is_file = found.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFREG.bits();
        if !is_file || found.st_uid != owner || has(&found, Mode::S_IRWXG | Mode::S_IRWXO) {
            return None;
        }
        match usize::try_from(found.st_size) {
            Ok(SharedCount::BYTES) if found.st_blocks > 0 => {}
            // New, or so long and without room.
            Ok(0 | SharedCount::BYTES) => extend(&file).ok()?,
            // Somebody else's.
            _ => return None,
        }
        Some(Self(SharedCount::map(file.as_fd()).ok()?))
    }

    /// How many lines there were.
    pub(super) fn count(&self) -> u32 {
        self.0.get()
    }

    /// One more.
    pub(super) fn add(&self) {
        self.0.add_one();
    }
}

fn has(found: &FileStat, bits: Mode) -> bool {
    found.st_mode & bits.bits() != 0
}

/// Gives a new file its length, whatever the caller's limit on file sizes is. Two who do so at once do the same.
///
/// With room of its own (fallocate(2)): a file that is only said to be so long gets its room when the number is used, and
/// where there is none then, the kernel ends the process (SIGBUS). A full `/run` is no counter, and no reason not to sign.
fn extend(file: &OwnedFd) -> Result<(), Errno> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_FSIZE)?;
    // Without the right to raise it, the limit holds.
    let raised = setrlimit(Resource::RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY);
    let length = i64::try_from(SharedCount::BYTES).unwrap_or(i64::MAX);
    let extended = fallocate(file, FallocateFlags::empty(), 0, length);
    if raised.is_ok() {
        setrlimit(Resource::RLIMIT_FSIZE, soft, hard)?;
    }
    extended
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn each_addition_counts_and_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        let counter = Counter::open_in(folder.path(), me).unwrap();
        assert_eq!(counter.count(), 0);
        counter.add();
        // Two at once lose nothing.
        let other = Counter::open_in(folder.path(), me).unwrap();
        other.add();
        counter.add();
        assert_eq!(other.count(), 3);
        assert_eq!(Counter::open_in(folder.path(), me).unwrap().count(), 3);
        let path = folder.path().join(FILE);
        let file = fs::metadata(&path).unwrap();
        assert_eq!((file.len(), file.mode() & 0o7777, file.uid()), (4, 0o600, me));
        assert_eq!(fs::read(path).unwrap(), 3_u32.to_ne_bytes());
    }

    #[test]
    fn a_file_or_folder_of_others_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        let path = folder.path().join(FILE);
        let opens = || Counter::open_in(folder.path(), me).is_some();
        assert!(opens());
        assert!(Counter::open_in(folder.path(), me.wrapping_add(1)).is_none());
        for (mode, right) in [(0o600, true), (0o604, false), (0o602, false), (0o640, false), (0o620, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(opens(), right, "{mode:o}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        // What nobody of us has made.
        for (content, right) in [("", true), ("x", false), ("xxx", false), ("xxxx", true), ("xxxxx", false)] {
            fs::write(&path, content).unwrap();
            assert_eq!(opens(), right, "{content}");
        }
        fs::remove_file(&path).unwrap();
        symlink("elsewhere", &path).unwrap();
        assert!(!opens() && !folder.path().join("elsewhere").exists());
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        assert!(!opens());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(!opens());
        fs::remove_dir(&path).unwrap();
        for (mode, right) in [(0o755, true), (0o775, false), (0o1777, false)] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(opens(), right, "{mode:o}");
            let _ = fs::remove_file(&path);
        }
        let link = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        symlink(folder.path(), link.path().join("run")).unwrap();
        assert!(Counter::open_in(&link.path().join("run"), me).is_none());
    }
}
