//! Reading a file that nobody else could have changed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fstat};

use super::check::check_owner_and_mode;
use super::error::{FileKind, Problem, StoreError};
use super::root::Root;
use super::walk::{Place, walk};

/// Largest file that is read, in bytes. 1 GiB holds 1,000,000 keys of every type that is in use, RSA with 4096 bits too,
/// which is past every site that is known; a larger file is a mistake.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// Reads a file below the root; `None` when there is none.
///
/// The file and every folder on the way, the root included, must belong to root or to the user who runs this, and
/// must not be writable for group or others. Never blocks on what is no regular file.
///
/// # Errors
/// [`StoreError`]: the path, what is wrong there, and what to do.
pub fn read(root: &Root, path: impl AsRef<Path>) -> Result<Option<Vec<u8>>, StoreError> {
    read_place(&walk(root, path.as_ref())?)
}

fn read_place(place: &Place) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((file, _)) = open_place(place)? else { return Ok(None) };
    let bytes = read_capped(&file, MAX_FILE_BYTES).map_err(place.system("read it"))?;
    bytes.map(Some).ok_or_else(|| StoreError::new(&place.path(), Problem::TooLarge))
}

/// A file as it was opened, and what it says beside what it said before.
pub(super) struct Compared {
    /// What it says; `None` where that is the same as before.
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) stat: FileStat,
}

/// Reads a file, of which `known` is what it said before: the same is found out piece by piece, without holding it twice.
pub(super) fn compare_place(place: &Place, known: &[u8]) -> Result<Option<Compared>, StoreError> {
    const PIECE: usize = 256 << 10;
    let Some((mut file, stat)) = open_place(place)? else { return Ok(None) };
    let failed = |error: std::io::Error| place.system("read it")(errno_of(&error));
    let mut piece = vec![0; PIECE];
    let mut same: usize = 0;
    loop {
        let count = file.read(&mut piece).map_err(failed)?;
        let read = piece.get(..count).unwrap_or_default();
        let expected = known.get(same..).unwrap_or_default();
        if count == 0 && expected.is_empty() {
            return Ok(Some(Compared { bytes: None, stat }));
        }
        if count > 0 && expected.starts_with(read) {
            same = same.saturating_add(count);
            continue;
        }
        let begun = [known.get(..same).unwrap_or_default(), read].concat();
        let bytes = read_on(begun, &file, MAX_FILE_BYTES).map_err(place.system("read it"))?;
        let bytes = bytes.ok_or_else(|| StoreError::new(&place.path(), Problem::TooLarge))?;
        return Ok(Some(Compared { bytes: Some(bytes), stat }));
    }
}

/// Opens a regular file that nobody else could have changed; `None` when there is none.
pub(super) fn open_place(place: &Place) -> Result<Option<(File, FileStat)>, StoreError> {
    if !place.exists() {
        return Ok(None);
    }
    // O_NONBLOCK: should it have become a FIFO since the walk, opening it must not wait for a writer.
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let handle = match openat(place.folder(), place.name(), flags, Mode::empty()) {
        Ok(handle) => handle,
        Err(Errno::ENOENT) => return Ok(None),
        Err(errno) => return Err(place.system("open it")(errno)),
    };
    let stat = fstat(&handle).map_err(place.system("look at it"))?;
    let problem = match FileKind::of_mode(stat.st_mode) {
        FileKind::Regular => check_owner_and_mode(&stat).err(),
        kind => Some(Problem::NotAFile(kind)),
    };
    if let Some(problem) = problem {
        return Err(StoreError::new(&place.path(), problem));
    }
    Ok(Some((File::from(handle), stat)))
}

/// The bytes of a file from where it stands; `None` when there are more than `most`.
pub(super) fn read_capped(file: &File, most: u64) -> Result<Option<Vec<u8>>, Errno> {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length > most {
        return Ok(None);
    }
    // One more than there seem to be, so that the end is found without growing.
    read_on(Vec::with_capacity(usize::try_from(length.saturating_add(1)).unwrap_or(0)), file, most)
}

/// Adds the rest of a file to what was read of it.
pub(super) fn read_on(mut bytes: Vec<u8>, mut file: &File, most: u64) -> Result<Option<Vec<u8>>, Errno> {
    let length = |bytes: &Vec<u8>| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let left = most.saturating_add(1).saturating_sub(length(&bytes));
    file.by_ref().take(left).read_to_end(&mut bytes).map_err(|error| errno_of(&error))?;
    Ok(if length(&bytes) <= most { Some(bytes) } else { None })
}

/// The system's error number in an error of the standard library; `EIO` for the few that have none.
pub(super) fn errno_of(error: &std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}
