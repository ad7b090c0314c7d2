//! What `hostbased check` found, as JSON and as text.

use std::io;

use serde::Serialize;

use crate::cli::Console;
use crate::cli::checks::{Checked, FindingReport};
use crate::cli::style::Style;
use crate::dns::{Finding, Severity, Subject};
use crate::enroll::Names;
use crate::escape::escape;
use crate::name::address_text;

/// One host, checked.
pub(super) struct HostChecked {
    pub(super) text: String,
    pub(super) subject: Subject,
    pub(super) names: Names,
    pub(super) checked: Checked,
}

/// The whole run.
pub(super) struct Checks {
    pub(super) hosts: Vec<HostChecked>,
    pub(super) notes: Vec<String>,
    /// Whether nobody named the hosts: then only what matters is told of each.
    pub(super) all_registered: bool,
}

#[derive(Serialize)]
struct HostJson<'a> {
    record: &'static str,
    host: String,
    names: Vec<&'a str>,
    addresses: Vec<String>,
    matched_by: &'static str,
    good: bool,
    findings: Vec<FindingReport>,
    vouched: Vec<String>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    record: &'static str,
    command: &'static str,
    hosts: usize,
    good: usize,
    bad: usize,
    errors: usize,
    warnings: usize,
    notes: &'a [String],
}

/// Longest text of a host that is shown whole, in bytes.
const MAX_HOST: usize = 4096;

impl HostChecked {
    fn is_good(&self) -> bool {
        self.checked.errors().next().is_none()
    }

    fn shown(&self) -> String {
        escape(&self.text).capped(MAX_HOST).to_string()
    }

    fn count(&self, severity: Severity) -> usize {
        self.checked.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    fn json(&self) -> HostJson<'_> {
        HostJson {
            record: "host",
            host: self.shown(),
            names: self.subject.names.iter().map(|name| name.as_str()).collect(),
            addresses: self.subject.addresses.iter().map(|&address| address_text(address)).collect(),
            matched_by: self.names.word(),
            good: self.is_good(),
            findings: self.checked.findings.iter().map(FindingReport::from).collect(),
            vouched: self.checked.vouched.iter().map(ToString::to_string).collect(),
        }
    }

    fn lines(&self, least: Severity, console: &Console) -> Vec<String> {
        let verdict =
            if self.is_good() { console.paint(Style::Good, "good") } else { console.paint(Style::Bad, "bad") };
        let mut lines = vec![format!("{}: {verdict}", self.shown())];
        let told = self.checked.findings.iter().filter(|finding| finding.severity >= least);
        lines.extend(told.flat_map(|finding| finding_lines(finding, console)));
        lines.extend(self.checked.vouched.iter().map(|key| format!("  the DNS vouches for the key {key}")));
        lines
    }
}

fn finding_lines(finding: &Finding, console: &Console) -> [String; 2] {
    let style = Style::of(finding.severity);
    let Finding { code, view, severity, subject, evidence, mend } = finding;
    let head = console.paint(style, &format!("{severity} {code}"));
    [format!("  {head} ({view}): {subject}: {evidence}"), format!("      {mend}")]
}

impl Checks {
    pub(super) fn is_good(&self) -> bool {
        self.hosts.iter().all(HostChecked::is_good)
    }

    fn count(&self, severity: Severity) -> usize {
        self.hosts.iter().map(|host| host.count(severity)).sum()
    }

    /// One line for each host, then one for the run.
    pub(super) fn json(&self) -> Result<Vec<String>, io::Error> {
        let good = self.hosts.iter().filter(|host| host.is_good()).count();
        let run = RunJson {
            record: "run",
            command: "check",
            hosts: self.hosts.len(),
            good,
            bad: self.hosts.len().saturating_sub(good),
            errors: self.count(Severity::Error),
            warnings: self.count(Severity::Warning),
            notes: &self.notes,
        };
        let hosts = self.hosts.iter().map(|host| serde_json::to_string(&host.json()));
        Ok(hosts.chain([serde_json::to_string(&run)]).collect::<Result<_, _>>()?)
    }

    /// For people. Where nobody named the hosts, information is only counted.
    pub(super) fn lines(&self, console: &Console) -> Vec<String> {
        let least = if self.all_registered { Severity::Warning } else { Severity::Information };
        let mut lines: Vec<String> = self.hosts.iter().flat_map(|host| host.lines(least, console)).collect();
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        if self.hosts.len() != 1 {
            lines.push(self.sum());
        }
        lines
    }

    fn sum(&self) -> String {
        let bad = self.hosts.iter().filter(|host| !host.is_good()).count();
        let hosts = counted(self.hosts.len(), "host");
        let information = self.count(Severity::Information);
        let beside = if self.all_registered && information > 0 {
            format!("; beside that, {information} times information: name a host to see its own")
        } else {
            String::new()
        };
        format!(
            "{hosts}, {bad} bad: {}, {}{beside}",
            counted(self.count(Severity::Error), "error"),
            counted(self.count(Severity::Warning), "warning")
        )
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
