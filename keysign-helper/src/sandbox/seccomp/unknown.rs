//! An architecture whose calls were not looked at.

use std::os::fd::BorrowedFd;

use crate::sandbox::{Outcome, SandboxError};

/// Does nothing.
///
/// # Errors
/// None.
pub(super) fn stage_one() -> Result<Outcome, SandboxError> {
    Ok(Outcome::Lacking)
}

/// Does nothing.
///
/// # Errors
/// None.
pub(super) fn stage_two(_sockets: &[BorrowedFd<'_>]) -> Result<Outcome, SandboxError> {
    Ok(Outcome::Lacking)
}
