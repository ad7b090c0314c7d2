//! The system and the DNS beside each other: where they differ, a host is another one to its neighbours.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Host, Seen, finding};
use crate::dns::answer::{Answer, Forward, listed, listed_names};
use crate::dns::finding::{Code, Finding, Severity};

const MEND: &str = "keep one source of truth: correct /etc/hosts or the DNS";

pub(super) fn judge(host: &Host<'_>, system: Seen<'_>, dns: Seen<'_>, found: &mut Vec<Finding>) {
    for name in &host.subject.names {
        let (Some(here), Some(there)) = (system.answers.forward.get(name), dns.answers.forward.get(name)) else {
            continue;
        };
        if differ(here, there) {
            let here = match listed(here.addresses()) {
                none if none.is_empty() => "the system knows no address".to_owned(),
                some => format!("the system says {some}"),
            };
            let evidence = format!("{here}, the DNS says {}", listed(there.addresses()));
            found.push(finding(Code::ViewsDiffer, dns.view, Severity::Error, name, evidence, MEND));
        }
    }
    for address in host.subject.addresses.iter().map(IpAddr::to_canonical) {
        let names = |seen: Seen<'_>| match &seen.answers.reverse.get(&address)?.names {
            Answer::Found(names) => Some(names.clone()),
            _ => None,
        };
        let (Some(here), Some(there)) = (names(system), names(dns)) else { continue };
        let lower = |names: &[Vec<u8>]| -> BTreeSet<Vec<u8>> { names.iter().map(|name| folded(name)).collect() };
        if lower(&here).is_disjoint(&lower(&there)) {
            let [here, there] = [&here, &there].map(|names| listed_names(names.iter().map(Vec::as_slice)));
            let evidence = format!("the system calls it {here}, the DNS {there}");
            found.push(finding(Code::ViewsDiffer, dns.view, Severity::Error, &address, evidence, MEND));
        }
    }
}

fn folded(name: &[u8]) -> Vec<u8> {
    name.strip_suffix(b".").unwrap_or(name).to_ascii_lowercase()
}

/// Whether the addresses differ, where the DNS has some: that it has none is another finding. An answer that failed says
/// nothing; a family that only one of them has differs.
fn differ(here: &Forward, there: &Forward) -> bool {
    let set = |forward: &Forward| -> BTreeSet<IpAddr> { forward.addresses().map(|one| one.to_canonical()).collect() };
    let (here_set, there_set) = (set(here), set(there));
    here.failed().is_none() && there.failed().is_none() && !there_set.is_empty() && here_set != there_set
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::answer::Failed;
    use crate::dns::finding::View;
    use crate::dns::rules::testing::{Script, by_resolved, host, told};

    fn judged(names: &str, system: Script, dns: Script) -> Vec<(Code, Severity, String)> {
        let (subject, system, dns) = (host(names), system.answers(), dns.answers());
        let mut found = Vec::new();
        let (system, dns) = (Seen { view: View::System, answers: &system }, Seen { view: View::Dns, answers: &dns });
        judge(&by_resolved(&subject), system, dns, &mut found);
        told(&found)
    }

    fn forward(addresses: &str) -> Script {
        Script::default().forward("n.test", addresses)
    }

    #[test]
    fn addresses_are_compared_as_sets() {
        let differs = [(Code::ViewsDiffer, Severity::Error, "n.test".to_owned())];
        let both = |here, there| judged("n.test", forward(here), forward(there));
        assert_eq!(both("10.0.0.1 10.0.0.2", "10.0.0.2 10.0.0.1"), []);
        assert_eq!(both("10.0.0.1", "10.0.0.2"), differs);
        assert_eq!(both("10.0.0.1", "10.0.0.1 10.0.0.2"), differs);
        assert_eq!(both("", "10.0.0.1"), differs);
        // That the DNS has none is another finding.
        assert_eq!(both("10.0.0.1", ""), []);
        let failing = Script::default().failing("n.test", Failed::TimedOut);
        assert_eq!(judged("n.test", forward("10.0.0.1"), failing), []);
    }

    #[test]
    fn names_of_an_address_are_compared_in_any_case() {
        let reverse = |name| Script::default().reverse("10.0.0.1", name);
        let both = |here, there| judged("n.test,10.0.0.1", reverse(here), reverse(there));
        assert_eq!(both("N.test", "n.test"), []);
        assert_eq!(both("n.test", "other.test n.test"), []);
        assert_eq!(both("n.test", ""), []);
        assert_eq!(both("n.test", "m.test"), [(Code::ViewsDiffer, Severity::Error, "10.0.0.1".to_owned())]);
    }
}
