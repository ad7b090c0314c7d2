//! A refusal by the kernel of a protection that it has.

use std::io;

use nix::errno::Errno;
use thiserror::Error;

/// A protection that the kernel has, and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {what}: {}", .errno.desc())]
pub(crate) struct SandboxError {
    what: &'static str,
    errno: Errno,
}

impl SandboxError {
    pub(super) const fn new(what: &'static str, errno: Errno) -> Self {
        Self { what, errno }
    }

    pub(super) fn io(what: &'static str, error: &io::Error) -> Self {
        Self::new(what, Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    }
}
