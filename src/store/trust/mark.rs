//! How it is noticed that a file, or the way to it, is not what it was.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use nix::errno::Errno;
use nix::sys::stat::{FileStat, lstat, stat};

use crate::store::error::FileKind;
use crate::store::walk::Passed;

/// What stood at a path when the file was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    path: PathBuf,
    /// Whether a symlink there is followed: the root may be one.
    is_root: bool,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    /// Of a folder, which one it is and who may change it. Its times change with everything that is made in it.
    Folder {
        device: u64,
        inode: u64,
        owner: u32,
        mode: u32,
    },
    File(Version),
}

/// A content that a file, or a symlink, had: another content has another version, but for two changes within one tick of
/// the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    device: u64,
    inode: u64,
    owner: u32,
    mode: u32,
    size: i64,
    modified: (i64, i64),
    /// Nobody can set this one, unlike the one before.
    changed: (i64, i64),
}

impl Version {
    pub(super) const fn of(stat: &FileStat) -> Self {
        Self {
            device: stat.st_dev,
            inode: stat.st_ino,
            owner: stat.st_uid,
            mode: stat.st_mode,
            size: stat.st_size,
            modified: (stat.st_mtime, stat.st_mtime_nsec),
            changed: (stat.st_ctime, stat.st_ctime_nsec),
        }
    }

    /// Whether it is younger than that. A file from the future is, until its time has come.
    pub(super) fn is_younger(&self, age: Duration, now: SystemTime) -> bool {
        let (seconds, nanoseconds) = self.changed;
        let since_1970 = Duration::new(u64::try_from(seconds).unwrap_or(0), u32::try_from(nanoseconds).unwrap_or(0));
        let changed = SystemTime::UNIX_EPOCH.checked_add(since_1970);
        changed.and_then(|changed| now.duration_since(changed).ok()).is_none_or(|since| since < age)
    }
}

impl Seen {
    fn of(stat: &FileStat) -> Self {
        match FileKind::of_mode(stat.st_mode) {
            FileKind::Folder => {
                Self::Folder { device: stat.st_dev, inode: stat.st_ino, owner: stat.st_uid, mode: stat.st_mode }
            }
            _ => Self::File(Version::of(stat)),
        }
    }
}

impl Mark {
    /// Of the way to a file: its folders and symlinks, the root first.
    pub(super) fn of_way(passed: &[Passed]) -> Vec<Self> {
        let mark = |(number, passed): (usize, &Passed)| Self {
            path: passed.path.clone(),
            is_root: number == 0,
            seen: Seen::of(&passed.stat),
        };
        passed.iter().enumerate().map(mark).collect()
    }

    /// Of a file that is there.
    pub(super) const fn of_file(path: PathBuf, version: Version) -> Self {
        Self { path, is_root: false, seen: Seen::File(version) }
    }

    /// Of a file that is not there.
    pub(super) const fn of_nothing(path: PathBuf) -> Self {
        Self { path, is_root: false, seen: Seen::Nothing }
    }

    /// Whether the same stands there still: one stat call.
    pub(super) fn holds(&self) -> bool {
        let found = if self.is_root { stat(&self.path) } else { lstat(&self.path) };
        match found {
            Ok(stat) => self.seen == Seen::of(&stat),
            Err(Errno::ENOENT) => self.seen == Seen::Nothing,
            Err(_) => false,
        }
    }

    /// Whether it is a file or symlink that was changed so lately that a further change may not show.
    pub(super) fn is_young(&self, age: Duration, now: SystemTime) -> bool {
        matches!(self.seen, Seen::File(version) if version.is_younger(age, now))
    }
}
