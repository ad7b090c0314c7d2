//! Which system calls are possible (seccomp(2)). Each stage has a list of what is allowed, with a word on why; what is not
//! in the list is refused.

mod install;
mod program;
mod rule;
mod stage_one;
mod stage_two;

use nix::errno::Errno;

use self::install::install;
use self::program::Otherwise;
use std::os::fd::BorrowedFd;

use super::{Outcome, SandboxError};

/// Allows what asking name services takes, and the way into stage two; all else fails with `EPERM`.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn stage_one() -> Result<Outcome, SandboxError> {
    stage_one::with_list(|list| install(list, Otherwise::Fails(Errno::EPERM)))
}

/// Allows computing, and writing to these descriptors; all else ends the process.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn stage_two(sockets: &[BorrowedFd<'_>]) -> Result<Outcome, SandboxError> {
    stage_two::with_list(sockets, |list| install(list, Otherwise::Ends))
}
