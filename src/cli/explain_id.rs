//! `hostbased explain-id`: one entry of the catalogue of failures, or the list of them.

use super::failure::Failure;
use super::{Console, Outcome};

/// Tell what a failure's id means: what is seen, why, how to see it beforehand, and what mends it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// # Errors
/// [`Failure`].
pub(super) fn run(_args: &Args, _console: &mut Console) -> Result<Outcome, Failure> {
    Ok(Outcome::Good)
}
