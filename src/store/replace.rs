//! Replacing a file: whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::{FileStat, Mode, fchmod, fstat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, fsync, unlinkat};

use super::backup::Backup;
use super::error::{Problem, StoreError};
use super::read::errno_of;
use super::walk::Place;

/// Mode of a file that did not exist: every user's sshd session and ssh read these files.
const NEW_MODE: Mode = Mode::from_bits_truncate(0o644);

/// Gives a new file the owner and mode of an old one.
pub(super) fn take_over(file: &File, old: &FileStat) -> Result<(), Errno> {
    let new = fstat(file)?;
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) {
        fchown(file, Some(Uid::from_raw(old.st_uid)), Some(Gid::from_raw(old.st_gid)))?;
    }
    // After fchown, which clears bits; and by fchmod, so that the umask has no say.
    fchmod(file, Mode::from_bits_truncate(old.st_mode & 0o7777))
}

/// New content, written and on disk beside its target, which is still the old one. Dropped without
/// [`commit`](Self::commit) it is deleted.
pub(super) struct Replacement<'p> {
    place: &'p Place,
    name: OsString,
    /// Of the file that it replaces.
    backup: Option<Backup<'p>>,
    pending: bool,
}

impl<'p> Replacement<'p> {
    /// Writes these parts beside the target, one after the other, with the owner and mode of `old`, and makes the backup of
    /// that. The caller holds the target's lock.
    pub(super) fn prepare(place: &'p Place, old: Option<&FileStat>, parts: &[&[u8]]) -> Result<Self, StoreError> {
        let mut name = OsString::from(".");
        name.push(place.name());
        name.push(".hostbased-new");
        let path = place.folder_path().join(&name);
        let system = |action: &'static str| {
            let path = path.clone();
            move |errno| StoreError::new(&path, Problem::System { action, errno })
        };
        // One name is enough under the lock; what a killed writer left there is deleted.
        match unlinkat(place.folder(), name.as_os_str(), UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(system("delete this left-over file")(errno)),
        }
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let handle = openat(place.folder(), name.as_os_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR)
            .map_err(system("make this file"))?;
        let mut replacement = Self { place, name, backup: None, pending: true };
        let mut file = File::from(handle);
        for part in parts {
            file.write_all(part).map_err(|error| system("write this file")(errno_of(&error)))?;
        }
        match old {
            Some(old) => take_over(&file, old).map_err(system("give this file its owner and mode back"))?,
            None => fchmod(&file, NEW_MODE).map_err(system("set the mode of this file"))?,
        }
        file.sync_all().map_err(|error| system("bring this file to disk")(errno_of(&error)))?;
        replacement.backup = old.map(|old| Backup::prepare(place, old)).transpose()?;
        Ok(replacement)
    }

    /// Puts the old content where it is kept, the new content in its place, and both changes of name on disk.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        if let Some(backup) = self.backup.take() {
            backup.commit()?;
        }
        let (place, system) = (self.place, |action| self.place.system(action));
        renameat(place.folder(), self.name.as_os_str(), place.folder(), place.name()).map_err(system("replace it"))?;
        self.pending = false;
        // The folder was opened to walk only (O_PATH); fsync needs more.
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        openat(place.folder(), ".", flags, Mode::empty())
            .and_then(fsync)
            .map_err(system("bring its change of name to disk"))
    }
}

impl Drop for Replacement<'_> {
    fn drop(&mut self) {
        if self.pending {
            // A file that stays is harmless: nobody reads it, and the next writer deletes it.
            let _ = unlinkat(self.place.folder(), self.name.as_os_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}
