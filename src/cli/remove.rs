//! `hostbased remove`: take hosts out of both files again.

use std::net::IpAddr;

use super::arguments::RootFolder;
use super::change::{Change, Host};
use super::confirm::ConfirmArgs;
use super::failure::Failure;
use super::{Console, Outcome};
use crate::enroll::{HostSpec, Task, read_other_files, read_texts};
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

    /// Print JSON: one object a line for each host, then one for the run
    #[arg(long)]
    json: bool,
}

/// Removes the hosts that the arguments name. Good when none of them would be admitted any more.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let texts: Vec<HostText> = args.hosts.iter().flat_map(HostSpec::texts).collect();
    let hosts = texts.iter().enumerate().map(|(place, text)| host(text, place)).collect();
    let change = Change {
        command: "remove",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: &read_texts(&root)?,
        survey: None,
        // Before anything is written: what cannot be read cannot be asked afterwards.
        others: read_other_files(&root)?,
        tasks: texts.into_iter().map(Task::Remove).collect(),
        hosts,
        notes: Vec::new(),
        trust: None,
    };
    change.carry_out(console)
}

fn host(text: &HostText, task: usize) -> Host {
    let (names, addresses) = match text.as_str().parse::<IpAddr>() {
        Ok(_) => (Vec::new(), vec![text.to_string()]),
        Err(_) => (vec![text.to_string()], Vec::new()),
    };
    Host { title: text.to_string(), names, addresses, task: Some(task), ..Host::default() }
}
