//! One name, address or key for two hosts.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;
use std::net::IpAddr;

use super::finding;
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::dns::subject::Subject;

/// What two hosts have in common that only one can have: a list for each of `hosts`, in their order. They are compared with
/// each other and with those that are `registered` already.
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
    for (index, host) in hosts.iter().enumerate() {
        let mut found = Vec::new();
        for name in &host.names {
            let mend = "give the name to one of them; where it is the same host, give it once";
            found.extend(names.shared(index, name.as_str(), Code::DuplicateName, name, "name", &label, mend));
        }
        for address in &host.addresses {
            let mend = "give the address to the host that has it now, and remove the other one's";
            let address = address.to_canonical();
            found.extend(addresses.shared(index, address, Code::DuplicateAddress, &address, "address", &label, mend));
        }
        for key in &host.keys {
            let mend = "make new host keys on one of them (ssh-keygen -A): whoever holds one key is either host";
            found.extend(keys.shared(index, key.blob(), Code::DuplicateKey, &key, "key", &label, mend));
        }
        all.push(found);
    }
    all
}

/// Which hosts have a thing: the first two tell all that is to be told.
struct Owners<K>(HashMap<K, (usize, Option<usize>)>);

impl<K> Default for Owners<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Owners<K> {
    fn own(&mut self, host: usize, things: impl Iterator<Item = K>) {
        for thing in things {
            let (first, second) = self.0.entry(thing).or_insert((host, None));
            if *first != host && second.is_none() {
                *second = Some(host);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one finding")]
    fn shared(
        &self,
        host: usize,
        thing: K,
        code: Code,
        subject: &impl Display,
        what: &str,
        label: &impl Fn(usize) -> String,
        mend: &str,
    ) -> Option<Finding> {
        let &(first, second) = self.0.get(&thing)?;
        let other = if first == host { second? } else { first };
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
    fn mapped_addresses_are_the_same_address() {
        let (a, b) = (host("a.test,10.0.0.1"), host("b.test,::ffff:10.0.0.1"));
        assert_eq!(judged(&[&a, &b], &[]).concat().len(), 2);
    }
}
