//! Hosts whose keys known_hosts holds, but not under what sshd looks up.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::net::IpAddr;

use super::overview::Overview;
use super::place;
use crate::enroll::Names;
use crate::escape::escape;
use crate::known_hosts::Document;
use crate::lint::code::Code;
use crate::lint::finding::Finding;
use crate::name::HostName;

/// The keys, by their blobs, that stand under a name, and those that stand under an address. One behind a hash that
/// nothing tells, or a pattern, may stand under both: such a line is not judged.
#[derive(Default)]
struct Known<'a> {
    by_name: HashSet<&'a [u8]>,
    by_address: HashSet<&'a [u8]>,
}

/// The hosts that a line admits, and no key of which stands under a name, or an address, although sshd looks up those.
/// Which name an address resolves to is not asked: any will do.
pub(super) fn find(document: &Document, overview: &Overview<'_>, names: Names, found: &mut Vec<Finding>) {
    // Made when a host needs it: nearly all stand under both themselves.
    let known = OnceCell::new();
    for host in overview.hosts.iter().filter(|host| host.is_admitted()) {
        let (Some((line, _)), Some(name)) = (host.keys.first(), host.names.first()) else { continue };
        let name = || escape(name);
        let known = || known.get_or_init(|| Known::new(overview));
        let lacks = |known: &HashSet<&[u8]>| !host.keys.iter().any(|(_, key)| known.contains(key.blob()));
        if names.by_name() && !host.names.iter().any(|name| is_name(name)) && lacks(&known().by_name) {
            let text = format!("no line holds a key of {} under a name, but sshd matches {names}", name());
            found.push(Finding::at(Code::NoName, place(document, *line, 0), text, "enroll it with its name"));
        }
        if names.by_address() && !host.names.iter().any(|name| is_address(name)) && lacks(&known().by_address) {
            let text = format!("no line holds a key of {} under an address, but sshd matches {names}", name());
            found.push(Finding::at(Code::NoAddress, place(document, *line, 0), text, "enroll it with its address"));
        }
    }
}

fn is_name(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| HostName::new(text).is_ok())
}

fn is_address(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}

impl<'a> Known<'a> {
    fn new(overview: &Overview<'a>) -> Self {
        let mut known = Self::default();
        for host in &overview.hosts {
            let unread = host.names.is_empty();
            let keys = || host.keys.iter().map(|(_, key)| key.blob());
            if unread || host.names.iter().any(|name| is_name(name)) {
                known.by_name.extend(keys());
            }
            if unread || host.names.iter().any(|name| is_address(name)) {
                known.by_address.extend(keys());
            }
        }
        for other in overview.others.iter().filter(|other| other.entry.marker().is_none()) {
            known.by_name.insert(other.entry.key().blob());
            known.by_address.insert(other.entry.key().blob());
        }
        known
    }
}
