//! `hostbased enroll`: scan client hosts, show what registering them changes, and do it.

mod arguments;
mod gather;
mod report;

use std::io;

pub(super) use arguments::Args;
use arguments::Trusted;
use gather::Gathered;
use report::{HostState, Report};

use super::confirm::{Answer, Confirmed, Proposal, confirm};
use super::failure::Failure;
use super::netgroups;
use super::report::{change_lines, replace_by_applied, tell_replaced};
use super::sshd::{self, AskSshd, Rules};
use super::{Console, Outcome};
use crate::enroll::{Plan, Registration, Trust, apply_enrolment, not_admitted, read_files};
use crate::store::Root;

const QUESTION: &str = "A scan proves that these hosts hold these keys, not who they are. Are the fingerprints the \
    ones that the hosts' administrators gave you? (yes/no) ";

/// Registers the hosts that the arguments name. Good when both files admit every one of them (or, with
/// `--dry-run`, could be registered).
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let trusted = args.trusted(console.can_ask())?;
    let root = args.root();
    let rules = rules(args, &root)?;
    let gathered = gather::keys(args)?;
    let mut hosts: Vec<HostState> = Vec::new();
    for ((spec, rules), gathered) in args.hosts.iter().zip(rules).zip(gathered) {
        hosts.push(HostState::new(spec, rules, gathered));
    }
    let registrations: Vec<Registration> =
        hosts.iter().filter_map(|host| host.registration(&trust(&trusted))).collect();

    let netgroups = netgroups::of_root(&root);
    let mut files = read_files(&root)?;
    let mut plan = Plan::enroll(&files, &registrations, netgroups);
    let lines = hosts.iter().flat_map(HostState::lines).chain(change_lines(&plan)).collect();
    let question = (trusted == Trusted::Ask).then_some(QUESTION);
    let proposal = Proposal { changes: !plan.is_empty(), lines, json: args.json, question };
    let Confirmed { answer, shown } = confirm(&args.confirm, &proposal, console)?;
    let will_write = answer == Answer::Write;
    let declined = answer == Answer::Declined;
    let mut replaced = false;
    if will_write {
        let applied = apply_enrolment(&root, &registrations, netgroups)?;
        replaced = replace_by_applied(&mut plan, &mut files, applied);
    }
    for host in &mut hosts {
        host.take_refusals(&plan);
        if !args.confirm.dry_run && !declined {
            host.take_gaps(|registration| not_admitted(&files, registration, netgroups), &trust(&trusted));
        }
    }
    let written = will_write && !plan.is_empty();
    let report = Report {
        dry_run: args.confirm.dry_run,
        written,
        declined,
        asked_for_trust: question.is_some(),
        trusted: &trusted,
        hosts,
        plan: &plan,
        files: &files,
        netgroups_asked: root.is_system(),
    };
    // Only now: where nobody reads the output, the files are written all the same.
    let told = shown.and_then(|()| tell(args, &report, replaced, console));
    let outcome = if report.is_good() { Outcome::Good } else { Outcome::Refused };
    outcome.after_telling(told, written)
}

/// Tells what came of it.
fn tell(args: &Args, report: &Report<'_>, replaced: bool, console: &mut Console) -> io::Result<()> {
    if args.json {
        console.line(&report.json()?)?;
    } else {
        tell_replaced(report.plan, replaced, console)?;
        console.lines(report.lines())?;
    }
    console.flush()
}

/// What sshd does with each host.
fn rules(args: &Args, root: &Root) -> Result<Vec<Rules>, Failure> {
    if let Some(names) = args.names {
        return Ok(vec![Rules { names, is_off: false }; args.hosts.len()]);
    }
    let sshd = sshd::of_root(root)?;
    args.hosts.iter().map(|host| sshd.rules(host).map_err(Failure::from)).collect()
}

fn trust(trusted: &Trusted) -> Trust {
    match trusted {
        Trusted::Fingerprints(fingerprints) => Trust::Fingerprints(fingerprints.clone()),
        Trusted::KeyFile => Trust::Given,
        Trusted::Scan | Trusted::Ask | Trusted::Nobody => Trust::Scan,
    }
}

/// The keys of a host, for [`HostState::new`].
type Keys = Result<Gathered, Vec<super::report::Reason>>;
