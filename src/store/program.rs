//! Programs and units: files that are put in their place whole, with an owner and a mode of their own, and links.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat, renameat};
use nix::sys::stat::{Mode, fchmod, fstat, fstatat, mkdirat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, fsync, linkat, symlinkat, unlinkat};

use super::error::{Problem, StoreError};
use super::owner::Ownership;
use super::read::errno_of;
use super::root::Root;
use super::walk::{Place, walk};

/// A file with its content and its owner and mode, on disk beside the place where it belongs. Dropped, it is deleted.
///
/// There is no lock: nothing of what stood there before is in it, so of two writers the last one wins.
#[must_use = "dropped, it is deleted"]
pub struct Staged {
    place: Place,
    name: OsString,
    /// The mode with its set-id bits, which it gets in its place only: killed before, it leaves no second helper behind.
    mode: u32,
    pending: bool,
}

const SET_ID: u32 = 0o6000;

impl Staged {
    /// Writes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn write(root: &Root, path: impl AsRef<Path>, bytes: &[u8], as_of: Ownership) -> Result<Self, StoreError> {
        let place = walk(root, path.as_ref())?;
        let mut name = OsString::from(".");
        name.push(place.name());
        name.push(".hostbased-new");
        match unlinkat(place.folder(), name.as_os_str(), UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(place.system("delete what a killed writer left beside it")(errno)),
        }
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let handle = openat(place.folder(), name.as_os_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR)
            .map_err(place.system("make a file beside it"))?;
        let staged = Self { place, name, mode: as_of.mode, pending: true };
        let mut file = File::from(handle);
        let system = |action| staged.place.system(action);
        file.write_all(bytes).map_err(|error| system("write a file beside it")(errno_of(&error)))?;
        let stat = fstat(&file).map_err(system("look at the file beside it"))?;
        if (stat.st_uid, stat.st_gid) != (as_of.owner, as_of.group) {
            fchown(&file, Some(Uid::from_raw(as_of.owner)), Some(Gid::from_raw(as_of.group)))
                .map_err(system("give the file beside it to its owner"))?;
        }
        let mode = Mode::from_bits_truncate(as_of.mode & !SET_ID);
        fchmod(&file, mode).map_err(system("set the mode of the file beside it"))?;
        file.sync_all().map_err(|error| system("bring the file beside it to disk")(errno_of(&error)))?;
        Ok(staged)
    }

    /// Puts it in its place, over what stands there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put(mut self) -> Result<(), StoreError> {
        let place = &self.place;
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let handle = openat(place.folder(), self.name.as_os_str(), flags, Mode::empty())
            .map_err(place.system("open the file beside it"))?;
        renameat(place.folder(), self.name.as_os_str(), place.folder(), place.name())
            .map_err(place.system("put it in its place"))?;
        self.pending = false;
        if self.mode & SET_ID != 0 {
            fchmod(&handle, Mode::from_bits_truncate(self.mode)).map_err(place.system("set its mode"))?;
        }
        sync(&self.place)
    }

    /// Puts it in its place, unless something stands there.
    ///
    /// # Errors
    /// [`StoreError`], `EEXIST` too.
    pub fn put_new(self) -> Result<(), StoreError> {
        let place = &self.place;
        linkat(place.folder(), self.name.as_os_str(), place.folder(), place.name(), AtFlags::empty())
            .map_err(place.system("put it in its place"))?;
        sync(place)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.pending {
            let _ = unlinkat(self.place.folder(), self.name.as_os_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}

/// Gives a file below the root another name in its folder; nothing may stand there.
///
/// # Errors
/// [`StoreError`].
pub fn rename(root: &Root, path: impl AsRef<Path>, name: &str) -> Result<(), StoreError> {
    let place = walk(root, path.as_ref())?;
    if fstatat(place.folder(), name, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok() {
        return Err(StoreError::new(
            &place.folder_path().join(name),
            Problem::System { action: "rename another file to this name", errno: Errno::EEXIST },
        ));
    }
    renameat(place.folder(), place.name(), place.folder(), name).map_err(place.system("rename it"))?;
    sync(&place)
}

/// Deletes a file or a link below the root; one that is not there is deleted already.
///
/// # Errors
/// [`StoreError`].
pub fn delete(root: &Root, path: impl AsRef<Path>) -> Result<(), StoreError> {
    let (place, name) = folder_of(root, path.as_ref())?;
    match unlinkat(place.folder(), name.as_os_str(), UnlinkatFlags::NoRemoveDir) {
        Ok(()) => sync(&place),
        Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(place.system("delete it")(errno)),
    }
}

/// Makes a link below the root; its folder too, where only that is missing.
///
/// # Errors
/// [`StoreError`].
pub fn link(root: &Root, path: impl AsRef<Path>, target: &str) -> Result<(), StoreError> {
    let path = path.as_ref();
    if let Some(folder) = path.parent() {
        // A folder is no place for a file, so it is made from the one above it.
        let above = folder_of(root, folder)?;
        match mkdirat(above.0.folder(), above.1.as_os_str(), Mode::from_bits_truncate(0o755)) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(above.0.system("make the folder")(errno)),
        }
    }
    let (place, name) = folder_of(root, path)?;
    symlinkat(target, place.folder(), name.as_os_str()).map_err(place.system("make this link"))?;
    sync(&place)
}

/// Where a link below the root points to; `None` when there is none, or no link.
///
/// # Errors
/// [`StoreError`].
pub fn link_target(root: &Root, path: impl AsRef<Path>) -> Result<Option<OsString>, StoreError> {
    match folder_of(root, path.as_ref()) {
        Ok((place, name)) => Ok(readlinkat(place.folder(), name.as_os_str()).ok()),
        Err(StoreError { problem: Problem::NoFolder, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folder of a path, which itself may be anything: a link is not followed. The place names a file that nobody has.
fn folder_of(root: &Root, path: &Path) -> Result<(Place, OsString), StoreError> {
    let no_name = || StoreError::new(&root.join(path), Problem::NoName);
    let name = path.file_name().ok_or_else(no_name)?.to_owned();
    let place = walk(root, &path.with_file_name(".hostbased-none"))?;
    Ok((place, name))
}

fn sync(place: &Place) -> Result<(), StoreError> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    openat(place.folder(), ".", flags, Mode::empty())
        .and_then(fsync)
        .map_err(place.system("bring its change of name to disk"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_program_gets_its_set_uid_bit_in_its_place_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(folder.path());
        let seen = fs::metadata(folder.path()).unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().mode() & 0o7777;
        let as_of = Ownership { owner: seen.uid(), group: seen.gid(), mode: 0o4755 };
        let staged = Staged::write(&root, "/helper", b"x", as_of).unwrap();
        assert_eq!(mode(".helper.hostbased-new"), 0o755);
        staged.put().unwrap();
        assert_eq!(mode("helper"), 0o4755);
        assert!(!folder.path().join(".helper.hostbased-new").exists());
    }
}
