//! `hostbased remove`: take hosts out of both files again.

use std::io;

use serde::Serialize;

use super::arguments::RootFolder;
use super::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use super::failure::Failure;
use super::netgroups;
use super::report::{ChangeReport, NOT_CONFIRMED, change_lines, outcome_line, replace_by_applied, tell_replaced};
use super::{Console, Outcome};
use crate::enroll::{HostSpec, Plan, apply_removal, read_files, read_other_files, still_admitted};
use crate::name::HostText;

/// Take client hosts out of shosts.equiv and ssh_known_hosts again.
///
/// With a host go all names and addresses that were registered with one of its keys. Lines with patterns, certificate
/// authorities, revocations and lines that shut a host out stay, and are named. At the end the matchers that decide
/// over a login are asked whether shosts.equiv or /etc/hosts.equiv, together with ssh_known_hosts or ssh_known_hosts2,
/// would still admit any of the hosts; users' own files are not asked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A name or address of each host
    #[arg(value_name = "NAME", required = true)]
    hosts: Vec<HostSpec>,

    #[command(flatten)]
    confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    dry_run: bool,
    written: bool,
    /// All names and addresses that were to go.
    hosts: Vec<String>,
    changes: Vec<ChangeReport>,
    notes: &'a [String],
    still_admitted: &'a [String],
}

/// Removes the hosts that the arguments name. Good when none of them would be admitted any more.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let hosts: Vec<HostText> = args.hosts.iter().flat_map(HostSpec::texts).collect();
    // Before anything is written: what cannot be read cannot be asked afterwards.
    let others = read_other_files(&root)?;
    let mut files = read_files(&root)?;
    let mut plan = Plan::remove(&files, &hosts);
    let proposal = Proposal { changes: !plan.is_empty(), lines: change_lines(&plan), json: args.json, question: None };
    let Confirmed { answer, shown } = confirm(&args.confirm, &proposal, console)?;
    let written = answer == Answer::Write;
    let mut replaced = false;
    if written {
        let applied = apply_removal(&root, &hosts)?;
        replaced = replace_by_applied(&mut plan, &mut files, applied);
    }
    let netgroups = netgroups::of_root(&root);
    let still = if args.confirm.dry_run || answer == Answer::Declined {
        Vec::new()
    } else {
        still_admitted(&files, &others, plan.gone(), netgroups)
    };
    let still: Vec<String> = still.iter().map(ToString::to_string).collect();
    let not_asked = if root.is_system() { None } else { netgroups::not_asked(&files) };
    let notes: Vec<String> = plan.notes().iter().map(ToString::to_string).chain(not_asked).collect();
    let declined = answer == Answer::Declined;
    let report = Report { args, declined, written: written && !plan.is_empty(), plan: &plan, notes, still };
    // Only now: where nobody reads the output, the files are written all the same.
    let told = shown.and_then(|()| report.tell(replaced, console));
    let outcome = if report.still.is_empty() && !declined { Outcome::Good } else { Outcome::Refused };
    outcome.after_telling(told, report.written)
}

/// What came of a removal.
struct Report<'a> {
    args: &'a Args,
    declined: bool,
    written: bool,
    plan: &'a Plan,
    notes: Vec<String>,
    still: Vec<String>,
}

impl Report<'_> {
    fn tell(&self, replaced: bool, console: &mut Console) -> io::Result<()> {
        let Self { args, declined, written, plan, notes, still } = self;
        if args.json {
            let json = Json {
                dry_run: args.confirm.dry_run,
                written: *written,
                hosts: plan.gone().iter().map(ToString::to_string).collect(),
                changes: plan.changes().iter().map(ChangeReport::from).collect(),
                notes,
                still_admitted: still,
            };
            console.line(&serde_json::to_string(&json).map_err(io::Error::from)?)?;
        } else {
            tell_replaced(plan, replaced, console)?;
            console.lines(notes.iter().cloned())?;
            console.line(if *declined { NOT_CONFIRMED } else { outcome_line(plan, args.confirm.dry_run) })?;
            console.lines(still.iter().cloned())?;
        }
        console.flush()
    }
}
