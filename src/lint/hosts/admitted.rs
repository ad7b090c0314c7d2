//! Hosts that are admitted without a key, and keys of hosts that nothing admits.

use std::collections::HashSet;
use std::ops::Range;

use super::lines::admitted_netgroups;
use super::overview::{HostOverview, Overview, vouches};
use super::place;
use crate::enroll::Names;
use crate::escape::escape;
use crate::known_hosts::{Document, Entry, Hosts};
use crate::lint::address::looked_up;
use crate::lint::code::Code;
use crate::lint::finding::{File, Finding, Place};
use crate::lint::inputs::Inputs;
use crate::shosts::{MAX_NETGROUP_QUESTIONS, Membership};

/// Most trials of a name on a pattern.
const MAX_TRIALS: usize = 1_000_000;

pub(super) fn find(known_hosts: &Document, overview: &Overview<'_>, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    no_key(overview, inputs, found);
    not_admitted(known_hosts, overview, inputs, found);
    found.extend(overview.upper_case.iter().map(|(line, name)| {
        let text = format!("{} was hashed with upper-case letters, and is looked up in lower case", escape(name));
        Finding::at(
            Code::HashedUpperCase,
            place(known_hosts, *line, 0),
            text,
            "write it in lower case, then ssh-keygen -H",
        )
    }));
    if inputs.names == Some(Names::Packet) {
        let mut entries = known_hosts.entries();
        let hashed = entries.find(|(_, entry)| matches!(entry.hosts(), Hosts::Hashed(_)) && vouches(entry));
        found.extend(hashed.map(|(line, _)| {
            let text =
                "sshd looks up the name as the client writes it, and a hash has no upper case: Node1 is not found";
            let mend = "have the names in clear here, or in lower case on the clients";
            Finding::at(Code::HashedNamesClaimed, place(known_hosts, line, 0), text, mend)
        }));
    }
}

/// The lines for hosts of which neither known_hosts file holds a key or an authority.
fn no_key(overview: &Overview<'_>, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    let second = || inputs.known_hosts2.into_iter().flat_map(Document::entries).map(|(_, entry)| entry);
    let named: HashSet<Vec<u8>> = second()
        .filter(|entry| vouches(entry))
        .flat_map(Entry::literal_names)
        .map(<[u8]>::to_ascii_lowercase)
        .collect();
    let is_wide = |entry: &&Entry| vouches(entry) && !matches!(entry.hosts(), Hosts::Patterns(list) if is_plain(list));
    let mut wide: Vec<&Entry> =
        overview.others.iter().map(|other| other.entry).filter(|entry| vouches(entry)).collect();
    wide.extend(second().filter(is_wide));
    let trials = wide.len().saturating_mul(overview.equiv_only.len());
    if !overview.equiv_only.is_empty() && (!overview.hashes_tried || trials > MAX_TRIALS) {
        let text = "there are too many lines and patterns to say which hosts are admitted without a key";
        let mend = "have fewer hashed names and patterns in the known_hosts files";
        found.push(Finding::of_file(Code::NotCompared, Place::File(File::KnownHosts), text, mend));
        return;
    }
    for line in overview.equiv_only.iter().filter(|line| !line.denies) {
        let is_known =
            named.contains(&line.host.to_ascii_lowercase()) || wide.iter().any(|entry| entry.matches(line.host));
        // What can be looked up by nobody has another finding.
        if !is_known && looked_up(line.host).is_some() {
            found.push(no_key_finding((line.file, line.line, line.span.clone()), line.host));
        }
    }
}

/// The finding for one line, by looking through both known_hosts files once: for a line that is to be written.
pub(in crate::lint) fn no_key_of(inputs: &Inputs<'_>, at: (File, usize, Range<usize>), host: &[u8]) -> Option<Finding> {
    let mut entries = inputs.all_known_hosts().flat_map(|(_, document)| document.entries());
    let is_known = entries.any(|(_, entry)| vouches(entry) && entry.matches(&host.to_ascii_lowercase()));
    (!is_known && inputs.known_hosts.is_some()).then(|| no_key_finding(at, host))
}

fn no_key_finding(at: (File, usize, Range<usize>), host: &[u8]) -> Finding {
    let text = format!("admits {}, for which {} has no key", escape(host), File::KnownHosts.path());
    Finding::at(Code::NoKey, at, text, "enroll it, or remove the line")
}

fn is_plain(list: &[u8]) -> bool {
    !list.iter().any(|byte| matches!(byte, b'*' | b'?' | b'!'))
}

/// The hosts that no line admits; netgroups are asked, where that can be done and there are few.
fn not_admitted(known_hosts: &Document, overview: &Overview<'_>, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    let groups = admitted_netgroups(inputs);
    let mut left = MAX_NETGROUP_QUESTIONS;
    let mut by_netgroup = |host: &HostOverview<'_>| {
        host.names.iter().any(|name| {
            groups.iter().any(|group| match (inputs.netgroups, left.checked_sub(1)) {
                (Some(netgroups), Some(rest)) => {
                    left = rest;
                    netgroups.contains(group, Some(name), None) != Membership::NotMember
                }
                _ => true,
            })
        })
    };
    for host in &overview.hosts {
        let Some((line, _)) = host.keys.first() else { continue };
        let Some(name) = host.names.iter().find(|name| looked_up(name).is_some()) else { continue };
        if host.is_admitted() || by_netgroup(host) {
            continue;
        }
        let text = format!("no line admits {}, whose key this is", escape(name));
        let mend = "admit it (hostbased shosts add), or remove the host, unless users' own ssh needs the key";
        found.push(Finding::at(Code::NotAdmitted, place(known_hosts, *line, 0), text, mend));
    }
}
