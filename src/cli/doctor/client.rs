//! `hostbased doctor client`: as the user who cannot log in.

use super::{Console, Failure, Outcome};

/// Look at this machine as a client, as the user who cannot log in.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// # Errors
/// [`Failure`].
pub(super) fn run(_args: &Args, _console: &mut Console) -> Result<Outcome, Failure> {
    Ok(Outcome::Good)
}
