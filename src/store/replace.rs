//! Replacing a file: whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::{FileStat, Mode, fchmod, fstat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, fsync, unlinkat};

use super::error::{Problem, StoreError};
use super::read::errno_of;
use super::walk::Place;

/// Mode of a file that did not exist: every user's sshd session and ssh read these files.
const NEW_MODE: Mode = Mode::from_bits_truncate(0o644);

/// New content, written and on disk beside its target, which is still the old one. Dropped without
/// [`commit`](Self::commit) it is deleted.
pub(super) struct Replacement<'p> {
    place: &'p Place,
    name: OsString,
    pending: bool,
}

impl<'p> Replacement<'p> {
    /// Writes `bytes` beside the target, with the owner and mode of `old`. The caller holds the target's lock.
    pub(super) fn prepare(place: &'p Place, old: Option<&FileStat>, bytes: &[u8]) -> Result<Self, StoreError> {
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
        let replacement = Self { place, name, pending: true };
        let mut file = File::from(handle);
        file.write_all(bytes).map_err(|error| system("write this file")(errno_of(&error)))?;
        if let Some(old) = old {
            let new = fstat(&file).map_err(system("look at this file"))?;
            if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) {
                let (uid, gid) = (Uid::from_raw(old.st_uid), Gid::from_raw(old.st_gid));
                fchown(&file, Some(uid), Some(gid)).map_err(system("give this file its owner back"))?;
            }
        }
        // After fchown, which clears bits; and by fchmod, so that the umask has no say.
        let mode = old.map_or(NEW_MODE, |old| Mode::from_bits_truncate(old.st_mode & 0o7777));
        fchmod(&file, mode).map_err(system("set the mode of this file"))?;
        file.sync_all().map_err(|error| system("bring this file to disk")(errno_of(&error)))?;
        Ok(replacement)
    }

    /// Puts the new content in the place of the old, and the change of name on disk.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
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
