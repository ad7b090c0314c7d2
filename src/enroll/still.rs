//! Whether a host that was removed would still be admitted.

use std::fmt;

use super::admission::{Lookup, key_status};
use super::equiv::denies;
use super::files::{Files, OtherFiles, SystemFile};
use crate::key::PublicKey;
use crate::known_hosts::{HostKeyStatus, KnownHosts, Marker, Place, Source, check_host_key};
use crate::name::HostText;
use crate::shosts::{self, Equiv, EquivMatch, Netgroups};

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
    still(&files.known_hosts, &files.shosts, others, gone, netgroups)
}

/// The same of both files in any form.
pub(super) fn still(
    known_hosts: &dyn KnownHosts,
    shosts: &dyn UserLines,
    others: &OtherFiles,
    gone: &[HostText],
    netgroups: &dyn Netgroups,
) -> Vec<StillAdmitted> {
    let admitted = |name: &HostText| {
        // A denial ends its own file only.
        let hosts_equiv: (_, &dyn UserLines) = (OtherFiles::HOSTS_EQUIV, &others.hosts_equiv);
        let mut equiv = [hosts_equiv, (SystemFile::ShostsEquiv.path(), shosts)].into_iter();
        let equiv =
            equiv.find_map(|(file, document)| Some(Place { file, line: equiv_line(document, name, netgroups)? }))?;
        let known_hosts = known_in_first(known_hosts, name).or_else(|| known_in_second(known_hosts, others, name))?;
        Some(StillAdmitted { looked_up: name.clone(), equiv, known_hosts })
    };
    gone.iter().filter_map(admitted).collect()
}

/// A file of the hosts.equiv family that can be asked for lines that admit one user of a host only.
pub(super) trait UserLines: Equiv {
    /// The first of them.
    fn line_for_one_user(&self, host: &[u8]) -> Option<usize>;
}

impl UserLines for shosts::Document {
    fn line_for_one_user(&self, host: &[u8]) -> Option<usize> {
        Some(self.entries_naming(host).find(|(_, entry)| is_for_one_user(entry))?.0)
    }
}

impl UserLines for shosts::Draft<'_> {
    fn line_for_one_user(&self, host: &[u8]) -> Option<usize> {
        Some(self.naming(host).find(|line| is_for_one_user(line.entry))?.number)
    }
}

fn equiv_line(document: &dyn UserLines, name: &HostText, netgroups: &dyn Netgroups) -> Option<usize> {
    let lookup = Lookup { name: name.clone(), address: name.clone() };
    match lookup.ask(document, netgroups) {
        EquivMatch::Allow { line } => Some(line),
        // A line for one user of the host is enough.
        _ => document.line_for_one_user(name.as_bytes()),
    }
}

fn is_for_one_user(entry: &shosts::Entry) -> bool {
    entry.user().is_some() && !denies(entry)
}

/// A line of ssh_known_hosts whose key, or authority, would do.
fn known_in_first(document: &dyn KnownHosts, name: &HostText) -> Option<Place<'static>> {
    let would_do = |key: &PublicKey, _| !is_revoked(key_status(document, name, key));
    Some(Place { file: SystemFile::KnownHosts.path(), line: first_candidate(document, name, would_do)? })
}

/// A line of ssh_known_hosts2 whose key, or authority, would do: sshd asks that file for what is new to the first.
fn known_in_second(document: &dyn KnownHosts, others: &OtherFiles, name: &HostText) -> Option<Place<'static>> {
    let source = Source { file: OtherFiles::KNOWN_HOSTS2, document: &others.known_hosts2 };
    let would_do = |key: &PublicKey, is_authority| {
        let first = key_status(document, name, key);
        // A host's other keys in the first file say nothing of its certificates.
        let asked = if is_authority { !is_revoked(first) } else { first == HostKeyStatus::New };
        asked && !is_revoked(check_host_key(&[source], name.as_bytes(), key))
    };
    Some(Place { file: OtherFiles::KNOWN_HOSTS2, line: first_candidate(&others.known_hosts2, name, would_do)? })
}

/// The first line for a host with a key, or an authority (told so), that would do.
fn first_candidate(
    document: &dyn KnownHosts,
    name: &HostText,
    would_do: impl Fn(&PublicKey, bool) -> bool,
) -> Option<usize> {
    let mut first = None;
    document.for_each_matching(name.as_bytes(), &mut |line, entry| {
        let is_candidate = entry.marker() != Some(Marker::Revoked);
        if first.is_none() && is_candidate && would_do(entry.key(), entry.marker().is_some()) {
            first = Some(line);
        }
    });
    first
}

const fn is_revoked(status: HostKeyStatus<'_>) -> bool {
    matches!(status, HostKeyStatus::Revoked(_))
}
