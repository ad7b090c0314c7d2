//! Addresses that are not one host's on every network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Host, Seen, finding};
use crate::dns::finding::{Code, Finding, Severity, View};

/// The given addresses.
pub(super) fn judge_given(host: &Host<'_>, found: &mut Vec<Finding>) {
    for &address in &host.subject.addresses {
        if address.to_canonical() != address {
            found.push(mapped(View::Given, address));
        }
        let address = address.to_canonical();
        let Some(kind) = Kind::of(address) else { continue };
        found.push(finding(
            Code::SpecialAddress,
            View::Given,
            kind.severity(),
            &address,
            kind.evidence(),
            "give the address from which its connections come",
        ));
    }
}

/// The addresses that a name resolves to; those that are given are judged already.
pub(super) fn judge_found(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    for name in &host.subject.names {
        let Some(forward) = seen.answers.forward.get(name) else { continue };
        for address in forward.addresses() {
            if host.subject.addresses.contains(&address) {
                continue;
            }
            if address.to_canonical() != address {
                found.push(mapped(seen.view, address));
            }
            let Some(kind) = Kind::of(address.to_canonical()) else { continue };
            let mend = match (seen.view, kind) {
                (View::System, Kind::Loopback) => {
                    "correct its line in /etc/hosts, unless it is this machine's own name (Debian's 127.0.1.1)"
                }
                _ => "correct the name's addresses",
            };
            found.push(finding(
                Code::SpecialAddress,
                seen.view,
                Severity::Warning,
                name,
                format!("it resolves to {address}: {}", kind.evidence()),
                mend,
            ));
        }
    }
}

fn mapped(view: View, address: IpAddr) -> Finding {
    let plain = address.to_canonical();
    finding(
        Code::MappedAddress,
        view,
        Severity::Warning,
        &address,
        format!("it is the IPv4 address {plain} in IPv6 form; sshd compares texts, and writes {plain}"),
        format!("write {plain}"),
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Loopback,
    LinkLocal,
    Multicast,
    Unspecified,
    Broadcast,
    Documentation,
}

impl Kind {
    /// Private addresses and those of carriers (RFC 1918, RFC 4193, RFC 6598) are fine: they are one host's where they are
    /// used.
    fn of(address: IpAddr) -> Option<Self> {
        match address {
            _ if address.is_loopback() => Some(Self::Loopback),
            _ if address.is_multicast() => Some(Self::Multicast),
            _ if address.is_unspecified() => Some(Self::Unspecified),
            IpAddr::V4(address) if address.is_link_local() => Some(Self::LinkLocal),
            IpAddr::V4(Ipv4Addr::BROADCAST) => Some(Self::Broadcast),
            IpAddr::V4(address) if address.is_documentation() => Some(Self::Documentation),
            IpAddr::V6(address) if address.is_unicast_link_local() => Some(Self::LinkLocal),
            IpAddr::V6(address) if is_documentation(address) => Some(Self::Documentation),
            _ => None,
        }
    }

    /// An address of a manual is nobody's: its line admits nobody.
    const fn severity(self) -> Severity {
        match self {
            Self::Documentation => Severity::Warning,
            _ => Severity::Error,
        }
    }

    const fn evidence(self) -> &'static str {
        match self {
            Self::Loopback => "a loopback address: every machine has it, and forwarded connections come from it",
            Self::LinkLocal => {
                "a link-local address: on every network another host may have it, and sshd never confirms its name"
            }
            Self::Multicast => "a multicast address: no host connects from it",
            Self::Unspecified => "the unspecified address: no host connects from it",
            Self::Broadcast => "the broadcast address: no host connects from it",
            Self::Documentation => "an address for documentation (RFC 5737, RFC 3849, RFC 9637): no host has it",
        }
    }
}

/// RFC 3849 and RFC 9637.
fn is_documentation(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    (first, second) == (0x2001, 0xdb8) || (first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::rules::testing::{Script, by_resolved, host, told};
    use crate::dns::subject::Subject;

    #[test]
    fn every_kind_has_its_near_misses() {
        for (address, kind) in [
            ("127.0.0.1", Some(Kind::Loopback)),
            ("127.0.1.1", Some(Kind::Loopback)),
            ("126.255.255.255", None),
            ("128.0.0.1", None),
            ("::1", Some(Kind::Loopback)),
            ("::2", None),
            ("169.254.0.1", Some(Kind::LinkLocal)),
            ("169.253.0.1", None),
            ("169.255.0.1", None),
            ("fe80::1", Some(Kind::LinkLocal)),
            ("febf::1", Some(Kind::LinkLocal)),
            ("fec0::1", None),
            ("224.0.0.1", Some(Kind::Multicast)),
            ("223.255.255.255", None),
            ("ff02::1", Some(Kind::Multicast)),
            ("0.0.0.0", Some(Kind::Unspecified)),
            ("::", Some(Kind::Unspecified)),
            ("255.255.255.255", Some(Kind::Broadcast)),
            ("192.0.2.1", Some(Kind::Documentation)),
            ("192.0.3.1", None),
            ("198.51.100.1", Some(Kind::Documentation)),
            ("203.0.113.1", Some(Kind::Documentation)),
            ("203.0.114.1", None),
            ("2001:db8::1", Some(Kind::Documentation)),
            ("2001:db9::1", None),
            ("3fff::1", Some(Kind::Documentation)),
            ("3fff:fff::1", Some(Kind::Documentation)),
            ("3fff:1000::1", None),
            // Private and carriers' addresses.
            ("10.0.0.1", None),
            ("172.16.0.1", None),
            ("192.168.0.1", None),
            ("100.64.0.1", None),
            ("fd00::1", None),
        ] {
            assert_eq!(Kind::of(address.parse().unwrap()), kind, "{address}");
        }
    }

    fn given(addresses: &[&str]) -> Vec<(Code, Severity, String)> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let subject = Subject { addresses, ..Subject::default() };
        let mut found = Vec::new();
        judge_given(&by_resolved(&subject), &mut found);
        told(&found)
    }

    #[test]
    fn a_given_address_is_one_host_s() {
        assert_eq!(given(&["127.0.0.1"]), [(Code::SpecialAddress, Severity::Error, "127.0.0.1".to_owned())]);
        assert_eq!(given(&["192.0.2.1"]), [(Code::SpecialAddress, Severity::Warning, "192.0.2.1".to_owned())]);
        assert_eq!(given(&["10.0.0.1", "100.64.0.1", "2001:4860::1"]), []);
        assert_eq!(
            given(&["::ffff:10.0.0.1"]),
            [(Code::MappedAddress, Severity::Warning, "::ffff:10.0.0.1".to_owned())]
        );
    }

    #[test]
    fn a_name_that_leads_to_loopback_is_told_once() {
        let answers = Script::default().forward("n.test", "127.0.1.1 10.0.0.1").answers();
        let judged = |names: &str| {
            let subject = host(names);
            let mut found = Vec::new();
            judge_found(&by_resolved(&subject), Seen { view: View::System, answers: &answers }, &mut found);
            told(&found)
        };
        assert_eq!(judged("n.test"), [(Code::SpecialAddress, Severity::Warning, "n.test".to_owned())]);
        assert_eq!(judged("n.test,127.0.1.1"), []);
    }
}
