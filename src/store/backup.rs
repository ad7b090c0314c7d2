//! The content that a replaced file had: one step back, as ssh-keygen(1) keeps it, in `NAME.old`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, renameat};
use nix::sys::stat::{FileStat, Mode};
use nix::unistd::{UnlinkatFlags, linkat, unlinkat};

use super::error::{Problem, StoreError};
use super::read::errno_of;
use super::replace::take_over;
use super::walk::Place;

/// A second name for the file as it is, not yet where it belongs. Dropped, it is deleted.
///
/// A hard link costs nothing and has the file's owner and mode, and it is made under a name of its own and then renamed: at
/// every moment there is the backup of before or the new one, whole.
pub(super) struct Backup<'p> {
    place: &'p Place,
    /// Where it lies until then.
    name: OsString,
}

impl<'p> Backup<'p> {
    /// Makes it beside the target, which exists. The caller holds the target's lock.
    pub(super) fn prepare(place: &'p Place, old: &FileStat) -> Result<Self, StoreError> {
        let mut name = OsString::from(".");
        name.push(place.name());
        name.push(".hostbased-old");
        let system = |action: &'static str| {
            let path = place.folder_path().join(&name);
            move |errno| StoreError::new(&path, Problem::System { action, errno })
        };
        match unlinkat(place.folder(), name.as_os_str(), UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(system("delete this left-over file")(errno)),
        }
        let backup = Self { place, name: name.clone() };
        match linkat(place.folder(), place.name(), place.folder(), name.as_os_str(), AtFlags::empty()) {
            Ok(()) => Ok(backup),
            // A file system without links, or one that allows none to files of another owner (proc(5), protected_hardlinks).
            Err(Errno::EPERM | Errno::EMLINK | Errno::EOPNOTSUPP | Errno::ENOSYS) => {
                copy(place, &name, old).map_err(system("copy the old content here"))?;
                Ok(backup)
            }
            Err(errno) => Err(system("link the old content here")(errno)),
        }
    }

    /// Puts it where it belongs, in the place of the backup of before.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        let mut old = self.place.name().to_owned();
        old.push(".old");
        let place = self.place;
        renameat(place.folder(), self.name.as_os_str(), place.folder(), old.as_os_str()).map_err(|errno| {
            let action = "keep the old content here";
            StoreError::new(&place.folder_path().join(&old), Problem::System { action, errno })
        })
        // What is dropped now is gone already, but where a killed writer has made this same backup: rename(2) does nothing with
        // two names of one file.
    }
}

impl Drop for Backup<'_> {
    fn drop(&mut self) {
        // A file that stays is harmless: nobody reads it, and the next writer deletes it.
        let _ = unlinkat(self.place.folder(), self.name.as_os_str(), UnlinkatFlags::NoRemoveDir);
    }
}

/// A copy with the same owner and mode, on disk.
fn copy(place: &Place, name: &OsStr, old: &FileStat) -> Result<(), Errno> {
    let open =
        |name: &OsStr, flags, mode| openat(place.folder(), name, flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, mode);
    let mut from = File::from(open(place.name(), OFlag::O_RDONLY | OFlag::O_NONBLOCK, Mode::empty())?);
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL;
    let mut to = File::from(open(name, flags, Mode::S_IRUSR | Mode::S_IWUSR)?);
    io::copy(&mut from, &mut to).map_err(|error| errno_of(&error))?;
    take_over(&to, old)?;
    to.sync_all().map_err(|error| errno_of(&error))
}
