//! What trusting an authority's certificates changes.

use super::add::key_refusals;
use super::draft::Draft;
use super::files::SystemFile;
use super::plan::{Status, Why};
use super::refusal::Refusal;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::{Hosts, Marker};
use crate::pattern::MAX_PATTERN_BYTES;

/// An authority whose certificates are to be trusted for some hosts: `@cert-authority PATTERNS KEY`.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The hosts: names, addresses and patterns, with commas between them; `!` excludes.
    pub hosts: String,
    /// Its plain key.
    pub key: PublicKey,
}

impl Authority {
    pub(super) fn plan(&self, draft: &mut Draft<'_>) -> Result<Status, Vec<Refusal>> {
        let mut refusals: Vec<Refusal> = self.pattern_refusals();
        refusals.extend(key_refusals(std::slice::from_ref(&self.key)));
        let revoked = |(line, entry): (usize, &crate::known_hosts::Entry)| {
            let (key, file) = (Box::new(self.key.clone()), SystemFile::KnownHosts);
            (entry.marker() == Some(Marker::Revoked)).then_some(Refusal::RevokedAuthority { key, file, line })
        };
        refusals.extend(draft.known_hosts.holding(&self.key).find_map(revoked));
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let is_this = |list: &[u8]| list.eq_ignore_ascii_case(self.hosts.as_bytes());
        let known = draft.known_hosts.holding(&self.key).any(|(_, entry)| {
            entry.marker() == Some(Marker::CertAuthority)
                && matches!(entry.hosts(), Hosts::Patterns(list) if is_this(list))
        });
        if known {
            return Ok(Status::Unchanged);
        }
        let new = format!("{} {} {}", Marker::CertAuthority.as_str(), self.hosts, self.key.to_line()).into_bytes();
        draft.add(SystemFile::KnownHosts, new, Why::NewAuthority).map_err(|refusal| vec![refusal])?;
        Ok(Status::Added)
    }

    fn pattern_refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |why| refusals.push(Refusal::Pattern { pattern: escape(&self.hosts).to_string(), why });
        let positive = || self.hosts.split(',').filter(|pattern| !pattern.starts_with('!'));
        if self.hosts.split(',').any(|pattern| pattern.trim_start_matches('!').is_empty()) {
            refuse("an element of the list is empty");
        }
        if self.hosts.split(',').any(|pattern| pattern.len() >= MAX_PATTERN_BYTES) {
            refuse("a pattern is too long, and spoils the whole line");
        }
        let allowed = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'*' | b'?' | b'!' | b',')
        };
        if !self.hosts.bytes().all(allowed) {
            refuse(
                "only names, addresses, `*`, `?`, `!` and commas can stand there; hostbased authentication knows no ports and no networks",
            );
        }
        if positive().next().is_none() {
            refuse("it only excludes, and matches nobody");
        }
        refusals
    }
}
