//! What can be wrong with a file, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::stat::SFlag;
use thiserror::Error;

use super::read::MAX_FILE_BYTES;
use crate::escape::escape;
#[cfg(feature = "verify")]
use crate::verify::Unreadable;

/// A file or folder, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {problem}", path = escape(path.as_os_str().as_encoded_bytes()).capped(4096))]
pub struct StoreError {
    /// Where: the whole path, the root's included.
    pub path: PathBuf,
    /// What.
    pub problem: Problem,
}

impl StoreError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }
}

/// What is wrong with a file or folder; each text ends in what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// A FIFO, device, socket or folder stands where a file is expected.
    #[error("is {0}, not a regular file; move it away or name another file")]
    NotAFile(FileKind),
    /// A file stands where the path needs a folder.
    #[error("is {0}, not a folder; correct the path")]
    NotAFolder(FileKind),
    /// A folder of the path does not exist; folders are never made.
    #[error("this folder does not exist; make it, or correct the path (and the root)")]
    NoFolder,
    /// The path names no file: it is empty, or ends in `..` or at the root itself.
    #[error("the path names no file; correct it")]
    NoName,
    /// Another user may change it.
    #[error("belongs to uid {owner}, not to root or to the user who runs this (uid {runner}); chown it")]
    Owner {
        /// Whose it is.
        owner: u32,
        /// Who runs this.
        runner: u32,
    },
    /// Group or others may change it.
    #[error("group or others may write it (mode {mode:04o}); chmod go-w it")]
    Writable {
        /// Its permission bits.
        mode: u32,
    },
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error("is larger than {MAX_FILE_BYTES} bytes; no such file should be: look into it")]
    TooLarge,
    /// Symlinks lead on and on.
    #[error("too many symlinks; they may form a ring")]
    TooManyLinks,
    /// Another writer holds the lock for too long.
    #[error("another writer has held this lock for {seconds} s; wait for it, or find out who it is (fuser -v FILE)")]
    Locked {
        /// How long we waited.
        seconds: u64,
    },
    /// Folders or symlinks on the way changed while we waited for the lock, again and again.
    #[error("the path leads elsewhere each time it is looked at; run again when nobody changes it")]
    Unsteady,
    /// Both paths of a pair lead to one file.
    #[error("both paths lead to this one file; two different files are needed")]
    SameFile,
    /// The system refused.
    #[error("cannot {action}: {}{}", .errno.desc(), remedy(*.errno))]
    System {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        errno: Errno,
    },
}

#[cfg(feature = "verify")]
impl From<Problem> for Unreadable {
    /// What a decision is told of a problem.
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotAFile(_) => Self::NotAFile,
            Problem::Owner { owner, .. } => Self::Owner { owner },
            Problem::Writable { mode } => Self::Writable { mode },
            Problem::TooLarge => Self::TooLarge,
            Problem::System { errno, .. } => Self::System { code: errno as i32 },
            Problem::NotAFolder(_) => Self::System { code: Errno::ENOTDIR as i32 },
            Problem::TooManyLinks => Self::System { code: Errno::ELOOP as i32 },
            Problem::NoFolder => Self::System { code: Errno::ENOENT as i32 },
            Problem::NoName | Problem::SameFile => Self::System { code: Errno::EINVAL as i32 },
            Problem::Locked { .. } | Problem::Unsteady => Self::Changing,
        }
    }
}

/// What to do about an answer of the system that has one usual cause.
const fn remedy(errno: Errno) -> &'static str {
    match errno {
        Errno::EACCES | Errno::EPERM => "; run this as root, or as the user whose files these are",
        _ => "",
    }
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A folder.
    Folder,
    /// A symlink.
    Link,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block or character device.
    Device,
}

impl FileKind {
    /// The kind that the `st_mode` of stat(2) tells.
    pub(super) fn of_mode(mode: u32) -> Self {
        match SFlag::from_bits_truncate(mode & SFlag::S_IFMT.bits()) {
            SFlag::S_IFREG => Self::Regular,
            SFlag::S_IFDIR => Self::Folder,
            SFlag::S_IFLNK => Self::Link,
            SFlag::S_IFIFO => Self::Fifo,
            SFlag::S_IFSOCK => Self::Socket,
            _ => Self::Device,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regular => "a regular file",
            Self::Folder => "a folder",
            Self::Link => "a symlink",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}
