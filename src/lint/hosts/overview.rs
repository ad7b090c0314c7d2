//! Both files as a list of hosts.

use std::collections::{BTreeSet, HashMap};

use super::groups::Groups;
use super::lines::{HostLine, host_lines};
use crate::key::PublicKey;
use crate::known_hosts::{Document, Entry, HashedName, Hosts, Marker};
use crate::lint::finding::File;
use crate::lint::inputs::Inputs;

/// Most trials of a name on a hashed entry, each of which costs an HMAC: together about a second.
const MAX_HASH_TRIALS: usize = 1_000_000;

/// The hosts of both files. Names are as in the files: bytes from outside.
#[derive(Clone, Debug, Default)]
pub struct Overview<'a> {
    /// The hosts that known_hosts names, in its order, each with all its lines.
    pub hosts: Vec<HostOverview<'a>>,
    /// The other entries of known_hosts: with patterns, authorities, revocations.
    pub others: Vec<OtherEntry<'a>>,
    /// The lines of the hosts.equiv family about hosts that known_hosts does not name.
    pub equiv_only: Vec<EquivLine<'a>>,
    /// Whether every name in clear was tried on every hashed one: with too many of both none is.
    pub hashes_tried: bool,
    /// Hashed lines whose name was hashed with upper-case letters: the line, and the name.
    pub(super) upper_case: Vec<(usize, Vec<u8>)>,
}

/// A host: the entries of known_hosts that share a name with each other.
#[derive(Clone, Debug, Default)]
pub struct HostOverview<'a> {
    /// Its names and addresses in lower case; none when they are hashed and nothing tells them.
    pub names: Vec<Vec<u8>>,
    /// Its keys, each with its line of known_hosts.
    pub keys: Vec<(usize, &'a PublicKey)>,
    /// The lines of the hosts.equiv family about it.
    pub equiv: Vec<EquivLine<'a>>,
}

/// A line of the hosts.equiv family about one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivLine<'a> {
    /// Its file.
    pub file: File,
    /// Its number.
    pub line: usize,
    /// Its text.
    pub text: &'a [u8],
    /// The host's name or address, without its sign.
    pub host: &'a [u8],
    /// Where that stands in the text.
    pub span: std::ops::Range<usize>,
    /// Whether it shuts out.
    pub denies: bool,
}

/// An entry of known_hosts that names no single host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEntry<'a> {
    /// Its line.
    pub line: usize,
    /// What the line says.
    pub entry: &'a Entry,
}

impl OtherEntry<'_> {
    /// The hosts field, as it stands there; empty when hashed.
    #[must_use]
    pub fn hosts(&self) -> &[u8] {
        match self.entry.hosts() {
            Hosts::Patterns(list) | Hosts::Unclear(list) => list,
            _ => b"",
        }
    }
}

impl HostOverview<'_> {
    /// Whether a line admits it, by name or address.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.equiv.iter().any(|line| !line.denies)
    }
}

impl<'a> Overview<'a> {
    /// Lists what the files hold: `known_hosts`, and those of the hosts.equiv family that the inputs have.
    #[must_use]
    pub fn new(inputs: &Inputs<'a>) -> Self {
        let mut overview = Self { hashes_tried: true, ..Self::default() };
        let mut groups = Groups::default();
        // Members of the groups are numbered as these are.
        let mut members: Vec<(usize, &PublicKey)> = Vec::new();
        let mut hashed: Vec<(usize, &Entry, &HashedName)> = Vec::new();
        for (line, entry) in inputs.known_hosts.into_iter().flat_map(Document::entries) {
            match entry.hosts() {
                Hosts::Hashed(name) if entry.marker().is_none() => hashed.push((line, entry, name)),
                _ if entry.marker().is_none() && is_all_literal(entry) => {
                    groups.add(entry.literal_names().map(<[u8]>::to_ascii_lowercase));
                    members.push((line, entry.key()));
                }
                _ => overview.others.push(OtherEntry { line, entry }),
            }
        }
        overview.add_hashed(inputs, &hashed, &mut groups, &mut members);
        overview.collect(inputs, &mut groups, &members);
        overview
    }

    /// A hashed name can only be guessed: by the names that stand in clear somewhere.
    fn add_hashed(
        &mut self,
        inputs: &Inputs<'a>,
        hashed: &[(usize, &'a Entry, &'a HashedName)],
        groups: &mut Groups,
        members: &mut Vec<(usize, &'a PublicKey)>,
    ) {
        if hashed.is_empty() {
            return;
        }
        let equiv = || host_lines(inputs).map(|line| line.host);
        let lower: BTreeSet<Vec<u8>> =
            equiv().map(<[u8]>::to_ascii_lowercase).chain(groups.known_names().cloned()).collect();
        let upper: BTreeSet<&[u8]> = equiv().filter(|host| host.iter().any(u8::is_ascii_uppercase)).collect();
        let trials = lower.len().saturating_add(upper.len()).saturating_mul(hashed.len());
        self.hashes_tried = trials <= MAX_HASH_TRIALS;
        for &(line, entry, name) in hashed {
            let mut found = lower.iter().filter(|_| self.hashes_tried).find(|host| name.matches(host)).cloned();
            if found.is_none()
                && let Some(host) = upper.iter().filter(|_| self.hashes_tried).find(|host| name.matches(host))
            {
                self.upper_case.push((line, host.to_vec()));
                found = Some(host.to_ascii_lowercase());
            }
            groups.add(found.into_iter());
            members.push((line, entry.key()));
        }
    }

    fn collect(&mut self, inputs: &Inputs<'a>, groups: &mut Groups, members: &[(usize, &'a PublicKey)]) {
        let mut by_root: HashMap<usize, HostOverview<'a>> = HashMap::new();
        for (root, name) in groups.take_names() {
            by_root.entry(root).or_default().names.push(name);
        }
        for (member, &(line, key)) in members.iter().enumerate() {
            by_root.entry(groups.root(member)).or_default().keys.push((line, key));
        }
        for HostLine { file, line, host, span, denies } in host_lines(inputs) {
            let equiv = EquivLine { file, line: line.number(), text: line.text(), host, span, denies };
            match groups.of_name(host).and_then(|root| by_root.get_mut(&root)) {
                Some(known) => known.equiv.push(equiv),
                None => self.equiv_only.push(equiv),
            }
        }
        self.hosts = by_root.into_values().collect();
        for host in &mut self.hosts {
            host.keys.sort_by_key(|(line, _)| *line);
        }
        self.hosts.sort_by_key(|host| host.keys.first().map(|(line, _)| *line));
    }
}

/// Whether an entry is for named hosts only.
fn is_all_literal(entry: &Entry) -> bool {
    match entry.hosts() {
        Hosts::Hashed(_) => true,
        Hosts::Patterns(list) => {
            let elements = list.split(|&byte| byte == b',').filter(|element| !element.is_empty());
            elements.count() == entry.literal_names().count()
        }
        _ => false,
    }
}

/// Whether an entry says of which key a host's is.
pub(super) fn vouches(entry: &Entry) -> bool {
    entry.marker() != Some(Marker::Revoked)
}
