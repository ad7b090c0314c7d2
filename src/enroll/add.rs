//! The plan of an enrolment.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::admission::{key_status, lookups};
use super::files::{Files, SystemFile};
use super::host::HostSpec;
use super::plan::{Change, Edit, Plan, Why};
use super::refusal::{MIN_RSA_BITS, Refusal, Refused};
use super::registration::{Registration, Trust};
use crate::key::PublicKey;
use crate::known_hosts::{HostKeyStatus, NewEntry, Place, Renamed};
use crate::name::HostText;
use crate::shosts::{EquivMatch, Netgroups};

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
        refusals.extend(self.stranger(files));
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
        let link_local = |address: &&IpAddr| matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
        refusals.extend(self.host.addresses().iter().filter(link_local).copied().map(Refusal::LinkLocalAddress));
        for key in &self.keys {
            if key.certificate().is_some() {
                refusals.push(Refusal::Certificate(key.key_type()));
            } else if let Some(bits) = key.rsa_bits().filter(|&bits| bits < MIN_RSA_BITS) {
                refusals.push(Refusal::ShortRsaKey { key: Box::new(key.clone()), bits });
            }
        }
        refusals
    }

    /// A host that is known by keys of other types only, and shows none of them: whoever answers instead of the host
    /// could show just a type that it lacks. A key of another type is the host's where one that is known comes with it,
    /// or somebody has it from the host itself.
    fn stranger(&self, files: &Files) -> Option<Refusal> {
        let shown = self.keys.first().filter(|_| self.trust == Trust::Scan)?;
        self.host.texts().into_iter().find_map(|known_as| {
            let entries = files.known_hosts.entries().filter(|(_, entry)| entry.marker().is_none());
            let known: Vec<_> = entries.filter(|(_, entry)| entry.matches(known_as.as_bytes())).collect();
            // A changed key of a type that is known has a refusal of its own.
            let same_type = |key: &PublicKey| self.keys.iter().any(|shown| shown.key_type() == key.key_type());
            let (line, entry) = known.first().filter(|_| !known.iter().any(|(_, entry)| same_type(entry.key())))?;
            let (known, shown) = (Box::new(entry.key().clone()), Box::new(shown.clone()));
            Some(Refusal::ChangedKey { known_as, known, shown, file: SystemFile::KnownHosts, line: *line })
        })
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
