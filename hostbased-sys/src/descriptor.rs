//! Descriptors that a process inherited and knows by number only.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// The lowest number that a duplicate gets: it never takes the place of standard input, output or error.
const FIRST_NUMBER: RawFd = 3;

/// Duplicates the descriptor with this number that this process began with; the duplicate is closed on exec.
///
/// The original stays open: whoever handed it down still owns it. What this process has opened itself, std and name
/// services of today included, is closed on exec, and what came through exec is not: the former is not duplicated.
///
/// # Errors
/// `EBADF` when no descriptor with this number was inherited and is open, `EMFILE` when there are too many.
pub fn duplicate_inherited(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl(F_GETFD) takes two integers and touches no memory of ours; a number that is not open is answered with
    // EBADF.
    let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
    if flags < 0 || flags & libc::FD_CLOEXEC != 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: fcntl(F_DUPFD_CLOEXEC) takes two integers and touches no memory of ours; a number that is not open is
    // answered with EBADF.
    let duplicate = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, FIRST_NUMBER) };
    if duplicate < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just made this descriptor for us, so it is open and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(duplicate) })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_duplicate_is_the_same_file_and_is_closed_alone() {
        let (reader, mut writer) = io::pipe().unwrap();
        // One as exec leaves it.
        // SAFETY: fcntl(F_SETFD) takes three integers; the descriptor is ours.
        assert_eq!(unsafe { libc::fcntl(reader.as_raw_fd(), libc::F_SETFD, 0) }, 0);
        let duplicate = duplicate_inherited(reader.as_raw_fd()).unwrap();
        assert!(duplicate.as_raw_fd() > 2);
        writer.write_all(b"x").unwrap();
        let mut byte = [0];
        std::fs::File::from(duplicate).read_exact(&mut byte).unwrap();
        writer.write_all(b"y").unwrap();
        (&reader).read_exact(&mut byte).unwrap();
        assert_eq!(byte, *b"y");
    }

    #[test]
    fn what_this_process_has_opened_itself_is_refused() {
        let (reader, _writer) = io::pipe().unwrap();
        assert_eq!(duplicate_inherited(reader.as_raw_fd()).unwrap_err().raw_os_error(), Some(libc::EBADF));
    }

    #[test]
    fn a_number_that_is_not_open_is_refused() {
        for number in [-1, RawFd::MAX] {
            assert_eq!(duplicate_inherited(number).unwrap_err().raw_os_error(), Some(libc::EBADF), "{number}");
        }
    }
}
