//! Both files as a list of hosts, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::equiv::{HostLine, host_lines};
use super::files::Files;
use super::known_as;
use super::names::Names;
use super::remove::is_all_literal;
use super::trouble::Trouble;
use crate::key::PublicKey;
use crate::known_hosts::{Entry, Hosts, Marker};

/// Most trials of a name on a hashed entry, each of which costs an HMAC: together about a second.
const MAX_HASH_TRIALS: usize = 1_000_000;

/// The hosts of both files. Names are as in the files: bytes from outside.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The hosts that known_hosts names, in its order, each with all its lines.
    pub hosts: Vec<HostOverview>,
    /// The other entries of known_hosts: with patterns, authorities, revocations.
    pub others: Vec<OtherEntry>,
    /// The lines of shosts.equiv about hosts that known_hosts does not name.
    pub equiv_only: Vec<EquivLine>,
    /// Everything that is wrong.
    pub troubles: Vec<Trouble>,
}

/// A host: the entries of known_hosts that share a name with each other.
#[derive(Clone, Debug, Default)]
pub struct HostOverview {
    /// Its names and addresses; none when they are hashed and nothing tells them.
    pub names: Vec<Vec<u8>>,
    /// Its keys, each with its line of known_hosts.
    pub keys: Vec<(usize, PublicKey)>,
    /// The lines of shosts.equiv about it.
    pub equiv: Vec<EquivLine>,
}

/// A line of shosts.equiv about one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquivLine {
    /// Its number.
    pub line: usize,
    /// Its text.
    pub text: Vec<u8>,
    /// Whether it shuts out.
    pub denies: bool,
}

/// An entry of known_hosts that names no single host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEntry {
    /// Its line.
    pub line: usize,
    /// Its marker.
    pub marker: Option<Marker>,
    /// The hosts field, as it stands there; empty when hashed.
    pub hosts: Vec<u8>,
    /// Its key.
    pub key: PublicKey,
}

impl HostOverview {
    /// Whether a line of shosts.equiv admits it.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.equiv.iter().any(|line| !line.denies)
    }
}

impl Overview {
    /// Lists what the files hold. `names` says what sshd looks up, where that is known: lines that it never looks at
    /// are troubles then.
    #[must_use]
    pub fn new(files: &Files, names: Option<Names>) -> Self {
        let mut overview = Self::default();
        let mut groups = Groups::default();
        let mut hashed = Vec::new();
        // Those that may be for a host without naming it.
        let mut wide: Vec<&Entry> = Vec::new();
        for (line, entry) in files.known_hosts.entries() {
            match entry.hosts() {
                Hosts::Hashed(_) if entry.marker().is_none() => hashed.push((line, entry)),
                _ if entry.marker().is_none() && is_all_literal(entry) => {
                    let host = groups.of_names(entry.literal_names());
                    groups.add_key(host, line, entry.key());
                }
                hosts => {
                    let hosts = match hosts {
                        Hosts::Patterns(list) | Hosts::Unclear(list) => list.clone(),
                        _ => Vec::new(),
                    };
                    let (marker, key) = (entry.marker(), entry.key().clone());
                    if marker != Some(Marker::Revoked) {
                        wide.push(entry);
                    }
                    overview.others.push(OtherEntry { line, marker, hosts, key });
                }
            }
        }
        let all_hashes_tried = groups.add_hashed(&hashed, files);
        for line in host_lines(files) {
            let equiv = EquivLine { line: line.line, text: line.text.to_vec(), denies: line.denies };
            match groups.find(line.host) {
                Some(host) => host.equiv.push(equiv),
                None => {
                    overview.equiv_only.push(equiv);
                    if all_hashes_tried && !line.denies && !wide.iter().any(|entry| entry.matches(line.host)) {
                        overview.troubles.push(Trouble::NoKey { line: line.line, host: line.host.to_vec() });
                    }
                }
            }
            overview.troubles.extend(never_looked_up(&line, names));
        }
        overview.hosts = groups.into_hosts();
        if let Some(names) = names {
            overview.troubles.extend(known_as::find(&overview.hosts, &overview.others, names));
        }
        overview.troubles.extend(super::trouble::find(files, &overview.hosts));
        overview.troubles.sort_by_key(Trouble::order);
        overview
    }
}

fn never_looked_up(line: &HostLine<'_>, names: Option<Names>) -> Option<Trouble> {
    let is_address = std::str::from_utf8(line.host).is_ok_and(|host| host.parse::<std::net::IpAddr>().is_ok());
    let names = names.filter(|names| match names {
        // With UseDNS, the address counts where its name does not.
        Names::Dns | Names::Both => false,
        Names::Address => !is_address,
        Names::Packet => is_address,
    })?;
    Some(Trouble::NeverLookedUp { line: line.line, host: line.host.to_vec(), names })
}

/// Hosts by their names, in lower case, joined as entries turn out to share one.
#[derive(Default)]
struct Groups {
    hosts: Vec<HostOverview>,
    by_name: BTreeMap<Vec<u8>, usize>,
}

impl Groups {
    /// The index of the host with any of these names, which gets the others too; two hosts become one.
    fn of_names<'a>(&mut self, names: impl Iterator<Item = &'a [u8]>) -> usize {
        let names: Vec<Vec<u8>> = names.map(<[u8]>::to_ascii_lowercase).collect();
        let mut known: BTreeSet<usize> = names.iter().filter_map(|name| self.by_name.get(name).copied()).collect();
        let host = known.pop_first().unwrap_or_else(|| {
            self.hosts.push(HostOverview::default());
            self.hosts.len().saturating_sub(1)
        });
        for other in known {
            let merged = self.hosts.get_mut(other).map(std::mem::take).unwrap_or_default();
            for name in &merged.names {
                self.by_name.insert(name.clone(), host);
            }
            if let Some(host) = self.hosts.get_mut(host) {
                host.names.extend(merged.names);
                host.keys.extend(merged.keys);
            }
        }
        for name in names {
            if self.by_name.insert(name.clone(), host).is_none()
                && let Some(host) = self.hosts.get_mut(host)
            {
                host.names.push(name);
            }
        }
        host
    }

    fn add_key(&mut self, host: usize, line: usize, key: &PublicKey) {
        if let Some(host) = self.hosts.get_mut(host) {
            host.keys.push((line, key.clone()));
        }
    }

    fn find(&mut self, name: &[u8]) -> Option<&mut HostOverview> {
        let host = *self.by_name.get(&name.to_ascii_lowercase())?;
        self.hosts.get_mut(host)
    }

    /// A hashed name can only be guessed: by the names that stand in clear somewhere. Returns whether all were tried.
    fn add_hashed(&mut self, hashed: &[(usize, &Entry)], files: &Files) -> bool {
        let equiv = host_lines(files).map(|line| line.host.to_ascii_lowercase());
        let names: BTreeSet<Vec<u8>> = equiv.chain(self.by_name.keys().cloned()).collect();
        let few = names.len().saturating_mul(hashed.len()) <= MAX_HASH_TRIALS;
        for (line, entry) in hashed {
            let found = names.iter().filter(|_| few).find(|name| entry.names(name));
            let host = self.of_names(found.map(Vec::as_slice).into_iter());
            self.add_key(host, *line, entry.key());
        }
        few
    }

    /// Without those that were merged into others.
    fn into_hosts(self) -> Vec<HostOverview> {
        self.hosts.into_iter().filter(|host| !host.keys.is_empty()).collect()
    }
}
