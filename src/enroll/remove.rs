//! The plan of a removal.

use super::equiv::{HostLine, host_lines};
use super::files::{Files, SystemFile};
use super::host::HostSpec;
use super::plan::{Change, Edit, Note, Plan, Why};
use crate::key::PublicKey;
use crate::known_hosts::{Entry, Hosts, Marker};
use crate::name::HostText;

impl Plan {
    /// What removing these hosts changes: every line of known_hosts with a key that is registered for one of them goes,
    /// and every line of shosts.equiv that admits a name or address from such a line.
    ///
    /// Each host is given by any of its names or addresses. Changes come in the safe order, shosts.equiv first. Lines
    /// with patterns, authorities, revocations and lines that shut somebody out stay; [`Plan::notes`] names them.
    pub fn remove(files: &Files, hosts: &[HostText]) -> Self {
        let mut plan = Self::default();
        let mut known_hosts = Vec::new();
        for host in hosts {
            let removal = Removal::new(files, host);
            let equiv_changes: Vec<Change> = removal.equiv_changes(files).collect();
            let notes = removal.notes(files);
            if removal.entries.is_empty() && equiv_changes.is_empty() && notes.is_empty() {
                add_new(&mut plan.notes, [Note::NotRegistered { host: host.clone() }], |a, b| a == b);
            }
            // Two of the hosts may be names of one.
            let same_line = |a: &Change, b: &Change| a.line == b.line;
            add_new(&mut plan.changes, equiv_changes, same_line);
            add_new(&mut known_hosts, removal.known_hosts_changes(), same_line);
            add_new(&mut plan.notes, notes, |a, b| a == b);
            add_new(&mut plan.gone, removal.texts(), |a, b| a == b);
        }
        plan.changes.extend(known_hosts);
        plan
    }
}

fn add_new<T>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>, same: impl Fn(&T, &T) -> bool) {
    for item in more {
        if !list.iter().any(|known| same(known, &item)) {
            list.push(item);
        }
    }
}

/// One host that is to be removed.
struct Removal<'a> {
    host: &'a HostText,
    /// The lines of known_hosts that go.
    entries: Vec<(usize, &'a Entry, &'a [u8])>,
    /// The lines that would go, but for their patterns.
    patterns: Vec<usize>,
}

impl<'a> Removal<'a> {
    fn new(files: &'a Files, host: &'a HostText) -> Self {
        let unmarked = || files.known_hosts.entries().filter(|(_, entry)| entry.marker().is_none());
        let keys: Vec<&PublicKey> =
            unmarked().filter(|(_, entry)| entry.names(host.as_bytes())).map(|(_, entry)| entry.key()).collect();
        let mut removal = Self { host, entries: Vec::new(), patterns: Vec::new() };
        for (line, entry) in unmarked() {
            let named = entry.names(host.as_bytes()) || keys.contains(&entry.key());
            if named && is_all_literal(entry) {
                let text = files.known_hosts.line(line).map(crate::known_hosts::Line::text).unwrap_or_default();
                removal.entries.push((line, entry, text));
            } else if named || entry.matches(host.as_bytes()) {
                removal.patterns.push(line);
            }
        }
        removal
    }

    /// The host, and the names and addresses on the lines that go. What is neither can be no lookup name of sshd's.
    fn texts(&self) -> Vec<HostText> {
        let names = self.entries.iter().flat_map(|(_, entry, _)| entry.literal_names());
        let specs = names.filter_map(|name| std::str::from_utf8(name).ok()?.parse::<HostSpec>().ok());
        [self.host.clone()].into_iter().chain(specs.flat_map(|spec| spec.texts())).collect()
    }

    /// Whether a name from shosts.equiv is the host, or was registered with a key of it. Hashed names can only be
    /// asked, not listed: so the other file's names are asked for.
    fn means(&self, name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(self.host.as_bytes()) || self.entries.iter().any(|(_, entry, _)| entry.names(name))
    }

    fn known_hosts_changes(&self) -> impl Iterator<Item = Change> {
        self.entries.iter().map(|&(line, entry, text)| {
            let named = entry.names(self.host.as_bytes());
            let why = if named { Why::Names(self.host.clone()) } else { Why::KeyOf(self.host.clone()) };
            Change { file: SystemFile::KnownHosts, line, edit: Edit::Remove { old: text.to_vec() }, why }
        })
    }

    fn equiv_changes(&self, files: &Files) -> impl Iterator<Item = Change> {
        let admitting = host_lines(files).filter(|line| !line.denies && !line.shared && self.means(line.host));
        admitting.map(|HostLine { line, host, text, .. }| {
            let named = host.eq_ignore_ascii_case(self.host.as_bytes());
            let why = if named { Why::Names(self.host.clone()) } else { Why::AdmittedWith(self.host.clone()) };
            Change { file: SystemFile::ShostsEquiv, line, edit: Edit::Remove { old: text.to_vec() }, why }
        })
    }

    fn notes(&self, files: &Files) -> Vec<Note> {
        let mut notes: Vec<Note> =
            self.patterns.iter().map(|&line| Note::PatternStays { line, host: self.host.clone() }).collect();
        let authorities = files
            .known_hosts
            .entries()
            .filter(|(_, entry)| entry.marker() == Some(Marker::CertAuthority) && entry.matches(self.host.as_bytes()));
        notes.extend(authorities.map(|(line, _)| Note::AuthorityStays { line, host: self.host.clone() }));
        let shared = host_lines(files).filter(|line| !line.denies && line.shared && self.means(line.host));
        notes.extend(shared.map(|line| Note::LongLineStays { line: line.line, host: self.host.clone() }));
        let denials = host_lines(files).filter(|line| line.denies && self.means(line.host));
        notes.extend(denials.map(|line| Note::DenialStays { line: line.line, host: line.host.to_vec() }));
        notes
    }
}

/// Whether a line is for named hosts only, so that nobody else is touched when it goes.
pub(super) fn is_all_literal(entry: &Entry) -> bool {
    match entry.hosts() {
        Hosts::Hashed(_) => true,
        Hosts::Patterns(list) => {
            let elements = list.split(|&byte| byte == b',').filter(|element| !element.is_empty());
            elements.count() == entry.literal_names().count()
        }
        _ => false,
    }
}
