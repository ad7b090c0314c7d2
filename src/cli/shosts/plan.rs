//! What adding or removing a line changes, and what would be a trap.

use super::line::{Wanted, denies};
use crate::escape::escape;
use crate::lint::{Code, Edit, File, Finding, Inputs, Rewritten, Severity, lint_equiv, position_of_denial, rewrite};
use crate::shosts::Document;

/// What changes in shosts.equiv.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The new content; `None` when nothing changes.
    pub(super) rewritten: Option<Rewritten>,
    /// What is found in it and was not before.
    pub(super) traps: Vec<Finding>,
    /// What stays, and why.
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// What must not be written unless somebody says that it may. A key may come later; that a user gets into every account
    /// is what a line with a user is for, and that others admit nobody any more what a denial is for.
    pub(super) fn refused(&self, allowed: &[Code], denies: bool) -> impl Iterator<Item = &Finding> {
        self.traps.iter().filter(move |finding| {
            let asked_for = matches!(finding.code, Code::EveryAccount | Code::NoKey | Code::NoName | Code::NoAddress)
                || (denies && finding.code == Code::NeverReached);
            finding.severity > Severity::Information && !asked_for && !allowed.contains(&finding.code)
        })
    }
}

/// Adds lines that are not there: what admits behind all others, what shuts out before what it would come too late for.
pub(super) fn add(document: &Document, wanted: &[Wanted], inputs: &Inputs<'_>) -> Plan {
    let mut now = document.clone();
    let mut all: Option<Rewritten> = None;
    for wanted in wanted {
        let edits = edits_of(&now, wanted);
        if let Some(mut rewritten) = rewrite(&now, &edits) {
            now = Document::parse(&rewritten.bytes);
            let mut changes = all.take().map(|earlier| earlier.changes).unwrap_or_default();
            changes.append(&mut rewritten.changes);
            all = Some(Rewritten { changes, ..rewritten });
        }
    }
    let traps = traps(document, &now, wanted, inputs);
    Plan { rewritten: all, traps, notes: Vec::new() }
}

fn edits_of(document: &Document, wanted: &Wanted) -> Vec<Edit> {
    let behind = document.lines().count().saturating_add(1);
    let position = wanted.entry().filter(denies).and_then(|entry| position_of_denial(document, &entry));
    let there = document.entries().find(|(_, entry)| wanted.is(entry)).map(|(line, _)| line);
    let insert = |before| Edit::Insert { before, new: wanted.to_line() };
    match (there, position) {
        // It comes too late where it stands.
        (Some(line), Some(position)) if position < line && is_alone(document, line) => {
            vec![insert(position), Edit::Remove { line }]
        }
        (Some(line), Some(position)) if position < line => vec![insert(position)],
        (Some(_), _) => Vec::new(),
        (None, position) => vec![insert(position.unwrap_or(behind))],
    }
}

/// Whether sshd reads the line as one.
fn is_alone(document: &Document, line: usize) -> bool {
    document.line(line).is_some_and(|line| line.content().len() == 1)
}

/// What is found about the wanted lines, or about others only since they are there.
fn traps(old: &Document, new: &Document, wanted: &[Wanted], inputs: &Inputs<'_>) -> Vec<Finding> {
    let judge = |document| {
        let is_wanted = |entry: &_| wanted.iter().any(|wanted| wanted.is(entry));
        let mut found = lint_equiv(&Inputs { shosts: Some(document), ..*inputs }, is_wanted);
        found.retain(|finding| matches!(finding.line(), Some((File::ShostsEquiv, _))));
        found
    };
    let line_of = |document: &Document, finding: &Finding| {
        let (_, line) = finding.line()?;
        document.line(line).map(|line| line.text().to_vec())
    };
    let before: std::collections::HashSet<_> =
        judge(old).into_iter().map(|finding| (line_of(old, &finding), finding.code)).collect();
    let is_wanted =
        |text: &[u8]| wanted.iter().any(|wanted| Document::parse(text).entries().any(|(_, entry)| wanted.is(entry)));
    let mut found = judge(new);
    found.retain(|finding| {
        let text = line_of(new, finding);
        text.as_deref().is_some_and(is_wanted) || !before.contains(&(text, finding.code))
    });
    found
}

/// Removes the lines about a host: all that admit it (or all that shut it out), or those with the user.
pub(super) fn remove(document: &Document, wanted: &Wanted) -> Plan {
    let about = document.entries().filter(|(_, entry)| {
        if wanted.user.is_some() { wanted.is(entry) } else { wanted.is_host(entry) && denies(entry) == wanted.denies }
    });
    let mut lines: Vec<usize> = about.map(|(line, _)| line).collect();
    lines.dedup();
    let (alone, shared): (Vec<usize>, Vec<usize>) = lines.into_iter().partition(|&line| is_alone(document, line));
    let edits: Vec<Edit> = alone.into_iter().map(|line| Edit::Remove { line }).collect();
    let note = |line: usize| {
        format!("{}:{line}: stays: sshd reads this long line as several; edit it by hand", File::ShostsEquiv.path())
    };
    Plan { rewritten: rewrite(document, &edits), traps: Vec::new(), notes: shared.into_iter().map(note).collect() }
}

/// The findings for people.
pub(super) fn finding_text(finding: &Finding) -> String {
    format!("{}: {}; {} [{}]", finding.severity, finding.text, finding.mend, finding.code)
}

/// The host for people.
pub(super) fn host_text(wanted: &Wanted) -> String {
    escape(&wanted.to_line()).to_string()
}
