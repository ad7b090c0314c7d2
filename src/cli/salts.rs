//! Random bytes for hashed names.

use std::io;

use super::failure::Failure;
use crate::enroll::Salts;

/// Salts for one run.
///
/// # Errors
/// [`Failure::Io`], when the system gives no random bytes.
pub(super) fn fresh_salts() -> Result<Salts, Failure> {
    let mut seed = [0; 20];
    getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Salts::new(seed))
}
