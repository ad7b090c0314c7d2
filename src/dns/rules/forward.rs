//! Names to addresses: does the name resolve, and to what was given with it?

use super::{Host, Seen, finding};
use crate::dns::answer::{Answer, Forward, listed};
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::name::HostName;

pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    for name in &host.subject.names {
        if let Some(forward) = seen.answers.forward.get(name) {
            unresolved(host, seen, name, forward, found);
            other_addresses(host, seen, name, forward, found);
        }
    }
    not_in_forward(host, seen, found);
}

/// A name without an address.
fn unresolved(host: &Host<'_>, seen: Seen<'_>, name: &HostName, forward: &Forward, found: &mut Vec<Finding>) {
    if forward.addresses().next().is_some() {
        return;
    }
    let severity = severity(host, name);
    if let Some(failed) = forward.failed() {
        found.push(finding(
            Code::LookupFailed,
            seen.view,
            severity,
            name,
            format!("its addresses cannot be looked up: {failed}"),
            mend_failed(seen.view),
        ));
        return;
    }
    let evidence = match (&forward.v4, &forward.v6, seen.view) {
        (Answer::NoData, _, _) | (_, Answer::NoData, _) => "the name exists, but has no address",
        (_, _, View::Dns) => "there is no such name (NXDOMAIN)",
        _ => "the name has no address",
    };
    let mend = match seen.view {
        View::Dns => "add its A or AAAA record, or correct the name",
        _ => "add it to the DNS or to /etc/hosts, or correct the name",
    };
    found.push(finding(Code::NameDoesNotResolve, seen.view, severity, name, evidence, mend));
}

/// Where sshd never resolves, and nobody has to find an address, a name that resolves to nothing does no harm. A short name
/// beside a long one is an alias that nobody need publish.
fn severity(host: &Host<'_>, name: &HostName) -> Severity {
    let is_short = !name.as_str().contains('.');
    let has_long = host.subject.names.iter().any(|other| other.as_str().contains('.'));
    match () {
        () if is_short && has_long => Severity::Warning,
        () if host.subject.addresses.is_empty() => Severity::Error,
        () => host.if_resolved(),
    }
}

pub(super) const fn mend_failed(view: View) -> &'static str {
    match view {
        View::Dns => "ask again, or another name server: --resolver ADDR:PORT",
        _ => {
            "ask again, or add the host to /etc/hosts: sshd waits for that answer too, and then goes on without a name"
        }
    }
}

/// A name that resolves to none of the addresses that were given with it.
fn other_addresses(host: &Host<'_>, seen: Seen<'_>, name: &HostName, forward: &Forward, found: &mut Vec<Finding>) {
    let given = &host.subject.addresses;
    let mut addresses = forward.addresses().map(|address| address.to_canonical()).peekable();
    // An answer that failed may hold the address.
    if addresses.peek().is_none() || given.is_empty() || forward.failed().is_some() {
        return;
    }
    if addresses.any(|address| given.iter().any(|given| given.to_canonical() == address)) {
        return;
    }
    let is_debians = forward.addresses().any(|address| address.to_string() == "127.0.1.1");
    let mend = if is_debians && seen.view == View::System {
        "it is this machine's own name: put its address in place of 127.0.1.1 in /etc/hosts"
    } else {
        "correct the name or the addresses: they are not those of one host"
    };
    found.push(finding(
        Code::AddressNotInForward,
        seen.view,
        Severity::Error,
        name,
        format!("it resolves to {}, and to none of the addresses given", listed(forward.addresses())),
        mend,
    ));
}

/// An address that none of the names resolves to, although they resolve to others that were given.
fn not_in_forward(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    let given: Vec<_> = host.subject.addresses.iter().map(|address| address.to_canonical()).collect();
    let forwards: Vec<(&HostName, &Forward)> =
        host.subject.names.iter().filter_map(|name| Some((name, seen.answers.forward.get(name)?))).collect();
    let resolved: Vec<_> = forwards.iter().flat_map(|(_, forward)| forward.addresses()).collect();
    // Where none is, the names were told already.
    if !resolved.iter().any(|address| given.contains(&address.to_canonical())) {
        return;
    }
    for address in given {
        let is_there = resolved.iter().any(|other| other.to_canonical() == address);
        if is_there {
            continue;
        }
        let names: Vec<&str> = forwards.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        if let Some(failed) = forwards.iter().find_map(|(_, forward)| forward.of_family(address).failed()) {
            found.push(finding(
                Code::LookupFailed,
                seen.view,
                Severity::Error,
                &address,
                format!("whether {names} resolves to it cannot be looked up: {failed}"),
                mend_failed(seen.view),
            ));
            continue;
        }
        found.push(finding(
            Code::AddressNotInForward,
            seen.view,
            Severity::Error,
            &address,
            format!("{names} resolves to {}, not to it", listed(resolved.iter().copied())),
            "add the address to the name, or leave it out",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::answer::{Answers, Failed};
    use crate::dns::rules::testing::{Script, by_address, by_resolved, host, told};

    fn judged(names: &str, answers: &Answers, view: View) -> Vec<(Code, Severity, String)> {
        let subject = host(names);
        let mut found = Vec::new();
        judge(&by_resolved(&subject), Seen { view, answers }, &mut found);
        told(&found)
    }

    fn system(names: &str, answers: &Answers) -> Vec<(Code, Severity, String)> {
        judged(names, answers, View::System)
    }

    #[test]
    fn a_name_must_resolve_to_what_was_given() {
        let answers = Script::default().forward("n.test", "10.0.0.1 10.0.0.2 2001:db8::1").answers();
        assert_eq!(system("n.test", &answers), []);
        assert_eq!(system("n.test,10.0.0.1", &answers), []);
        assert_eq!(system("n.test,10.0.0.2,2001:db8::1", &answers), []);
        assert_eq!(system("n.test,::ffff:10.0.0.1", &answers), []);
        let miss = |subject: &str| (Code::AddressNotInForward, Severity::Error, subject.to_owned());
        assert_eq!(system("n.test,10.0.0.3", &answers), [miss("n.test")]);
        assert_eq!(system("n.test,10.0.0.1,10.0.0.3", &answers), [miss("10.0.0.3")]);
        assert_eq!(system("n.test,10.0.0.1,2001:db8::2", &answers), [miss("2001:db8::2")]);
    }

    #[test]
    fn each_name_must_lead_to_the_host_and_one_must_lead_to_each_address() {
        let answers =
            Script::default().forward("a.test", "10.0.0.1").forward("b.test", "10.0.0.2").forward("c.test", "10.0.0.9");
        let answers = answers.answers();
        assert_eq!(system("a.test,b.test,10.0.0.1,10.0.0.2", &answers), []);
        let miss = (Code::AddressNotInForward, Severity::Error, "c.test".to_owned());
        assert_eq!(system("a.test,c.test,10.0.0.1", &answers), [miss]);
    }

    #[test]
    fn a_name_without_an_address_is_told_from_one_that_cannot_be_looked_up() {
        let answers = Script::default()
            .forward("none.test", "")
            .no_data("empty.test")
            .failing("slow.test", Failed::TimedOut)
            .failing("broken.test", Failed::ServFail)
            .answers();
        let of = |code, name: &str| (code, Severity::Error, name.to_owned());
        for name in ["none.test", "empty.test"] {
            assert_eq!(system(name, &answers), [of(Code::NameDoesNotResolve, name)]);
        }
        for name in ["slow.test", "broken.test"] {
            assert_eq!(system(name, &answers), [of(Code::LookupFailed, name)]);
        }
        let text = |name: &str, view| {
            let subject = host(name);
            let mut found = Vec::new();
            judge(&by_resolved(&subject), Seen { view, answers: &answers }, &mut found);
            found.remove(0).evidence
        };
        assert_eq!(text("none.test", View::Dns), "there is no such name (NXDOMAIN)");
        assert_eq!(text("empty.test", View::Dns), "the name exists, but has no address");
        assert_eq!(text("slow.test", View::Dns), "its addresses cannot be looked up: no answer came in time");
        assert_eq!(
            text("broken.test", View::Dns),
            "its addresses cannot be looked up: the name server failed (SERVFAIL)"
        );
    }

    #[test]
    fn what_sshd_never_resolves_is_a_warning_where_the_address_is_known() {
        let answers = Script::default().forward("none.test", "").forward("n.test", "10.0.0.9").answers();
        let of = |names: &str| {
            let subject = host(names);
            let mut found = Vec::new();
            judge(&by_address(&subject), Seen { view: View::System, answers: &answers }, &mut found);
            told(&found)
        };
        assert_eq!(of("none.test"), [(Code::NameDoesNotResolve, Severity::Error, "none.test".to_owned())]);
        assert_eq!(of("none.test,10.0.0.1"), [(Code::NameDoesNotResolve, Severity::Warning, "none.test".to_owned())]);
        // A name that is another machine's is no matter of what sshd asks.
        assert_eq!(of("n.test,10.0.0.1"), [(Code::AddressNotInForward, Severity::Error, "n.test".to_owned())]);
    }

    #[test]
    fn a_short_alias_need_not_resolve() {
        let answers = Script::default().forward("n.test", "10.0.0.1").forward("n", "").answers();
        assert_eq!(
            system("n.test,n,10.0.0.1", &answers),
            [(Code::NameDoesNotResolve, Severity::Warning, "n".to_owned())]
        );
        assert_eq!(system("n,10.0.0.1", &answers), [(Code::NameDoesNotResolve, Severity::Error, "n".to_owned())]);
    }

    #[test]
    fn an_answer_that_failed_may_hold_the_address() {
        let mut answers = Script::default().forward("n.test", "10.0.0.1").answers();
        answers.forward.values_mut().for_each(|forward| forward.v6 = Answer::Failed(Failed::TimedOut));
        assert_eq!(system("n.test,10.0.0.1", &answers), []);
        assert_eq!(
            system("n.test,10.0.0.1,2001:db8::1", &answers),
            [(Code::LookupFailed, Severity::Error, "2001:db8::1".to_owned())]
        );
        assert_eq!(
            system("n.test,10.0.0.1,10.0.0.2", &answers),
            [(Code::AddressNotInForward, Severity::Error, "10.0.0.2".to_owned())]
        );
    }

    #[test]
    fn debians_own_line_is_named() {
        let answers = Script::default().forward("me.test", "127.0.1.1").answers();
        let subject = host("me.test,10.0.0.1");
        let mut found = Vec::new();
        judge(&by_resolved(&subject), Seen { view: View::System, answers: &answers }, &mut found);
        assert!(found[0].mend.contains("127.0.1.1 in /etc/hosts"), "{found:?}");
    }
}
