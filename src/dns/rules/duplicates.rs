//! One name, address or key for two hosts.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::hash::Hash;
use std::net::IpAddr;

use super::finding;
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::dns::subject::Subject;

/// What two hosts have in common that only one can have: a list for each of `hosts`, in their order. They are compared with
/// each other and with those that are `registered` already, but no host with itself: a registered one that shares a name
/// with it, or an address where one of the two has no names.
#[must_use]
pub fn duplicates(hosts: &[&Subject], registered: &[Subject]) -> Vec<Vec<Finding>> {
    let mut names = Owners::default();
    let mut addresses = Owners::default();
    let mut keys = Owners::default();
    for (index, host) in hosts.iter().copied().chain(registered).enumerate() {
        names.own(index, host.names.iter().map(|name| name.as_str()));
        addresses.own(index, host.addresses.iter().map(IpAddr::to_canonical));
        keys.own(index, host.keys.iter().map(|key| key.blob()));
    }
    let label = |index: usize| {
        let registered_index = index.checked_sub(hosts.len());
        let host = hosts.get(index).copied().or_else(|| registered.get(registered_index?));
        host.map_or_else(String::new, |host| match registered_index {
            Some(_) => format!("the registered host {}", host.label()),
            None => host.label(),
        })
    };
    let mut all = Vec::new();
    for (index, host) in hosts.iter().copied().enumerate() {
        let mut found = Vec::new();
        let is_own = |other: &usize| {
            let registered = other.checked_sub(hosts.len()).and_then(|place| registered.get(place));
            registered.is_some_and(|registered| is_the_same(host, registered))
        };
        let owners = names.of(host.names.iter().map(|name| name.as_str()));
        let owners = owners.chain(addresses.of(host.addresses.iter().map(IpAddr::to_canonical)));
        let own: BTreeSet<usize> = owners.filter(is_own).chain([index]).collect();
        for name in &host.names {
            let mend = "give the name to one of them; where it is the same host, give it once";
            found.extend(names.shared(&own, name.as_str(), Code::DuplicateName, name, "name", &label, mend));
        }
        for address in &host.addresses {
            let mend = "give the address to the host that has it now, and remove the other one's";
            let address = address.to_canonical();
            found.extend(addresses.shared(&own, address, Code::DuplicateAddress, &address, "address", &label, mend));
        }
        for key in &host.keys {
            let mend = "where it is one host, give its names and addresses together; else make new host keys on one of them \
                (ssh-keygen -A): whoever holds one key is either host";
            found.extend(keys.shared(&own, key.blob(), Code::DuplicateKey, &key, "key", &label, mend));
        }
        all.push(found);
    }
    all
}

/// Whether a registered host is this one: a line that shares a name is about the host itself, and so is one that shares an
/// address, where either has no names.
fn is_the_same(host: &Subject, registered: &Subject) -> bool {
    let shares_address = || {
        let has = |address: &IpAddr| host.addresses.iter().any(|own| own.to_canonical() == address.to_canonical());
        (host.names.is_empty() || registered.names.is_empty()) && registered.addresses.iter().any(has)
    };
    registered.names.iter().any(|name| host.names.contains(name)) || shares_address()
}

/// Which hosts have a thing.
struct Owners<K>(HashMap<K, Vec<usize>>);

impl<K> Default for Owners<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Owners<K> {
    fn own(&mut self, host: usize, things: impl Iterator<Item = K>) {
        for thing in things {
            let hosts = self.0.entry(thing).or_default();
            if hosts.last() != Some(&host) {
                hosts.push(host);
            }
        }
    }

    /// Who has any of these things.
    fn of(&self, things: impl Iterator<Item = K>) -> impl Iterator<Item = usize> {
        things.filter_map(|thing| self.0.get(&thing)).flatten().copied()
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one finding")]
    fn shared(
        &self,
        own: &BTreeSet<usize>,
        thing: K,
        code: Code,
        subject: &impl Display,
        what: &str,
        label: &impl Fn(usize) -> String,
        mend: &str,
    ) -> Option<Finding> {
        let other = self.0.get(&thing)?.iter().copied().find(|other| !own.contains(other))?;
        let evidence = format!("{} has the same {what}", label(other));
        Some(finding(code, View::Given, Severity::Error, subject, evidence, mend))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::rules::testing::{host, key, told};

    fn judged(hosts: &[&Subject], registered: &[Subject]) -> Vec<Vec<(Code, Severity, String)>> {
        duplicates(hosts, registered).iter().map(|found| told(found)).collect()
    }

    #[test]
    fn what_two_hosts_share_is_told_of_both() {
        let [a, b, c] = ["a.test,10.0.0.1", "b.test,10.0.0.1", "c.test,10.0.0.2"].map(host);
        let shared = vec![(Code::DuplicateAddress, Severity::Error, "10.0.0.1".to_owned())];
        assert_eq!(judged(&[&a, &b, &c], &[]), [shared.clone(), shared, vec![]]);
        let again = host("a.test,10.0.0.9");
        let name = vec![(Code::DuplicateName, Severity::Error, "a.test".to_owned())];
        assert_eq!(judged(&[&a, &again], &[]), [name.clone(), name]);
        assert_eq!(judged(&[&a, &c], &[]), [vec![], vec![]]);
    }

    #[test]
    fn cloned_images_have_one_key() {
        let (mut a, mut b, mut c) = (host("a.test"), host("b.test"), host("c.test"));
        (a.keys, b.keys, c.keys) = (vec![key(1), key(2)], vec![key(2)], vec![key(3)]);
        let found = judged(&[&a, &b, &c], &[]);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!(found[0][0].0, Code::DuplicateKey);
    }

    #[test]
    fn registered_hosts_count_and_are_named_so() {
        let (a, b) = (host("a.test,10.0.0.1"), host("b.test,10.0.0.1"));
        let found = duplicates(&[&a], std::slice::from_ref(&b));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0][0].evidence, "the registered host b.test,10.0.0.1 has the same address");
        assert_eq!(judged(&[&a], &[host("c.test,10.0.0.2")]), [vec![]]);
    }

    #[test]
    fn a_host_is_not_compared_with_its_own_registration() {
        let clone = |text| Subject { keys: vec![key(1)], ..host(text) };
        let hosts = [clone("a.test,10.0.0.1"), clone("b.test,10.0.0.2")];
        let [a, b] = &hosts;
        let found = judged(&[a, b], &hosts);
        let key = || vec![(Code::DuplicateKey, Severity::Error, key(1).to_string())];
        assert_eq!(found, [key(), key()], "each other's key, and neither its own name nor its own address");
        assert_eq!(judged(&[a], &[clone("a.test,10.0.0.9")]), [vec![]], "known by its name");
        assert_eq!(judged(&[a], &[clone("10.0.0.1")]), [vec![]], "a line without names");
        let other = judged(&[a], &[clone("c.test,10.0.0.1")]).concat();
        assert_eq!(other.iter().map(|found| found.0).collect::<Vec<_>>(), [Code::DuplicateAddress, Code::DuplicateKey]);
    }

    #[test]
    fn mapped_addresses_are_the_same_address() {
        let (a, b) = (host("a.test,10.0.0.1"), host("b.test,::ffff:10.0.0.1"));
        assert_eq!(judged(&[&a, &b], &[]).concat().len(), 2);
    }
}
