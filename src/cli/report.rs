//! A plan as JSON and as text.

use serde::Serialize;

use super::Console;
use super::style::Style;
use crate::enroll::{Change, Edit, Plan, SystemFile};
use crate::escape::escape;
use crate::key::PublicKey;

/// Longest line of a file that is shown whole, in bytes: a key of 16384 bits with many names.
const MAX_LINE: usize = 16 << 10;

/// Why something was refused, with a code that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reason {
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Reason {
    pub(super) fn new(code: &'static str, text: &impl ToString) -> Self {
        Self { code, text: text.to_string() }
    }
}

/// A key.
#[derive(Debug, Serialize)]
pub(super) struct KeyReport {
    pub(super) r#type: &'static str,
    pub(super) fingerprint: String,
    /// Of an RSA key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bits: Option<usize>,
    /// `TYPE BASE64`, without names.
    pub(super) key: String,
}

impl From<&PublicKey> for KeyReport {
    fn from(key: &PublicKey) -> Self {
        Self {
            r#type: key.key_type().name(),
            fingerprint: key.fingerprint().to_string(),
            bits: key.rsa_bits(),
            key: key.to_line(),
        }
    }
}

/// A key for people: type, bits of an RSA key, fingerprint.
pub(super) fn key_text(key: &PublicKey) -> String {
    match key.rsa_bits() {
        Some(bits) => format!("{key} ({bits} bits)"),
        None => key.to_string(),
    }
}

/// A changed line. Text is escaped.
#[derive(Serialize)]
pub(super) struct ChangeReport {
    file: &'static str,
    line: usize,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
    why: String,
}

pub(super) fn line_text(text: &[u8]) -> String {
    escape(text).capped(MAX_LINE).to_string()
}

impl From<&Change> for ChangeReport {
    fn from(change: &Change) -> Self {
        let (action, old, new) = match &change.edit {
            Edit::Add { new } => ("add", None, Some(line_text(new))),
            Edit::Replace { old, new } => ("replace", Some(line_text(old)), Some(line_text(new))),
            Edit::Remove { old } => ("remove", Some(line_text(old)), None),
        };
        Self { file: change.file.path(), line: change.line, action, old, new, why: change.why.to_string() }
    }
}

/// The changes of a plan for people: for each file that changes its lines as diff(1) marks them, and why.
pub(super) fn change_lines(plan: &Plan, console: &Console) -> Vec<String> {
    let mut lines = Vec::new();
    let mut last: Option<SystemFile> = None;
    for change in plan.changes() {
        if last != Some(change.file) {
            last = Some(change.file);
            lines.push(format!("{}:", change.file));
        }
        let (old, new) = match &change.edit {
            Edit::Add { new } => (None, Some(new)),
            Edit::Replace { old, new } => (Some(old), Some(new)),
            Edit::Remove { old } => (Some(old), None),
        };
        lines.extend(old.map(|old| format!("  {}", console.paint(Style::Removed, &format!("- {}", line_text(old))))));
        lines.extend(new.map(|new| format!("  {}", console.paint(Style::Added, &format!("+ {}", line_text(new))))));
        lines.push(format!("      line {}: {}", change.line, change.why));
    }
    lines
}

/// What came of a plan whose changes nobody wanted.
pub(super) const NOT_CONFIRMED: &str = "nothing was written: the changes were not confirmed";

/// What came of a plan that nothing stood in the way of.
pub(super) fn outcome_line(plan: &Plan, dry_run: bool) -> &'static str {
    match () {
        () if plan.is_empty() => "nothing to change",
        () if dry_run => "nothing was written: --dry-run",
        () => "written",
    }
}
