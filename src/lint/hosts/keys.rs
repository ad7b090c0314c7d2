//! The keys of hosts beside each other: two for one host, one for two hosts, revoked ones.

use std::collections::HashMap;

use super::overview::{HostOverview, Overview};
use super::place;
use crate::escape::escape;
use crate::key::{KeyType, PublicKey};
use crate::known_hosts::{Document, Entry, Marker};
use crate::lint::code::Code;
use crate::lint::finding::{Edit, File, Finding, Fix};
use crate::lint::inputs::Inputs;

/// Most revocations of one key, and most names of a host, that are compared: each with each.
const MAX_COMPARED: usize = 100;

pub(super) fn find(document: &Document, overview: &Overview<'_>, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    let mut revocations: HashMap<&[u8], Vec<(usize, &Entry)>> = HashMap::new();
    for other in &overview.others {
        if other.entry.marker() == Some(Marker::Revoked) {
            revocations.entry(other.entry.key().plain().blob()).or_default().push((other.line, other.entry));
        }
    }
    for host in &overview.hosts {
        two_keys(document, host, found);
        revoked(document, host, &revocations, inputs, found);
    }
    shared(document, overview, found);
}

fn two_keys(document: &Document, host: &HostOverview<'_>, found: &mut Vec<Finding>) {
    if host.keys.len() < 2 {
        return;
    }
    let mut first: HashMap<KeyType, (usize, &PublicKey)> = HashMap::new();
    for &(line, key) in &host.keys {
        let (earlier, known) = *first.entry(key.key_type()).or_insert((line, key));
        if known != key {
            let name = host.names.first().map(Vec::as_slice).unwrap_or_default();
            let text = format!("a second key of this type for {}; line {earlier} holds another", escape(name));
            let mend = "find out which the host has (hostbased keyscan), and remove the other";
            found.push(Finding::at(Code::TwoKeys, place(document, line, 2), text, mend));
        }
    }
}

fn revoked(
    document: &Document,
    host: &HostOverview<'_>,
    revocations: &HashMap<&[u8], Vec<(usize, &Entry)>>,
    inputs: &Inputs<'_>,
    found: &mut Vec<Finding>,
) {
    for &(line, key) in &host.keys {
        let Some(revocations) = revocations.get(key.plain().blob()) else { continue };
        let names = || host.names.iter().take(MAX_COMPARED);
        // Where no name is known, only what is for every host is for this one.
        let is_for = |entry: &Entry| match host.names.as_slice() {
            [] => entry.matches(b""),
            _ => names().any(|name| entry.matches(name)),
        };
        let Some((by, _)) = revocations.iter().take(MAX_COMPARED).find(|(_, entry)| is_for(entry)) else { continue };
        let text = format!("line {by} revokes this key");
        let mend = "remove the line, and give the host a new key";
        let finding = Finding::at(Code::RevokedKey, place(document, line, 2), text, mend);
        let all =
            |entry: &Entry| entry.matches(b"") || (!host.names.is_empty() && names().all(|name| entry.matches(name)));
        let everywhere =
            host.names.len() <= MAX_COMPARED && revocations.iter().take(MAX_COMPARED).any(|(_, entry)| all(entry));
        // Once no line of the first file is for the host, sshd asks the second, which may know other keys of it.
        let asks_no_other = inputs.known_hosts2.is_none_or(|second| second.entries().next().is_none());
        let edits = vec![Edit::Remove { line }];
        let fix = everywhere.then_some(Fix { file: File::KnownHosts, edits, admits: !asks_no_other });
        found.push(finding.mended_by(fix));
    }
}

fn shared(document: &Document, overview: &Overview<'_>, found: &mut Vec<Finding>) {
    // By blob: the key, how many hosts have it, the last host, and the line where the second stands.
    let mut seen: HashMap<&[u8], (&PublicKey, usize, usize, usize)> = HashMap::new();
    for (index, host) in overview.hosts.iter().enumerate() {
        for (line, key) in &host.keys {
            let (_, count, last, second) = seen.entry(key.blob()).or_insert((key, 1, index, 0));
            if *last != index {
                (*count, *last) = (count.saturating_add(1), index);
                *second = if *second == 0 { *line } else { *second };
            }
        }
    }
    found.extend(seen.into_values().filter(|(_, count, ..)| *count > 1).map(|(key, hosts, _, line)| {
        let text = format!("{hosts} hosts have the key {key}: each can pass for the others");
        Finding::at(Code::SharedKey, place(document, line, 2), text, "give them keys of their own")
    }));
}
