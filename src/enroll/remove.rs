//! What removing a host changes.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::equiv::denies;
use super::files::SystemFile;
use super::host::HostSpec;
use super::plan::{Note, Why};
use super::refusal::Refusal;
use crate::key::PublicKey;
use crate::known_hosts::{self, Entry, Hosts, Marker};
use crate::name::HostText;
use crate::shosts;

/// One host that is to be removed: every line of known_hosts with a key that is registered for it goes, and every line of
/// shosts.equiv that admits a name or address from such a line.
///
/// The host is given by any of its names or addresses. Lines with patterns, authorities, revocations and lines that shut
/// somebody out stay; [`Removal::notes`] names them.
pub(super) struct Removal {
    host: HostText,
    /// The lines of known_hosts that go, and why.
    entries: Vec<(usize, Why)>,
    /// The lines that would go, but for their patterns.
    patterns: Vec<usize>,
    /// The names and addresses on the lines that go, as they stand there; and those of shosts.equiv that stand there hashed.
    names: BTreeSet<Vec<u8>>,
}

/// The entries that would be removed with a host, and those that stay because of their patterns.
fn entries_of<'d>(draft: &'d known_hosts::Draft<'_>, host: &HostText) -> (Vec<(usize, &'d Entry)>, Vec<usize>) {
    let unmarked = |(_, entry): &(usize, &Entry)| entry.marker().is_none();
    let about: Vec<(usize, &Entry)> = draft.about(host.as_bytes()).filter(unmarked).collect();
    let own = about.iter().filter(|(_, entry)| entry.names(host.as_bytes()));
    let keys: Vec<&PublicKey> = own.map(|(_, entry)| entry.key()).collect();
    let with_key = keys.iter().flat_map(|key| draft.holding(key)).filter(unmarked);
    // By line, each once.
    let all: BTreeMap<usize, &Entry> = about.iter().copied().chain(with_key).collect();
    let (mut entries, mut patterns) = (Vec::new(), Vec::new());
    for (line, entry) in all {
        let named = entry.names(host.as_bytes()) || keys.contains(&entry.key());
        if named && is_all_literal(entry) {
            entries.push((line, entry));
        } else if named || entry.matches(host.as_bytes()) {
            patterns.push(line);
        }
    }
    (entries, patterns)
}

/// The keys that are registered for hosts.
pub(super) fn keys_of<'h>(
    [known_hosts, _]: [&[u8]; 2],
    hosts: impl Iterator<Item = &'h HostText>,
    names: &[HostText],
) -> Vec<PublicKey> {
    let draft = known_hosts::Draft::new(known_hosts, names.iter().map(HostText::as_bytes), []);
    let own = hosts.flat_map(|host| draft.about(host.as_bytes()).filter(|(_, entry)| entry.names(host.as_bytes())));
    own.filter(|(_, entry)| entry.marker().is_none()).map(|(_, entry)| entry.key().clone()).collect()
}

/// The names and addresses that shosts.equiv may have for hosts that are to be removed: those on the lines with their keys.
/// Hashed names can only be asked, not listed: so the other file's names are asked for.
pub(super) fn names_of<'h>(
    [known_hosts, equiv]: [&[u8]; 2],
    hosts: impl Iterator<Item = &'h HostText>,
    names: &[HostText],
    keys: &[PublicKey],
) -> Vec<Vec<u8>> {
    let draft = known_hosts::Draft::new(known_hosts, names.iter().map(HostText::as_bytes), keys);
    let mut found = BTreeSet::new();
    let mut hashed: Vec<&Entry> = Vec::new();
    for (_, entry) in hosts.flat_map(|host| entries_of(&draft, host).0) {
        match entry.hosts() {
            Hosts::Hashed(_) => hashed.push(entry),
            _ => found.extend(entry.literal_names().map(<[u8]>::to_ascii_lowercase)),
        }
    }
    if !hashed.is_empty() {
        let equiv = shosts::Draft::new(equiv, []);
        found.extend(equiv.names_in_file().filter(|name| hashed.iter().any(|entry| entry.names(name))));
    }
    found.into_iter().collect()
}

impl Removal {
    pub(super) fn new(draft: &Draft<'_>, host: &HostText) -> Self {
        let (entries, patterns) = entries_of(&draft.known_hosts, host);
        let mut names = BTreeSet::from([host.as_bytes().to_vec()]);
        for (_, entry) in &entries {
            names.extend(entry.literal_names().map(<[u8]>::to_ascii_lowercase));
            if matches!(entry.hosts(), Hosts::Hashed(_)) {
                names.extend(draft.equiv_names.iter().filter(|name| entry.names(name)).cloned());
            }
        }
        let why = |entry: &Entry| match entry.names(host.as_bytes()) {
            true => Why::Names(host.clone()),
            false => Why::KeyOf(host.clone()),
        };
        let entries = entries.iter().map(|(line, entry)| (*line, why(entry))).collect();
        Self { host: host.clone(), entries, patterns, names }
    }

    /// The host, and the names and addresses on the lines that go. What is neither can be no lookup name of sshd's.
    pub(super) fn texts(&self, draft: &Draft<'_>) -> Vec<HostText> {
        let entries = self.entries.iter().filter_map(|(line, _)| draft.known_hosts.entry_on(*line));
        let names: Vec<&[u8]> = entries.flat_map(Entry::literal_names).collect();
        let specs = names.into_iter().filter_map(|name| std::str::from_utf8(name).ok()?.parse::<HostSpec>().ok());
        [self.host.clone()].into_iter().chain(specs.flat_map(|spec| spec.texts())).collect()
    }

    /// Plans it; whether anything changes.
    pub(super) fn plan(self, draft: &mut Draft<'_>) -> Result<bool, Refusal> {
        let admitting: Vec<_> = self
            .equiv_lines(draft)
            .into_iter()
            .filter(|line| !line.denies && !line.shared)
            .map(|line| (line.number, line.text.to_vec(), line.host.eq_ignore_ascii_case(self.host.as_bytes())))
            .collect();
        let changed = !admitting.is_empty() || !self.entries.is_empty();
        for (line, old, named) in admitting {
            let why = if named { Why::Names(self.host.clone()) } else { Why::AdmittedWith(self.host.clone()) };
            draft.remove(SystemFile::ShostsEquiv, line, old, why)?;
        }
        for (line, why) in self.entries {
            let old = draft.known_hosts.text(line).unwrap_or_default().to_vec();
            draft.remove(SystemFile::KnownHosts, line, old, why)?;
        }
        Ok(changed)
    }

    pub(super) fn notes(&self, draft: &Draft<'_>) -> Vec<Note> {
        let host = || self.host.clone();
        let mut notes: Vec<Note> =
            self.patterns.iter().map(|&line| Note::PatternStays { line, host: host() }).collect();
        let about = draft.known_hosts.about(self.host.as_bytes());
        let authorities = about
            .filter(|(_, entry)| entry.marker() == Some(Marker::CertAuthority) && entry.matches(self.host.as_bytes()));
        notes.extend(authorities.map(|(line, _)| Note::AuthorityStays { line, host: host() }));
        let lines = self.equiv_lines(draft);
        let shared = lines.iter().filter(|line| !line.denies && line.shared);
        notes.extend(shared.map(|line| Note::LongLineStays { line: line.number, host: host() }));
        let denials = lines.iter().filter(|line| line.denies);
        notes.extend(denials.map(|line| Note::DenialStays { line: line.number, host: line.host.to_vec() }));
        notes
    }

    /// The lines of shosts.equiv about the host, in their order.
    fn equiv_lines<'d>(&self, draft: &'d Draft<'_>) -> Vec<EquivLine<'d>> {
        let lines = self.names.iter().flat_map(|name| draft.shosts.naming(name));
        let mut lines: Vec<EquivLine<'d>> = lines.filter_map(EquivLine::new).collect();
        lines.sort_by_key(|line| line.number);
        lines
    }
}

/// An entry of shosts.equiv that is about one host.
pub(super) struct EquivLine<'d> {
    pub(super) number: usize,
    /// The host's name or address, without its sign.
    host: &'d [u8],
    /// The whole line, without line end.
    pub(super) text: &'d [u8],
    /// Whether it shuts out (`-host`, or `host -user`).
    pub(super) denies: bool,
    /// Whether it is for one user of the host, or some, only.
    pub(super) for_user: bool,
    /// Whether sshd reads the line in pieces of which others say something too.
    pub(super) shared: bool,
}

impl<'d> EquivLine<'d> {
    pub(super) fn new(line: shosts::Drafted<'d>) -> Option<Self> {
        let shosts::Who::Name(host) = &line.entry.host().who else { return None };
        let for_user = line.entry.user().is_some();
        Some(Self {
            number: line.number,
            host,
            text: line.text,
            denies: denies(line.entry),
            for_user,
            shared: line.shared,
        })
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
