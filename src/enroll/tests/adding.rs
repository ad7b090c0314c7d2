//! Plans that register.

use super::*;
use crate::key::Fingerprint;
use crate::shosts::NoNetgroups;

fn enroll(files: &Files, hosts: &[Registration]) -> Plan {
    Plan::enroll(&Texts::from(files), hosts, &NoNetgroups)
}

fn assert_unchanged(plan: &Plan) {
    assert_eq!((plan.changes(), plan.refused(), plan.notes()), (&[][..], &[][..], &[][..]));
    assert!(plan.hosts().iter().all(|host| host.status == Status::Unchanged && host.gaps.is_empty()), "{plan:?}");
}

fn reasons(files: &Files, host: Registration) -> Vec<Refusal> {
    let plan = enroll(files, &[host]);
    assert_eq!(plan.changes(), [], "a refused host changes nothing");
    plan.refused()[0].reasons.clone()
}

#[test]
fn a_new_host_gets_a_line_for_each_key_and_what_sshd_matches() {
    let empty = files("", "");
    for (names, equiv) in [
        (Names::Address, "10.0.0.1\n2001:db8::1\n"),
        (Names::Dns, "node1\nnode1.test\n"),
        (Names::Packet, "node1\nnode1.test\n"),
        (Names::Both, "node1\nnode1.test\n10.0.0.1\n2001:db8::1\n"),
    ] {
        let host = registration("node1,node1.test,10.0.0.1,2001:db8::1", names, &[ed25519(), rsa()]);
        let plan = enroll(&empty, &[host]);
        let known = "node1,node1.test,10.0.0.1,2001:db8::1 {ed}\nnode1,node1.test,10.0.0.1,2001:db8::1 {rsa}\n";
        assert_eq!(after(&empty, &plan), pair(known, equiv));
        assert_eq!(plan.refused(), []);
        let lines: Vec<_> = plan.changes().iter().map(|change| (change.file, change.line)).collect();
        assert_eq!(
            lines[..3],
            [(SystemFile::KnownHosts, 1), (SystemFile::KnownHosts, 2), (SystemFile::ShostsEquiv, 1)]
        );
        assert_eq!(plan.changes()[0].why, Why::NewKey);
        assert_eq!(plan.changes()[2].why, Why::Admits(names));
    }
}

#[test]
fn twice_changes_nothing_and_other_lines_keep_their_bytes() {
    let before = files("# ours\r\n\tnode9   {rsa} x\nbroken line\n@revoked * {other}", "# ours\nnode9 # note\n-node8");
    let host = registration("node1,10.0.0.1", Names::Both, &[ed25519(), rsa()]);
    let plan = enroll(&before, std::slice::from_ref(&host));
    let (known_hosts, equiv) = after(&before, &plan);
    assert_eq!(
        known_hosts,
        "# ours\r\n\tnode9   {rsa} x\nbroken line\n@revoked * {other}\nnode1,10.0.0.1 {ed}\nnode1,10.0.0.1 {rsa}\n"
    );
    assert_eq!(equiv, "# ours\nnode9 # note\n-node8\nnode1\n10.0.0.1\n");
    let again = enroll(&files(&known_hosts, &equiv), &[host]);
    assert_unchanged(&again);
}

#[test]
fn what_is_there_in_another_form_counts() {
    let host = registration("node1,10.0.0.1", Names::Both, &[ed25519()]);
    for known in
        ["NODE1,10.0.0.1 {ed}\n", "node1 {ed}\n10.0.0.1 {ed}\n", "*,!node2 {ed}\n", "node? {ed}\n10.0.* {ed}\n"]
    {
        let files = files(known, "+node1\n10.0.0.1\n");
        assert_unchanged(&enroll(&files, std::slice::from_ref(&host)));
    }
    // The near-misses: a port, a host that only begins so, an authority's key.
    for known in ["[node1]:22,[10.0.0.1]:22 {ed}\n", "node10,10.0.0.10 {ed}\n", "@cert-authority node1,10.0.0.1 {ed}\n"]
    {
        let files = files(known, "+node1\n10.0.0.1\n");
        let plan = enroll(&files, std::slice::from_ref(&host));
        assert_eq!(after(&files, &plan).0, format!("{known}node1,10.0.0.1 {{ed}}\n"));
    }
}

#[test]
fn missing_names_go_on_the_hosts_own_line() {
    let host = registration("node1,10.0.0.1", Names::Address, &[ed25519()]);
    for (known, after_it) in [
        ("node1 {ed} ours\n", "node1,10.0.0.1 {ed} ours\n"),
        ("10.0.0.1,x {ed}\n", "10.0.0.1,x,node1 {ed}\n"),
        // Neither a pattern, nor another host's line with the same key, nor one that excludes the host.
        ("node? {ed}\n", "node? {ed}\n10.0.0.1 {ed}\n"),
        ("node2 {ed}\n", "node2 {ed}\nnode1,10.0.0.1 {ed}\n"),
        ("node1,!10.* {ed}\n", "node1,!10.* {ed}\n10.0.0.1 {ed}\n"),
    ] {
        let files = files(known, "10.0.0.1\n");
        let plan = enroll(&files, std::slice::from_ref(&host));
        assert_eq!(after(&files, &plan).0, after_it);
    }
}

#[test]
fn another_key_of_the_same_type_is_refused_with_both_fingerprints() {
    let host = || registration("node1,10.0.0.1", Names::Address, &[ed25519(), rsa()]);
    let changed = |known_as: &str, line| Refusal::ChangedKey {
        known_as: text(known_as),
        known: Box::new(other_ed25519()),
        shown: Box::new(ed25519()),
        file: SystemFile::KnownHosts,
        line,
    };
    assert_eq!(reasons(&files("# x\nnode1 {other}\n", ""), host()), [changed("node1", 2)]);
    assert_eq!(reasons(&files("10.0.0.1 {other}\n", ""), host()), [changed("10.0.0.1", 1)]);
    assert_eq!(reasons(&files("* {other}\n", ""), host()), [changed("node1", 1)]);
    let two_lines = files("node1 {other}\n10.0.0.1 {other}\n", "");
    assert_eq!(reasons(&two_lines, host()), [changed("node1", 1), changed("10.0.0.1", 2)]);
    let refusal = changed("node1", 2).to_string();
    assert!(refusal.contains(&ed25519().to_string()) && refusal.contains(&other_ed25519().to_string()), "{refusal}");
    assert!(refusal.starts_with("/etc/ssh/ssh_known_hosts:2: node1 is known with another key"), "{refusal}");
    // Near-misses: known with both; another type only; an authority; another host.
    for known in [
        "node1 {other}\nnode1 {ed}\n10.0.0.1 {ed}\n",
        "node1 {rsa}\n",
        "@cert-authority * {other}\n",
        "node2 {other}\n",
    ] {
        assert_eq!(enroll(&files(known, ""), &[host()]).refused(), [], "{known}");
    }
}

#[test]
fn a_scan_alone_adds_no_key_to_a_host_that_shows_none_of_its_known_ones() {
    let with = |trust: Trust, keys: &[PublicKey]| Registration {
        trust,
        ..registration("node1,10.0.0.1", Names::Address, keys)
    };
    let known = files("# x\nnode1 {ed}\n", "");
    let refusal = Refusal::ChangedKey {
        known_as: text("node1"),
        known: Box::new(ed25519()),
        shown: Box::new(rsa()),
        file: SystemFile::KnownHosts,
        line: 2,
    };
    assert_eq!(reasons(&known, with(Trust::Scan, &[rsa()])), [refusal]);
    // Near-misses: a known one comes with it; somebody has it from the host itself; nothing is known of the host.
    let fingerprints = Trust::Fingerprints(vec![rsa().fingerprint()]);
    for host in [with(Trust::Scan, &[rsa(), ed25519()]), with(Trust::Given, &[rsa()]), with(fingerprints, &[rsa()])] {
        assert_eq!(enroll(&known, &[host]).refused(), []);
    }
    for unknown in ["node2 {ed}\n", "@cert-authority node1 {ed}\n", "@revoked node1 {ed}\n"] {
        assert_eq!(enroll(&files(unknown, ""), &[with(Trust::Scan, &[rsa()])]).refused(), [], "{unknown}");
    }
}

#[test]
fn a_revoked_key_is_refused_however_it_is_revoked() {
    let host = || registration("node1,10.0.0.1", Names::Address, &[ed25519()]);
    let revoked = |known_as: &str, line| Refusal::RevokedKey {
        key: Box::new(ed25519()),
        known_as: text(known_as),
        file: SystemFile::KnownHosts,
        line,
    };
    assert_eq!(reasons(&files("@revoked node1 {ed}\n", ""), host()), [revoked("node1", 1)]);
    assert_eq!(reasons(&files("node1,10.0.0.1 {ed}\n@revoked 10.0.0.1 {ed}", ""), host()), [revoked("10.0.0.1", 2)]);
    assert_eq!(
        reasons(&files("@revoked\t* {ed}\n", ""), host()),
        [revoked("node1", 1)],
        "sshd loses this one, we do not"
    );
    for known in ["@revoked node2 {ed}\n", "@revoked * {other}\n"] {
        assert_eq!(enroll(&files(known, ""), &[host()]).refused(), [], "{known}");
    }
}

#[test]
fn a_line_that_shuts_the_host_out_refuses() {
    let denied =
        |looked_up: &str, line| Refusal::Denied { looked_up: text(looked_up), file: SystemFile::ShostsEquiv, line };
    let host = |names| registration("node1,10.0.0.1", names, &[ed25519()]);
    assert_eq!(reasons(&files("", "-10.0.0.1\n"), host(Names::Address)), [denied("10.0.0.1", 1)]);
    assert_eq!(reasons(&files("", "x\n-NODE1\nnode1\n"), host(Names::Packet)), [denied("node1", 2)]);
    // With UseDNS, sshd compares the address too.
    assert_eq!(reasons(&files("", "-10.0.0.1\n"), host(Names::Dns)), [denied("node1", 1)]);
    // Near-misses: behind the line that admits; another name; a name that is not looked up; certain users only.
    for (equiv, names) in [
        ("10.0.0.1\n-10.0.0.1\n", Names::Address),
        ("-10.0.0.10\n", Names::Address),
        ("-node1\n", Names::Address),
        ("-10.0.0.1\n", Names::Packet),
        ("-10.0.0.1 mallory\n", Names::Address),
    ] {
        assert_eq!(enroll(&files("", equiv), &[host(names)]).refused(), [], "{equiv}");
    }
}

#[test]
fn a_line_for_one_user_does_not_admit_the_host() {
    let files = files("10.0.0.1 {ed}\n", "10.0.0.1 alice\n10.0.0.1 +\n");
    let plan = enroll(&files, &[registration("10.0.0.1", Names::Address, &[ed25519()])]);
    assert_eq!(after(&files, &plan).1, "10.0.0.1 alice\n10.0.0.1 +\n10.0.0.1\n");
}

#[test]
fn with_use_dns_a_line_with_the_address_is_not_enough() {
    let files = files("node1,10.0.0.1 {ed}\n", "10.0.0.1\n");
    let plan = enroll(&files, &[registration("node1,10.0.0.1", Names::Dns, &[ed25519()])]);
    assert_eq!(after(&files, &plan).1, "10.0.0.1\nnode1\n");
}

#[test]
fn what_sshd_looks_up_must_be_given() {
    let empty = files("", "");
    let host = |spec: &str, names| registration(spec, names, &[ed25519()]);
    assert_eq!(reasons(&empty, host("node1", Names::Address)), [Refusal::NoAddress(Names::Address)]);
    assert_eq!(reasons(&empty, host("node1", Names::Both)), [Refusal::NoAddress(Names::Both)]);
    assert_eq!(reasons(&empty, host("10.0.0.1", Names::Dns)), [Refusal::NoName(Names::Dns)]);
    assert_eq!(reasons(&empty, host("10.0.0.1", Names::Packet)), [Refusal::NoName(Names::Packet)]);
    assert_eq!(enroll(&empty, &[host("node1", Names::Dns), host("10.0.0.1", Names::Address)]).refused(), []);
}

#[test]
fn keys_that_must_not_be_registered_are_refused() {
    let empty = files("", "");
    let host = |keys: &[PublicKey]| registration("10.0.0.1", Names::Address, keys);
    assert_eq!(enroll(&empty, &[host(&[ed25519(), ed25519()])]).changes().len(), 2, "one key is written once");
    assert_eq!(reasons(&empty, host(&[])), [Refusal::NoKeys]);
    let type_of = certificate().key_type();
    assert_eq!(reasons(&empty, host(&[certificate()])), [Refusal::Certificate(type_of)]);
    let rsa_1024 = read(
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC9v0uXkzDWbUcB9UrrSWOw4lYPbY2BBX2Cd2yZk1W1GVkkXlRkDEnUyZ3YOZ0bK1Aq3\
         8nzoCMvaPVqe0v1QzTQxPYjYd9k9mRrKQNNyMKYm1mV7XcXfbA1l0L1xFMcU5SxVCWcz0dCdvzHn7D3cuGx0ymQw3O4pPZQ6z1n7Vp4gQ==",
    );
    let bits = rsa_1024.rsa_bits().unwrap();
    assert_eq!(bits, 1024);
    assert_eq!(
        reasons(&empty, host(&[rsa_1024.clone(), ed25519()])),
        [Refusal::ShortRsaKey { key: Box::new(rsa_1024), bits }]
    );
    assert!(rsa().rsa_bits().unwrap() >= MIN_RSA_BITS);
    assert_eq!(enroll(&empty, &[host(&[rsa()])]).refused(), []);
}

#[test]
fn every_key_that_is_written_needs_its_fingerprint() {
    let trust = |fingerprints: &[Fingerprint]| Registration {
        trust: Trust::Fingerprints(fingerprints.to_vec()),
        ..registration("10.0.0.1", Names::Address, &[ed25519(), rsa()])
    };
    let empty = files("", "");
    let (ed, rsa_print) = (ed25519().fingerprint(), rsa().fingerprint());
    assert_eq!(enroll(&empty, &[trust(&[ed, rsa_print])]).refused(), []);
    assert_eq!(reasons(&empty, trust(&[ed])), [Refusal::NotVouchedFor(Box::new(rsa()))]);
    assert_eq!(
        reasons(&empty, trust(&[other_ed25519().fingerprint(), rsa_print])),
        [Refusal::NotVouchedFor(Box::new(ed25519()))]
    );
    // A key that is known already is not written.
    assert_eq!(enroll(&files("10.0.0.1 {rsa}\n", ""), &[trust(&[ed])]).refused(), []);
}

#[test]
fn one_bad_host_does_not_stop_the_others_and_each_meets_those_before() {
    let before = files("node2 {other}\n", "");
    let host = |spec: &str, key| registration(spec, Names::Packet, &[key]);
    let hosts = [
        host("node1", ed25519()),
        host("node2", ed25519()),
        host("node3,node1", other_ed25519()),
        host("node4,node1", ed25519()),
    ];
    let plan = enroll(&before, &hosts);
    let refused: Vec<_> = plan.refused().iter().map(|refused| refused.host.to_string()).collect();
    assert_eq!(refused, ["node2", "node3,node1"]);
    assert!(matches!(plan.refused()[1].reasons[..], [Refusal::ChangedKey { line: 2, .. }]), "{plan:?}");
    assert_eq!(after(&before, &plan), pair("node2 {other}\nnode1,node4 {ed}\n", "node1\nnode4\n"));
}

#[test]
fn a_link_local_address_is_refused() {
    let empty = files("", "");
    let host = registration("node1,10.0.0.1,fe80::1", Names::Both, &[ed25519()]);
    let reasons = reasons(&empty, host);
    assert_eq!(reasons, [Refusal::LinkLocalAddress("fe80::1".parse().unwrap())]);
    assert!(reasons[0].to_string().contains("fe80::1%eth0"));
    for other in ["node1,fec0::1", "node1,169.254.0.1", "node1,fd00::1"] {
        let plan = enroll(&empty, &[registration(other, Names::Both, &[ed25519()])]);
        assert_eq!(plan.refused(), [], "{other}");
    }
}
