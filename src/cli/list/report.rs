//! The list as JSON and as text. Foreign text in it is escaped.

use serde::Serialize;

use crate::cli::netgroups;
use crate::cli::report::{KeyReport, line_text};
use crate::enroll::{EquivLine, Files, HostOverview, Names, OtherEntry, Overview};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::Marker;

#[derive(Serialize)]
pub(super) struct Json {
    matched_by: Option<&'static str>,
    hosts: Vec<Host>,
    others: Vec<Other>,
    equiv_only: Vec<Equiv>,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Host {
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
struct Equiv {
    line: usize,
    text: String,
    denies: bool,
}

#[derive(Serialize)]
struct Other {
    marker: Option<&'static str>,
    /// Empty when hashed.
    hosts: String,
    #[serde(flatten)]
    key: Key,
}

#[derive(Serialize)]
struct Problem {
    file: &'static str,
    line: usize,
    text: String,
}

impl Key {
    fn new(line: usize, key: &PublicKey) -> Self {
        Self { line, key: key.into() }
    }

    fn text(&self) -> String {
        format!("{} {}", self.key.r#type, self.key.fingerprint)
    }
}

impl From<&EquivLine> for Equiv {
    fn from(line: &EquivLine) -> Self {
        Self { line: line.line, text: line_text(&line.text), denies: line.denies }
    }
}

impl From<&HostOverview> for Host {
    fn from(host: &HostOverview) -> Self {
        Self {
            names: host.names.iter().map(|name| escape(name).to_string()).collect(),
            keys: host.keys.iter().map(|(line, key)| Key::new(*line, key)).collect(),
            equiv: host.equiv.iter().map(Equiv::from).collect(),
            admitted: host.is_admitted(),
        }
    }
}

impl From<&OtherEntry> for Other {
    fn from(other: &OtherEntry) -> Self {
        let (marker, key) = (other.marker.map(Marker::as_str), Key::new(other.line, &other.key));
        Self { marker, hosts: line_text(&other.hosts), key }
    }
}

impl Json {
    pub(super) fn new(overview: &Overview, names: Option<Names>, files: &Files) -> Self {
        let problem = |trouble: &crate::enroll::Trouble| {
            let (file, line) = trouble.place();
            Problem { file: file.path(), line, text: trouble.to_string() }
        };
        Self {
            matched_by: names.map(Names::word),
            hosts: overview.hosts.iter().map(Host::from).collect(),
            others: overview.others.iter().map(Other::from).collect(),
            equiv_only: overview.equiv_only.iter().map(Equiv::from).collect(),
            problems: overview.troubles.iter().map(problem).collect(),
            notes: netgroups::not_asked(files).into_iter().collect(),
        }
    }

    /// The list for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for host in &self.hosts {
            lines.push(if host.names.is_empty() { "(hashed name)".to_owned() } else { host.names.join(",") });
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
        if !self.problems.is_empty() {
            lines.push("problems:".to_owned());
        }
        lines.extend(self.problems.iter().map(|problem| format!("  {}", problem.text)));
        if lines.is_empty() {
            lines.push("no host is registered".to_owned());
        }
        lines.extend(self.notes.iter().cloned());
        lines
    }
}

fn equiv_text(line: &Equiv) -> String {
    format!("  shosts.equiv:{}: {}{}", line.line, line.text, if line.denies { " (shuts out)" } else { "" })
}
