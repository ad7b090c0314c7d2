//! `hostbased doctor server`: as root, for one client and user.

use super::{Console, Failure, Outcome};

/// Look at this machine as a server, for one client and one user.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// # Errors
/// [`Failure`].
pub(super) fn run(_args: &Args, _console: &mut Console) -> Result<Outcome, Failure> {
    Ok(Outcome::Good)
}
