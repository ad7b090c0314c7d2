//! What registering a host changes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::admission::lookups;
use super::draft::Draft;
use super::files::SystemFile;
use super::host::HostSpec;
use super::plan::{By, Change, Edit, Status, Why};
use super::refusal::{MIN_RSA_BITS, Refusal};
use super::registration::{Registration, Trust};
use super::remove::is_all_literal;
use crate::key::PublicKey;
use crate::known_hosts::{Entry, HostKeyStatus, NewEntry, NewEntryError, Place, Renamed};
use crate::name::HostText;
use crate::shosts::{EquivMatch, Netgroups};

impl Registration {
    /// Plans the changes for this host in the draft, and says whether the host is new there; or everything that speaks
    /// against it, and the draft is as it was.
    pub(super) fn plan(&self, draft: &mut Draft<'_>, netgroups: &dyn Netgroups) -> Result<Status, Vec<Refusal>> {
        let mut refusals = self.refusals();
        refusals.extend(self.stranger(draft));
        let mut pending = Vec::new();
        let texts = self.host.texts();
        // Under a pattern, too.
        let known = || {
            let about = texts.iter().flat_map(|text| draft.known_hosts.about(text.as_bytes()));
            about.filter(|(_, entry)| entry.marker().is_none()).map(|(_, entry)| entry.key())
        };
        let is_known = known().next().is_some();
        let knows = |key: &PublicKey| known().any(|known| known == key);
        let first = |index: usize, key: &PublicKey| !self.keys.iter().take(index).any(|earlier| earlier == key);
        for (_, key) in self.keys.iter().enumerate().filter(|&(index, key)| first(index, key)) {
            let missing = match self.missing_names(draft, key) {
                Ok(Missing { names, replaced, .. }) if names.is_empty() && replaced.is_empty() => continue,
                Ok(missing) => missing,
                Err(reasons) => {
                    refusals.extend(reasons);
                    continue;
                }
            };
            if !self.trusts(key) {
                refusals.push(Refusal::NotVouchedFor(Box::new(key.clone())));
            } else if self.renew && self.trust == Trust::Scan && is_known && !knows(key) && !self.vouches_for(key) {
                refusals.push(Refusal::NewKey(Box::new(key.clone())));
            }
            for line in missing.replaced {
                let new = draft.known_hosts.with_key(line, key).unwrap_or_default();
                pending.push(Pending { line: Some(line), new, why: Why::NewKeyInstead(By::Vouched) });
            }
            for line in missing.left {
                let drop: Vec<&[u8]> = texts.iter().map(HostText::as_bytes).collect();
                match draft.known_hosts.rename(line, &[], &drop) {
                    Ok(Renamed::Text(new)) => {
                        pending.push(Pending { line: Some(line), new, why: Why::NewKeyInstead(By::Vouched) });
                    }
                    Ok(Renamed::Same | Renamed::Gone) => {}
                    Err(error) => refusals.push(Refusal::Line(error.to_string())),
                }
            }
            if missing.names.is_empty() {
                continue;
            }
            match self.lines(draft, key, &missing.names) {
                Ok(lines) => pending.extend(lines),
                // Certificates have been refused with a better text.
                Err(_) if key.certificate().is_some() => {}
                Err(error) => refusals.push(Refusal::Line(error.to_string())),
            }
        }
        let equiv = self.missing_equiv(draft, netgroups).unwrap_or_else(|reasons| {
            refusals.extend(reasons);
            Vec::new()
        });
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let status = match (pending.is_empty() && equiv.is_empty(), self.is_known(draft)) {
            (true, _) => Status::Unchanged,
            (false, true) => Status::Changed,
            (false, false) => Status::Added,
        };
        for line in pending {
            line.plan(draft).map_err(|refusal| vec![refusal])?;
        }
        for name in equiv {
            let why = Why::Admits(self.names);
            draft.add(SystemFile::ShostsEquiv, name.as_bytes().to_vec(), why).map_err(|refusal| vec![refusal])?;
        }
        Ok(status)
    }

    /// The keys on these changed lines for which nobody vouches but a scan.
    pub(super) fn unvouched(&self, changes: &[Change]) -> Vec<PublicKey> {
        let is_written = |key: &PublicKey| {
            let line = key.to_line();
            let holds = |new: &[u8]| new.windows(line.len()).any(|part| part == line.as_bytes());
            changes.iter().any(|change| match &change.edit {
                Edit::Add { new } | Edit::Replace { new, .. } => holds(new),
                Edit::Remove { .. } => false,
            })
        };
        self.keys.iter().filter(|key| !self.vouches_for(key) && is_written(key)).cloned().collect()
    }

    /// Whether one of the files names the host.
    fn is_known(&self, draft: &Draft<'_>) -> bool {
        let texts = self.host.texts();
        let in_equiv = texts.iter().any(|name| draft.shosts.naming(name.as_bytes()).next().is_some());
        in_equiv || draft.entries_of(&texts).next().is_some()
    }

    /// The lines that hold the key under the missing names: one that has it already, with more names; or new ones.
    fn lines(&self, draft: &Draft<'_>, key: &PublicKey, missing: &[HostText]) -> Result<Vec<Pending>, NewEntryError> {
        let entry = NewEntry { marker: None, names: missing, key, comment: b"" };
        let Some(salts) = self.hash else {
            return match extend_line(draft, &self.host, key, missing) {
                Some(longer) => Ok(vec![longer]),
                None => Ok(vec![Pending { line: None, new: entry.to_line()?, why: Why::NewKey }]),
            };
        };
        let mut names = missing.iter();
        let lines = entry.to_hashed_lines(|| names.next().map_or([0; 20], |name| salts.of(name.as_bytes(), key)))?;
        Ok(lines.into_iter().map(|new| Pending { line: None, new, why: Why::NewKey }).collect())
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
        refusals.extend(key_refusals(&self.keys));
        refusals
    }

    /// A host that is known by keys of other types only, and shows none of them: whoever answers instead of the host
    /// could show just a type that it lacks. A key of another type is the host's where one that is known comes with it,
    /// or somebody has it from the host itself.
    fn stranger(&self, draft: &Draft<'_>) -> Option<Refusal> {
        let mut unvouched = self.keys.iter().filter(|key| !self.vouches_for(key));
        let shown = unvouched.next().filter(|_| matches!(self.trust, Trust::Scan | Trust::Asked))?;
        self.host.texts().into_iter().find_map(|known_as| {
            let about = draft.known_hosts.about(known_as.as_bytes());
            let known: Vec<_> =
                about.filter(|(_, entry)| entry.marker().is_none() && entry.matches(known_as.as_bytes())).collect();
            // A changed key of a type that is known has a refusal of its own.
            let same_type = |key: &PublicKey| self.keys.iter().any(|shown| shown.key_type() == key.key_type());
            let (line, entry) = known.first().filter(|_| !known.iter().any(|(_, entry)| same_type(entry.key())))?;
            let (known, shown) = (Box::new(entry.key().clone()), Box::new(shown.clone()));
            Some(Refusal::ChangedKey { known_as, known, shown, file: SystemFile::KnownHosts, line: *line })
        })
    }

    /// The names and addresses under which the key is not known yet.
    fn missing_names(&self, draft: &Draft<'_>, key: &PublicKey) -> Result<Missing, Vec<Refusal>> {
        let mut missing = Missing::default();
        // By line: one line is told once, however many of the host's names are on it.
        let mut refusals: BTreeMap<usize, Refusal> = BTreeMap::new();
        let file = SystemFile::KnownHosts;
        for known_as in self.host.texts() {
            match draft.key_status(&known_as, key) {
                HostKeyStatus::Ok(_) => {}
                HostKeyStatus::New => missing.names.push(known_as),
                HostKeyStatus::Revoked(Place { line, .. }) => {
                    let key = Box::new(key.clone());
                    refusals.entry(line).or_insert(Refusal::RevokedKey { key, known_as, file, line });
                }
                HostKeyStatus::Changed(Place { line, .. }) => {
                    // For sshd any other key makes it changed; a key of another type is one that the host has besides.
                    match draft.known_hosts.entry_on(line) {
                        Some(entry)
                            if entry.key().key_type() == key.key_type()
                                && self.may_replace(draft, entry, &known_as, key) =>
                        {
                            if self.has_to_itself(entry) {
                                missing.replaced.insert(line);
                            } else {
                                missing.left.insert(line);
                                missing.names.push(known_as);
                            }
                        }
                        Some(entry) if entry.key().key_type() == key.key_type() => {
                            let (known, shown) = (Box::new(entry.key().clone()), Box::new(key.clone()));
                            let refusal = Refusal::ChangedKey { known_as, known, shown, file, line };
                            refusals.entry(line).or_insert(refusal);
                        }
                        _ => missing.names.push(known_as),
                    }
                }
            }
        }
        if refusals.is_empty() { Ok(missing) } else { Err(refusals.into_values().collect()) }
    }

    /// Whether the key may take the place of the one in this entry: the entry is this host's, and somebody vouches for the
    /// key. An address may have been another host's before.
    fn may_replace(&self, draft: &Draft<'_>, entry: &Entry, known_as: &HostText, key: &PublicKey) -> bool {
        draft.is_own(&self.host, entry) && self.renews(key) && is_all_literal(entry) && entry.names(known_as.as_bytes())
    }

    /// Whether the entry is for no other name or address than the host's: a word for the host's key is none for others.
    fn has_to_itself(&self, entry: &Entry) -> bool {
        let texts = self.host.texts();
        entry.literal_names().all(|name| texts.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(name)))
    }

    /// What sshd looks up and no line of shosts.equiv admits.
    fn missing_equiv(&self, draft: &Draft<'_>, netgroups: &dyn Netgroups) -> Result<Vec<HostText>, Vec<Refusal>> {
        let (mut added, mut refusals): (Vec<HostText>, _) = (Vec::new(), Vec::new());
        let file = SystemFile::ShostsEquiv;
        for lookup in lookups(&self.host, self.names) {
            match lookup.ask(&draft.shosts, netgroups) {
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
        if refusals.is_empty() { Ok(added) } else { Err(refusals) }
    }
}

/// Why keys must not be registered, whoever shows them.
pub(super) fn key_refusals(keys: &[PublicKey]) -> Vec<Refusal> {
    let refusal = |key: &PublicKey| match key.rsa_bits().filter(|&bits| bits < MIN_RSA_BITS) {
        _ if key.certificate().is_some() => Some(Refusal::Certificate(key.key_type())),
        Some(bits) => Some(Refusal::ShortRsaKey { key: Box::new(key.clone()), bits }),
        None => None,
    };
    keys.iter().filter_map(refusal).collect()
}

/// What known_hosts lacks of a key for a host.
#[derive(Default)]
struct Missing {
    /// The names and addresses under which the key is not known.
    names: Vec<HostText>,
    /// The lines with another key of its type that it takes the place of.
    replaced: BTreeSet<usize>,
    /// The lines with another key of its type that are for others too: these keep them, and the host's names go.
    left: BTreeSet<usize>,
}

/// A line of known_hosts that is going to be changed, or added, when nothing speaks against the host.
struct Pending {
    line: Option<usize>,
    new: Vec<u8>,
    why: Why,
}

impl Pending {
    fn plan(self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        match self.line {
            Some(line) => draft.replace(line, self.new, self.why),
            None => draft.add(SystemFile::KnownHosts, self.new, self.why),
        }
    }
}

/// The missing names put on a line that holds the key for this host already, if there is one that they fit on.
fn extend_line(draft: &Draft<'_>, host: &HostSpec, key: &PublicKey, missing: &[HostText]) -> Option<Pending> {
    let texts = host.texts();
    let mut lines = draft.entries_of(&texts).filter(|(_, entry)| entry.key() == key).map(|(line, _)| line);
    lines.find_map(|line| match draft.known_hosts.rename(line, missing, &[]) {
        Ok(Renamed::Text(new)) => Some(Pending { line: Some(line), new, why: Why::MoreNames }),
        _ => None,
    })
}
