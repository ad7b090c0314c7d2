//! Pseudo-terminals (pty(7)).

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;

/// A new pseudo-terminal. Both descriptors are closed on exec.
#[derive(Debug)]
pub struct Terminal {
    /// The end of the server: what the program writes is read here, what is written here the program reads. It does not
    /// block, as event loops want it; reading fails with `EIO` when nobody has the other end open.
    pub ours: OwnedFd,
    /// The end of the program: its standard input, output and error.
    pub theirs: OwnedFd,
}

/// The size of a terminal (`struct winsize` of ioctl_tty(2)); what is not known is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalSize {
    /// In characters.
    pub rows: u16,
    /// In characters.
    pub columns: u16,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

/// Makes a pseudo-terminal of this size.
///
/// The program's end is taken from the server's (TIOCGPTPEER, Linux 4.13), not by its name, which another file system may
/// have in another place.
///
/// # Errors
/// What the system says: `ENOSPC` or `ENOENT` when there is none left, or no devpts.
pub fn open_terminal(size: TerminalSize) -> io::Result<Terminal> {
    let flags = libc::O_NOCTTY | libc::O_NONBLOCK;
    let ours: OwnedFd = OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/ptmx")?.into();
    let unlocked: libc::c_int = 0;
    // SAFETY: the descriptor is open, and TIOCSPTLCK reads one integer, which is ours and alive.
    if unsafe { libc::ioctl(ours.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlocked) } != 0 {
        return Err(io::Error::last_os_error());
    }
    set_size(ours.as_raw_fd(), size)?;
    let theirs = program_end(&ours)?;
    Ok(Terminal { ours, theirs })
}

fn program_end(ours: &OwnedFd) -> io::Result<OwnedFd> {
    const FLAGS: libc::c_int = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: the descriptor is open, and TIOCGPTPEER takes the flags by value.
    let theirs = unsafe { libc::ioctl(ours.as_raw_fd(), libc::TIOCGPTPEER, FLAGS) };
    if theirs < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just made this descriptor for us, so it is open and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(theirs) })
}

/// Gives a terminal another size; the programs in it get `SIGWINCH` when it is one.
///
/// # Errors
/// `ENOTTY` when the descriptor is no terminal.
pub fn set_terminal_size(terminal: BorrowedFd<'_>, size: TerminalSize) -> io::Result<()> {
    set_size(terminal.as_raw_fd(), size)
}

fn set_size(terminal: RawFd, size: TerminalSize) -> io::Result<()> {
    let size = libc::winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: size.width, ws_ypixel: size.height };
    // SAFETY: TIOCSWINSZ reads one `winsize`, which is ours and alive; a number that is not open is answered with EBADF.
    if unsafe { libc::ioctl(terminal, libc::TIOCSWINSZ, &raw const size) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::process::{Command, Stdio};

    use super::*;

    /// What a program sees that has the terminal for its standard input.
    fn seen(terminal: &Terminal, program: &str, argument: &str) -> String {
        let input = Stdio::from(terminal.theirs.try_clone().unwrap());
        let output = Command::new(program).arg(argument).stdin(input).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn programs_see_a_terminal_of_that_size() {
        let size = TerminalSize { rows: 33, columns: 101, width: 1, height: 2 };
        let terminal = open_terminal(size).unwrap();
        assert_eq!(seen(&terminal, "stty", "size"), "33 101");
        set_terminal_size(terminal.ours.as_fd(), TerminalSize { rows: 50, ..size }).unwrap();
        assert_eq!(seen(&terminal, "stty", "size"), "50 101");
    }

    #[test]
    fn what_is_written_at_one_end_is_read_at_the_other() {
        let Terminal { ours, theirs } = open_terminal(TerminalSize::default()).unwrap();
        let (mut ours, mut theirs) = (File::from(ours), File::from(theirs));
        let mut buffer = [0; 16];
        assert_eq!(ours.read(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        ours.write_all(b"in\n").unwrap();
        assert_eq!(theirs.read(&mut buffer).unwrap(), 3);
        assert_eq!(&buffer[..3], b"in\n");
        drop(theirs);
        let mut echo = Vec::new();
        // The echo is still there; then nobody has the other end.
        assert_eq!(ours.read_to_end(&mut echo).unwrap_err().raw_os_error(), Some(libc::EIO));
        assert_eq!(echo, b"in\r\n");
    }

    #[test]
    fn what_is_no_terminal_has_no_size() {
        let (reader, _writer) = io::pipe().unwrap();
        let refused = set_terminal_size(reader.as_fd(), TerminalSize::default()).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(libc::ENOTTY));
    }
}
