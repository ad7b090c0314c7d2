//! Memory for secrets.

use std::fmt;
use std::io;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::slice;

/// Bytes in pages of their own, which are not swapped out, not part of a core dump, not handed to a forked child, and
/// wiped when they go.
///
/// Locking is done as far as the system lets us: without privileges RLIMIT_MEMLOCK may forbid it (mlock(2)), and a
/// program that must work there too is better with a secret in ordinary memory than without it.
pub struct SecretBytes {
    /// Start of a private mapping that this value owns.
    start: NonNull<u8>,
    /// Length of the mapping in bytes; never zero.
    mapped: usize,
    /// How many of its first bytes are in use; at most `mapped`.
    length: usize,
    /// Whether the system let us lock it.
    locked: bool,
}

impl SecretBytes {
    /// Takes `length` bytes, all zero.
    ///
    /// # Errors
    /// What mmap(2) says: mostly `ENOMEM`.
    pub fn zeroed(length: usize) -> io::Result<Self> {
        let mapped = length.max(1);
        // SAFETY: a new private mapping at an address of the kernel's choice touches no memory that is in use.
        let address = unsafe {
            libc::mmap(
                ptr::null_mut(),
                mapped,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(address.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut secret = Self { start, mapped, length, locked: false };
        // SAFETY: the range is the mapping that we just made; locking changes no byte of it. A refusal is fine, above.
        secret.locked = unsafe { libc::mlock(address, mapped) } == 0;
        for advice in [libc::MADV_DONTDUMP, libc::MADV_DONTFORK] {
            // SAFETY: the range is the mapping that we just made; these two change no byte of it in this process.
            let _ = unsafe { libc::madvise(address, mapped, advice) };
        }
        Ok(secret)
    }

    /// Whether the pages are locked into memory.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Keeps the first `length` bytes; does nothing when there are not more. The others are wiped with the rest.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

impl Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `start` begins a mapping of `mapped >= length` initialized bytes (zero, or what was written through
        // `deref_mut`) that lives as long as `self`, and nobody else can write to it while `self` is borrowed.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for SecretBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; `self` is borrowed mutably, so this is the only reference.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        // SAFETY: the mapping has `mapped` writable bytes and nobody else refers to it; unlike memset this call is not
        // optimized away.
        unsafe { libc::explicit_bzero(self.start.as_ptr().cast(), self.mapped) };
        // SAFETY: the mapping is ours, was made by mmap with this length, and is not used after this.
        let _ = unsafe { libc::munmap(self.start.as_ptr().cast(), self.mapped) };
    }
}

impl fmt::Debug for SecretBytes {
    /// Shows the length, never the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `VmFlags` that the kernel shows for the mapping at this address.
    fn flags_of(address: usize) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut inside = false;
        for line in maps.lines() {
            if let Some((range, _)) = line.split_once(' ')
                && let Some((from, to)) = range.split_once('-')
            {
                let (from, to) = (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16));
                inside = matches!((from, to), (Ok(from), Ok(to)) if (from..to).contains(&address));
            }
            if inside && let Some(flags) = line.strip_prefix("VmFlags:") {
                return format!("{flags} ");
            }
        }
        panic!("no mapping at {address:x}");
    }

    #[test]
    fn the_pages_are_locked_and_stay_out_of_dumps_and_children() {
        let secret = SecretBytes::zeroed(5000).unwrap();
        let flags = flags_of(secret.as_ptr() as usize);
        for flag in [" lo ", " dd ", " dc "] {
            assert!(flags.contains(flag), "{flag} not in {flags}");
        }
        assert!(secret.is_locked());
    }

    #[test]
    fn bytes_are_kept_and_cut() {
        let mut secret = SecretBytes::zeroed(8).unwrap();
        assert_eq!(*secret, [0; 8]);
        secret[..3].copy_from_slice(b"key");
        secret.truncate(3);
        secret.truncate(8);
        assert_eq!(&*secret, b"key");
        assert_eq!(format!("{secret:?}"), "SecretBytes(3 bytes)");
        assert!(SecretBytes::zeroed(0).unwrap().is_empty());
    }

    #[test]
    fn more_than_there_is_fails() {
        assert!(SecretBytes::zeroed(usize::MAX / 2).is_err());
    }
}
