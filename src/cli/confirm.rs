//! The word of whoever runs a command that what is shown may be written.

use std::io;

use super::Console;
use super::failure::Failure;

/// What must be typed, whole: a stray key press is no word to give.
const YES: &str = "yes";

/// Anything else is asked again, but for nothing at all: what was shown took a long scan, perhaps.
const NO: &str = "no";

const AGAIN: &str = "Please type yes or no: ";

const QUESTION: &str = "Write these changes? (yes/no) ";

/// Options of every command that writes.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct ConfirmArgs {
    /// Show what would change, and change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(super) dry_run: bool,

    /// Write the changes without asking
    #[arg(long)]
    pub(super) yes: bool,
}

/// What is going to be written, and how it is shown.
pub(super) struct Proposal<'a> {
    /// Whether anything changes: otherwise nobody is asked.
    pub(super) changes: bool,
    /// The text for people.
    pub(super) lines: Vec<String>,
    /// Whether standard output is for programs: then the text stays out of it.
    pub(super) json: bool,
    /// A question of its own, which `--yes` does not answer; it is asked instead of the usual one.
    pub(super) question: Option<&'a str>,
}

/// What came of it.
#[must_use]
pub(super) struct Confirmed {
    /// What is to be done.
    pub(super) answer: Answer,
    /// Whether the proposal could be shown. Where nobody was asked, that stops nothing: to be looked at in the end.
    pub(super) shown: io::Result<()>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The changes are to be written.
    Write,
    /// The question was answered with no.
    Declined,
    /// Nothing is to be written: there is nothing, or `--dry-run` was given.
    Nothing,
}

/// Shows the proposal and, unless the options have answered already, asks. Whoever is asked has seen what it is about: on
/// standard error, where standard output is no terminal.
///
/// # Errors
/// [`Failure::NoConfirmation`] without a terminal to ask on, [`Failure::NotShown`] when what is asked about cannot have been
/// seen, and when the answer cannot be read.
pub(super) fn confirm(
    args: &ConfirmArgs,
    proposal: &Proposal<'_>,
    console: &mut Console,
) -> Result<Confirmed, Failure> {
    let asked = proposal.changes && !args.dry_run && (proposal.question.is_some() || !args.yes);
    let mut shown = Ok(());
    if !proposal.json {
        shown = console.lines(proposal.lines.iter().cloned()).and_then(|()| console.flush());
    }
    if !proposal.changes || args.dry_run {
        return Ok(Confirmed { answer: Answer::Nothing, shown });
    }
    if !asked {
        return Ok(Confirmed { answer: Answer::Write, shown });
    }
    if !console.can_ask() {
        return Err(Failure::NoConfirmation);
    }
    if proposal.json || !console.output_is_seen() {
        proposal.lines.iter().for_each(|line| console.note(line));
    }
    // What was not seen cannot be confirmed.
    shown.map_err(Failure::NotShown)?;
    let mut question = proposal.question.unwrap_or(QUESTION);
    let answer = loop {
        match console.ask(question)?.as_str() {
            YES => break Answer::Write,
            NO | "" => break Answer::Declined,
            _ => question = AGAIN,
        }
    };
    Ok(Confirmed { answer, shown: Ok(()) })
}
