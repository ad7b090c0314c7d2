//! What DNSSEC says of the answers.

use std::net::IpAddr;

use super::{Host, Seen, finding};
use crate::dns::answer::Dnssec;
use crate::dns::finding::{Code, Finding, Severity};

pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    for name in &host.subject.names {
        let of_addresses = seen.answers.forward.get(name).and_then(|forward| forward.dnssec.as_ref());
        let of_keys = seen.answers.sshfp.get(name).map(|fingerprints| &fingerprints.dnssec);
        let worst = of_addresses.into_iter().chain(of_keys).max();
        found.extend(worst.and_then(|state| complaint(seen, state, name, Severity::Error)));
    }
    for address in host.subject.addresses.iter().map(IpAddr::to_canonical) {
        let state = seen.answers.reverse.get(&address).and_then(|reverse| reverse.dnssec.as_ref());
        // The zones of private addresses cannot be signed: they are delegated insecurely (RFC 6303 section 6).
        let severity = if is_private(address) { Severity::Information } else { Severity::Error };
        found.extend(state.and_then(|state| complaint(seen, state, &address, severity)));
    }
}

fn complaint(seen: Seen<'_>, state: &Dnssec, subject: &impl std::fmt::Display, unsigned: Severity) -> Option<Finding> {
    let (code, severity, evidence, mend) = match state {
        Dnssec::Secure => return None,
        Dnssec::Bogus { zone } => (
            Code::DnssecBogus,
            Severity::Error,
            format!("the zone {zone} is signed (there is a DS record for it), but the answer's signatures are wrong, missing or expired"),
            "somebody changed the answer, or the zone is signed wrongly: ask its administrator, and trust nothing of it",
        ),
        Dnssec::Insecure => (
            Code::DnssecInsecure,
            unsigned,
            "the zone is not signed, so that anybody on the way could change the answer".to_owned(),
            "sign the zone, and put its DS record into the zone above",
        ),
        Dnssec::Unavailable => (
            Code::DnssecUnavailable,
            unsigned,
            "whether the answer is signed cannot be found out: the name server gives no signatures that lead to the trust anchor"
                .to_owned(),
            "ask a name server that does DNSSEC: --resolver ADDR:PORT",
        ),
    };
    Some(finding(code, seen.view, severity, subject, evidence, mend))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_documentation()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::answer::Answers;
    use crate::dns::finding::View;
    use crate::dns::rules::testing::{Script, by_resolved, host, told};

    fn judged(names: &str, answers: &Answers) -> Vec<(Code, Severity, String)> {
        let subject = host(names);
        let mut found = Vec::new();
        judge(&by_resolved(&subject), Seen { view: View::Dns, answers }, &mut found);
        told(&found)
    }

    fn signed(state: Dnssec) -> Answers {
        let mut answers =
            Script::default().forward("n.test", "10.0.0.1").reverse("10.0.0.1", "n.test").reverse("9.9.9.9", "n.test");
        answers = answers.sshfp("n.test", &[], state.clone());
        let mut answers = answers.answers();
        answers.forward.values_mut().for_each(|forward| forward.dnssec = Some(state.clone()));
        answers.reverse.values_mut().for_each(|reverse| reverse.dnssec = Some(state.clone()));
        answers
    }

    #[test]
    fn each_state_has_its_code() {
        assert_eq!(judged("n.test,10.0.0.1,9.9.9.9", &signed(Dnssec::Secure)), []);
        let bogus = Dnssec::Bogus { zone: "test.".to_owned() };
        for (state, code, private) in [
            (Dnssec::Insecure, Code::DnssecInsecure, Severity::Information),
            (Dnssec::Unavailable, Code::DnssecUnavailable, Severity::Information),
            (bogus, Code::DnssecBogus, Severity::Error),
        ] {
            let of = |severity, subject: &str| (code, severity, subject.to_owned());
            assert_eq!(
                judged("n.test,10.0.0.1,9.9.9.9", &signed(state)),
                [of(Severity::Error, "n.test"), of(private, "10.0.0.1"), of(Severity::Error, "9.9.9.9")]
            );
        }
    }

    #[test]
    fn the_worst_answer_about_a_name_counts() {
        let mut answers = signed(Dnssec::Secure);
        answers.sshfp.values_mut().for_each(|one| one.dnssec = Dnssec::Bogus { zone: "test.".to_owned() });
        assert_eq!(judged("n.test", &answers), [(Code::DnssecBogus, Severity::Error, "n.test".to_owned())]);
    }

    #[test]
    fn what_was_not_asked_is_not_judged() {
        assert_eq!(judged("n.test,10.0.0.1", &Script::default().forward("n.test", "10.0.0.1").answers()), []);
    }

    #[test]
    fn private_addresses_have_near_misses() {
        for address in ["10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "100.127.0.1", "fd00::1", "fe80::1"] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in ["11.0.0.1", "172.32.0.1", "192.169.1.1", "100.63.0.1", "100.128.0.1", "2001:db9::1"] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }
}
