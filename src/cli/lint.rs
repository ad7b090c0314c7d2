//! `hostbased lint`: what is wrong with the files that sshd believes, and what mends it.

mod excerpt;
mod gather;
mod mending;
mod report;

pub(super) use gather::{Gathered, Which};
pub(super) use mending::{MendArgs, run_linter};
pub(super) use report::FindingRecord;

use super::arguments::RootFolder;
use super::failure::Failure;
use super::table::Table;
use super::{Console, Outcome};
use crate::enroll::Names;
use crate::lint::Code;

/// Say what is wrong with ssh_known_hosts and shosts.equiv, line by line and together, and mend what has one right answer.
///
/// /etc/hosts.equiv and /etc/ssh/ssh_known_hosts2, which sshd asks too, are judged and not changed. Without --root,
/// netgroups are asked of this machine.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Judge this known_hosts file instead of the system's files
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<String>,

    /// Judge this file of the hosts.equiv family instead of the system's files
    #[arg(long, value_name = "FILE")]
    shosts: Option<String>,

    /// Judge this host certificate too: its time, its names, and whether ssh_known_hosts has its authority
    #[arg(long, value_name = "FILE")]
    certificate: Vec<String>,

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

    /// List all codes, and look at no file
    #[arg(long, conflicts_with_all = ["known_hosts", "shosts", "certificate", "json"])]
    codes: bool,
}

/// Judges the files. Good when nothing is found that weighs as much as a warning.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    if args.codes {
        let mut table = Table::new(&["CODE", "SEVERITY", "MEANING"]);
        for code in Code::ALL {
            table.row([code.word(), code.severity().word(), code.about()].map(|cell| (cell, None)));
        }
        console.lines(table.lines(console))?;
        return Ok(Outcome::Good);
    }
    let root = args.root.root();
    let which = match (&args.known_hosts, &args.shosts) {
        (None, None) => Which::System,
        (known_hosts, shosts) => Which::Files { known_hosts: known_hosts.clone(), shosts: shosts.clone() },
    };
    let mut gathered = Gathered::read(&root, which, args.names, "lint", console)?;
    args.certificate.iter().try_for_each(|path| gathered.add_certificate(path))?;
    run_linter("lint", &gathered, &args.mend, args.json, console)
}
