//! Sockets of the system's logs.

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, connect, send, socket};

use crate::admin_file::is_chosen_by;

/// How often a send is begun anew that a signal interrupts. Each is the caller's to send.
const MAX_INTERRUPTIONS: usize = 8;

/// Connects to the socket at this path, which only `owner` or root may have put there; never waits.
///
/// # Errors
/// `EPROTOTYPE` for a socket of another type; what else is said does not matter.
pub(super) fn connect_to(path: &Path, owner: u32, kind: SockType) -> Result<OwnedFd, Errno> {
    if !is_chosen_by(path, owner) {
        return Err(Errno::EPERM);
    }
    let descriptor = socket(AddressFamily::Unix, kind, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK, None)?;
    connect(descriptor.as_raw_fd(), &UnixAddr::new(path)?)?;
    Ok(descriptor)
}

/// Whether all of it was taken at once. Neither a full queue nor a signal nor a receiver that is gone stops us.
pub(super) fn is_taken(socket: &OwnedFd, bytes: &[u8]) -> bool {
    for _ in 0..=MAX_INTERRUPTIONS {
        match send(socket.as_raw_fd(), bytes, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL) {
            Ok(sent) => return sent == bytes.len(),
            Err(Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
    false
}
