//! `hostbased list`: which hosts are registered, and what is wrong with both files.

mod report;

use report::Report;

use super::arguments::RootFolder;
use super::failure::Failure;
use super::sshd::{self, AskSshd};
use super::{Console, Outcome};
use crate::enroll::{HostSpec, Names, read_files};
use crate::lint::{Inputs, Overview, Severity, lint};
use crate::store::Root;

/// List the client hosts in ssh_known_hosts and shosts.equiv, and what is wrong with these files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    names: Option<Names>,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line: each host, other lines, what is wrong, and what came of it all
    #[arg(long)]
    json: bool,
}

/// Lists both files. Good whatever is in them: what is wrong is part of the list.
///
/// # Errors
/// [`Failure`]. That sshd does not tell what it looks up is none: then lines are not judged by that.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let files = read_files(&root)?;
    let names = args.names.or_else(|| names_of(&root, "list", console));
    let inputs = Inputs::of_files(&files, names);
    let mut findings = lint(&inputs);
    // The list itself shows the rest.
    findings.retain(|finding| finding.severity > Severity::Information);
    let report = Report::new(&Overview::new(&inputs), &findings, names, &files);
    if args.json {
        report
            .records()
            .into_iter()
            .try_for_each(|record| console.line(&serde_json::to_string(&record).map_err(std::io::Error::from)?))?;
    } else {
        console.lines(report.lines())?;
    }
    Ok(Outcome::Good)
}

/// What sshd looks up for hosts that no Match block is for; where it does not say, that is noted.
pub(super) fn names_of(root: &Root, command: &str, console: &mut Console) -> Option<Names> {
    // Any host: what is asked for is the general rule.
    let host: HostSpec = "localhost".parse().ok()?;
    let asked = sshd::of_root(root).and_then(|sshd| sshd.rules(&host));
    asked
        .inspect_err(|error| {
            console.note(&format!("hostbased {command}: which names sshd matches is not known: {error}"));
        })
        .map(|rules| rules.names)
        .ok()
}
