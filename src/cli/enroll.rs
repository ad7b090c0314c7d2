//! `hostbased enroll`: scan client hosts, show what registering them changes, and do it.

mod arguments;
mod gather;
mod report;

pub(super) use arguments::Args;
use arguments::Trusted;
use gather::Gathered;
use report::{HostState, Report};

use super::failure::Failure;
use super::sshd::{self, AskSshd};
use super::{Console, Outcome};
use crate::enroll::{Names, Plan, Registration, Trust, apply_enrolment, not_admitted, read_files};
use crate::shosts::NoNetgroups;
use crate::store::Root;

/// What must be typed, whole: a stray key press is no word to give.
const YES: &str = "yes";

/// Registers the hosts that the arguments name. Good when every one of them would be admitted now (or, with
/// `--dry-run`, could be registered).
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let trusted = args.trusted(console.can_ask())?;
    let root = args.root();
    let names = names(args, &root)?;
    let gathered = gather::keys(args)?;
    let mut hosts: Vec<HostState> = Vec::new();
    for ((spec, names), gathered) in args.hosts.iter().zip(names).zip(gathered) {
        hosts.push(HostState::new(spec, names, gathered));
    }
    let registrations: Vec<Registration> =
        hosts.iter().filter_map(|host| host.registration(&trust(&trusted))).collect();

    let mut files = read_files(&root)?;
    let mut plan = Plan::enroll(&files, &registrations, &NoNetgroups);
    let mut written = false;
    let mut declined = false;
    if !args.dry_run && !plan.is_empty() {
        if trusted == Trusted::Ask {
            declined = !is_confirmed(&hosts, &plan, args.json, console)?;
        }
        if !declined {
            let applied = apply_enrolment(&root, &registrations, &NoNetgroups)?;
            (plan, files) = (applied.plan, applied.files);
            written = !plan.is_empty();
        }
    }
    for host in &mut hosts {
        host.take_refusals(&plan);
        if !args.dry_run && !declined {
            host.take_gaps(|registration| not_admitted(&files, registration, &NoNetgroups), &trust(&trusted));
        }
    }
    let report =
        Report { dry_run: args.dry_run, written, declined, trusted: &trusted, hosts, plan: &plan, files: &files };
    if args.json {
        console.line(&report.json()?)?;
    } else {
        // What was shown before the question is not shown again.
        let shown = trusted == Trusted::Ask && (written || declined);
        for line in report.lines(shown) {
            console.line(&line)?;
        }
    }
    Ok(if report.is_good() { Outcome::Good } else { Outcome::Refused })
}

/// By which names sshd looks each host up.
fn names(args: &Args, root: &Root) -> Result<Vec<Names>, Failure> {
    if let Some(names) = args.names {
        return Ok(vec![names; args.hosts.len()]);
    }
    let sshd = sshd::of_root(root)?;
    args.hosts.iter().map(|host| sshd.names(host).map_err(Failure::from)).collect()
}

fn trust(trusted: &Trusted) -> Trust {
    match trusted {
        Trusted::Fingerprints(fingerprints) => Trust::Fingerprints(fingerprints.clone()),
        Trusted::KeyFile | Trusted::Scan | Trusted::Ask | Trusted::Nobody => Trust::Given,
    }
}

/// Shows hosts, keys and changes, and asks whether the keys are the hosts'.
fn is_confirmed(hosts: &[HostState], plan: &Plan, json: bool, console: &mut Console) -> Result<bool, Failure> {
    let lines = hosts.iter().flat_map(HostState::lines).chain(super::report::change_lines(plan));
    for line in lines {
        if json {
            console.note(&line);
        } else {
            console.line(&line)?;
        }
    }
    console.flush()?;
    let answer = console.ask(&format!(
        "A scan proves that these hosts hold these keys, not who they are. Are the fingerprints the ones that the \
         hosts' administrators gave you? ({YES}/no) "
    ))?;
    Ok(answer == YES)
}

/// The keys of a host, for [`HostState::new`].
type Keys = Result<Gathered, Vec<super::report::Reason>>;
