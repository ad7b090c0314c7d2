//! What is wrong with both files.

use std::collections::BTreeMap;
use std::fmt;

use super::files::{Files, SystemFile};
use super::names::Names;
use super::overview::HostOverview;
use super::refusal::MIN_RSA_BITS;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::{self, Marker};
use crate::shosts;

/// Something that is wrong with the files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// A line of known_hosts that counts for nothing.
    KnownHosts {
        /// The line.
        line: usize,
        /// What is wrong with it.
        problem: known_hosts::LineProblem,
    },
    /// An entry of known_hosts that hardly says what was meant.
    KnownHostsWarning {
        /// The line.
        line: usize,
        /// What may be wrong with it.
        warning: known_hosts::Warning,
    },
    /// A line of shosts.equiv that counts for nothing.
    Equiv {
        /// The line.
        line: usize,
        /// What is wrong with it.
        problem: shosts::LineProblem,
    },
    /// A line of shosts.equiv that hardly says what was meant.
    EquivWarning {
        /// The line.
        line: usize,
        /// What may be wrong with it.
        warning: shosts::Warning,
    },
    /// A host is admitted, but known_hosts has nothing for it.
    NoKey {
        /// The line of shosts.equiv.
        line: usize,
        /// The host.
        host: Vec<u8>,
    },
    /// A line of shosts.equiv is never looked at, because sshd looks hosts up otherwise.
    NeverLookedUp {
        /// The line of shosts.equiv.
        line: usize,
        /// The host.
        host: Vec<u8>,
        /// What sshd looks up.
        names: Names,
    },
    /// A host in shosts.equiv whose keys stand under none of the names that sshd may look up.
    NoName {
        /// The first line of known_hosts about it.
        line: usize,
        /// The host.
        host: Vec<u8>,
        /// What sshd looks up.
        names: Names,
    },
    /// A host in shosts.equiv whose keys stand under no address, and sshd looks up addresses.
    NoAddress {
        /// The first line of known_hosts about it.
        line: usize,
        /// The host.
        host: Vec<u8>,
        /// What sshd looks up.
        names: Names,
    },
    /// Two keys of one type for one host.
    TwoKeys {
        /// A line of known_hosts.
        line: usize,
        /// A line before it.
        earlier: usize,
        /// The host.
        host: Vec<u8>,
    },
    /// One key for several hosts: each of them can pass for the others.
    SharedKey {
        /// The line of known_hosts where the second of them stands.
        line: usize,
        /// The key.
        key: Box<PublicKey>,
        /// How many hosts share it.
        hosts: usize,
    },
    /// A host's key is revoked.
    Revoked {
        /// The line of known_hosts with the key.
        line: usize,
        /// The line that revokes it.
        revoked: usize,
    },
    /// An RSA key that is too short to be registered today.
    ShortRsaKey {
        /// The line of known_hosts.
        line: usize,
        /// Its size in bits.
        bits: usize,
    },
}

impl Trouble {
    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> (SystemFile, usize) {
        match self {
            Self::KnownHosts { line, .. }
            | Self::KnownHostsWarning { line, .. }
            | Self::NoName { line, .. }
            | Self::NoAddress { line, .. }
            | Self::TwoKeys { line, .. }
            | Self::SharedKey { line, .. }
            | Self::Revoked { line, .. }
            | Self::ShortRsaKey { line, .. } => (SystemFile::KnownHosts, *line),
            Self::Equiv { line, .. }
            | Self::EquivWarning { line, .. }
            | Self::NoKey { line, .. }
            | Self::NeverLookedUp { line, .. } => (SystemFile::ShostsEquiv, *line),
        }
    }

    pub(super) const fn order(&self) -> (bool, usize) {
        let (file, line) = self.place();
        (matches!(file, SystemFile::ShostsEquiv), line)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line) = self.place();
        write!(f, "{file}:{line}: ")?;
        match self {
            Self::KnownHosts { problem, .. } => problem.fmt(f),
            Self::KnownHostsWarning { warning, .. } => warning.fmt(f),
            Self::Equiv { problem, .. } => problem.fmt(f),
            Self::EquivWarning { warning, .. } => warning.fmt(f),
            Self::NoKey { host, .. } => {
                write!(
                    f,
                    "admits {}, for which {} has no key: enroll it, or remove the line",
                    escape(host),
                    SystemFile::KnownHosts
                )
            }
            Self::NeverLookedUp { host, names, .. } => {
                write!(f, "{} is never looked up: sshd matches {names}", escape(host))
            }
            Self::NoName { host, names, .. } => {
                let host = escape(host);
                write!(
                    f,
                    "no line holds a key of {host} under a name, but sshd matches {names}: enroll it with its name"
                )
            }
            Self::NoAddress { host, names, .. } => {
                let host = escape(host);
                write!(
                    f,
                    "no line holds a key of {host} under an address, but sshd matches {names}: enroll it with its address"
                )
            }
            Self::TwoKeys { earlier, host, .. } => {
                write!(
                    f,
                    "a second key of this type for {}; line {earlier} holds another: one of them may be stale",
                    escape(host)
                )
            }
            Self::SharedKey { key, hosts, .. } => {
                write!(f, "{hosts} hosts have the key {key}: each can pass for the others; give them keys of their own")
            }
            Self::Revoked { revoked, .. } => {
                write!(f, "line {revoked} revokes this key: remove the host, and give it a new key")
            }
            Self::ShortRsaKey { bits, .. } => {
                write!(f, "an RSA key of {bits} bits; give the host one of {MIN_RSA_BITS} or more")
            }
        }
    }
}

/// What is wrong with single lines, and with what the lines of a host say together.
pub(super) fn find(files: &Files, hosts: &[HostOverview]) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = Vec::new();
    let problems = files.known_hosts.problems();
    troubles.extend(problems.map(|(line, problem)| Trouble::KnownHosts { line, problem: problem.clone() }));
    for (line, entry) in files.known_hosts.entries() {
        let warnings = entry.warnings().into_iter();
        troubles.extend(warnings.map(|warning| Trouble::KnownHostsWarning { line, warning }));
        let short =
            entry.key().rsa_bits().filter(|&bits| bits < MIN_RSA_BITS && entry.marker() != Some(Marker::Revoked));
        troubles.extend(short.map(|bits| Trouble::ShortRsaKey { line, bits }));
    }
    troubles.extend(files.shosts.problems().map(|(line, problem)| Trouble::Equiv { line, problem }));
    for line in files.shosts.lines() {
        let warnings = line.warnings().into_iter();
        troubles.extend(warnings.map(|warning| Trouble::EquivWarning { line: line.number(), warning }));
    }
    let revocations: Vec<_> =
        files.known_hosts.entries().filter(|(_, entry)| entry.marker() == Some(Marker::Revoked)).collect();
    for host in hosts {
        troubles.extend(two_keys(host));
        troubles.extend(revoked(&revocations, host));
    }
    troubles.extend(shared_keys(hosts));
    troubles
}

fn two_keys(host: &HostOverview) -> Option<Trouble> {
    host.keys.iter().enumerate().find_map(|(index, (line, key))| {
        let differs = |(_, other): &&(usize, PublicKey)| other.key_type() == key.key_type() && other != key;
        let (earlier, _) = host.keys.iter().take(index).find(differs)?;
        Some(Trouble::TwoKeys { line: *line, earlier: *earlier, host: host.names.first().cloned().unwrap_or_default() })
    })
}

fn revoked<'a>(
    revocations: &'a [(usize, &known_hosts::Entry)],
    host: &'a HostOverview,
) -> impl Iterator<Item = Trouble> + 'a {
    host.keys.iter().filter_map(move |(line, key)| {
        let revokes = |entry: &known_hosts::Entry| {
            entry.key().plain() == key.plain() && host.names.iter().any(|name| entry.matches(name))
        };
        let (revoked, _) = revocations.iter().find(|(_, entry)| revokes(entry))?;
        Some(Trouble::Revoked { line: *line, revoked: *revoked })
    })
}

fn shared_keys(hosts: &[HostOverview]) -> Vec<Trouble> {
    // By blob: the key, how many hosts have it, the last host, and the line where the second stands.
    let mut seen: BTreeMap<&[u8], (&PublicKey, usize, usize, usize)> = BTreeMap::new();
    for (index, host) in hosts.iter().enumerate() {
        for (line, key) in &host.keys {
            let (_, count, last, second) = seen.entry(key.blob()).or_insert((key, 1, index, 0));
            if *last != index {
                (*count, *last) = (count.saturating_add(1), index);
                *second = if *second == 0 { *line } else { *second };
            }
        }
    }
    let shared = seen.into_values().filter(|(_, count, ..)| *count > 1);
    shared.map(|(key, hosts, _, line)| Trouble::SharedKey { line, key: Box::new(key.clone()), hosts }).collect()
}
