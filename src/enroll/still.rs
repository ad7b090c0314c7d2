//! Whether a host that was removed would still be admitted.

use std::fmt;

use super::admission::{Lookup, key_status};
use super::equiv::denies;
use super::files::{Files, OtherFiles, SystemFile};
use crate::known_hosts::{self, Entry, HostKeyStatus, Marker, Place, Source, check_host_key};
use crate::name::HostText;
use crate::shosts::{self, EquivMatch, Netgroups};

/// A removed host that would still be admitted, and the lines that do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillAdmitted {
    /// The name or address that sshd would look up.
    pub looked_up: HostText,
    /// The line of shosts.equiv or hosts.equiv.
    pub equiv: Place<'static>,
    /// The line of ssh_known_hosts or ssh_known_hosts2.
    pub known_hosts: Place<'static>,
}

impl fmt::Display for StillAdmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { looked_up, equiv, known_hosts } = self;
        write!(
            f,
            "{looked_up} would still be admitted, by {}:{} and {}:{}",
            equiv.file, equiv.line, known_hosts.file, known_hosts.line
        )
    }
}

/// Which of these names and addresses would still be admitted with any of the keys that the files hold. The user's own
/// files, which sshd may ask too, are not asked.
#[must_use]
pub fn still_admitted(
    files: &Files,
    others: &OtherFiles,
    gone: &[HostText],
    netgroups: &dyn Netgroups,
) -> Vec<StillAdmitted> {
    let admitted = |name: &HostText| {
        // A denial ends its own file only.
        let equiv = [(OtherFiles::HOSTS_EQUIV, &others.hosts_equiv), (SystemFile::ShostsEquiv.path(), &files.shosts)];
        let mut equiv = equiv.into_iter();
        let equiv =
            equiv.find_map(|(file, document)| Some(Place { file, line: equiv_line(document, name, netgroups)? }))?;
        let known_hosts = known_in_first(files, name).or_else(|| known_in_second(files, others, name))?;
        Some(StillAdmitted { looked_up: name.clone(), equiv, known_hosts })
    };
    gone.iter().filter_map(admitted).collect()
}

fn equiv_line(document: &shosts::Document, name: &HostText, netgroups: &dyn Netgroups) -> Option<usize> {
    let lookup = Lookup { name: name.clone(), address: name.clone() };
    match lookup.ask(document, netgroups) {
        EquivMatch::Allow { line } => Some(line),
        // A line for one user of the host is enough.
        _ => Some(document.entries_naming(name.as_bytes()).find(|(_, entry)| is_for_one_user(entry))?.0),
    }
}

fn is_for_one_user(entry: &shosts::Entry) -> bool {
    entry.user().is_some() && !denies(entry)
}

/// A line of ssh_known_hosts whose key, or authority, would do.
fn known_in_first(files: &Files, name: &HostText) -> Option<Place<'static>> {
    let mut entries = candidates(&files.known_hosts, name);
    let (line, _) = entries.find(|(_, entry)| !is_revoked(key_status(files, name, entry.key())))?;
    Some(Place { file: SystemFile::KnownHosts.path(), line })
}

/// A line of ssh_known_hosts2 whose key, or authority, would do: sshd asks that file for what is new to the first.
fn known_in_second(files: &Files, others: &OtherFiles, name: &HostText) -> Option<Place<'static>> {
    let source = Source { file: OtherFiles::KNOWN_HOSTS2, document: &others.known_hosts2 };
    let mut entries = candidates(&others.known_hosts2, name);
    let (line, _) = entries.find(|(_, entry)| {
        let first = key_status(files, name, entry.key());
        // A host's other keys in the first file say nothing of its certificates.
        let asked = if entry.marker().is_some() { !is_revoked(first) } else { first == HostKeyStatus::New };
        asked && !is_revoked(check_host_key(&[source], name.as_bytes(), entry.key()))
    })?;
    Some(Place { file: OtherFiles::KNOWN_HOSTS2, line })
}

fn candidates<'a>(document: &'a known_hosts::Document, name: &'a HostText) -> impl Iterator<Item = (usize, &'a Entry)> {
    let matching = document.entries().filter(|(_, entry)| entry.matches(name.as_bytes()));
    matching.filter(|(_, entry)| entry.marker() != Some(Marker::Revoked))
}

const fn is_revoked(status: HostKeyStatus<'_>) -> bool {
    matches!(status, HostKeyStatus::Revoked(_))
}
