//! A number that processes share, in a file.

use std::fmt;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// The first four bytes of a file, as a number in memory that all who map the file share. No descriptor is needed any
/// more to read it and to add to it, nor a system call.
///
/// The mapping stays until the process ends: there are few such files.
///
/// A file that is cut short meanwhile ends the process (`SIGBUS`) when the number is used: only for files that nobody can
/// change who must not end it.
pub struct SharedCount {
    /// In a shared mapping that is never undone.
    number: &'static AtomicU32,
}

impl SharedCount {
    /// How long the file must be at least.
    pub const BYTES: usize = size_of::<AtomicU32>();

    /// Maps a file that is open for reading and writing.
    ///
    /// # Errors
    /// `InvalidInput` for a file that is too short, or what mmap(2) says.
    pub fn map(file: BorrowedFd<'_>) -> io::Result<Self> {
        // SAFETY: `stat` is numbers, for which zero is a value.
        let mut found: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: the descriptor is open as long as it is borrowed; the kernel writes one `stat`, which is ours alone.
        if unsafe { libc::fstat(file.as_raw_fd(), &raw mut found) } != 0 {
            return Err(io::Error::last_os_error());
        }
        if usize::try_from(found.st_size).is_ok_and(|size| size < Self::BYTES) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory that is in use; the descriptor is
        // open, and need not stay so.
        let address = unsafe {
            libc::mmap(
                ptr::null_mut(),
                Self::BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the address is not null, and begins a page of readable and writable memory, which holds the atomic, is
        // aligned for it, and stays. Every value of its bytes is one of the atomic, and all who share it, in this process
        // and others, go through atomics.
        let number = unsafe { &*address.cast::<AtomicU32>() };
        Ok(Self { number })
    }

    /// The number.
    #[must_use]
    pub fn get(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// One more; the largest number stays.
    pub fn add_one(&self) {
        let more = |number: u32| number.checked_add(1);
        let _ = self.number.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

impl fmt::Debug for SharedCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedCount({})", self.get())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, OpenOptions};
    use std::os::fd::AsFd;

    use super::*;

    fn file(bytes: u64) -> (std::path::PathBuf, File) {
        let name = format!("hostbased-sys-count-{}-{bytes}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        file.set_len(bytes).unwrap();
        (path, file)
    }

    #[test]
    fn all_who_map_the_file_share_the_number() {
        let (path, file) = file(4);
        let first = SharedCount::map(file.as_fd()).unwrap();
        let second = SharedCount::map(file.as_fd()).unwrap();
        drop(file);
        assert_eq!(first.get(), 0);
        first.add_one();
        second.add_one();
        assert_eq!((first.get(), second.get()), (2, 2));
        assert_eq!(format!("{first:?}"), "SharedCount(2)");
        assert_eq!(std::fs::read(&path).unwrap(), 2_u32.to_ne_bytes());
        std::fs::write(&path, (u32::MAX - 1).to_ne_bytes()).unwrap();
        let third = SharedCount::map(File::options().read(true).write(true).open(&path).unwrap().as_fd()).unwrap();
        third.add_one();
        third.add_one();
        assert_eq!(third.get(), u32::MAX);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_file_that_is_too_short_or_not_open_for_writing_is_refused() {
        let (path, short) = file(3);
        assert_eq!(SharedCount::map(short.as_fd()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        short.set_len(4).unwrap();
        let read_only = File::open(&path).unwrap();
        assert_eq!(SharedCount::map(read_only.as_fd()).unwrap_err().raw_os_error(), Some(libc::EACCES));
        std::fs::remove_file(path).unwrap();
        let (reader, _writer) = io::pipe().unwrap();
        assert!(SharedCount::map(reader.as_fd()).is_err());
    }
}
