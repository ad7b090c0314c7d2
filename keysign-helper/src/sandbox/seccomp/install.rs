//! A list is put into force.

use nix::errno::Errno;
use nix::libc;
use seccompiler::{Error, apply_filter};

use super::program::{Otherwise, program};
use super::rule::Allowed;
use crate::sandbox::{Outcome, SandboxError};

/// Puts the list into force, for this process and for good. Filters add up: a call must be allowed by all of them.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn install(allowed: &[Allowed<'_>], otherwise: Otherwise) -> Result<Outcome, SandboxError> {
    let program = program(allowed, otherwise)
        .ok_or_else(|| SandboxError::new("make a filter of system calls", Errno::EOVERFLOW))?;
    match apply_filter(&program) {
        Ok(()) => Ok(Outcome::InForce),
        Err(Error::Prctl(error) | Error::Seccomp(error)) => match error.raw_os_error() {
            // CONFIG_SECCOMP_FILTER is off, or the kernel is older than Linux 3.17.
            Some(libc::EINVAL | libc::ENOSYS) => Ok(Outcome::Lacking),
            _ => Err(SandboxError::io("forbid system calls", &error)),
        },
        Err(_) => Err(SandboxError::new("forbid system calls", Errno::EINVAL)),
    }
}
