//! The inventory of a site: which hosts there are.

use std::collections::BTreeMap;

use super::json;
use crate::cli::arguments::{port, scan_type};
use crate::enroll::{HostSpec, Names};
use crate::escape::escape;
use crate::key::Fingerprint;
use crate::name::{HostName, HostText};
use crate::scan::ScanType;

/// A host of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it stands, to be told: `FILE:LINE`.
    pub(super) place: String,
    pub(super) host: HostSpec,
    pub(super) aliases: Vec<HostName>,
    pub(super) port: Option<u16>,
    pub(super) types: Vec<ScanType>,
    pub(super) fingerprints: Vec<Fingerprint>,
    pub(super) key_files: Vec<String>,
    pub(super) names: Option<Names>,
}

/// Reads an inventory: JSON, if its first character is `[` or `{`; else lines `NAME ADDRESS... [key=value...]`. `file` is how
/// it is told.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub(super) fn read(bytes: &[u8], file: &str) -> Result<Vec<Entry>, Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let lines = bytes.get(..error.valid_up_to()).unwrap_or_default().split(|&byte| byte == b'\n').count();
        vec![format!("{file}:{lines}: not UTF-8 text")]
    })?;
    let drafts = if text.trim_start().starts_with(['[', '{']) { json::drafts(text, file) } else { lines(text, file) };
    let (mut entries, mut wrong) = (Vec::new(), Vec::new());
    for draft in drafts {
        match draft.and_then(|draft| draft.finish()) {
            Ok(entry) => entries.push(entry),
            Err(error) => wrong.push(error),
        }
    }
    wrong.extend(doubles(&entries));
    if wrong.is_empty() { Ok(entries) } else { Err(wrong) }
}

/// An entry as it is read, field by field.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    place: String,
    texts: Vec<String>,
    entry: Entry,
}

impl Draft {
    pub(super) fn new(place: String) -> Self {
        let host = HostSpec::none();
        let (aliases, types, fingerprints, key_files) = Default::default();
        let entry =
            Entry { place: place.clone(), host, aliases, port: None, types, fingerprints, key_files, names: None };
        Self { place, texts: Vec::new(), entry }
    }

    /// Takes a name or an address.
    pub(super) fn text(&mut self, text: &str) {
        self.texts.push(text.to_owned());
    }

    /// Takes a field.
    pub(super) fn set(&mut self, field: &str, value: &str) -> Result<(), String> {
        let entry = &mut self.entry;
        let place = &self.place;
        let wrong = |why: &dyn std::fmt::Display| format!("{place}: {field}={}: {why}", escape(value));
        match field {
            "port" if entry.port.is_some() => return Err(wrong(&"a host has one port")),
            "port" => entry.port = Some(port(value).map_err(|error| wrong(&error))?),
            "type" => {
                for name in value.split(',') {
                    entry.types.push(scan_type(name).map_err(|error| wrong(&error))?);
                }
            }
            "fingerprint" => entry.fingerprints.push(value.parse().map_err(|error| wrong(&error))?),
            "key-file" if value.is_empty() => return Err(wrong(&"no file is named")),
            "key-file" => entry.key_files.push(value.to_owned()),
            "alias" => entry.aliases.push(HostName::new(value).map_err(|error| wrong(&error))?),
            "names" if entry.names.is_some() => return Err(wrong(&"sshd looks a host up in one way")),
            "names" => entry.names = Some(value.parse().map_err(|error| wrong(&error))?),
            _ => {
                return Err(format!(
                    "{place}: unknown field \"{}\"; there are alias, fingerprint, key-file, names, port and type",
                    escape(field)
                ));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Entry, String> {
        if self.texts.is_empty() {
            return Err(format!("{}: no host: a name or an address must come first", self.place));
        }
        let host = self.texts.join(",").parse().map_err(|error| format!("{}: {error}", self.place))?;
        Ok(Entry { host, ..self.entry })
    }
}

fn lines(text: &str, file: &str) -> Vec<Result<Draft, String>> {
    let line = |(line, number): (&str, usize)| {
        let words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
        let mut draft = Draft::new(format!("{file}:{number}"));
        let mut any = false;
        for word in words {
            any = true;
            match word.split_once('=') {
                Some((field, value)) => {
                    if let Err(error) = draft.set(field, value) {
                        return Some(Err(error));
                    }
                }
                None => draft.text(word),
            }
        }
        any.then_some(Ok(draft))
    };
    text.lines().zip(1..).filter_map(line).collect()
}

/// Names and addresses that two hosts have.
fn doubles(entries: &[Entry]) -> Vec<String> {
    let mut seen: BTreeMap<HostText, &Entry> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in entries {
        for text in entry.host.with_aliases(&entry.aliases).texts() {
            match seen.get(&text) {
                Some(first) => {
                    found.push(format!("{}: {text} is another host's already: {}", entry.place, first.place))
                }
                None => drop(seen.insert(text, entry)),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
