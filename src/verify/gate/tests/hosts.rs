//! `user@host`: names, addresses, networks, wildcards and negation.

use super::*;

/// Whether `alice@HOSTS` fits a client of that name and address.
fn fits(hosts: &str, name: &str, address: &str) -> Result<bool, BadPattern> {
    Client { user: b"alice", host: name, address }.matches(&format!("alice@{hosts}"))
}

#[test]
fn the_user_stands_before_the_last_at_sign() {
    let fits = |user: &str, pattern: &str| {
        Client { user: user.as_bytes(), host: "node1", address: "10.0.0.1" }.matches(pattern).unwrap()
    };
    assert!(fits("alice", "alice@node1"));
    assert!(fits("alice@corp", "alice@corp@node1"));
    assert!(fits("alice@corp", "*@node1"));
    assert!(!fits("alice@corp", "alice@corp"));
    assert!(!fits("alice", "alice@corp@node1"));
    assert!(!fits("bob", "alice@node1"));
    assert!(!fits("alice", "alice@node2"));
    assert!(!fits("alice", "@node1"));
    assert!(!fits("alice", "!bob@node1"));
}

#[test]
fn names_are_matched_in_any_case_and_negation_wins() {
    for (hosts, expected) in [
        ("node1.test", true),
        ("NODE1.Test", true),
        ("*.test", true),
        ("node?.test,x", true),
        ("x,node1.test", true),
        ("*.test,!node1.test", false),
        ("!node1.test,*.test", false),
        ("*.test,!node2.test", true),
        ("!node2.test", false),
        ("node1", false),
        ("node1.test.", false),
        ("ode1.test", false),
    ] {
        assert_eq!(fits(hosts, "Node1.test", "10.0.0.1"), Ok(expected), "{hosts}");
    }
}

#[test]
fn addresses_and_networks_are_compared_as_such() {
    for (hosts, address, expected) in [
        ("10.0.0.1", "10.0.0.1", true),
        ("10.0.0.1", "10.0.0.2", false),
        ("10.0.0.1", "10.0.0.11", false),
        ("10.0.0.0/8", "10.255.255.255", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "9.255.255.255", false),
        ("10.0.0.128/25", "10.0.0.128", true),
        ("10.0.0.128/25", "10.0.0.127", false),
        ("10.0.0.1/32", "10.0.0.1", true),
        ("10.0.0.1/32", "10.0.0.0", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true),
        ("::/0", "10.0.0.1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::1/128", "2001:db8::1", true),
        ("2001:db8::1/128", "2001:db8::2", false),
        ("2001:0DB8:0:0::1", "2001:db8::1", true),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
        // sshd writes an IPv4-mapped peer as IPv4, and compares within a family only.
        ("::ffff:10.0.0.1", "10.0.0.1", false),
        ("::ffff:0:0/96", "10.0.0.1", false),
    ] {
        assert_eq!(fits(hosts, address, address), Ok(expected), "{hosts} {address}");
        // With a name that does not fit, the address alone decides.
        assert_eq!(fits(hosts, "node1", address), Ok(expected), "{hosts} {address}");
    }
}

#[test]
fn wildcards_match_the_addresss_text() {
    for (hosts, address, expected) in [
        ("10.0.*", "10.0.0.1", true),
        ("10.0.*", "10.1.0.1", false),
        ("10.0.0.?", "10.0.0.1", true),
        ("10.0.0.?", "10.0.0.11", false),
        ("2001:db8:*", "2001:db8::1", true),
        ("2001:DB8:*", "2001:db8::1", true),
        ("fe80:*", "fe80::1%eth0", true),
    ] {
        assert_eq!(fits(hosts, address, address), Ok(expected), "{hosts} {address}");
    }
    // Behind a name, the text of the address keeps its case.
    assert_eq!(fits("2001:DB8:*", "node1", "2001:db8::1"), Ok(false));
}

#[test]
fn a_negated_address_ends_the_search() {
    for (hosts, expected) in [
        ("10.0.0.0/8,!10.0.0.1", false),
        ("!10.0.0.1,10.0.0.0/8", false),
        ("!10.0.0.0/24,10.0.0.0/8", false),
        ("10.0.0.0/8,!10.0.0.2", true),
        ("!10.0.0.2", false),
        ("!10.0.0.2,node1", true),
        ("!10.0.0.?,node1", false),
        ("node1,!10.0.0.0/8", false),
        ("10.0.0.0/8,!node1", false),
        ("10.0.0.0/8,!node2", true),
        // What stands behind it is not looked at.
        ("!10.0.0.1,10.0.0.1/8", false),
    ] {
        assert_eq!(fits(hosts, "node1", "10.0.0.1"), Ok(expected), "{hosts}");
    }
}

#[test]
fn lists_that_are_none() {
    for hosts in
        ["", "!", "a,,b", "a,", ",a", "a,!", "10.0.0.1/8", "10.0.0.0/33", "::1/64", "::/129", "!10.0.0.1/8", "x,10.1/8"]
    {
        assert_eq!(fits(hosts, "node1", "10.0.0.9"), Err(BadPattern), "{hosts}");
        assert!(!is_user_pattern(&format!("alice@{hosts}")), "{hosts}");
    }
    assert!(!is_user_pattern(""));
    for pattern in ["a", "!a", "a,", "@node1", "a@b@c", "a@10.0.0.0/8,!::/0", "a@10.0.0.1/x", "a@10.0.0.1/-1", "a@*"] {
        assert!(is_user_pattern(pattern), "{pattern}");
    }
}

#[test]
fn what_is_no_network_is_a_wildcard_pattern() {
    for hosts in
        ["10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-8", "10.0.0.0/4294967304", "10.0.0.0/8/8", "010.0.0.08/32", "/8"]
    {
        assert_eq!(fits(hosts, "node1", "10.0.0.1"), Ok(false), "{hosts}");
    }
    // strtonum(3) allows them.
    for hosts in ["10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/08"] {
        assert_eq!(fits(hosts, "node1", "10.0.0.1"), Ok(true), "{hosts}");
    }
    // 63 bytes are read as an address, 64 are not.
    let long = |zeros: usize| format!("10.0.0.0/{}8", "0".repeat(zeros));
    assert_eq!((long(53).len(), fits(&long(53), "node1", "10.0.0.1")), (63, Ok(true)));
    assert_eq!((long(54).len(), fits(&long(54), "node1", "10.0.0.1")), (64, Ok(false)));
}

#[test]
fn old_forms_of_ipv4_are_addresses() {
    for (hosts, address, expected) in [
        ("10.1", "10.0.0.1", true),
        ("10.1.2", "10.1.0.2", true),
        ("10.257", "10.0.1.1", true),
        ("10.0.256", "10.0.1.0", true),
        ("167772161", "10.0.0.1", true),
        ("012.0.0.1", "10.0.0.1", true),
        ("0xA.0.0X0.1", "10.0.0.1", true),
        ("10.0/16", "10.0.255.1", true),
        ("0", "0.0.0.0", true),
        ("10.16777215", "10.255.255.255", true),
        ("4294967295", "255.255.255.255", true),
        // None of these is one, so it is a pattern for the text.
        ("10.16777216", "11.0.0.0", false),
        ("4294967296", "0.0.0.0", false),
        ("10.0.65536", "10.1.0.0", false),
        ("10.0.0.256", "10.0.1.0", false),
        ("256.1", "0.0.0.1", false),
        ("10.0.0.08", "10.0.0.8", false),
        ("10.0.0.1.", "10.0.0.1", false),
        ("10..1", "10.0.0.1", false),
        ("10.0.0.0.1", "10.0.0.1", false),
        ("0x.1", "0.0.0.1", false),
        ("+10.0.0.1", "10.0.0.1", false),
        ("0x+a.0.0.1", "10.0.0.1", false),
        ("0+1", "0.0.0.1", false),
        ("10.0.0.1", "10.0.0.01", true),
    ] {
        assert_eq!(fits(hosts, "node1", address), Ok(expected), "{hosts} {address}");
    }
}

#[test]
fn a_link_local_address_belongs_to_its_interface() {
    for (hosts, address, expected) in [
        ("fe80::1%eth0", "fe80::1%eth0", true),
        ("fe80::1%eth1", "fe80::1%eth0", false),
        ("fe80::1", "fe80::1%eth0", false),
        ("fe80::/10", "fe80::1%eth0", false),
        ("::/0", "fe80::1%eth0", false),
        ("fe80::%eth0/10", "fe80::1%eth0", true),
        // Its interface is not known here, so that no whole address is known to be its own.
        ("fe80::1", "fe80::1", false),
        ("fe80::/10", "fe80::1", false),
        ("fe80::*", "fe80::1", true),
        ("fe80::1%", "fe80::1", false),
        ("10.0.0.1%eth0", "10.0.0.1", false),
        ("fec0::/10", "fec0::1", true),
    ] {
        assert_eq!(fits(hosts, "node1", address), Ok(expected), "{hosts} {address}");
    }
}

#[test]
fn a_text_that_is_no_address_matches_by_name_only() {
    assert_eq!(fits("UNKNOWN", "UNKNOWN", "UNKNOWN"), Ok(true));
    assert_eq!(fits("*", "node1", "UNKNOWN"), Ok(true));
    assert_eq!(fits("UNKNOWN", "node1", "UNKNOWN"), Ok(false));
    assert_eq!(fits("0.0.0.0/0,::/0", "node1", "UNKNOWN"), Ok(false));
}
