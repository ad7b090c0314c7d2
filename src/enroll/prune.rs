//! What taking a host out changes that is in no inventory.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::files::SystemFile;
use super::plan::{Status, Why};
use super::refusal::Refusal;
use super::remove::{EquivLine, is_all_literal};
use super::task::Stale;
use crate::known_hosts::Renamed;
use crate::name::{HostName, HostText};

impl Stale {
    /// Plans it. Only lines go that a registration would write: those of known_hosts that are for single hosts, and those of
    /// shosts.equiv that admit all users of one.
    pub(super) fn plan(&self, draft: &mut Draft<'_>) -> Result<Status, Refusal> {
        let mut equiv: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        for text in self.texts.iter().filter(|text| !self.kept.contains(text)) {
            let lines = draft.shosts.naming(text.as_bytes()).filter_map(EquivLine::new);
            let ours = lines.filter(|line| !line.denies && !line.shared && !line.for_user);
            equiv.extend(ours.map(|line| (line.number, line.text.to_vec())));
        }
        // A line of a host that stays may have one of the addresses.
        let is_kept = |name: &[u8]| self.kept_name(name);
        let literal = draft.entries_of(&self.texts).filter(|(_, entry)| is_all_literal(entry));
        let (shared, keys): (Vec<_>, Vec<_>) = literal.partition(|(_, entry)| entry.literal_names().any(is_kept));
        let keys: Vec<usize> = keys.into_iter().map(|(line, _)| line).collect();
        let gone: Vec<&[u8]> =
            self.texts.iter().filter(|text| !self.kept.contains(text)).map(HostText::as_bytes).collect();
        let mut shorter: Vec<(usize, Vec<u8>)> = Vec::new();
        for (line, _) in shared {
            match draft.known_hosts.rename(line, &[], &gone) {
                Ok(Renamed::Text(new)) => shorter.push((line, new)),
                Ok(Renamed::Same | Renamed::Gone) => {}
                Err(error) => return Err(Refusal::Line(error.to_string())),
            }
        }
        let nothing = equiv.is_empty() && keys.is_empty() && shorter.is_empty();
        let status = if nothing { Status::Unchanged } else { Status::Removed };
        for (line, old) in equiv {
            draft.remove(SystemFile::ShostsEquiv, line, old, Why::NotInInventory)?;
        }
        for line in keys {
            let old = draft.known_hosts.text(line).unwrap_or_default().to_vec();
            draft.remove(SystemFile::KnownHosts, line, old, Why::NotInInventory)?;
        }
        for (line, new) in shorter {
            draft.replace(line, new, Why::NotInInventory)?;
        }
        Ok(status)
    }

    fn kept_name(&self, name: &[u8]) -> bool {
        let name = std::str::from_utf8(name).ok().and_then(|name| HostName::new(name).ok());
        name.is_some_and(|name| self.kept.contains(&HostText::from(&name)))
    }
}
