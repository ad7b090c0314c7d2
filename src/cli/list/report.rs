//! The list as JSON and as text. Foreign text in it is escaped.

use serde::Serialize;

use crate::cli::lint::FindingRecord;
use crate::cli::netgroups;
use crate::cli::report::{KeyReport, line_text};
use crate::enroll::{Files, Names};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::Marker;
use crate::lint::{EquivLine, File, Finding, HostOverview, OtherEntry, Overview};

/// Everything that is told.
pub(super) struct Report {
    hosts: Vec<Host>,
    others: Vec<Other>,
    equiv_only: Vec<Equiv>,
    findings: Vec<FindingRecord>,
    texts: Vec<String>,
    run: Run,
}

/// One line of JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Record<'a> {
    Host(&'a Host),
    Other(&'a Other),
    Equiv {
        record: &'static str,
        #[serde(flatten)]
        line: &'a Equiv,
    },
    Finding(&'a FindingRecord),
    Run(&'a Run),
}

#[derive(Serialize)]
pub(super) struct Host {
    record: &'static str,
    /// Its names and addresses with commas between; empty when they are hashed and nothing tells them.
    host: String,
    names: Vec<String>,
    keys: Vec<Key>,
    equiv: Vec<Equiv>,
    admitted: bool,
}

#[derive(Serialize)]
struct Key {
    line: usize,
    #[serde(flatten)]
    key: KeyReport,
}

#[derive(Serialize)]
pub(super) struct Equiv {
    line: usize,
    text: String,
    denies: bool,
}

#[derive(Serialize)]
pub(super) struct Other {
    record: &'static str,
    marker: Option<&'static str>,
    /// Empty when hashed.
    hosts: String,
    #[serde(flatten)]
    key: Key,
}

#[derive(Serialize)]
pub(super) struct Run {
    record: &'static str,
    command: &'static str,
    matched_by: Option<&'static str>,
    hosts: usize,
    findings: usize,
    notes: Vec<String>,
}

impl Key {
    fn new(line: usize, key: &PublicKey) -> Self {
        Self { line, key: key.into() }
    }

    fn text(&self) -> String {
        format!("{} {}", self.key.r#type, self.key.fingerprint)
    }
}

impl From<&EquivLine<'_>> for Equiv {
    fn from(line: &EquivLine<'_>) -> Self {
        Self { line: line.line, text: line_text(line.text), denies: line.denies }
    }
}

impl From<&HostOverview<'_>> for Host {
    fn from(host: &HostOverview<'_>) -> Self {
        let names: Vec<String> = host.names.iter().map(|name| escape(name).to_string()).collect();
        Self {
            record: "host",
            host: names.join(","),
            names,
            keys: host.keys.iter().map(|(line, key)| Key::new(*line, key)).collect(),
            equiv: host.equiv.iter().map(Equiv::from).collect(),
            admitted: host.is_admitted(),
        }
    }
}

impl From<&OtherEntry<'_>> for Other {
    fn from(other: &OtherEntry<'_>) -> Self {
        let marker = other.entry.marker().map(Marker::as_str);
        let key = Key::new(other.line, other.entry.key());
        Self { record: "known-hosts-line", marker, hosts: line_text(other.hosts()), key }
    }
}

impl Report {
    pub(super) fn new(overview: &Overview<'_>, findings: &[Finding], names: Option<Names>, files: &Files) -> Self {
        let hosts: Vec<Host> = overview.hosts.iter().map(Host::from).collect();
        let record = |finding| FindingRecord::new(finding, |file: File| file.path().to_owned());
        Self {
            run: Run {
                record: "run",
                command: "list",
                matched_by: names.map(Names::word),
                hosts: hosts.len(),
                findings: findings.len(),
                notes: netgroups::not_asked(files).into_iter().collect(),
            },
            hosts,
            others: overview.others.iter().map(Other::from).collect(),
            equiv_only: overview.equiv_only.iter().map(Equiv::from).collect(),
            findings: findings.iter().map(record).collect(),
            texts: findings.iter().map(problem_text).collect(),
        }
    }

    /// The list for programs.
    pub(super) fn records(&self) -> Vec<Record<'_>> {
        let mut records: Vec<Record<'_>> = self.hosts.iter().map(Record::Host).collect();
        records.extend(self.others.iter().map(Record::Other));
        records.extend(self.equiv_only.iter().map(|line| Record::Equiv { record: "shosts-line", line }));
        records.extend(self.findings.iter().map(Record::Finding));
        records.push(Record::Run(&self.run));
        records
    }

    /// The list for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for host in &self.hosts {
            lines.push(if host.names.is_empty() { "(hashed name)".to_owned() } else { host.host.clone() });
            lines.extend(host.keys.iter().map(|key| format!("  ssh_known_hosts:{}: {}", key.line, key.text())));
            lines.extend(host.equiv.iter().map(equiv_text));
            if host.equiv.is_empty() {
                lines.push("  not in shosts.equiv".to_owned());
            }
        }
        if !self.others.is_empty() {
            lines.push("other lines of ssh_known_hosts:".to_owned());
        }
        for other in &self.others {
            let marker = other.marker.map(|marker| format!("{marker} ")).unwrap_or_default();
            let hosts = if other.hosts.is_empty() { "(hashed name)" } else { &other.hosts };
            lines.push(format!("  ssh_known_hosts:{}: {marker}{hosts} {}", other.key.line, other.key.text()));
        }
        if !self.equiv_only.is_empty() {
            lines.push("other lines of shosts.equiv:".to_owned());
        }
        lines.extend(self.equiv_only.iter().map(equiv_text));
        if !self.texts.is_empty() {
            lines.push("problems:".to_owned());
        }
        lines.extend(self.texts.iter().map(|text| format!("  {text}")));
        if lines.is_empty() {
            lines.push("no host is registered".to_owned());
        }
        lines.extend(self.run.notes.iter().cloned());
        lines
    }
}

/// `file:line: what is wrong: what to do [code]`
fn problem_text(finding: &Finding) -> String {
    let place = match &finding.place {
        crate::lint::Place::Path(path) => path.clone(),
        crate::lint::Place::File(file) => file.path().to_owned(),
        crate::lint::Place::Line { file, line, .. } => format!("{}:{line}", file.path()),
    };
    format!("{place}: {}: {} [{}]", finding.text, finding.mend, finding.code)
}

fn equiv_text(line: &Equiv) -> String {
    format!("  shosts.equiv:{}: {}{}", line.line, line.text, if line.denies { " (shuts out)" } else { "" })
}
