//! `hostbased doctor`: what is wrong with this machine as a client or a server of host-based authentication, or what a log
//! tells of it.

mod client;
mod fix;
mod log;
pub(super) mod quote;
mod report;
mod server;

use super::failure::Failure;
use super::{Console, Outcome};

/// What must be said, in each of the ways.
const USAGE: &str = "\
hostbased doctor client [--server HOST] [--user USER] [OPTIONS]
       hostbased doctor server --client HOST|ADDRESS --user USER [OPTIONS]
       hostbased doctor server --from FILE [OPTIONS]
       hostbased doctor --log FILE [OPTIONS]";

/// Find out why host-based authentication fails, before anybody logs in: on the client as the user who cannot, on the server
/// as root.
///
/// Nobody logs in, and nothing is sent. Each finding has an id of the catalogue (`hostbased explain-id ID`), what was seen,
/// why that refuses, and the exact command or line that mends it.
#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    side: Option<Side>,

    #[command(flatten)]
    log: log::Args,
}

#[derive(Debug, clap::Subcommand)]
enum Side {
    #[command(after_help = super::LINT_EXIT_STATUS)]
    Client(client::Args),
    #[command(after_help = super::LINT_EXIT_STATUS)]
    Server(server::Args),
}

/// Good when nothing is found that weighs as much as a warning.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    match &args.side {
        Some(Side::Client(args)) => client::run(args, console),
        Some(Side::Server(args)) => server::run(args, console),
        None => log::run(&args.log, console),
    }
}
