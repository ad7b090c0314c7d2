//! Both files while a plan is made: as they are, and with what was planned so far.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::admission::key_status;
use super::files::SystemFile;
use super::host::HostSpec;
use super::plan::{Change, Edit, Why};
use super::refusal::Refusal;
use crate::key::PublicKey;
use crate::known_hosts::{self, HostKeyStatus, Hosts};
use crate::lines::EditError;
use crate::name::HostText;
use crate::shosts;

/// Both files, and the changes that were planned for them.
pub(super) struct Draft<'a> {
    pub(super) known_hosts: known_hosts::Draft<'a>,
    pub(super) shosts: shosts::Draft<'a>,
    pub(super) changes: Vec<Change>,
    /// Which of them is about a line of known_hosts that stays.
    by_line: BTreeMap<usize, usize>,
    /// Which of them were changed again since somebody looked here.
    pub(super) again: Vec<usize>,
    /// The names of shosts.equiv that were looked for besides those of the hosts themselves.
    pub(super) equiv_names: Vec<Vec<u8>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        [known_hosts, shosts]: [&'a [u8]; 2],
        names: &[HostText],
        equiv_names: &[Vec<u8>],
        keys: &[PublicKey],
    ) -> Self {
        let texts = names.iter().map(HostText::as_bytes);
        Self::with(known_hosts::Draft::new(known_hosts, texts, keys), [known_hosts, shosts], names, equiv_names)
    }

    /// The same with what was read of known_hosts before.
    pub(super) fn with(
        known_hosts: known_hosts::Draft<'a>,
        [_, shosts]: [&'a [u8]; 2],
        names: &[HostText],
        equiv_names: &[Vec<u8>],
    ) -> Self {
        let texts = names.iter().map(HostText::as_bytes);
        Self {
            known_hosts,
            shosts: shosts::Draft::new(shosts, texts.chain(equiv_names.iter().map(Vec::as_slice))),
            changes: Vec::new(),
            by_line: BTreeMap::new(),
            again: Vec::new(),
            equiv_names: equiv_names.to_vec(),
        }
    }

    /// What known_hosts says of a key under a name.
    pub(super) fn key_status(&self, name: &HostText, key: &PublicKey) -> HostKeyStatus<'_> {
        key_status(&self.known_hosts, name, key)
    }

    /// The unmarked entries that carry one of these names, each once, in the order of their lines.
    pub(super) fn entries_of<'s>(
        &'s self,
        names: &'s [HostText],
    ) -> impl Iterator<Item = (usize, &'s known_hosts::Entry)> + 's {
        let mut found: BTreeMap<usize, &known_hosts::Entry> = BTreeMap::new();
        for name in names {
            let about = self.known_hosts.about(name.as_bytes());
            found.extend(about.filter(|(_, entry)| entry.marker().is_none() && entry.names(name.as_bytes())));
        }
        found.into_iter()
    }

    /// Whether an entry that carries a name or address of this host is its own: an address may have been another host's
    /// before.
    pub(super) fn is_own(&self, host: &HostSpec, entry: &known_hosts::Entry) -> bool {
        let names: Vec<HostText> = host.names().iter().map(HostText::from).collect();
        let is_name = |text: &[u8]| !std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
        match entry.hosts() {
            _ if names.iter().any(|name| entry.names(name.as_bytes())) => true,
            Hosts::Hashed(_) => {
                names.is_empty() || self.entries_of(&names).any(|(_, other)| other.key() == entry.key())
            }
            _ => !entry.literal_names().any(is_name),
        }
    }

    pub(super) fn add(&mut self, file: SystemFile, new: Vec<u8>, why: Why) -> Result<(), Refusal> {
        let line = match file {
            SystemFile::KnownHosts => self.known_hosts.append(&new),
            SystemFile::ShostsEquiv => self.shosts.append(&new),
        };
        self.note(file, line, Edit::Add { new }, why)
    }

    /// Puts another text in the place of a line of known_hosts.
    pub(super) fn replace(&mut self, line: usize, new: Vec<u8>, why: Why) -> Result<(), Refusal> {
        // One line is changed once, however many hosts have a say in it.
        if let Some(&index) = self.by_line.get(&line)
            && let Some(Change { edit: Edit::Add { new: text } | Edit::Replace { new: text, .. }, .. }) =
                self.changes.get_mut(index)
        {
            self.known_hosts.replace(line, &new).map_err(|error| Refusal::Line(error.to_string()))?;
            *text = new;
            self.again.push(index);
            return Ok(());
        }
        let old = self.known_hosts.text(line).unwrap_or_default().to_vec();
        let replaced = self.known_hosts.replace(line, &new).map(|()| line);
        self.note(SystemFile::KnownHosts, replaced, Edit::Replace { old, new }, why)
    }

    pub(super) fn remove(&mut self, file: SystemFile, line: usize, old: Vec<u8>, why: Why) -> Result<(), Refusal> {
        let removed = match file {
            SystemFile::KnownHosts => self.known_hosts.remove(line),
            SystemFile::ShostsEquiv => self.shosts.remove(line),
        };
        self.note(file, removed.map(|()| line), Edit::Remove { old }, why)
    }

    fn note(&mut self, file: SystemFile, line: Result<usize, EditError>, edit: Edit, why: Why) -> Result<(), Refusal> {
        let line = line.map_err(|error| Refusal::Line(error.to_string()))?;
        if file == SystemFile::KnownHosts {
            self.by_line.insert(line, self.changes.len());
        }
        self.changes.push(Change { file, line, edit, why });
        Ok(())
    }
}
