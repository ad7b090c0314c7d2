//! `hostbased doctor server`: as root, for one client and one user.

mod accounts;
mod arguments;
mod client;
mod daemon;
mod exported;
mod files;
mod gather;
mod lookup;
mod pam;

pub(super) use arguments::Args;

use super::super::failure::Failure;
use super::super::{Console, Outcome};
use super::fix;
use super::report::Told;
use crate::doctor::export::{Export, Reported, Statement};
use crate::doctor::join::{self, Between};
use crate::doctor::{Machine, server};
use crate::name::UserName;
use gather::Gathered;

/// Judges the server for one client; with `--fix`, runs the mends that are safe.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    if !nix::unistd::geteuid().is_root() {
        return Err(Failure::NeedsRoot("sshd tells its options, and others' files can be read"));
    }
    let export = args.from.as_deref().map(|path| exported::read(path, console)).transpose()?;
    if let Some(export) = export.as_ref().filter(|export| is_without_way(export.statement())) {
        return without_way(args, export, console);
    }
    let gathered = Gathered::of(args, export.as_ref(), console)?;
    let own_files = gathered.own_files();
    let facts = gathered.facts(own_files.as_ref());
    let mut notes = gathered.notes.clone();
    let findings = match &export {
        Some(export) => {
            let vouched = join::vouched(export, &facts);
            notes.extend(vouched.map_err(|why| exported::refused(args.from.as_deref(), why))?);
            let between = Between { seen_as: args.seen_as, alternatives: &gathered.alternatives };
            join::join(export.statement(), &facts, between)
        }
        None => server::judge(&facts),
    };
    let told = Told { side: "server", findings: &findings, notes: &notes, json: args.json };
    let outcome = told.outcome();
    let shown = told.tell(console);
    let fixed = fix::run(&args.fix, Machine::Server, &findings, args.json, console)?;
    let outcome = if fixed { outcome } else { Outcome::Refused };
    outcome.after_telling(shown.and_then(|()| console.flush()), false)
}

/// Whether the client knows no address of the server, or not even as whom to log in.
fn is_without_way(statement: &Statement) -> bool {
    let is_failing = statement.findings.iter().any(Reported::is_error);
    statement.connections.is_empty() || (is_failing && UserName::new(statement.server_user.as_bytes()).is_err())
}

/// A client that does not come as far as to know how it would reach the server tells why; there is nothing to ask sshd of.
fn without_way(args: &Args, export: &Export, console: &mut Console) -> Result<Outcome, Failure> {
    let findings = join::client_errors(export.statement());
    if findings.is_empty() {
        return Err(exported::refused(args.from.as_deref(), "it has no way to a server".to_owned()));
    }
    let notes = ["the client knows no way to the server, so that the server was not looked at".to_owned()];
    let told = Told { side: "server", findings: &findings, notes: &notes, json: args.json };
    let shown = told.tell(console);
    told.outcome().after_telling(shown.and_then(|()| console.flush()), false)
}
