//! Which name the files are asked for.

use hostbased::verify::Refusal;

use crate::fixture::{Attempt, line, packet_only, refusal_is, use_dns, with};

#[test]
fn which_name_counts_is_the_policys_to_say() {
    let names = |attempt: &mut Attempt| {
        attempt.equiv = vec![("shosts.equiv", "node1.cluster.test\n".into())];
    };
    assert_eq!(with(names), "equiv-no-match");
    assert_eq!(with(|attempt| (names(attempt), use_dns(attempt)).1), "accept node1.cluster.test");
    let unresolved = |attempt: &mut Attempt| {
        names(attempt);
        use_dns(attempt);
        attempt.names.clear();
    };
    assert_eq!(with(unresolved), "equiv-no-match");

    let claims = |host: &'static str| {
        with(|attempt| {
            packet_only(attempt);
            names(attempt);
            attempt.address = "10.0.0.9";
            attempt.client_host = host;
        })
    };
    assert_eq!(claims("node1.cluster.test."), "accept node1.cluster.test");
    assert_eq!(claims("node1.cluster.test"), "accept node1.cluster.test");
    assert_eq!(claims("NODE1.cluster.test."), "accept NODE1.cluster.test");
    assert_eq!(claims("node2.cluster.test."), "equiv-no-match");
    assert_eq!(claims("node1.cluster.test.."), "equiv-no-match");
}

#[test]
fn with_use_dns_the_equiv_files_take_the_address_but_known_hosts_the_name_only() {
    let by_name = |known: &'static str| {
        with(|attempt| {
            use_dns(attempt);
            attempt.known_hosts = line(known, 1).into();
        })
    };
    assert_eq!(by_name("node1.cluster.test"), "accept node1.cluster.test");
    assert_eq!(by_name("10.77.0.1"), "host-key-unknown");
}

#[test]
fn a_mapped_address_is_its_ipv4_address() {
    assert_eq!(with(|attempt| attempt.address = "::ffff:10.77.0.1"), "accept 10.77.0.1");
    assert_eq!(with(|attempt| attempt.address = "::10.77.0.1"), "equiv-no-match");
}

#[test]
fn a_link_local_address_is_not_the_one_of_another_interface() {
    let from = |equiv: &str, hosts: &str| {
        with(|attempt| {
            attempt.address = "fe80::1";
            attempt.equiv = vec![("shosts.equiv", equiv.into())];
            attempt.known_hosts = line(hosts, 1).into();
        })
    };
    for equiv in ["fe80::1\n", "fe80::1%eth0\n"] {
        assert_eq!(from(equiv, "fe80::1,*"), "equiv-no-match");
    }
    let by_name = |attempt: &mut Attempt| {
        use_dns(attempt);
        attempt.address = "fe80::1";
        attempt.equiv = vec![("shosts.equiv", "node1.cluster.test\n".into())];
    };
    assert_eq!(with(by_name), "accept node1.cluster.test");
}

#[test]
fn with_its_interface_a_link_local_address_is_found() {
    let from = |zone: Option<&'static str>, equiv: &'static str| {
        with(move |attempt| {
            (attempt.address, attempt.zone) = ("fe80::1", zone);
            attempt.equiv = vec![("shosts.equiv", equiv.into())];
            attempt.known_hosts = line("fe80::1%eth0", 1).into();
        })
    };
    assert_eq!(from(Some("eth0"), "fe80::1%eth0\n"), "accept fe80::1%eth0");
    assert_eq!(from(Some("eth1"), "fe80::1%eth0\n"), "equiv-no-match");
    assert_eq!(from(None, "fe80::1%eth0\n"), "equiv-no-match");
    assert_eq!(from(Some("eth0"), "fe80::1\n"), "equiv-no-match");
}

/// `UseDNS yes`, and two names.
fn two_names(equiv: &'static str, known_hosts: String) -> impl Fn(&mut Attempt) {
    move |attempt| {
        use_dns(attempt);
        attempt.names = vec!["node1.cluster.test", "alias.cluster.test"];
        attempt.equiv = vec![("shosts.equiv", equiv.into())];
        attempt.known_hosts = known_hosts.as_str().into();
    }
}

#[test]
fn each_confirmed_name_is_tried_and_both_files_must_know_the_same_one() {
    let (first, second) = ("node1.cluster.test", "alias.cluster.test");
    assert_eq!(with(two_names("node1.cluster.test\n", line(first, 1))), "accept node1.cluster.test");
    assert_eq!(with(two_names("alias.cluster.test\n", line(second, 1))), "accept alias.cluster.test");
    assert_eq!(with(two_names("node1.cluster.test\n", line(second, 1))), "host-key-unknown");
    assert_eq!(with(two_names("alias.cluster.test\n", line(first, 1))), "equiv-no-match", "the first name's reason");
    assert_eq!(with(two_names("other.cluster.test\n", line(second, 1))), "equiv-no-match");
    let without_dns = |attempt: &mut Attempt| {
        two_names("alias.cluster.test\n", line(second, 1))(attempt);
        attempt.policy.use_dns = false;
    };
    assert_eq!(with(without_dns), "equiv-no-match");
}

#[test]
fn what_speaks_against_one_name_speaks_against_the_host() {
    let both = "node1.cluster.test\nalias.cluster.test\n";
    let (first, second) = ("node1.cluster.test", "alias.cluster.test");
    let good = |name| line(name, 1);
    assert_eq!(with(two_names(both, line(first, 2) + &good(second))), "host-key-changed");
    assert_eq!(with(two_names(both, line("@revoked node1.cluster.test", 1) + &good(second))), "host-key-revoked");
    assert_eq!(with(two_names(both, line("@revoked alias.cluster.test", 1) + &good(first))), "host-key-revoked");
    assert_eq!(
        with(two_names(both, line("@revoked alias.cluster.test", 2) + &good(first))),
        "accept node1.cluster.test"
    );
    assert_eq!(with(two_names("-node1.cluster.test\nalias.cluster.test\n", good(second))), "equiv-denies");
    assert_eq!(with(two_names(both, line(second, 2) + &good(first))), "accept node1.cluster.test");
}

#[test]
fn require_name_match_compares_the_claim_with_what_the_address_resolves_to() {
    let claims = |host: &'static str, names: &'static [&'static str]| {
        with(move |attempt| {
            attempt.policy.require_name_match = true;
            attempt.client_host = host;
            attempt.names = names.to_vec();
        })
    };
    assert_eq!(claims("node1.cluster.test.", &["node1.cluster.test"]), "accept 10.77.0.1");
    assert_eq!(claims("NODE1.cluster.test", &["node1.cluster.test"]), "accept 10.77.0.1");
    assert_eq!(claims("alias.cluster.test.", &["node1.cluster.test", "alias.cluster.test"]), "accept 10.77.0.1");
    assert_eq!(claims("alias.cluster.test.", &["node1.cluster.test"]), "name-mismatch");
    assert_eq!(claims("node1.cluster.test..", &["node1.cluster.test"]), "name-mismatch");
    assert_eq!(claims("node1.", &["node1.cluster.test"]), "name-mismatch");
    assert_eq!(claims("10.77.0.1", &[]), "name-mismatch", "an address is no name");
    refusal_is(
        |attempt| {
            attempt.policy.require_name_match = true;
            attempt.client_host = "other.";
            packet_only(attempt);
        },
        Refusal::NameMismatch,
    );
    assert_eq!(with(|attempt| attempt.client_host = "other."), "accept 10.77.0.1", "sshd's way: it is only logged");
}
