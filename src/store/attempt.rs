//! A change of a file that can be taken back: for files that a program must approve of as they stand in their place.

use std::ffi::OsString;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, renameat};
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::{UnlinkatFlags, fsync, unlinkat};

use super::edit::{EditError, Locked};
use super::error::{Problem, StoreError};
use super::lock::Deadline;
use super::replace::Replacement;
use super::root::Root;

/// The file holds something else than it did when the change was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another writer has changed the file meanwhile; run the command again")]
pub struct Meanwhile;

/// A file that holds its new content already, under its lock, and still gets its old one back unless it is
/// [kept](Self::keep).
///
/// As with every change the old content lies in `NAME.old`. Taking back puts it into its place again, the same file with its
/// owner, mode and attributes, and the backup of before as well.
#[must_use = "dropped, the change is taken back"]
pub struct Attempt {
    locked: Locked<'static>,
    was: Was,
    has_older: bool,
    settled: bool,
}

/// What stood there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Was {
    /// Nothing.
    Absent,
    /// A file, which another one replaces.
    Replaced,
    /// A file, which is deleted.
    Deleted,
}

impl Attempt {
    /// Writes `new` in the place of `old`; `None` is no file. A new file gets mode 0644.
    ///
    /// # Errors
    /// [`EditError`]; nothing is changed then. The change is refused where the file does not hold `old` any more.
    pub fn begin(
        root: &Root,
        path: impl AsRef<Path>,
        old: Option<&[u8]>,
        new: Option<Vec<u8>>,
    ) -> Result<Self, EditError<Meanwhile>> {
        let locked = Locked::open(root, path.as_ref(), b"", Deadline::after(root.lock_wait()))?;
        if locked.old_bytes() != old {
            return Err(EditError::Change(Meanwhile));
        }
        let was = match (old, &new) {
            (None, _) => Was::Absent,
            (Some(_), Some(_)) => Was::Replaced,
            (Some(_), None) => Was::Deleted,
        };
        let mut attempt = Self { locked, was, has_older: false, settled: true };
        match new {
            Some(new) => attempt.write(&new)?,
            None if was == Was::Deleted => {
                attempt.rename(attempt.name(), &attempt.hidden("old"), "put it aside")?;
                attempt.settled = false;
            }
            None => {}
        }
        Ok(attempt)
    }

    fn write(&mut self, new: &[u8]) -> Result<(), StoreError> {
        // The backup of before is given back, should this one not stay.
        match self.rename(self.backup(), &self.hidden("older"), "put the backup aside") {
            Ok(()) => self.has_older = true,
            Err(StoreError { problem: Problem::System { errno: Errno::ENOENT, .. }, .. }) => {}
            Err(error) => return Err(error),
        }
        let written =
            Replacement::prepare(&self.locked.place, self.locked.stat(), &[new]).and_then(Replacement::commit);
        self.settled = false;
        written
    }

    /// The new content stays.
    ///
    /// # Errors
    /// What was put aside cannot be deleted, or the folder not be brought to disk. The new content stays all the same.
    pub fn keep(mut self) -> Result<(), StoreError> {
        self.settled = true;
        let place = &self.locked.place;
        let gone = match self.was {
            Was::Deleted => {
                // Nobody needs the lock of a file that is not there; whoever waits for it notices (lock.rs).
                let lock = self.hidden("lock");
                let _ = unlinkat(place.folder(), lock.as_os_str(), UnlinkatFlags::NoRemoveDir);
                Some(self.hidden("old"))
            }
            _ => self.has_older.then(|| self.hidden("older")),
        };
        if let Some(gone) = gone {
            unlinkat(place.folder(), gone.as_os_str(), UnlinkatFlags::NoRemoveDir)
                .map_err(place.system("delete what was put aside of it"))?;
        }
        self.sync()
    }

    /// The old content comes back.
    ///
    /// # Errors
    /// When it cannot be put there: it lies in `NAME.old` then.
    pub fn take_back(mut self) -> Result<(), StoreError> {
        self.undo()
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.settled, true) {
            return Ok(());
        }
        let place = &self.locked.place;
        match self.was {
            Was::Absent => {
                for name in [place.name().to_owned(), self.hidden("lock")] {
                    match unlinkat(place.folder(), name.as_os_str(), UnlinkatFlags::NoRemoveDir) {
                        Ok(()) | Err(Errno::ENOENT) => {}
                        Err(errno) => return Err(place.system("delete it again")(errno)),
                    }
                }
            }
            // Where the writing failed, there may be no backup yet, and the old content in its place.
            Was::Replaced if self.is_there(&self.backup()) => {
                self.rename(self.backup(), place.name(), "put the old content back")?;
            }
            Was::Replaced => {}
            Was::Deleted => self.rename(self.hidden("old"), place.name(), "put the old content back")?,
        }
        if self.has_older {
            self.rename(self.hidden("older"), &self.backup(), "put the backup back")?;
        }
        self.sync()
    }

    fn name(&self) -> OsString {
        self.locked.place.name().to_owned()
    }

    fn backup(&self) -> OsString {
        let mut name = self.name();
        name.push(".old");
        name
    }

    /// `.NAME.hostbased-WORD`.
    fn hidden(&self, word: &str) -> OsString {
        let mut name = OsString::from(".");
        name.push(self.locked.place.name());
        name.push(".hostbased-");
        name.push(word);
        name
    }

    fn is_there(&self, name: &OsString) -> bool {
        fstatat(self.locked.place.folder(), name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW).is_ok()
    }

    fn rename(&self, from: OsString, to: &std::ffi::OsStr, action: &'static str) -> Result<(), StoreError> {
        let place = &self.locked.place;
        renameat(place.folder(), from.as_os_str(), place.folder(), to).map_err(place.system(action))
    }

    fn sync(&self) -> Result<(), StoreError> {
        let place = &self.locked.place;
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        openat(place.folder(), ".", flags, Mode::empty())
            .and_then(fsync)
            .map_err(place.system("bring its change of name to disk"))
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        // The old content lies beside it where this fails; there is nobody to tell.
        let _ = self.undo();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::PathBuf;

    use super::*;

    /// Each file's content, mode and inode, without locks.
    fn all(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32, u64)> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| !path.to_str().unwrap().ends_with("-lock"));
        let seen = |path: &PathBuf| {
            let metadata = fs::metadata(path).unwrap();
            (fs::read(path).unwrap(), metadata.mode() & 0o7777, metadata.ino())
        };
        files.map(|path| (path.clone(), seen(&path))).collect()
    }

    #[test]
    fn what_is_taken_back_is_as_it_was_and_what_is_kept_is_not() {
        for (has_old, old, new) in [
            (false, Some("old"), Some("new")),
            (true, Some("old"), Some("new")),
            (true, Some("old"), None),
            (false, None, Some("new")),
            (false, Some("old"), Some("old")),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
            let root = Root::new(folder.path());
            let (path, backup) = (folder.path().join("file"), folder.path().join("file.old"));
            let write = |path: &PathBuf, text: &str| {
                fs::write(path, text).unwrap();
                fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
            };
            old.iter().for_each(|old| write(&path, old));
            has_old.then(|| write(&backup, "older"));
            let before = all(folder.path());
            let begin = || {
                Attempt::begin(&root, "/file", old.map(str::as_bytes), new.map(|new| new.as_bytes().to_vec())).unwrap()
            };
            let attempt = begin();
            assert_eq!(fs::read(&path).ok(), new.map(|new| new.as_bytes().to_vec()), "{old:?} {new:?}");
            attempt.take_back().unwrap();
            assert_eq!(all(folder.path()), before, "{old:?} {new:?}");
            drop(begin());
            assert_eq!(all(folder.path()), before, "dropped: {old:?} {new:?}");
            begin().keep().unwrap();
            assert_eq!(fs::read(&path).ok(), new.map(|new| new.as_bytes().to_vec()), "{old:?} {new:?}");
            let kept = if old.is_some() && new.is_some() { old } else { has_old.then_some("older") };
            assert_eq!(fs::read(&backup).ok(), kept.map(|kept| kept.as_bytes().to_vec()), "{old:?} {new:?}");
            assert!(all(folder.path()).keys().all(|path| !path.to_str().unwrap().contains("hostbased-")));
        }
    }

    #[test]
    fn what_another_writer_changed_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("file"), "theirs").unwrap();
        let root = Root::new(folder.path());
        for old in [None, Some(b"old".as_slice())] {
            let refused = Attempt::begin(&root, "/file", old, Some(b"new".to_vec())).err();
            assert_eq!(refused, Some(EditError::Change(Meanwhile)));
        }
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"theirs");
    }
}
