//! `/etc/hosts` lines that begin with the short name: the first name of a line is the one that counts (hosts(5)).

use super::alias::as_host_name;
use super::{Host, Seen, finding, is_short_for};
use crate::dns::finding::{Code, Finding, View};
use crate::name::HostName;

pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    // The DNS gives no short names.
    if seen.view != View::System {
        return;
    }
    let of_address = |address: &std::net::IpAddr| {
        let address = address.to_canonical();
        let first = seen.answers.reverse.get(&address)?.names.found()?.first()?;
        Some((address.to_string(), as_host_name(first)?))
    };
    let of_name = |name: &HostName| {
        let canonical = seen.answers.forward.get(name)?.canonical.as_deref()?;
        Some((name.to_string(), as_host_name(canonical)?))
    };
    let names = &host.subject.names;
    let firsts = host.subject.addresses.iter().filter_map(of_address).chain(names.iter().filter_map(of_name));
    let short = |first: &HostName| {
        let long = names.iter().find(|name| is_short_for(first.as_str(), name))?;
        // The short one may be given too, and then it is found.
        (!names.contains(first)).then_some(long)
    };
    let Some((subject, first, long)) =
        firsts.into_iter().find_map(|(subject, first)| Some((subject, first.clone(), short(&first)?)))
    else {
        return;
    };
    found.push(finding(
        Code::ShortNameFirst,
        seen.view,
        host.if_resolved(),
        &subject,
        format!("the system's name for it is {first}, not {long}"),
        format!("put the long name first in its line of /etc/hosts: ADDRESS {long} {first}"),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::finding::Severity;
    use crate::dns::rules::testing::{Script, by_address, by_resolved, host, told};

    fn judged(names: &str, script: Script, resolves: bool) -> Vec<(Code, Severity, String)> {
        let (subject, answers) = (host(names), script.answers());
        let mut found = Vec::new();
        let host = if resolves { by_resolved(&subject) } else { by_address(&subject) };
        judge(&host, Seen { view: View::System, answers: &answers }, &mut found);
        told(&found)
    }

    #[test]
    fn the_short_name_must_not_come_first() {
        let short = || Script::default().reverse("10.0.0.1", "node1").forward("node1", "10.0.0.1");
        let of = |severity| [(Code::ShortNameFirst, severity, "10.0.0.1".to_owned())];
        assert_eq!(judged("node1.test,10.0.0.1", short(), true), of(Severity::Error));
        assert_eq!(judged("node1.test,10.0.0.1", short(), false), of(Severity::Warning));
        // Near misses: it is given too; it is another host's; the long name comes first.
        assert_eq!(judged("node1.test,node1,10.0.0.1", short(), true), []);
        assert_eq!(judged("node10.test,10.0.0.1", short(), true), []);
        let long = Script::default().reverse("10.0.0.1", "node1.test");
        assert_eq!(judged("node1.test,10.0.0.1", long, true), []);
    }

    #[test]
    fn without_an_address_the_canonical_name_tells() {
        let script = || Script::default().forward("node1.test", "10.0.0.1");
        let found = judged("node1.test", script().canonical("node1.test", b"node1"), true);
        assert_eq!(found, [(Code::ShortNameFirst, Severity::Error, "node1.test".to_owned())]);
        assert_eq!(judged("node1.test", script().canonical("node1.test", b"node1.test"), true), []);
    }
}
