//! What refusing a key from now on changes.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::files::SystemFile;
use super::host::HostSpec;
use super::plan::{Note, Status, Why};
use super::refusal::Refusal;
use super::remove::EquivLine;
use crate::key::PublicKey;
use crate::known_hosts::{Entry, HostKeyStatus, Hosts, Marker};
use crate::name::HostText;

/// Keys that are to be refused: a line `@revoked HOSTS KEY` for each.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// The hosts whose keys they are, each by any of its names or addresses. The line is for these, and for every other name
    /// or address that is registered with the key.
    pub hosts: Vec<HostText>,
    /// The keys; when there are none, all that are registered for the hosts.
    pub keys: Vec<PublicKey>,
    /// The line is for every host (`*`): nobody gets in by the key, whatever he calls himself.
    pub everywhere: bool,
    /// Take the hosts out of shosts.equiv too.
    pub shut_out: bool,
}

impl Revocation {
    pub(super) fn plan(&self, draft: &mut Draft<'_>) -> Result<(Status, Vec<Note>), Vec<Refusal>> {
        let before = draft.changes.len();
        let mut notes = Vec::new();
        for key in self.keys_in(draft)? {
            let names = self.names_of(draft, &key);
            if !is_revoked(draft, &key, names.as_deref()) {
                let hosts = match &names {
                    Some(names) => names.iter().map(HostText::as_str).collect::<Vec<_>>().join(","),
                    None => "*".to_owned(),
                };
                // A blank: OpenSSH takes a marker with a tab behind it for no marker, and then accepts the key.
                let new = format!("{} {hosts} {}", Marker::Revoked.as_str(), key.to_line()).into_bytes();
                draft.add(SystemFile::KnownHosts, new, Why::Revoked).map_err(|refusal| vec![refusal])?;
            }
            if let Some(name) = still_accepted(draft, &key, names.as_deref()) {
                return Err(vec![Refusal::StillAccepted(Box::new(key), name)]);
            }
            if names.is_some() {
                notes.push(Note::RevokedForNamesOnly { key: Box::new(key) });
            }
        }
        if self.shut_out {
            self.shut_out(draft).map_err(|refusal| vec![refusal])?;
        }
        let status = if draft.changes.len() > before { Status::Changed } else { Status::Unchanged };
        Ok((status, notes))
    }

    /// The keys, without certificates around them.
    fn keys_in(&self, draft: &Draft<'_>) -> Result<Vec<PublicKey>, Vec<Refusal>> {
        let mut keys: Vec<PublicKey> = Vec::new();
        let mut add = |key: &PublicKey| {
            if !keys.contains(key.plain()) {
                keys.push(key.plain().clone())
            }
        };
        self.keys.iter().for_each(&mut add);
        if self.keys.is_empty() {
            for host in &self.hosts {
                let own: Vec<_> = draft.entries_of(std::slice::from_ref(host)).collect();
                if own.is_empty() {
                    return Err(vec![Refusal::NoKeyToRevoke(host.clone())]);
                }
                own.iter().for_each(|(_, entry)| add(entry.key()));
            }
        }
        Ok(keys)
    }

    /// For whom a key is refused; `None` for everybody. Hashed names cannot be listed.
    fn names_of(&self, draft: &Draft<'_>, key: &PublicKey) -> Option<Vec<HostText>> {
        let holding = || draft.known_hosts.holding(key).filter(|(_, entry)| entry.marker().is_none());
        let unclear = |entry: &Entry| !matches!(entry.hosts(), Hosts::Patterns(_));
        if self.everywhere || holding().any(|(_, entry)| unclear(entry)) {
            return None;
        }
        let registered = holding().flat_map(|(_, entry)| entry.literal_names()).filter_map(text);
        let mut seen = BTreeSet::new();
        Some(self.hosts.iter().cloned().chain(registered).filter(|name| seen.insert(name.clone())).collect())
    }

    fn shut_out(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        for host in &self.hosts {
            let own = draft.entries_of(std::slice::from_ref(host)).flat_map(|(_, entry)| entry.literal_names());
            let mut names: Vec<HostText> = own.filter_map(text).collect();
            names.push(host.clone());
            let lines = names.iter().flat_map(|name| draft.shosts.naming(name.as_bytes())).filter_map(EquivLine::new);
            let ours = lines.filter(|line| !line.denies && !line.shared);
            let ours: BTreeSet<(usize, Vec<u8>)> = ours.map(|line| (line.number, line.text.to_vec())).collect();
            for (line, old) in ours {
                draft.remove(SystemFile::ShostsEquiv, line, old, Why::RevokedHost(host.clone()))?;
            }
        }
        Ok(())
    }
}

/// A name or address that sshd can look up.
fn text(name: &[u8]) -> Option<HostText> {
    std::str::from_utf8(name).ok()?.parse::<HostSpec>().ok()?.texts().into_iter().next()
}

/// Whether lines that OpenSSH understands too revoke the key for these names, or for everybody.
fn is_revoked(draft: &Draft<'_>, key: &PublicKey, names: Option<&[HostText]>) -> bool {
    let holding = || draft.known_hosts.holding(key);
    let revoking = || {
        holding()
            .map(|(_, entry)| entry)
            .filter(|entry| entry.marker() == Some(Marker::Revoked) && entry.irregular().is_none())
    };
    match names {
        None => revoking().any(|entry| matches!(entry.hosts(), Hosts::Patterns(list) if list == b"*")),
        Some(names) => names.iter().all(|name| revoking().any(|entry| entry.matches(name.as_bytes()))),
    }
}

/// A name under which the key is accepted all the same, by the matcher that decides over a login.
fn still_accepted(draft: &Draft<'_>, key: &PublicKey, names: Option<&[HostText]>) -> Option<String> {
    let holding = draft.known_hosts.holding(key).flat_map(|(_, entry)| entry.literal_names()).filter_map(text);
    let names: Vec<HostText> = names.map_or_else(|| holding.collect(), <[HostText]>::to_vec);
    let accepted = |name: &&HostText| !matches!(draft.key_status(name, key), HostKeyStatus::Revoked(_));
    names.iter().find(accepted).map(ToString::to_string)
}
