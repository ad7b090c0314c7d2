//! Which hosts both files are about, as far as lines like those of a registration tell.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::host::HostSpec;
use super::remove::is_all_literal;
use super::survey::Survey;
use super::texts::Texts;
use super::{Files, SystemFile};
use crate::dns::Subject;
use crate::key::PublicKey;
use crate::known_hosts::{Entry, Hosts, LineContent, Marker};
use crate::name::HostText;
use crate::shosts::{LineContent as Piece, Who};

/// Most hashed names times names in clear that are compared: some seconds.
const MAX_HASH_TRIALS: usize = 20_000_000;

/// A host that lines like those of a registration are about. Lines that share a name are about one host; lines that share
/// only an address are, where no more than one of them has names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Its names and addresses.
    pub texts: BTreeSet<HostText>,
    /// Its keys, each with its line in known_hosts.
    pub keys: Vec<(usize, PublicKey)>,
    /// Whether shosts.equiv admits it.
    pub in_equiv: bool,
}

/// What both files hold besides: lines that somebody wrote by hand, and that no plan for a whole fleet touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmanaged {
    /// Where.
    pub file: SystemFile,
    /// The line.
    pub line: usize,
    /// What it is.
    pub what: &'static str,
}

/// Everything that both files are about.
#[derive(Clone, Debug, Default)]
pub struct Inhabitants {
    /// The hosts, in the order of their first lines; those of shosts.equiv alone come last.
    pub hosts: Vec<Registered>,
    /// The other lines; comments and empty ones are not told.
    pub others: Vec<Unmanaged>,
    /// How many hashed lines are for hosts whose names stand nowhere in clear.
    pub unread: usize,
}

impl Registered {
    /// The host as an administrator names it.
    #[must_use]
    pub fn spec(&self) -> Option<HostSpec> {
        let (addresses, names): (Vec<&HostText>, Vec<&HostText>) =
            self.texts.iter().partition(|text| text.as_str().parse::<IpAddr>().is_ok());
        let texts: Vec<&str> = names.into_iter().chain(addresses).map(HostText::as_str).collect();
        texts.join(",").parse().ok()
    }
}

/// Reads both files whole. Names in `hints` are looked for among the hashed names too, beside those that stand in clear.
#[must_use]
pub fn registered(texts: &Texts, hints: &[HostText]) -> Inhabitants {
    let Files { known_hosts, shosts } = texts.parse();
    let (mut groups, mut found) = (Groups::default(), Inhabitants::default());
    let mut hashed = Vec::new();
    let other = |file, line, what| Unmanaged { file, line, what };
    for line in known_hosts.lines() {
        let what = match line.content() {
            LineContent::Entry(entry) => match managed(entry) {
                Managed::Names(names) => {
                    groups.add(&names, Some((line.number(), entry.key())));
                    continue;
                }
                Managed::Hashed => {
                    hashed.push((line.number(), entry.as_ref()));
                    continue;
                }
                Managed::No(what) => what,
            },
            LineContent::Bad(_) => "a line that cannot be read",
            _ => continue,
        };
        found.others.push(other(SystemFile::KnownHosts, line.number(), what));
    }
    let mut admitted = Vec::new();
    for line in shosts.lines() {
        let entries: Vec<_> =
            line.content().iter().filter(|piece| !matches!(piece, Piece::Blank | Piece::Comment)).collect();
        let what = match entries.as_slice() {
            [] => continue,
            [Piece::Entry(entry)] => match (&entry.host().who, entry.user()) {
                _ if super::equiv::denies(entry) => "a line that shuts somebody out",
                (Who::Netgroup(_), _) => "a netgroup",
                (Who::Name(_), Some(_)) => "a line for some users of a host only",
                (Who::Name(name), None) => match text(name) {
                    Some(name) => {
                        admitted.push(name);
                        continue;
                    }
                    None => "a name that no host has",
                },
            },
            [_] => "a line that cannot be read",
            _ => "a line that sshd reads as several",
        };
        found.others.push(other(SystemFile::ShostsEquiv, line.number(), what));
    }
    // A hashed name can only be guessed: by the names that stand in clear somewhere.
    let clear: BTreeSet<HostText> = admitted.iter().chain(hints).chain(groups.by_name.keys()).cloned().collect();
    let few = clear.len().saturating_mul(hashed.len()) <= MAX_HASH_TRIALS;
    for (line, entry) in hashed {
        match clear.iter().filter(|_| few).find(|name| entry.names(name.as_bytes())) {
            Some(name) => groups.add_hashed(name.clone(), line, entry.key()),
            None => found.unread = found.unread.saturating_add(1),
        }
    }
    for name in admitted {
        groups.admit(name);
    }
    found.hosts = groups.into_hosts();
    found
}

/// Whether a line of known_hosts is like those that a registration writes.
enum Managed {
    Names(Vec<HostText>),
    Hashed,
    /// What it is instead.
    No(&'static str),
}

fn managed(entry: &Entry) -> Managed {
    match (entry.marker(), entry.hosts()) {
        (Some(Marker::CertAuthority), _) => Managed::No("an authority"),
        (Some(Marker::Revoked), _) => Managed::No("a revocation"),
        (None, Hosts::Hashed(_)) => Managed::Hashed,
        (None, _) if !is_all_literal(entry) => Managed::No("a line with patterns"),
        (None, _) => match entry.literal_names().map(text).collect() {
            Some(names) => Managed::Names(names),
            None => Managed::No("a line with a name that no host has"),
        },
    }
}

fn is_name(text: &HostText) -> bool {
    text.as_str().parse::<IpAddr>().is_err()
}

/// A name or address as sshd looks it up.
fn text(name: &[u8]) -> Option<HostText> {
    let mut texts = std::str::from_utf8(name).ok()?.parse::<HostSpec>().ok()?.texts().into_iter();
    let first = texts.next()?;
    // An address in another form than its shortest is never looked up.
    (texts.next().is_none() && first.as_bytes().eq_ignore_ascii_case(name)).then_some(first)
}

/// Hosts by their names, joined as lines turn out to share one.
#[derive(Default)]
struct Groups {
    hosts: Vec<Registered>,
    by_name: BTreeMap<HostText, usize>,
    /// Those of which the names are hashed, by key.
    by_hashed_key: BTreeMap<Vec<u8>, usize>,
}

impl Groups {
    /// The place of the host with any of these names, which gets the others too; two hosts become one.
    fn add(&mut self, names: &[HostText], key: Option<(usize, &PublicKey)>) -> usize {
        self.join(self.with_any(names), names, key)
    }

    /// The hosts that have one of these names. That two hosts with names share an address makes them not one: one of them
    /// may have had it before.
    fn with_any(&self, names: &[HostText]) -> BTreeSet<usize> {
        let has_name = names.iter().any(is_name);
        let is_named = |place: usize| self.hosts.get(place).is_some_and(|host| host.texts.iter().any(is_name));
        let found = names.iter().filter_map(|name| Some((name, *self.by_name.get(name)?)));
        found.filter(|&(name, place)| !has_name || is_name(name) || !is_named(place)).map(|(_, place)| place).collect()
    }

    fn join(&mut self, mut known: BTreeSet<usize>, names: &[HostText], key: Option<(usize, &PublicKey)>) -> usize {
        let host = known.pop_first().unwrap_or_else(|| {
            self.hosts.push(Registered::default());
            self.hosts.len().saturating_sub(1)
        });
        for other in known {
            let merged = self.hosts.get_mut(other).map(std::mem::take).unwrap_or_default();
            for name in &merged.texts {
                self.by_name
                    .entry(name.clone())
                    .and_modify(|place| *place = if *place == other { host } else { *place });
            }
            if let Some(host) = self.hosts.get_mut(host) {
                host.texts.extend(merged.texts);
                host.keys.extend(merged.keys);
            }
        }
        for name in names {
            self.by_name.entry(name.clone()).or_insert(host);
        }
        if let Some(host) = self.hosts.get_mut(host) {
            host.texts.extend(names.iter().cloned());
            host.keys.extend(key.map(|(line, key)| (line, key.clone())));
        }
        host
    }

    /// Hashed names stand on lines of their own: those with one key are one host's.
    fn add_hashed(&mut self, name: HostText, line: usize, key: &PublicKey) {
        let same_key = self.by_hashed_key.get(key.blob()).copied();
        let mut known = self.with_any(std::slice::from_ref(&name));
        known.extend(same_key.filter(|&host| self.hosts.get(host).is_some_and(|host| !host.texts.is_empty())));
        let host = self.join(known, &[name], Some((line, key)));
        self.by_hashed_key.insert(key.blob().to_vec(), host);
    }

    fn admit(&mut self, name: HostText) {
        let host = self.add(&[name], None);
        if let Some(host) = self.hosts.get_mut(host) {
            host.in_equiv = true;
        }
    }

    /// Without those that were merged into others.
    fn into_hosts(self) -> Vec<Registered> {
        self.hosts.into_iter().filter(|host| !host.texts.is_empty()).collect()
    }
}

/// The other hosts in the files that share an address or a key with one of these, for the checks of names and addresses. A
/// line that shares a name is about the host itself; so is one without names that shares an address. Hashed names tell
/// nothing.
#[must_use]
pub fn neighbours(files: &Files, hosts: &[Subject]) -> Vec<Subject> {
    neighbours_among(files.known_hosts.entries().map(|(_, entry)| entry), hosts)
}

/// The same of what was read for these hosts, their keys included.
#[must_use]
pub fn neighbours_of_survey(survey: &Survey<'_>, hosts: &[Subject]) -> Vec<Subject> {
    neighbours_among(survey.known_hosts.entries().map(|(_, entry)| entry), hosts)
}

fn subject_texts(host: &Subject) -> impl Iterator<Item = HostText> + '_ {
    host.names.iter().map(HostText::from).chain(host.addresses.iter().copied().map(HostText::from))
}

fn neighbours_among<'e>(entries: impl Iterator<Item = &'e Entry>, hosts: &[Subject]) -> Vec<Subject> {
    let mut by_text: BTreeMap<HostText, Vec<usize>> = BTreeMap::new();
    let mut by_key: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (place, host) in hosts.iter().enumerate() {
        subject_texts(host).for_each(|text| by_text.entry(text).or_default().push(place));
        host.keys.iter().for_each(|key| by_key.entry(key.blob()).or_default().push(place));
    }
    let mut found: BTreeMap<Vec<HostText>, Vec<PublicKey>> = BTreeMap::new();
    for entry in entries.filter(|entry| entry.marker().is_none()) {
        let names: Vec<HostText> = entry.literal_names().filter_map(text).collect();
        let has_name = names.iter().any(|name| name.as_str().parse::<IpAddr>().is_err());
        let sharing = names.iter().filter_map(|name| by_text.get(name)).chain(by_key.get(entry.key().blob()));
        let sharing: BTreeSet<usize> = sharing.flatten().copied().collect();
        let is_itself = |place: &usize| {
            let own = hosts.get(*place);
            own.is_some_and(|own| {
                subject_texts(own).any(|text| {
                    let counts = !has_name || text.as_str().parse::<IpAddr>().is_err() || own.names.is_empty();
                    counts && names.contains(&text)
                })
            })
        };
        if !names.is_empty() && !sharing.is_empty() && !sharing.iter().all(is_itself) {
            let keys = found.entry(names).or_default();
            if !keys.contains(entry.key()) {
                keys.push(entry.key().clone());
            }
        }
    }
    let subject = |(texts, keys): (Vec<HostText>, Vec<PublicKey>)| {
        let texts: Vec<&str> = texts.iter().map(HostText::as_str).collect();
        let spec = texts.join(",").parse::<HostSpec>().ok()?;
        Some(Subject { names: spec.names().to_vec(), addresses: spec.addresses().to_vec(), keys })
    };
    found.into_iter().filter_map(subject).collect()
}
