//! What the keys that a registered host shows today change.

use super::add::key_refusals;
use super::draft::Draft;
use super::files::SystemFile;
use super::host::HostSpec;
use super::plan::{By, Note, Status, Why};
use super::refusal::Refusal;
use super::registration::{Salts, Trust};
use super::remove::is_all_literal;
use crate::key::{Fingerprint, PublicKey};
use crate::known_hosts::{Entry, HostKeyStatus, Hosts, NewEntry, Place};
use crate::name::HostText;

/// A registered host, and the keys that it shows today.
///
/// A proof of one key says nothing of another: each was another connection, and a man in the middle can pass one through and
/// answer the next himself. So a key that is not known needs somebody's word of its own, whatever comes with it.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// Its names and addresses, all that are known.
    pub host: HostSpec,
    /// The keys that it shows.
    pub keys: Vec<PublicKey>,
    /// Take a key in the place of another one of its type, whatever it is.
    pub accept_changed: bool,
    /// Who says that the keys are the host's. [`Trust::Asked`] is for keys of new types only; a scan's word is none.
    pub trust: Trust,
    /// The keys for which something else vouches besides.
    pub vouched: Vec<Fingerprint>,
    /// For the names of a host whose names are hashed already.
    pub salts: Salts,
}

/// What a renewal plans.
pub(super) struct Renewed {
    pub(super) status: Status,
    pub(super) notes: Vec<Note>,
    /// The keys of new types that are written on nobody's word but a scan's.
    pub(super) unvouched: Vec<PublicKey>,
}

/// What becomes of a key that is shown.
enum Step {
    /// It takes the place of others on these lines.
    Replace(Vec<usize>, By),
    /// It gets lines of its own.
    Add,
}

impl Renewal {
    /// Plans it in the draft; or everything that speaks against it, and the draft is as it was.
    pub(super) fn plan(&self, draft: &mut Draft<'_>) -> Result<Renewed, Vec<Refusal>> {
        let texts = self.host.texts();
        let own = draft.entries_of(&texts).filter(|(_, entry)| draft.is_own(&self.host, entry));
        let known: Vec<(usize, Entry)> = own.map(|(line, entry)| (line, entry.clone())).collect();
        let Some(first) = texts.first().filter(|_| !known.is_empty()) else {
            return Err(texts.into_iter().take(1).map(Refusal::NotRegistered).collect());
        };
        let mut refusals = key_refusals(&self.keys);
        let (mut steps, mut notes, mut unvouched) = (Vec::new(), Vec::new(), Vec::new());
        let knows_any = self.keys.iter().any(|key| known.iter().any(|(_, entry)| entry.key() == key));
        for key in &self.keys {
            refusals.extend(self.revoked(draft, &texts, key));
            if known.iter().any(|(_, entry)| entry.key() == key) {
                continue;
            }
            let same_type = known.iter().filter(|(_, entry)| entry.key().key_type() == key.key_type());
            let same_type: Vec<&(usize, Entry)> = same_type.collect();
            match (same_type.first(), self.word_for(key)) {
                (Some((line, entry)), None) => refusals.push(changed(&texts, *line, entry, key, first)),
                (Some(_), Some(by)) => {
                    let (own, wide): (Vec<_>, Vec<_>) =
                        same_type.into_iter().partition(|(_, entry)| is_all_literal(entry));
                    notes.extend(wide.iter().map(|(line, _)| Note::PatternStays { line: *line, host: first.clone() }));
                    // Where only a line with patterns has a key of this type, that stays, and a line is added.
                    let lines: Vec<usize> = own.iter().map(|(line, _)| *line).collect();
                    steps.push((key, if lines.is_empty() { Step::Add } else { Step::Replace(lines, by) }));
                }
                (None, Some(By::Vouched)) => steps.push((key, Step::Add)),
                (None, _) if self.trust == Trust::Asked => {
                    unvouched.push(key.clone());
                    steps.push((key, Step::Add));
                }
                // Most hosts have more keys than are registered.
                (None, _) if knows_any => {
                    notes.push(Note::NotRegisteredKey { host: self.host.clone(), key: Box::new(key.clone()) });
                }
                (None, _) => refusals.push(Refusal::NewKey(Box::new(key.clone()))),
            }
        }
        // Loud, where somebody may be answering in the host's place; not where each of its new keys was accepted.
        let stranger = !knows_any && !self.keys.is_empty() && (!refusals.is_empty() || !unvouched.is_empty());
        if stranger {
            refusals.push(Refusal::AllKeysChanged(self.host.clone()));
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let status = if steps.is_empty() { Status::Unchanged } else { Status::Changed };
        for (key, step) in steps {
            self.carry_out(draft, &known, key, step).map_err(|refusal| vec![refusal])?;
        }
        let types_shown = |key: &PublicKey| self.keys.iter().any(|shown| shown.key_type() == key.key_type());
        let missing = known.iter().filter(|(_, entry)| !types_shown(entry.key()));
        notes.extend(missing.map(|(line, entry)| Note::NotShown {
            line: *line,
            host: self.host.clone(),
            key: Box::new(entry.key().clone()),
        }));
        Ok(Renewed { status, notes, unvouched })
    }

    /// By whose word a key that is not known may be written.
    fn word_for(&self, key: &PublicKey) -> Option<By> {
        let vouched = self.vouched.contains(&key.fingerprint())
            || match &self.trust {
                Trust::Given => true,
                Trust::Fingerprints(given) => given.contains(&key.fingerprint()),
                Trust::Scan | Trust::Asked => false,
            };
        if vouched { Some(By::Vouched) } else { self.accept_changed.then_some(By::Accepted) }
    }

    fn revoked(&self, draft: &Draft<'_>, texts: &[HostText], key: &PublicKey) -> Option<Refusal> {
        texts.iter().find_map(|name| match draft.key_status(name, key) {
            HostKeyStatus::Revoked(Place { line, .. }) => Some(Refusal::RevokedKey {
                key: Box::new(key.clone()),
                known_as: name.clone(),
                file: SystemFile::KnownHosts,
                line,
            }),
            _ => None,
        })
    }

    fn carry_out(
        &self,
        draft: &mut Draft<'_>,
        known: &[(usize, Entry)],
        key: &PublicKey,
        step: Step,
    ) -> Result<(), Refusal> {
        match step {
            Step::Replace(lines, by) => {
                for line in lines {
                    let new =
                        draft.known_hosts.with_key(line, key).ok_or_else(|| Refusal::Line(format!("line {line}")))?;
                    draft.replace(line, new, Why::NewKeyInstead(by))?;
                }
                Ok(())
            }
            Step::Add => {
                let texts = self.host.texts();
                let entry = NewEntry { marker: None, names: &texts, key, comment: b"" };
                let cannot = |error: crate::known_hosts::NewEntryError| Refusal::Line(error.to_string());
                let is_hashed = known.iter().all(|(_, entry)| matches!(entry.hosts(), Hosts::Hashed(_)));
                let lines = if is_hashed {
                    let mut names = texts.iter();
                    let salt = || names.next().map_or([0; 20], |name| self.salts.of(name.as_bytes(), key));
                    entry.to_hashed_lines(salt).map_err(cannot)?
                } else {
                    vec![entry.to_line().map_err(cannot)?]
                };
                lines.into_iter().try_for_each(|new| draft.add(SystemFile::KnownHosts, new, Why::NewKey))
            }
        }
    }
}

fn changed(texts: &[HostText], line: usize, entry: &Entry, key: &PublicKey, first: &HostText) -> Refusal {
    let known_as = texts.iter().find(|name| entry.names(name.as_bytes())).unwrap_or(first).clone();
    let (known, shown) = (Box::new(entry.key().clone()), Box::new(key.clone()));
    Refusal::ChangedKey { known_as, known, shown, file: SystemFile::KnownHosts, line }
}
