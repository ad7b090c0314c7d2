//! `hostbased enroll --certificate-authority`: trust an authority's certificates for the hosts of a pattern.

use super::Args;
use crate::cli::change::{Change, Host};
use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::cli::{Console, Outcome};
use crate::enroll::{Authority, OtherFiles, Task, read_texts};

/// Registers the authority. Good when known_hosts trusts it for these hosts.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, file: &str, pattern: &str, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root();
    let key = read_key(file)?;
    let mut host = Host { title: pattern.to_owned(), keys: vec![key.clone()], ..Host::default() };
    host.title = crate::escape::escape(pattern).to_string();
    let tasks = vec![Task::Authority(Authority { hosts: pattern.to_owned(), key })];
    host.task = Some(0);
    let change = Change {
        command: "enroll",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: read_texts(&root)?,
        others: OtherFiles::default(),
        tasks,
        hosts: vec![host],
        notes: Vec::new(),
        trust: Some("key-file"),
    };
    change.carry_out(console)
}
