//! `hostbased shosts`: shosts.equiv by itself, a line at a time.

mod add;
mod line;
mod list;
mod plan;
mod remove;
mod report;

use super::arguments::RootFolder;
use super::failure::Failure;
use super::lint::{Gathered, MendArgs, Which, run_linter};
use super::{Console, Outcome};
use crate::enroll::Names;

/// Maintain shosts.equiv by itself: whom it admits, and whom it shuts out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(after_help = super::EXIT_STATUS)]
    Add(Box<add::Args>),
    #[command(after_help = super::EXIT_STATUS)]
    Remove(remove::Args),
    #[command(after_help = super::EXIT_STATUS)]
    List(list::Args),
    #[command(after_help = super::LINT_EXIT_STATUS)]
    Lint(LintArgs),
}

/// Say what is wrong with shosts.equiv alone, and mend what has one right answer.
#[derive(Debug, clap::Args)]
struct LintArgs {
    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    names: Option<Names>,

    #[command(flatten)]
    mend: MendArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line: each finding, each change, and what came of it all
    #[arg(long)]
    json: bool,
}

/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    match &args.command {
        Command::Add(args) => add::run(args, console),
        Command::Remove(args) => remove::run(args, console),
        Command::List(args) => list::run(args, console),
        Command::Lint(args) => {
            let root = args.root.root();
            let gathered = Gathered::read(&root, Which::ShostsEquiv, args.names, "shosts lint", console)?;
            run_linter("shosts lint", &gathered, &args.mend, args.json, console)
        }
    }
}
