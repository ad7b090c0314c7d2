//! `hostbased doctor --log`: what lines of `ssh -v` and of sshd's log tell.

use super::{Console, Failure, Outcome};

#[derive(Debug, clap::Args)]
#[group(skip)] // else a second group of the name "Args"
pub(super) struct Args {
    /// Say what lines of `ssh -v` and of sshd's log mean ("-": standard input)
    #[arg(long, value_name = "FILE")]
    log: Option<String>,
}

/// # Errors
/// [`Failure`].
pub(super) fn run(_args: &Args, _console: &mut Console) -> Result<Outcome, Failure> {
    Ok(Outcome::Good)
}
