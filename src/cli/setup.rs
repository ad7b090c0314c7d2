//! `hostbased setup`: what makes this machine, or an image, a client or a server of host-based authentication.

mod apply;
mod approve;
mod approve_server;
mod client;
mod files;
mod helper;
mod job;
mod keys;
mod make_key;
mod problem;
mod programs;
mod report;
mod server;

pub(super) use problem::SetupError;

use super::failure::Failure;
use super::{Console, Outcome};

/// Make this machine, or an image, a client or a server of host-based authentication.
///
/// What is to change is shown first, with the reason for each step and what takes it back. Run again, there is nothing to do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(after_help = super::EXIT_STATUS)]
    Client(client::Args),
    #[command(after_help = super::EXIT_STATUS)]
    Server(server::Args),
}

/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    match &args.command {
        Command::Client(args) => client::run(args, console),
        Command::Server(args) => server::run(args, console),
    }
}
