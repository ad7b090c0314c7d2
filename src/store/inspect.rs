//! Looking at a file that may be in anybody's hands: what sshd would read, and who could have written it. Only to say what
//! is wrong with it, never to decide by it.

use std::fs::File;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fstat};

use super::error::{FileKind, Problem, StoreError};
use super::read::{MAX_FILE_BYTES, read_capped};
use super::root::Root;
use super::walk::walk_with;

/// A file or folder, and who may change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its whole path, the root's included.
    pub path: PathBuf,
    /// Whose it is.
    pub owner: u32,
    /// Its permission bits.
    pub mode: u32,
}

/// A file, and every folder on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The folders, the root first.
    pub folders: Vec<Seen>,
    /// The file and its content; `None` when there is none.
    pub file: Option<(Seen, Vec<u8>)>,
}

/// Reads a file below the root as [`read`](super::read()) does, but whoever may write it or a folder on the way: that is
/// told instead. Never blocks on what is no regular file.
///
/// # Errors
/// [`StoreError`]: a folder that is missing, something that is no file, what the system refuses.
pub fn inspect(root: &Root, path: impl AsRef<Path>) -> Result<Inspected, StoreError> {
    let place = walk_with(root, path.as_ref(), |_| Ok(()))?;
    let is_folder = |stat: &FileStat| FileKind::of_mode(stat.st_mode) == FileKind::Folder;
    let folders = place.passed().iter().filter(|passed| is_folder(&passed.stat));
    let folders = folders.map(|passed| seen(passed.path.clone(), &passed.stat)).collect();
    if !place.exists() {
        return Ok(Inspected { folders, file: None });
    }
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let handle = match openat(place.folder(), place.name(), flags, Mode::empty()) {
        Ok(handle) => handle,
        Err(Errno::ENOENT) => return Ok(Inspected { folders, file: None }),
        Err(errno) => return Err(place.system("open it")(errno)),
    };
    let stat = fstat(&handle).map_err(place.system("look at it"))?;
    match FileKind::of_mode(stat.st_mode) {
        FileKind::Regular => {}
        kind => return Err(StoreError::new(&place.path(), Problem::NotAFile(kind))),
    }
    let bytes = read_capped(&File::from(handle), MAX_FILE_BYTES).map_err(place.system("read it"))?;
    let bytes = bytes.ok_or_else(|| StoreError::new(&place.path(), Problem::TooLarge))?;
    Ok(Inspected { folders, file: Some((seen(place.path(), &stat), bytes)) })
}

fn seen(path: PathBuf, stat: &FileStat) -> Seen {
    Seen { path, owner: stat.st_uid, mode: stat.st_mode & 0o7777 }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_anybody_may_write_is_read_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(folder.path());
        let set_mode =
            |path: &str, mode| fs::set_permissions(folder.path().join(path), Permissions::from_mode(mode)).unwrap();
        fs::create_dir(folder.path().join("etc")).unwrap();
        fs::write(folder.path().join("etc/file"), "text").unwrap();
        set_mode("etc", 0o777);
        set_mode("etc/file", 0o666);
        let seen = inspect(&root, "/etc/file").unwrap();
        let modes: Vec<u32> = seen.folders.iter().map(|folder| folder.mode).collect();
        assert_eq!(modes.get(1), Some(&0o777), "{modes:?}");
        let (file, bytes) = seen.file.unwrap();
        assert_eq!((file.mode, bytes.as_slice()), (0o666, b"text".as_slice()));
        assert_eq!(file.path, folder.path().join("etc/file"));
        assert_eq!(super::super::read(&root, "/etc/file").unwrap_err().problem, Problem::Writable { mode: 0o777 });
        assert_eq!(inspect(&root, "/etc/none").unwrap().file, None);
        assert_eq!(inspect(&root, "/none/file").unwrap_err().problem, Problem::NoFolder);
        assert_eq!(inspect(&root, "/etc").unwrap_err().problem, Problem::NotAFile(FileKind::Folder));
    }
}
