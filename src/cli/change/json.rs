//! What came of a change, for programs: one object a line for each host, then one for the run.

use std::io;

use serde::Serialize;

use super::{Change, Done, Host};
use crate::cli::Console;
use crate::cli::checks::FindingReport;
use crate::cli::report::{ChangeReport, KeyReport, Reason};
use crate::enroll::{Plan, Status};

#[derive(Serialize)]
struct HostRecord<'a> {
    record: &'static str,
    host: &'a str,
    names: &'a [String],
    addresses: &'a [String],
    status: &'static str,
    /// Which of its names sshd looks up; `null` where that does not matter.
    matched_by: Option<&'static str>,
    scanned: &'a [String],
    keys: Vec<KeyReport>,
    vouched: Vec<Vouched>,
    findings: Vec<FindingReport>,
    /// Why nothing of it was changed.
    refused: &'a [Reason],
    changes: Vec<ChangeReport>,
    /// Whether both files admit it; `null` when that was not asked.
    admitted: Option<bool>,
    /// Why it would not be.
    gaps: Vec<Reason>,
}

#[derive(Serialize)]
struct Vouched {
    fingerprint: String,
    by: &'static str,
}

#[derive(Serialize)]
struct RunRecord<'a> {
    record: &'static str,
    command: &'static str,
    dry_run: bool,
    written: bool,
    /// Whether the plan is another one than was shown, because another writer was there.
    replanned: bool,
    /// Whose word it is that scanned keys are the hosts'; `null` where nothing was scanned.
    trust: Option<&'static str>,
    hosts: usize,
    added: usize,
    changed: usize,
    removed: usize,
    unchanged: usize,
    refused: usize,
    unreachable: usize,
    /// The names and addresses that were to go, and which of them are admitted all the same.
    gone: Vec<String>,
    still_admitted: Vec<String>,
    notes: Vec<&'a str>,
}

impl Change<'_> {
    pub(super) fn tell_json(&self, done: &Done, console: &mut Console) -> io::Result<()> {
        let plan = &done.plan;
        for host in &self.hosts {
            console.line(&serde_json::to_string(&host.record(plan))?)?;
        }
        let notes: Vec<String> = plan.notes().iter().map(ToString::to_string).collect();
        let asked = !self.confirm.dry_run && done.answer != crate::cli::confirm::Answer::Declined;
        let still = plan.still_admitted().iter().filter(|_| asked);
        let run = RunRecord {
            record: "run",
            command: self.command,
            dry_run: self.confirm.dry_run,
            written: done.is_written(),
            replanned: done.replaced,
            trust: self.trust,
            hosts: self.hosts.len(),
            added: self.count(Status::Added),
            changed: self.count(Status::Changed),
            removed: self.count(Status::Removed),
            unchanged: self.count(Status::Unchanged),
            refused: self.count(Status::Refused),
            unreachable: self.count(Status::Unreachable),
            gone: plan.gone().iter().map(ToString::to_string).collect(),
            still_admitted: still.map(ToString::to_string).collect(),
            notes: notes.iter().chain(&self.notes).map(String::as_str).collect(),
        };
        console.line(&serde_json::to_string(&run)?)?;
        console.flush()
    }
}

impl Host {
    fn record(&self, plan: &Plan) -> HostRecord<'_> {
        let changes = self.plan.iter().flat_map(|host| &host.changes).filter_map(|&change| plan.changes().get(change));
        HostRecord {
            record: "host",
            host: &self.title,
            names: &self.names,
            addresses: &self.addresses,
            status: self.status().word(),
            matched_by: self.rules.map(|rules| rules.names.word()),
            scanned: &self.scanned,
            keys: self.keys.iter().map(KeyReport::from).collect(),
            vouched: self.vouched.iter().map(|(key, by)| Vouched { fingerprint: key.to_string(), by }).collect(),
            findings: self.findings.iter().map(FindingReport::from).collect(),
            refused: &self.refused,
            changes: changes.map(ChangeReport::from).collect(),
            admitted: self.gaps.as_ref().map(Vec::is_empty),
            gaps: self.gaps.iter().flatten().map(|gap| Reason::new(gap.gap.code(), gap)).collect(),
        }
    }
}
