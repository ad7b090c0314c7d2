//! What came of a change of shosts.equiv, as JSON and as text.

use std::io;

use serde::Serialize;

use super::plan::Plan;
use crate::cli::Console;
use crate::cli::checks::FindingReport;
use crate::cli::lint::FindingRecord;
use crate::cli::report::{Reason, line_text};
use crate::cli::style::Style;
use crate::lint::{File, Finding};

/// A host and what became of it.
#[derive(Serialize)]
pub(super) struct HostRecord {
    pub(super) record: &'static str,
    pub(super) host: String,
    /// added, removed, unchanged, refused or declined
    pub(super) status: &'static str,
    /// Of the checks of names and addresses.
    pub(super) findings: Vec<FindingReport>,
    /// Of the rules for lines.
    pub(super) traps: Vec<FindingRecord>,
    pub(super) refused: Vec<Reason>,
    pub(super) changes: Vec<ChangeRecord>,
}

#[derive(Serialize)]
pub(super) struct ChangeRecord {
    file: &'static str,
    line: usize,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
}

#[derive(Serialize)]
pub(super) struct RunRecord<'a> {
    pub(super) record: &'static str,
    pub(super) command: &'static str,
    pub(super) dry_run: bool,
    pub(super) written: bool,
    pub(super) hosts: usize,
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) removed: usize,
    pub(super) unchanged: usize,
    pub(super) refused: usize,
    pub(super) notes: &'a [String],
}

impl<'a> RunRecord<'a> {
    /// Of one host.
    pub(super) fn of(command: &'static str, status: &str, dry_run: bool, written: bool, notes: &'a [String]) -> Self {
        let is = |word| usize::from(status == word);
        Self {
            record: "run",
            command,
            dry_run,
            written,
            hosts: 1,
            added: is("added"),
            changed: is("changed"),
            removed: is("removed"),
            unchanged: is("unchanged"),
            refused: is("refused"),
            notes,
        }
    }
}

pub(super) fn finding_record(finding: &Finding) -> FindingRecord {
    FindingRecord::new(finding, |file| file.path().to_owned())
}

/// The changes, one a line.
pub(super) fn change_records(plan: &Plan) -> Vec<ChangeRecord> {
    let file = File::ShostsEquiv.path();
    let changes = plan.rewritten.iter().flat_map(|rewritten| &rewritten.changes);
    changes
        .flat_map(|change| {
            let old = change.old.iter().map(|old| (("remove", change.line), Some(line_text(old)), None));
            let new = change.new.iter().map(|new| (("add", change.line), None, Some(line_text(new))));
            old.chain(new).map(|((action, line), old, new)| ChangeRecord { file, line, action, old, new })
        })
        .collect()
}

/// The changes for people, as diff(1) marks them.
pub(super) fn change_lines(plan: &Plan, console: &Console) -> Vec<String> {
    let Some(rewritten) = &plan.rewritten else { return Vec::new() };
    let mut lines = vec![format!("{}:", File::ShostsEquiv.path())];
    for change in &rewritten.changes {
        let old = change.old.iter().map(|old| console.paint(Style::Removed, &format!("- {}", line_text(old))));
        let new = change.new.iter().map(|new| console.paint(Style::Added, &format!("+ {}", line_text(new))));
        lines.extend(old.chain(new).map(|line| format!("  {line}")));
        lines.push(format!("      line {}", change.line));
    }
    lines
}

pub(super) fn write_json(record: &impl Serialize, console: &mut Console) -> io::Result<()> {
    console.line(&serde_json::to_string(record).map_err(io::Error::from)?)
}
