//! The `hostbased` command: arguments become a plan, the plan a report, and only here does a report become text.
//!
//! One file a command. A command takes its parsed arguments and the [`Console`], and says whether all was good; what it
//! could not do is an error that says what happened and, on a second line, what to do.
//!
//! Exit status: 0 all is good, 1 a check said no, 2 an error. Output that nobody wants any more (a closed pipe) is good,
//! and changes nothing of what a check said.

mod arguments;
mod change;
mod check;
mod checks;
mod completions;
mod config_files;
mod confirm;
mod console;
mod doctor;
mod enroll;
mod explain;
mod explain_id;
mod failure;
mod gather;
#[cfg(test)]
mod guide;
mod instant;
mod key_file;
mod keyscan;
mod lint;
mod list;
mod log_lines;
mod man;
mod netgroups;
mod port;
mod progress;
mod refresh;
mod registered;
mod remove;
mod report;
mod revoke;
mod salts;
mod scanning;
mod setup;
mod shosts;
mod sshd;
mod sshfp;
mod style;
mod sync;
mod table;
mod time;
mod vouch;

use std::io;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};
use thiserror::Error;

pub use console::Console;

use crate::escape::escape;

/// Stands below the help of each command.
const EXIT_STATUS: &str = "Exit status: 0 all is good, 1 a check said no, 2 an error.";

/// Stands below the help of `explain`.
const EXPLAIN_EXIT_STATUS: &str = "Exit status: 0 it would be let in, 1 it would be refused, 2 an error.";

/// Stands below the help of `lint`.
const LINT_EXIT_STATUS: &str =
    "Exit status: 0 nothing worse than information, 1 a warning or an error is found, 2 that could not be found out.";

/// SSH host-based authentication: scan, register and list client hosts, and say why one is refused.
#[derive(Debug, Parser)]
#[command(name = "hostbased", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(after_help = EXIT_STATUS)]
    Check(check::Args),
    #[command(after_help = EXIT_STATUS)]
    Keyscan(keyscan::Args),
    #[command(after_help = LINT_EXIT_STATUS)]
    Doctor(doctor::Args),
    #[command(after_help = EXIT_STATUS)]
    Enroll(enroll::Args),
    #[command(after_help = LINT_EXIT_STATUS)]
    Lint(lint::Args),
    #[command(after_help = EXIT_STATUS)]
    List(list::Args),
    #[command(after_help = EXIT_STATUS)]
    Refresh(refresh::Args),
    #[command(after_help = EXIT_STATUS)]
    Remove(remove::Args),
    #[command(after_help = EXIT_STATUS)]
    Revoke(revoke::Args),
    #[command(after_help = EXIT_STATUS)]
    Shosts(shosts::Args),
    #[command(after_help = EXPLAIN_EXIT_STATUS)]
    Explain(Box<explain::Args>),
    #[command(after_help = EXIT_STATUS)]
    ExplainId(explain_id::Args),
    #[command(after_help = EXIT_STATUS)]
    Setup(setup::Args),
    #[command(after_help = EXIT_STATUS)]
    Sshfp(sshfp::Args),
    #[command(after_help = EXIT_STATUS)]
    Sync(sync::Args),
    #[command(after_help = EXIT_STATUS)]
    Completions(completions::Args),
    #[command(after_help = EXIT_STATUS)]
    Man(man::Args),
}

/// What a command that did its work found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything is as it should be.
    Good,
    /// A check said no; what and why has been told.
    Refused,
}

impl Outcome {
    /// This outcome, when the output could be written or nobody wants it any more.
    ///
    /// # Errors
    /// When it could not, which says whether the files were `written`.
    fn after_telling(self, told: io::Result<()>, written: bool) -> Result<Self, failure::Failure> {
        match told {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(if written { failure::Failure::NotTold(error) } else { error.into() })
            }
            _ => Ok(self),
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug, Error)]
enum CommandError {
    #[error(transparent)]
    Keyscan(#[from] keyscan::KeyscanError),
    #[error(transparent)]
    Files(#[from] failure::Failure),
    #[error(transparent)]
    Explain(#[from] explain::ExplainError),
    #[error(transparent)]
    Man(#[from] man::ManError),
    /// Nobody can be told what came out.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl CommandError {
    fn is_closed_pipe(&self) -> bool {
        let kind = match self {
            Self::Output(error) => error.kind(),
            Self::Keyscan(error) => error.io_kind(),
            Self::Files(error) => error.io_kind(),
            Self::Explain(error) => error.io_kind(),
            Self::Man(error) => error.io_kind(),
        };
        kind == io::ErrorKind::BrokenPipe
    }
}

/// Runs the command with the process's arguments and streams.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let is_error = error.use_stderr();
            if let Some(argument) = not_text(&error) {
                Console::of_process().note(&format!("error: the argument \"{argument}\" is not UTF-8"));
            }
            // Help goes to stdout with 0, a usage error to stderr with 2; a stream that is gone changes neither.
            let _ = escaped(error).print();
            return if is_error { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let mut console = Console::of_process();
    let result = match cli.command {
        Command::Check(args) => check::run(&args, &mut console).map_err(CommandError::from),
        Command::Keyscan(args) => keyscan::run(&args, &mut console).map_err(CommandError::from),
        Command::Doctor(args) => doctor::run(&args, &mut console).map_err(CommandError::from),
        Command::Enroll(args) => enroll::run(&args, &mut console).map_err(CommandError::from),
        Command::Lint(args) => lint::run(&args, &mut console).map_err(CommandError::from),
        Command::List(args) => list::run(&args, &mut console).map_err(CommandError::from),
        Command::Refresh(args) => refresh::run(&args, &mut console).map_err(CommandError::from),
        Command::Remove(args) => remove::run(&args, &mut console).map_err(CommandError::from),
        Command::Revoke(args) => revoke::run(&args, &mut console).map_err(CommandError::from),
        Command::Shosts(args) => shosts::run(&args, &mut console).map_err(CommandError::from),
        Command::Explain(args) => explain::run(&args, &mut console).map_err(CommandError::from),
        Command::ExplainId(args) => explain_id::run(&args, &mut console).map_err(CommandError::from),
        Command::Setup(args) => setup::run(&args, &mut console).map_err(CommandError::from),
        Command::Sshfp(args) => sshfp::run(&args, &mut console).map_err(CommandError::from),
        Command::Sync(args) => sync::run(&args, &mut console).map_err(CommandError::from),
        Command::Completions(args) => completions::run(&args, &mut console).map_err(CommandError::from),
        Command::Man(args) => man::run(&args, &mut console).map_err(CommandError::from),
    };
    let result = result.and_then(|outcome| match console.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(outcome),
    });
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::FAILURE,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            console.note(&format!("hostbased: {error}"));
            ExitCode::from(2)
        }
    }
}

/// The argument that is no text, where that is the error: it does not say so itself.
fn not_text(error: &clap::Error) -> Option<String> {
    let mut arguments = std::env::args_os().filter(|argument| argument.to_str().is_none());
    let argument = arguments.next().filter(|_| error.kind() == ErrorKind::InvalidUtf8)?;
    Some(escape(argument.as_encoded_bytes()).to_string())
}

/// The usage error with the arguments in it escaped: they may come from a list that somebody else wrote.
fn escaped(mut error: clap::Error) -> clap::Error {
    let shown: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(escape(text).to_string()))),
            _ => None,
        })
        .collect();
    for (kind, value) in shown {
        error.insert(kind, value);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_in_usage_errors_are_escaped() {
        for (arguments, shown) in [
            (&["remove", "a\x1b[31m"][..], "'a\\x1b[31m'"),
            (&["enroll", "a", "--port", "\x1b]0;x\x07"], "'\\x1b]0;x\\x07'"),
            (&["\x1bc"], "'\\x1bc'"),
            (&["list", "--\x1bc"], "'--\\x1bc'"),
            (&["list", "\u{9b}31m"], "'\\xc2\\x9b31m'"),
        ] {
            let error = Cli::try_parse_from([&["hostbased"], arguments].concat()).unwrap_err();
            let text = escaped(error).render().to_string();
            assert!(text.contains(shown), "{text:?}");
            assert!(text.chars().all(|c| c == '\n' || c == ' ' || c.is_ascii_graphic()), "{text:?}");
        }
    }
}
