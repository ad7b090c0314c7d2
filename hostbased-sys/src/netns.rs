//! Which network namespace a socket belongs to.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// SO_NETNS_COOKIE (Linux 5.14; include/uapi/asm-generic/socket.h); the libc crate does not have it.
#[cfg(not(any(target_arch = "sparc", target_arch = "sparc64")))]
const SO_NETNS_COOKIE: libc::c_int = 71;
#[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
const SO_NETNS_COOKIE: libc::c_int = 0x50;

/// The number of the network namespace that this socket was made in; the kernel uses none of them twice.
///
/// Returns none where the kernel does not know the question (before Linux 5.14).
///
/// # Errors
/// `ENOTSOCK` when the descriptor is no socket, or what getsockopt(2) says.
pub fn network_namespace_cookie(socket: BorrowedFd<'_>) -> io::Result<Option<u64>> {
    let mut cookie = 0_u64;
    let mut length = size_of::<u64>() as libc::socklen_t;
    // SAFETY: the descriptor is open as long as it is borrowed; the kernel writes at most `length` bytes, the size of
    // `cookie`, to `cookie`, and the length to `length`; both are ours alone during the call.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            SO_NETNS_COOKIE,
            ptr::from_mut(&mut cookie).cast(),
            &raw mut length,
        )
    };
    if result == 0 {
        return if length as usize == size_of::<u64>() {
            Ok(Some(cookie))
        } else {
            Err(io::ErrorKind::InvalidData.into())
        };
    }
    match io::Error::last_os_error() {
        error if error.raw_os_error() == Some(libc::ENOPROTOOPT) => Ok(None),
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn sockets_of_one_namespace_have_one_number() {
        let first = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let second = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).unwrap_or_else(|_| first.try_clone().unwrap());
        let cookie = network_namespace_cookie(first.as_fd()).unwrap();
        assert_eq!(network_namespace_cookie(second.as_fd()).unwrap(), cookie);
        assert_ne!(cookie, Some(0));
    }

    #[test]
    fn what_is_no_socket_has_none() {
        let (reader, _writer) = io::pipe().unwrap();
        assert_eq!(network_namespace_cookie(reader.as_fd()).unwrap_err().raw_os_error(), Some(libc::ENOTSOCK));
    }
}
