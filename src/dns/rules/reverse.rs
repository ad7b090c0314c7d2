//! Addresses to names: forward-confirmed reverse lookup, as sshd does it (packet.c `ssh_remote_hostname`).

use std::net::IpAddr;

use super::forward::mend_failed;
use super::{Host, Seen, finding, is_short_for};
use crate::dns::answer::{Answer, Answers, listed_names};
use crate::dns::confirm::{NotConfirmed, confirm, name_of};
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::escape::escape;
use crate::name::HostName;

pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    let given = &host.subject.addresses;
    for address in given {
        // Without a name to expect, sshd takes the address itself where it has none.
        let missing = if host.subject.names.is_empty() { Severity::Warning } else { host.if_resolved() };
        of_address(host, seen, address.to_canonical(), [missing, host.if_resolved()], found);
    }
    if given.is_empty() {
        for address in found_addresses(host, seen.answers) {
            of_address(host, seen, address, [Severity::Warning; 2], found);
        }
    }
}

/// The addresses of a host for which none was given. That a name leads to loopback is told of the name.
pub(in crate::dns) fn found_addresses(host: &Host<'_>, answers: &Answers) -> Vec<IpAddr> {
    let forwards = host.subject.names.iter().filter_map(|name| answers.forward.get(name));
    let mut addresses: Vec<IpAddr> = forwards.flat_map(|forward| forward.addresses()).collect();
    addresses.iter_mut().for_each(|address| *address = address.to_canonical());
    addresses.retain(|address| !address.is_loopback());
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// What an address's name is to a host.
enum Verdict {
    /// It is one of its names, and leads back.
    Its(HostName),
    /// It leads back, and is not among its names.
    Other(HostName),
    /// It does not lead back.
    Not(NotConfirmed),
    /// Whether it leads back cannot be looked up.
    Failed(String),
}

fn of_address(host: &Host<'_>, seen: Seen<'_>, address: IpAddr, severity: [Severity; 2], found: &mut Vec<Finding>) {
    let [missing, mismatch] = severity;
    let Some(reverse) = seen.answers.reverse.get(&address) else { return };
    let names = match &reverse.names {
        Answer::Found(names) => names,
        Answer::Failed(failed) => {
            let evidence = format!("its name cannot be looked up: {failed}");
            found.push(finding(Code::LookupFailed, seen.view, missing, &address, evidence, mend_failed(seen.view)));
            return;
        }
        Answer::NoSuchName | Answer::NoData => {
            found.push(is_missing(host, seen.view, address, missing));
            return;
        }
    };
    let verdicts: Vec<Verdict> = names.iter().map(|name| verdict(host, seen, address, name)).collect();
    let several = names.len() > 1;
    let all = || listed_names(names.iter().map(Vec::as_slice));
    match verdicts.first() {
        None => found.push(is_missing(host, seen.view, address, missing)),
        Some(Verdict::Its(first)) => {
            let bad = verdicts.iter().find(|verdict| !matches!(verdict, Verdict::Its(_)));
            if bad.is_some() {
                let evidence = format!(
                    "it has several names ({}), of which sshd takes the first of the answer, now {first}; not all of \
                     them are this host's",
                    all()
                );
                let mend = "keep one PTR record: the order may change from one answer to the next";
                found.push(finding(
                    Code::ReverseMismatch,
                    seen.view,
                    mismatch.min(Severity::Warning),
                    &address,
                    evidence,
                    mend,
                ));
            }
        }
        Some(bad) => {
            let Some((code, mut evidence, mend)) = complaint(host, seen, address, bad) else { return };
            if several {
                evidence = format!("{evidence} (it has several names: {}; sshd takes the first of the answer)", all());
            }
            found.push(finding(code, seen.view, mismatch, &address, evidence, mend));
        }
    }
}

fn is_missing(host: &Host<'_>, view: View, address: IpAddr, severity: Severity) -> Finding {
    let then = if host.resolves { "; sshd takes the address itself for its name" } else { "" };
    let mend = match view {
        View::Dns => "add its PTR record",
        _ => "add its PTR record, or its line in /etc/hosts of every server: ADDRESS NAME.DOMAIN NAME",
    };
    finding(Code::ReverseMissing, view, severity, &address, format!("the address has no name{then}"), mend)
}

fn verdict(host: &Host<'_>, seen: Seen<'_>, address: IpAddr, ptr: &[u8]) -> Verdict {
    let name = match name_of(Some(ptr)) {
        Ok(name) => name,
        Err(error) => return Verdict::Not(error),
    };
    let Some(forward) = seen.answers.forward.get(&name) else {
        return Verdict::Failed(format!("whether its name {name} leads back was not asked"));
    };
    if let Some(failed) = forward.of_family(address).failed() {
        return Verdict::Failed(format!("whether its name {name} leads back cannot be looked up: {failed}"));
    }
    let addresses: Vec<IpAddr> = forward.addresses().collect();
    match confirm(address, Some(ptr), &addresses) {
        Ok(name) if host.subject.names.contains(&name) => Verdict::Its(name),
        Ok(name) => Verdict::Other(name),
        Err(error) => Verdict::Not(error),
    }
}

/// What is wrong with the name that sshd takes. `None` where another rule says so, or sshd does not care.
fn complaint(host: &Host<'_>, seen: Seen<'_>, address: IpAddr, verdict: &Verdict) -> Option<(Code, String, String)> {
    let mismatch = |evidence: String, mend: String| Some((Code::ReverseMismatch, evidence, mend));
    match verdict {
        Verdict::Its(_) => None,
        Verdict::Failed(evidence) => Some((Code::LookupFailed, evidence.clone(), mend_failed(seen.view).to_owned())),
        Verdict::Not(error) => {
            let log = error.sshd_message(&address.to_string()).map(|said| format!(" (sshd logs: {said})"));
            let mend = match error {
                NotConfirmed::NotBack(name) | NotConfirmed::NoForward(name) => {
                    format!("make {name} resolve to {address}, or correct the address's name")
                }
                _ => "correct the address's name: its PTR record, or its line in /etc/hosts".to_owned(),
            };
            mismatch(format!("{error}{}", log.unwrap_or_default()), mend)
        }
        Verdict::Other(name) if host.subject.names.is_empty() => {
            let evidence = format!("sshd takes it for {name}, which was not given");
            host.resolves.then(|| (Code::ReverseMismatch, evidence, format!("give both: {name},{address}")))
        }
        // Two other rules say so.
        Verdict::Other(name) if seen.view == View::System && is_short(host, name) => None,
        Verdict::Other(name) if is_canonical(host, seen, name) => None,
        Verdict::Other(name) => {
            let names: Vec<&str> = host.subject.names.iter().map(HostName::as_str).collect();
            mismatch(
                format!("the address's name is {name}, not {}", escape(&names.join(", "))),
                format!("correct one of them, or give {name} too if it is the same host's"),
            )
        }
    }
}

fn is_short(host: &Host<'_>, name: &HostName) -> bool {
    host.subject.names.iter().any(|given| is_short_for(name.as_str(), given))
}

fn is_canonical(host: &Host<'_>, seen: Seen<'_>, name: &HostName) -> bool {
    host.subject.names.iter().filter_map(|given| seen.answers.forward.get(given)).any(|forward| {
        let canonical = forward.canonical.as_deref().and_then(|text| std::str::from_utf8(text).ok());
        canonical.and_then(|text| HostName::new(text).ok()).as_ref() == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::answer::Failed;
    use crate::dns::rules::testing::{Script, by_address, by_resolved, host, told};

    fn all(names: &str, answers: &Answers, resolves: bool, view: View) -> Vec<Finding> {
        let subject = host(names);
        let mut found = Vec::new();
        let host = if resolves { by_resolved(&subject) } else { by_address(&subject) };
        judge(&host, Seen { view, answers }, &mut found);
        found
    }

    fn judged(names: &str, answers: &Answers) -> Vec<(Code, Severity, String)> {
        told(&all(names, answers, true, View::System))
    }

    const HERE: &str = "10.0.0.1";

    fn of(code: Code, severity: Severity) -> Vec<(Code, Severity, String)> {
        vec![(code, severity, HERE.to_owned())]
    }

    #[test]
    fn the_name_must_lead_back_in_its_own_family() {
        let script = || Script::default().reverse(HERE, "n.test");
        let mismatch = of(Code::ReverseMismatch, Severity::Error);
        assert_eq!(judged("n.test,10.0.0.1", &script().forward("n.test", "10.0.0.2 10.0.0.1").answers()), []);
        assert_eq!(judged("n.test,10.0.0.1", &script().forward("n.test", "10.0.0.2").answers()), mismatch);
        assert_eq!(judged("n.test,10.0.0.1", &script().forward("n.test", "2001:db8::1").answers()), mismatch);
        assert_eq!(judged("n.test,10.0.0.1", &script().forward("n.test", "").answers()), mismatch);
        let failing = script().failing("n.test", Failed::TimedOut).answers();
        assert_eq!(judged("n.test,10.0.0.1", &failing), of(Code::LookupFailed, Severity::Error));
    }

    #[test]
    fn what_sshd_logs_is_told() {
        let answers = Script::default().reverse(HERE, "10.0.0.99").answers();
        let found = all("n.test,10.0.0.1", &answers, true, View::System);
        let said = "sshd logs: Nasty PTR record \"10.0.0.99\" is set up for 10.0.0.1, ignoring";
        assert!(found[0].evidence.contains(said), "{found:?}");
        assert_eq!(found[0].code, Code::ReverseMismatch);
    }

    #[test]
    fn another_host_s_name_is_a_mismatch() {
        let answers = Script::default().reverse(HERE, "other.test").forward("other.test", HERE).answers();
        assert_eq!(judged("n.test,10.0.0.1", &answers), of(Code::ReverseMismatch, Severity::Error));
        assert_eq!(judged("n.test,other.test,10.0.0.1", &answers), []);
        assert_eq!(judged("n.test,Other.Test,10.0.0.1", &answers), []);
        // The same as an address alone: sshd takes it for that name.
        assert_eq!(judged("10.0.0.1", &answers), of(Code::ReverseMismatch, Severity::Error));
        assert_eq!(told(&all("10.0.0.1", &answers, false, View::System)), []);
    }

    #[test]
    fn a_missing_name_matters_where_sshd_resolves() {
        let answers = Script::default().reverse(HERE, "").forward("n.test", HERE).answers();
        assert_eq!(judged("n.test,10.0.0.1", &answers), of(Code::ReverseMissing, Severity::Error));
        let unresolved = told(&all("n.test,10.0.0.1", &answers, false, View::System));
        assert_eq!(unresolved, of(Code::ReverseMissing, Severity::Warning));
        // Without a name the address is what sshd looks up either way.
        assert_eq!(judged("10.0.0.1", &answers), of(Code::ReverseMissing, Severity::Warning));
        // Nobody says that the host comes from there.
        assert_eq!(judged("n.test", &answers), of(Code::ReverseMissing, Severity::Warning));
    }

    #[test]
    fn an_address_that_cannot_be_looked_up_is_not_one_without_a_name() {
        let mut answers = Script::default().reverse(HERE, "n.test").answers();
        answers.reverse.values_mut().for_each(|reverse| reverse.names = Answer::Failed(Failed::Refused));
        let found = all("n.test,10.0.0.1", &answers, true, View::Dns);
        assert_eq!(told(&found), of(Code::LookupFailed, Severity::Error));
        assert!(found[0].evidence.contains("REFUSED"), "{found:?}");
    }

    #[test]
    fn of_several_names_the_first_counts_and_each_is_tried() {
        let script = |names| {
            Script::default()
                .reverse(HERE, names)
                .forward("a.test", HERE)
                .forward("b.test", HERE)
                .forward("stale.test", "10.0.0.9")
                .answers()
        };
        let dns = |names, answers: &Answers| all(names, answers, true, View::Dns);
        assert_eq!(dns("a.test,b.test,10.0.0.1", &script("a.test b.test")), []);
        let found = dns("a.test,10.0.0.1", &script("a.test b.test"));
        assert_eq!(told(&found), of(Code::ReverseMismatch, Severity::Warning));
        assert!(found[0].evidence.contains("sshd takes the first of the answer, now a.test"), "{found:?}");
        let found = dns("a.test,10.0.0.1", &script("a.test stale.test"));
        assert_eq!(told(&found), of(Code::ReverseMismatch, Severity::Warning));
        for first in ["b.test a.test", "stale.test a.test"] {
            let found = dns("a.test,10.0.0.1", &script(first));
            assert_eq!(told(&found), of(Code::ReverseMismatch, Severity::Error));
            assert!(found[0].evidence.contains("it has several names"), "{found:?}");
        }
    }

    #[test]
    fn what_is_no_host_name_is_shown_harmless() {
        let answers = Script::default().reverse(HERE, "a\x1b[2J").answers();
        let found = all("n.test,10.0.0.1", &answers, true, View::System);
        assert_eq!(told(&found), of(Code::ReverseMismatch, Severity::Error));
        assert!(found[0].evidence.contains("a\\x1b[2J"), "{found:?}");
    }
}
