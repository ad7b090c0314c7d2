//! How many lines nobody took since the machine started: the size of a file of root's. No text, no lock, nothing to parse.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::{Mode, SFlag, fstat};
use nix::unistd::write;

use crate::ROOT;

/// The folder, which is emptied when the machine starts, and the file.
const FOLDER: &str = "/run";
const FILE: &str = "keysign.unlogged";

/// Most that is counted.
const MAX: u64 = 1024 * 1024;

/// The open file.
#[derive(Debug)]
pub(crate) struct Counter(OwnedFd);

impl Counter {
    /// Opens the file, or makes it, with the privileges that the helper starts with. None without the right to (a set-gid
    /// helper), and where file or folder are not root's alone.
    pub(crate) fn open() -> Option<Self> {
        Self::open_in(Path::new(FOLDER), ROOT)
    }

    pub(super) fn open_in(folder: &Path, owner: u32) -> Option<Self> {
        let folder_flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let folder = open(folder, folder_flags, Mode::empty()).ok()?;
        let others_may_write = Mode::S_IWGRP | Mode::S_IWOTH;
        let found = fstat(&folder).ok()?;
        if found.st_uid != owner || found.st_mode & others_may_write.bits() != 0 {
            return None;
        }
        // A pipe or terminal in that place does nothing.
        let careful = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let flags = OFlag::O_WRONLY | OFlag::O_APPEND | OFlag::O_CREAT | careful;
        let file = openat(&folder, FILE, flags, Mode::S_IRUSR | Mode::S_IWUSR).ok()?;
        let found = fstat(&file).ok()?;
        let is_file = found.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFREG.bits();
        let is_private = found.st_mode & (Mode::S_IRWXG | Mode::S_IRWXO).bits() == 0;
        (is_file && is_private && found.st_uid == owner).then_some(Self(file))
    }

    /// How many lines there were: a call of its own, for the sandbox's first stage.
    pub(super) fn count(&self) -> u64 {
        fstat(&self.0).map_or(0, |found| u64::try_from(found.st_size).unwrap_or_default())
    }

    /// One more. The file may be at its largest, or the caller's limit on file sizes forbid it: then nothing is counted.
    pub(super) fn add(&self, before: u64) {
        if before < MAX {
            let _ = write(&self.0, b".");
        }
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn each_addition_is_one_byte() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        let counter = Counter::open_in(folder.path(), me).unwrap();
        assert_eq!(counter.count(), 0);
        counter.add(0);
        // Two at once lose nothing.
        let other = Counter::open_in(folder.path(), me).unwrap();
        other.add(1);
        counter.add(1);
        assert_eq!(other.count(), 3);
        let file = fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!((file.len(), file.mode() & 0o7777, file.uid()), (3, 0o600, me));
        counter.add(MAX);
        assert_eq!(counter.count(), 3);
        counter.add(MAX - 1);
        assert_eq!(counter.count(), 4);
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
