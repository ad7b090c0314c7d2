//! Hosts whose keys known_hosts holds, but not under what sshd looks up.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::names::Names;
use super::overview::{HostOverview, OtherEntry};
use super::trouble::Trouble;
use crate::name::HostName;

/// The keys, by their blobs, that stand under a name, and those that stand under an address. One behind a hash that
/// nothing tells, or a pattern, may stand under both: such a line is not judged.
#[derive(Default)]
struct Known<'a> {
    by_name: BTreeSet<&'a [u8]>,
    by_address: BTreeSet<&'a [u8]>,
}

/// The hosts that a line of shosts.equiv admits, and no key of which stands under a name, or an address, although sshd
/// looks up those. Which name an address resolves to is not asked: any will do.
pub(super) fn find(hosts: &[HostOverview], others: &[OtherEntry], names: Names) -> Vec<Trouble> {
    let known = Known::new(hosts, others);
    let mut troubles = Vec::new();
    for host in hosts.iter().filter(|host| host.is_admitted()) {
        let (Some((line, _)), Some(name)) = (host.keys.first(), host.names.first()) else { continue };
        let (line, name) = (*line, || name.clone());
        let lacks = |known: &BTreeSet<&[u8]>| !host.keys.iter().any(|(_, key)| known.contains(key.blob()));
        if names.by_name() && lacks(&known.by_name) {
            troubles.push(Trouble::NoName { line, host: name(), names });
        }
        if names.by_address() && lacks(&known.by_address) {
            troubles.push(Trouble::NoAddress { line, host: name(), names });
        }
    }
    troubles
}

impl<'a> Known<'a> {
    fn new(hosts: &'a [HostOverview], others: &'a [OtherEntry]) -> Self {
        let mut known = Self::default();
        for host in hosts {
            let texts: Vec<&str> = host.names.iter().filter_map(|name| std::str::from_utf8(name).ok()).collect();
            let unread = host.names.is_empty();
            let keys = || host.keys.iter().map(|(_, key)| key.blob());
            if unread || texts.iter().any(|text| HostName::new(text).is_ok()) {
                known.by_name.extend(keys());
            }
            if unread || texts.iter().any(|text| text.parse::<IpAddr>().is_ok()) {
                known.by_address.extend(keys());
            }
        }
        for other in others.iter().filter(|other| other.marker.is_none()) {
            known.by_name.insert(other.key.blob());
            known.by_address.insert(other.key.blob());
        }
        known
    }
}
