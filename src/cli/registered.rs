//! The hosts that are registered, as what can be checked of them: names, addresses, keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::dns::{Subject, read_subject};
use crate::enroll::Files;
use crate::key::PublicKey;
use crate::known_hosts::Hosts;
use crate::shosts::Who;

/// The hosts of both files.
#[derive(Debug, Default)]
pub(super) struct Registered {
    /// In the order of ssh_known_hosts, then those that shosts.equiv alone names.
    pub(super) hosts: Vec<RegisteredHost>,
    /// How many lines hide their host's name behind a hash.
    pub(super) hashed: usize,
    by_text: BTreeMap<String, usize>,
}

/// A host: the lines that share a name or an address with each other.
#[derive(Clone, Debug, Default)]
pub(super) struct RegisteredHost {
    /// Its names and addresses as the files have them, in lower case; bytes that are no text are replaced.
    pub(super) texts: Vec<String>,
    pub(super) keys: Vec<PublicKey>,
}

impl RegisteredHost {
    /// As it is checked: what is neither a name nor an address is a finding of [`read_subject`].
    pub(super) fn text(&self) -> String {
        self.texts.join(",")
    }

    /// Without what is neither a name nor an address.
    pub(super) fn subject(&self) -> Subject {
        Subject { keys: self.keys.clone(), ..read_subject(&self.text()).0 }
    }
}

impl Registered {
    /// Reads what the files name. Patterns, authorities and revocations are no hosts; lines that shut out are none either.
    pub(super) fn new(files: &Files) -> Self {
        let mut registered = Self::default();
        for (_, entry) in files.known_hosts.entries().filter(|(_, entry)| entry.marker().is_none()) {
            if matches!(entry.hosts(), Hosts::Hashed(_)) {
                registered.hashed = registered.hashed.saturating_add(1);
                continue;
            }
            let texts: Vec<String> = entry.literal_names().map(text).collect();
            if texts.is_empty() {
                continue;
            }
            if let Some(host) = registered.of(texts)
                && !host.keys.contains(entry.key())
            {
                host.keys.push(entry.key().clone());
            }
        }
        for (_, entry) in files.shosts.entries() {
            let denies = entry.host().negative || entry.user().is_some_and(|user| user.negative);
            if let (Who::Name(name), false) = (&entry.host().who, denies) {
                registered.of(vec![text(name)]);
            }
        }
        registered.hosts.retain(|host| !host.texts.is_empty());
        // Merged ones are gone.
        let places = registered.hosts.iter().enumerate();
        registered.by_text =
            places.flat_map(|(place, host)| host.texts.iter().map(move |text| (text.clone(), place))).collect();
        registered
    }

    /// The host with any of these texts, which gets the others too; several hosts become one.
    fn of(&mut self, texts: Vec<String>) -> Option<&mut RegisteredHost> {
        let mut known: BTreeSet<usize> = texts.iter().filter_map(|text| self.by_text.get(text).copied()).collect();
        let place = known.pop_first().unwrap_or_else(|| {
            self.hosts.push(RegisteredHost::default());
            self.hosts.len().saturating_sub(1)
        });
        for other in known {
            let merged = self.hosts.get_mut(other).map(std::mem::take).unwrap_or_default();
            self.by_text.extend(merged.texts.iter().map(|text| (text.clone(), place)));
            let host = self.hosts.get_mut(place)?;
            host.texts.extend(merged.texts);
            let new = merged.keys.into_iter().filter(|key| !host.keys.contains(key)).collect::<Vec<_>>();
            host.keys.extend(new);
        }
        let host = self.hosts.get_mut(place)?;
        for text in texts {
            if self.by_text.insert(text.clone(), place).is_none() {
                host.texts.push(text);
            }
        }
        Some(host)
    }

    /// The registered hosts with one of the names of this one, or, where it has none, with one of its addresses: they are it.
    pub(super) fn own(&self, subject: &Subject) -> BTreeSet<usize> {
        let names: Vec<String> = subject.names.iter().map(ToString::to_string).collect();
        let texts = if names.is_empty() { addresses(subject) } else { names };
        texts.iter().filter_map(|text| self.by_text.get(text).copied()).collect()
    }

    /// The registered hosts that share an address with this one and are others.
    pub(super) fn others(&self, subject: &Subject, own: &BTreeSet<usize>) -> Vec<Subject> {
        let places: BTreeSet<usize> =
            addresses(subject).iter().filter_map(|text| self.by_text.get(text).copied()).collect();
        places.difference(own).filter_map(|&place| self.hosts.get(place)).map(RegisteredHost::subject).collect()
    }
}

fn addresses(subject: &Subject) -> Vec<String> {
    subject.addresses.iter().map(|address| address.to_canonical().to_string()).collect()
}

/// A name in brackets with a port is the same host's.
fn text(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name).to_ascii_lowercase();
    let bare = text.strip_prefix('[').and_then(|rest| rest.rsplit_once("]:")).map(|(name, _)| name.to_owned());
    bare.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";

    fn read(known_hosts: &str, shosts: &str) -> Registered {
        Registered::new(&Files::parse(known_hosts.as_bytes(), shosts.as_bytes()))
    }

    #[test]
    fn lines_that_share_a_name_are_one_host() {
        let known = format!("a.test,10.0.0.1 {KEY}\nb.test {KEY}\nA.test,[a2.test]:2222 {KEY}\n*.test {KEY}\n");
        let revoked = format!("@revoked * {KEY}\n@cert-authority *.test {KEY}\n");
        let registered = read(&(known + &revoked), "a.test\nc.test alice\n-d.test\n@group\n");
        let texts: Vec<String> = registered.hosts.iter().map(RegisteredHost::text).collect();
        assert_eq!(texts, ["a.test,10.0.0.1,a2.test", "b.test", "c.test"]);
        assert_eq!(registered.hosts.iter().map(|host| host.keys.len()).collect::<Vec<_>>(), [1, 1, 0]);
    }

    #[test]
    fn hashed_lines_are_counted() {
        let registered = read(&format!("|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= {KEY}\n"), "");
        assert_eq!((registered.hosts.len(), registered.hashed), (0, 1));
    }

    #[test]
    fn a_host_is_told_from_others_with_its_address() {
        let registered = read(&format!("a.test,10.0.0.1 {KEY}\nb.test,10.0.0.2 {KEY}\n"), "");
        let subject = read_subject("a.test,10.0.0.2").0;
        let own = registered.own(&subject);
        assert_eq!(own, BTreeSet::from([0]));
        let others = registered.others(&subject, &own);
        assert_eq!(others.iter().map(Subject::label).collect::<Vec<_>>(), ["b.test,10.0.0.2"]);
        assert_eq!(registered.own(&read_subject("10.0.0.2").0), BTreeSet::from([1]));
    }
}
