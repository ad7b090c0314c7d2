//! Addresses that a host of the inventory had, and has no more.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::inventory::Entry;
use crate::enroll::Registered;
use crate::name::HostText;

/// The former addresses of one host.
pub(super) struct Former {
    /// The place of the host in the inventory.
    pub(super) entry: usize,
    pub(super) addresses: Vec<HostText>,
}

/// The former addresses of all hosts that are registered by name, and for which the inventory has addresses: one without
/// any says nothing of where it is.
pub(super) fn former_addresses(
    entries: &[Entry],
    registered: &[Registered],
    inventory: &BTreeSet<HostText>,
) -> Vec<Former> {
    let mut by_name: BTreeMap<HostText, usize> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        by_name.extend(entry.host.names().iter().map(|name| (HostText::from(name), place)));
    }
    let of = |host: &Registered| {
        let entry = host.texts.iter().find_map(|text| by_name.get(text).copied())?;
        entries.get(entry).filter(|entry| !entry.host.addresses().is_empty())?;
        let former = |text: &&HostText| is_address(text) && !inventory.contains(*text);
        let addresses: Vec<HostText> = host.texts.iter().filter(former).cloned().collect();
        (!addresses.is_empty()).then_some(Former { entry, addresses })
    };
    registered.iter().filter_map(of).collect()
}

fn is_address(text: &HostText) -> bool {
    text.as_str().parse::<IpAddr>().is_ok()
}
