//! `hostbased enroll --certificate-authority`: trust an authority's certificates for the hosts of a pattern.

use super::Args;
use crate::cli::change::{Change, Host};
use crate::cli::checks::Checker;
use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::cli::{Console, Outcome};
use crate::enroll::{Authority, OtherFiles, Task, read_texts};
use crate::escape::escape;

/// Registers the authority. Good when known_hosts trusts it for these hosts.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, file: &str, pattern: &str, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root();
    let key = read_key(file)?;
    let mut host = Host { title: escape(pattern).to_string(), keys: vec![key.clone()], ..Host::default() };
    host.take_findings(Checker::new(&args.checks, &root)?.check_pattern(pattern));
    let mut tasks = Vec::new();
    if host.refused.is_empty() {
        host.task = Some(0);
        tasks.push(Task::Authority(Authority { hosts: pattern.to_owned(), key }));
    }
    let change = Change {
        command: "enroll",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: &read_texts(&root)?,
        survey: None,
        others: OtherFiles::default(),
        tasks,
        hosts: vec![host],
        notes: Vec::new(),
        trust: Some("key-file"),
    };
    change.carry_out(console)
}
