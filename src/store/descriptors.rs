//! Whether an answer of the name services can be believed.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

/// More than a name service needs at a time: a file, or a socket and what the connection to it takes. And enough that they
/// are not all taken and given back by chance, by other connections, between the service's look and ours.
const ENOUGH: usize = 8;

/// Proves that descriptors are left, after a name service has said that there is no such thing: without any it says the
/// same of everything.
///
/// # Errors
/// The system's answer where there are none.
pub(super) fn are_left() -> Result<(), Errno> {
    // A path that is always there, and may always be opened so.
    let one = |_| open("/", OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty());
    let all: Result<Vec<OwnedFd>, Errno> = (0..ENOUGH).map(one).collect();
    all.map(drop)
}
