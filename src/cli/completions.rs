//! `hostbased completions`: for the shells, from the arguments themselves.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Console, Outcome};

/// Print a shell's completions for this command.
///
/// bash: hostbased completions bash > /etc/bash_completion.d/hostbased
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints them. Always good.
///
/// # Errors
/// When the output cannot be written.
pub(super) fn run(args: &Args, console: &mut Console) -> io::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "hostbased", &mut script);
    console.text(&script)?;
    Ok(Outcome::Good)
}
