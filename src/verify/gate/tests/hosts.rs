//! `user@host`: names, addresses, networks, wildcards and negation.

use super::*;
use crate::pattern::ListMatch;

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

/// What a real sshd makes of them is asked in tests/policy_vs_sshd.rs.
const ADDRESS_LISTS: &str = include_str!("../../../../tests/vectors/address_lists.txt");

#[test]
fn lists_fit_addresses_as_with_sshd() {
    let mut cases = 0;
    for line in ADDRESS_LISTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [list, address, expected] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        let by_address = address::matches_list(address, list).map(|result| result == ListMatch::Yes);
        let expected = match expected {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(BadPattern),
        };
        assert_eq!(by_address, expected, "{line}");
        assert_eq!(is_user_pattern(&format!("alice@{list}")), expected.is_ok(), "{line}");
        // Behind a name that does not fit, the address alone decides.
        assert_eq!(fits(list, "other", address), expected, "{line}");
        cases += 1;
    }
    assert_eq!(cases, 86);
}

/// Not among the vectors, for sshd 9.2 reads the length otherwise: no sign, and above 128 it is no network.
#[test]
fn the_length_of_a_network_is_a_number_of_c() {
    assert_eq!(fits("10.0.0.0/+8", "node1", "10.0.0.1"), Ok(true));
    assert_eq!(fits("10.0.0.0/ 8", "node1", "10.0.0.1"), Ok(true));
    assert_eq!(fits("10.0.0.0/8 ", "node1", "10.0.0.1"), Ok(false));
    assert_eq!(fits("10.0.0.0/129", "node1", "10.0.0.1"), Err(BadPattern));
    assert_eq!(fits("::/129", "node1", "10.0.0.1"), Err(BadPattern));
    assert_eq!(fits("::/2147483647", "node1", "10.0.0.1"), Err(BadPattern));
    assert_eq!(fits("::/2147483648", "node1", "10.0.0.1"), Ok(false));
}

/// inet_aton(3)
#[test]
fn a_hexadecimal_number_has_the_digits_to_f() {
    assert_eq!(fits("0xfe.0.0.0x1f", "node1", "254.0.0.31"), Ok(true));
    assert_eq!(fits("0XFE.0.0.1", "node1", "254.0.0.1"), Ok(true));
    assert_eq!(fits("0xfg.0.0.1", "node1", "254.0.0.1"), Ok(false));
    assert_eq!(fits("0xfg.0.0.0/8", "node1", "0.0.0.1"), Ok(false));
    assert_eq!(fits("0x1g.0.0.1/8", "node1", "0.0.0.1"), Ok(false), "no address, so no bad network");
}

#[test]
fn names_and_texts_of_addresses() {
    // Without a name the text of the address is asked for as one too, in any case.
    assert_eq!(fits("2001:DB8:*", "2001:db8::1", "2001:db8::1"), Ok(true));
    assert_eq!(fits("2001:DB8:*", "node1", "2001:db8::1"), Ok(false));
    assert_eq!(fits("", "node1", "10.0.0.1"), Err(BadPattern));
}

#[test]
fn patterns_that_sshd_starts_with() {
    for pattern in ["a", "!a", "a,", "@node1", "a@b@c", "a@10.0.0.0/8,!::/0", "a@10.0.0.1/x", "a@10.0.0.1/-1", "a@*"] {
        assert!(is_user_pattern(pattern), "{pattern}");
    }
    for pattern in ["", "a@", "a@b@", "@", "a@!"] {
        assert!(!is_user_pattern(pattern), "{pattern}");
    }
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

#[test]
fn the_name_counts_only_where_use_dns_says_so() {
    let names = ["node1.test", "node2.test"].map(|name| HostName::new(name).unwrap());
    let ask = |use_dns, allow: &[&str], deny: &[&str], names: &[HostName]| {
        let policy = Policy { use_dns, allow_users: strings(allow), deny_users: strings(deny), ..Policy::default() };
        check(&policy, &name(), &ALICE, &peer().with_names(names)).map_err(|refusal| refusal.code())
    };
    for (use_dns, expected) in [(true, Ok(())), (false, Err("user-not-allowed"))] {
        assert_eq!(ask(use_dns, &["alice@node1.test"], &[], &names), expected);
        assert_eq!(ask(use_dns, &["alice@node1.*"], &[], &[]), Err("user-not-allowed"));
        // The address counts always.
        assert_eq!(ask(use_dns, &["alice@10.0.0.0/8"], &[], &names), Ok(()));
        assert_eq!(ask(use_dns, &["alice@10.0.0.?"], &[], &names), Ok(()));
        assert_eq!(ask(use_dns, &[], &["alice@10.0.0.0/8"], &names), Err("user-denied"));
    }
    // sshd knows the first name only: the others may deny, and not allow.
    assert_eq!(ask(true, &["alice@node2.test"], &[], &names), Err("user-not-allowed"));
    assert_eq!(ask(true, &[], &["alice@node2.test"], &names), Err("user-denied"));
    assert_eq!(ask(true, &[], &["alice@node1.test"], &names), Err("user-denied"));
    assert_eq!(ask(true, &[], &["alice@node3.test"], &names), Ok(()));
    assert_eq!(ask(false, &[], &["alice@node1.test", "alice@node2.test"], &names), Ok(()));
}

#[test]
fn a_peers_address_is_written_as_sshd_writes_it() {
    let ask = |address: &str, zone: Option<&str>, allow: &str| {
        let policy = Policy { allow_users: strings(&[allow]), ..Policy::default() };
        let peer = Peer { zone, ..Peer::new(address.parse().unwrap()) };
        check(&policy, &name(), &ALICE, &peer).is_ok()
    };
    assert!(ask("::ffff:10.0.0.1", None, "alice@10.0.0.0/8"));
    assert!(ask("2001:DB8:0::1", None, "alice@2001:db8::1"));
    assert!(ask("fe80::1", Some("eth0"), "alice@fe80::1%eth0"));
    assert!(ask("fe80::1", Some("eth0"), "alice@fe80:*"));
    assert!(ask("fe80::1", None, "alice@fe80::1%*"));
    assert!(!ask("fe80::1", Some("eth0"), "alice@fe80::1%eth1"));
    assert!(!ask("fe80::1", Some("eth0"), "alice@fe80::1"));
    assert!(!ask("fe80::1", None, "alice@fe80::1"));
    assert!(!ask("fe80::1", None, "alice@fe80::/10"));
    assert!(!ask("fe80::1", None, "alice@fe80::1%eth0"));
    // Its text counts beside its name, too.
    let policy = Policy { use_dns: true, allow_users: strings(&["alice@fe80:*"]), ..Policy::default() };
    let named = [HostName::new("node1.test").unwrap()];
    let peer = Peer::new("fe80::1".parse().unwrap()).with_names(&named);
    assert_eq!(check(&policy, &name(), &ALICE, &peer), Ok(()));
}
