//! An architecture whose calls were not looked at.

use crate::sandbox::{Outcome, Outputs, SandboxError};

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
pub(super) fn stage_two(_outputs: &Outputs<'_>) -> Result<Outcome, SandboxError> {
    Ok(Outcome::Lacking)
}
