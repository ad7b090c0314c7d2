//! Which questions a check asks, of whichever view.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::answer::Answers;
use super::confirm::name_of;
use super::rules::{Host, found_addresses};
use crate::name::HostName;

/// Somebody who can be asked many things at once, and remembers the answers. `tick` is called after each.
pub trait Source {
    /// What is known by now.
    fn answers(&self) -> &Answers;
    /// Asks for the addresses of these names.
    fn forward(&mut self, names: Vec<HostName>, tick: &mut dyn FnMut());
    /// Asks for the names of these addresses.
    fn reverse(&mut self, addresses: Vec<IpAddr>, tick: &mut dyn FnMut());
    /// Asks for the key fingerprints of these names, where that can be asked.
    fn fingerprints(&mut self, names: Vec<HostName>, tick: &mut dyn FnMut());
}

/// Asks for everything that the rules judge over; nothing is asked twice. An address's names are looked up forward, for only
/// a name that leads back counts.
pub fn gather(source: &mut dyn Source, hosts: &[Host<'_>], tick: &mut dyn FnMut()) {
    let names = hosts.iter().flat_map(|host| &host.subject.names).cloned().collect();
    forward(source, names, tick);
    let given = hosts.iter().flat_map(|host| &host.subject.addresses).map(IpAddr::to_canonical);
    let found = hosts.iter().filter(|host| host.resolves && host.subject.addresses.is_empty());
    let found = found.flat_map(|host| found_addresses(host, source.answers()));
    let addresses: BTreeSet<IpAddr> = given.chain(found).collect();
    let new = addresses.into_iter().filter(|address| !source.answers().reverse.contains_key(address)).collect();
    source.reverse(new, tick);
    let answers = &source.answers().reverse;
    let named = answers.values().filter_map(|reverse| reverse.names.found()).flatten();
    let named = named.filter_map(|name| name_of(Some(name)).ok()).collect();
    forward(source, named, tick);
    let with_keys = hosts.iter().filter(|host| !host.subject.keys.is_empty());
    let names: BTreeSet<HostName> = with_keys.flat_map(|host| &host.subject.names).cloned().collect();
    let new = names.into_iter().filter(|name| !source.answers().sshfp.contains_key(name)).collect();
    source.fingerprints(new, tick);
}

fn forward(source: &mut dyn Source, names: BTreeSet<HostName>, tick: &mut dyn FnMut()) {
    let new = names.into_iter().filter(|name| !source.answers().forward.contains_key(name)).collect();
    source.forward(new, tick);
}
