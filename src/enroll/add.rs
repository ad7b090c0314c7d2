//! The plan of an enrolment.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::admission::{key_status, lookups};
use super::files::{Files, SystemFile};
use super::host::HostSpec;
use super::names::Names;
use super::plan::{Change, Edit, Plan, Why};
use crate::key::{Fingerprint, KeyType, PublicKey};
use crate::known_hosts::{HostKeyStatus, NewEntry, Place, Renamed};
use crate::name::HostText;
use crate::shosts::{EquivMatch, Netgroups};

/// Smallest RSA key that is registered, in bits. sshd takes 1024 (RequiredRSASize), which has not been enough for
/// years (NIST SP 800-131A).
pub const MIN_RSA_BITS: usize = 2048;

/// A host to be registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its names and addresses.
    pub host: HostSpec,
    /// Its keys.
    pub keys: Vec<PublicKey>,
    /// Which of its names sshd looks up.
    pub names: Names,
    /// Who says that the keys are the host's.
    pub trust: Trust,
}

/// Who says that the keys are the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The administrator, for all of them.
    Given,
    /// The administrator, for the keys with these fingerprints.
    Fingerprints(Vec<Fingerprint>),
}

/// A host for which nothing is changed, and all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The host.
    pub host: HostSpec,
    /// Why; at least one reason.
    pub reasons: Vec<Refusal>,
}

/// Why a host is not registered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Another key of the same type is known under one of its names.
    #[error(
        "{file}:{line}: {known_as} is known with another key: {known}, but it shows {shown}; make sure of the new \
         one, and remove the host first if the key was changed on purpose"
    )]
    ChangedKey {
        /// Under which name or address.
        known_as: HostText,
        /// The key that is known.
        known: Box<PublicKey>,
        /// The key that the host shows.
        shown: Box<PublicKey>,
        /// The file.
        file: SystemFile,
        /// The line with the known key.
        line: usize,
    },
    /// The key was revoked.
    #[error("{file}:{line}: the key {key} is revoked for {known_as}; give the host a new key")]
    RevokedKey {
        /// The key.
        key: Box<PublicKey>,
        /// Under which name or address.
        known_as: HostText,
        /// The file.
        file: SystemFile,
        /// The line that revokes it.
        line: usize,
    },
    /// An RSA key that is too short.
    #[error(
        "the key {key} has {bits} bits; {MIN_RSA_BITS} are the least that is registered: give the host a longer one, \
         or leave it out with --type"
    )]
    ShortRsaKey {
        /// The key.
        key: Box<PublicKey>,
        /// Its size in bits.
        bits: usize,
    },
    /// A certificate instead of a key.
    #[error("a certificate ({0}) is no key to register: give the plain key, or register its authority by hand")]
    Certificate(KeyType),
    /// There is no key.
    #[error("there is no key to register")]
    NoKeys,
    /// sshd looks the host up by address, and none is given.
    #[error("sshd matches {0}, and no address is given: write NAME,ADDRESS")]
    NoAddress(Names),
    /// sshd looks the host up by name, and none is given.
    #[error("sshd matches {0}, and no name is given: write NAME,ADDRESS")]
    NoName(Names),
    /// An earlier line of shosts.equiv shuts the host out.
    #[error("{file}:{line}: this line shuts {looked_up} out, and comes before any that is added; remove it first")]
    Denied {
        /// The name or address that it shuts out.
        looked_up: HostText,
        /// The file.
        file: SystemFile,
        /// The line.
        line: usize,
    },
    /// No fingerprint was given for a key that would be written.
    #[error("no --fingerprint was given for the key {0}; ask the host's administrator for it (ssh-keygen -lf)")]
    NotVouchedFor(Box<PublicKey>),
    /// A line cannot be written.
    #[error("{0}")]
    Line(String),
}

impl Refusal {
    /// The reason's code, for programs. It stays.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ChangedKey { .. } => "changed-key",
            Self::RevokedKey { .. } => "revoked-key",
            Self::ShortRsaKey { .. } => "short-rsa-key",
            Self::Certificate(_) => "certificate",
            Self::NoKeys => "no-keys",
            Self::NoAddress(_) => "no-address",
            Self::NoName(_) => "no-name",
            Self::Denied { .. } => "denied",
            Self::NotVouchedFor(_) => "not-vouched-for",
            Self::Line(_) => "line",
        }
    }
}

impl Plan {
    /// What registering these hosts changes. A host that is refused changes nothing; the others go on.
    pub fn enroll(files: &Files, hosts: &[Registration], netgroups: &dyn Netgroups) -> Self {
        let mut plan = Self::default();
        let mut files = files.clone();
        for host in hosts {
            // Each host meets what the hosts before it have added.
            match host.plan(&mut files, netgroups) {
                Ok(changes) => plan.changes.extend(changes),
                Err(reasons) => plan.refused.push(Refused { host: host.host.clone(), reasons }),
            }
        }
        plan
    }
}

impl Registration {
    /// The changes for this host, which are made in `files`; or everything that speaks against it, and `files` is as
    /// it was.
    fn plan(&self, files: &mut Files, netgroups: &dyn Netgroups) -> Result<Vec<Change>, Vec<Refusal>> {
        let mut refusals = self.refusals();
        let mut changes = Vec::new();
        let mut next_line = files.known_hosts.lines().count();
        let first = |index: usize, key: &PublicKey| !self.keys.iter().take(index).any(|earlier| earlier == key);
        for (_, key) in self.keys.iter().enumerate().filter(|&(index, key)| first(index, key)) {
            let missing = match self.missing_names(files, key) {
                Ok(missing) if missing.is_empty() => continue,
                Ok(missing) => missing,
                Err(reasons) => {
                    refusals.extend(reasons);
                    continue;
                }
            };
            if !self.trust.covers(key) {
                refusals.push(Refusal::NotVouchedFor(Box::new(key.clone())));
            }
            if let Some(change) = extend_line(files, &self.host, key, &missing) {
                changes.push(change);
                continue;
            }
            match (NewEntry { marker: None, names: &missing, key, comment: b"" }).to_line() {
                Ok(new) => {
                    next_line = next_line.saturating_add(1);
                    let (file, edit) = (SystemFile::KnownHosts, Edit::Add { new });
                    changes.push(Change { file, line: next_line, edit, why: Why::NewKey });
                }
                // Certificates have been refused with a better text.
                Err(_) if key.certificate().is_some() => {}
                Err(error) => refusals.push(Refusal::Line(error.to_string())),
            }
        }
        match self.equiv_changes(files, netgroups) {
            Ok(equiv) => changes.extend(equiv),
            Err(reasons) => refusals.extend(reasons),
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        for change in &changes {
            change.apply_to(files).map_err(|error| vec![Refusal::Line(error.to_string())])?;
        }
        Ok(changes)
    }

    /// What is wrong with the host whatever the files hold.
    fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if self.keys.is_empty() {
            refusals.push(Refusal::NoKeys);
        }
        if self.names.by_address() && self.host.addresses().is_empty() {
            refusals.push(Refusal::NoAddress(self.names));
        }
        if self.names.by_name() && self.host.names().is_empty() {
            refusals.push(Refusal::NoName(self.names));
        }
        for key in &self.keys {
            if key.certificate().is_some() {
                refusals.push(Refusal::Certificate(key.key_type()));
            } else if let Some(bits) = key.rsa_bits().filter(|&bits| bits < MIN_RSA_BITS) {
                refusals.push(Refusal::ShortRsaKey { key: Box::new(key.clone()), bits });
            }
        }
        refusals
    }

    /// The names and addresses under which the key is not known yet.
    fn missing_names(&self, files: &Files, key: &PublicKey) -> Result<Vec<HostText>, Vec<Refusal>> {
        let mut missing = Vec::new();
        // By line: one line is told once, however many of the host's names are on it.
        let mut refusals: BTreeMap<usize, Refusal> = BTreeMap::new();
        let file = SystemFile::KnownHosts;
        for known_as in self.host.texts() {
            match key_status(files, &known_as, key) {
                HostKeyStatus::Ok(_) => {}
                HostKeyStatus::New => missing.push(known_as),
                HostKeyStatus::Revoked(Place { line, .. }) => {
                    let key = Box::new(key.clone());
                    refusals.entry(line).or_insert(Refusal::RevokedKey { key, known_as, file, line });
                }
                HostKeyStatus::Changed(Place { line, .. }) => {
                    // For sshd any other key makes it changed; a key of another type is one that the host has besides.
                    let known = files.known_hosts.entries().find(|(number, _)| *number == line);
                    match known.map(|(_, entry)| entry.key()) {
                        Some(known) if known.key_type() == key.key_type() => {
                            let (known, shown) = (Box::new(known.clone()), Box::new(key.clone()));
                            let refusal = Refusal::ChangedKey { known_as, known, shown, file, line };
                            refusals.entry(line).or_insert(refusal);
                        }
                        _ => missing.push(known_as),
                    }
                }
            }
        }
        if refusals.is_empty() { Ok(missing) } else { Err(refusals.into_values().collect()) }
    }

    fn equiv_changes(&self, files: &Files, netgroups: &dyn Netgroups) -> Result<Vec<Change>, Vec<Refusal>> {
        let (mut added, mut refusals): (Vec<HostText>, _) = (Vec::new(), Vec::new());
        let file = SystemFile::ShostsEquiv;
        for lookup in lookups(&self.host, self.names) {
            match lookup.equiv(files, netgroups) {
                EquivMatch::Allow { .. } => {}
                EquivMatch::Deny { line } => {
                    let refusal = Refusal::Denied { looked_up: lookup.name, file, line };
                    if !refusals.contains(&refusal) {
                        refusals.push(refusal);
                    }
                }
                EquivMatch::NoMatch if added.contains(&lookup.name) => {}
                EquivMatch::NoMatch => added.push(lookup.name),
            }
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let first = files.shosts.lines().count().saturating_add(1);
        let change = |(line, text): (usize, HostText)| {
            let edit = Edit::Add { new: text.as_bytes().to_vec() };
            Change { file, line, edit, why: Why::Admits(self.names) }
        };
        Ok((first..).zip(added).map(change).collect())
    }
}

impl Trust {
    fn covers(&self, key: &PublicKey) -> bool {
        match self {
            Self::Given => true,
            Self::Fingerprints(given) => given.contains(&key.fingerprint()),
        }
    }
}

/// The missing names put on a line that holds the key for this host already, if there is one that they fit on.
fn extend_line(files: &Files, host: &HostSpec, key: &PublicKey, missing: &[HostText]) -> Option<Change> {
    let texts = host.texts();
    let holds = |entry: &crate::known_hosts::Entry| {
        entry.marker().is_none() && entry.key() == key && texts.iter().any(|text| entry.names(text.as_bytes()))
    };
    let lines = files.known_hosts.entries().filter(|(_, entry)| holds(entry)).map(|(line, _)| line);
    lines.into_iter().find_map(|line| {
        let Ok(Renamed::Text(new)) = files.known_hosts.rename(line, missing, &[]) else { return None };
        let old = files.known_hosts.line(line)?.text().to_vec();
        Some(Change { file: SystemFile::KnownHosts, line, edit: Edit::Replace { old, new }, why: Why::MoreNames })
    })
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = self.reasons.iter().map(ToString::to_string).collect();
        write!(f, "{}: {}", self.host, reasons.join("; "))
    }
}
