//! `hostbased enroll` and `remove` against a real sshd: what they write, and what they refuse to write.

use crate::keys;
use crate::lab::{ALICE, CLIENT, Lab};
use crate::register::{KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV, registered};

/// A client with two keys, whose sshd runs; nothing is registered.
fn unregistered(lab: &Lab, named_by: NamedBy) {
    lab.install_key(keys::ed25519());
    lab.install_key(keys::ecdsa256());
    lab.start_sshd(named_by.sshd_config());
}

fn files(lab: &Lab) -> [Option<String>; 2] {
    [KNOWN_HOSTS, SHOSTS_EQUIV].map(|file| lab.path(file).exists().then(|| lab.read(file)))
}

#[test]
fn both_files_hold_what_sshd_looks_up() {
    for named_by in [NamedBy::Name, NamedBy::Address] {
        let lab = needs_root_and_sshd!();
        unregistered(&lab, named_by);
        lab.register(named_by);
        let [known_hosts, shosts_equiv] = files(&lab).map(Option::unwrap);
        let mut lines: Vec<&str> = known_hosts.lines().collect();
        lines.sort_unstable();
        let line = |key: &keys::KeyPair| format!("node1.cluster.test,10.77.0.1 {}", key.public_without_comment());
        assert_eq!(lines, [line(keys::ecdsa256()), line(keys::ed25519())]);
        assert_eq!(shosts_equiv, format!("{}\n", named_by.client()));

        // Once more changes nothing.
        lab.register(named_by);
        assert_eq!(files(&lab).map(Option::unwrap), [known_hosts, shosts_equiv]);
        // And all of it goes again.
        lab.unregister();
        assert_eq!(files(&lab), [Some(String::new()), Some(String::new())]);
    }
}

/// sshd asks the system who is in a netgroup, and so does the command.
#[test]
fn a_netgroup_admits_and_shuts_out() {
    let lab = needs_root_and_sshd!();
    unregistered(&lab, NamedBy::Name);
    lab.write(
        "/etc/netgroup",
        "cluster (node1.cluster.test,,) (node3.cluster.test,,)\nothers (node2.cluster.test,,)\n",
    );
    let netgroup = |line: &str| {
        lab.write(SHOSTS_EQUIV, line);
        lab.enroll(&["--trust-scan"])
    };
    let shut_out = netgroup("-@cluster\n");
    assert_eq!(shut_out.code, Some(1), "{shut_out:?}");
    assert!(shut_out.text().contains("shosts.equiv:1: this line shuts node1.cluster.test out"), "{shut_out:?}");
    // Near-miss: others are shut out.
    let enrolled = netgroup("-@others\n");
    assert_eq!((enrolled.code, lab.read(SHOSTS_EQUIV)), (Some(0), "-@others\nnode1.cluster.test\n".to_owned()));
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    lab.write(SHOSTS_EQUIV, "-@cluster\nnode1.cluster.test\n");
    lab.log_in(ALICE, ALICE, &[]).assert_server_refused("Matched negative entry in /etc/ssh/shosts.equiv.");

    // A host that its netgroup admits needs no line of its own.
    let enrolled = netgroup("+@cluster\n");
    assert_eq!((enrolled.code, lab.read(SHOSTS_EQUIV)), (Some(0), "+@cluster\n".to_owned()));
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    let others = netgroup("+@others\n");
    assert_eq!((others.code, lab.read(SHOSTS_EQUIV)), (Some(0), "+@others\nnode1.cluster.test\n".to_owned()));
}

/// A scan shows who answers, not who that is.
#[test]
fn nothing_is_trusted_unasked() {
    let lab = needs_root_and_sshd!();
    unregistered(&lab, NamedBy::Name);
    let fingerprint = |key: &keys::KeyPair| key.public_key().fingerprint().to_string();
    let (ed25519, ecdsa) = (fingerprint(keys::ed25519()), fingerprint(keys::ecdsa256()));
    let another = fingerprint(keys::another_ed25519());
    let untold =
        |key, fingerprint: &str| format!("no fingerprint that was given is that of the key {key} {fingerprint}");
    for (options, code, reason) in [
        (&[][..], 2, "there is no terminal to ask on".to_owned()),
        (&["--fingerprint", &another], 1, untold("ECDSA", &ecdsa)),
        (&["--fingerprint", &another], 1, untold("ED25519", &ed25519)),
        // Each key must be vouched for.
        (&["--fingerprint", &ed25519], 1, untold("ECDSA", &ecdsa)),
    ] {
        let refused = lab.enroll(options);
        assert_eq!(refused.code, Some(code), "{options:?}: {refused:?}");
        let said = refused.text() + &refused.stderr;
        assert!(said.contains(&reason), "{options:?}: no {reason:?}: {refused:?}");
        assert_eq!(files(&lab), [None, None], "{options:?}");
    }
    let enrolled = lab.enroll(&["--fingerprint", &ed25519, "--fingerprint", &ecdsa]);
    assert_eq!(enrolled.code, Some(0), "{enrolled:?}");
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn a_known_host_with_another_key_and_a_revoked_key_are_refused() {
    let lab = needs_root_and_sshd!();
    unregistered(&lab, NamedBy::Name);
    let shown = keys::ed25519().public_key();
    let changed = format!("node1.cluster.test {}\n", keys::another_ed25519().public_without_comment());
    let revoked = format!("@revoked * {}\n", keys::ed25519().public_without_comment());
    let known = keys::another_ed25519().public_key();
    let changed_reason = format!("node1.cluster.test is known with another key: {known}, but it shows {shown};");
    let revoked_reason = format!("the key {shown} is revoked for node1.cluster.test;");
    for (known_hosts, reason) in [(changed, changed_reason), (revoked, revoked_reason)] {
        lab.write(KNOWN_HOSTS, &known_hosts);
        let refused = lab.enroll(&["--trust-scan"]);
        assert_eq!(refused.code, Some(1), "{known_hosts}: {refused:?}");
        assert!(refused.text().contains(&reason), "{known_hosts}: {refused:?}");
        assert_eq!(files(&lab), [Some(known_hosts), None]);
    }
}

#[test]
fn hashed_names_admit() {
    for named_by in [NamedBy::Name, NamedBy::Address] {
        let lab = needs_root_and_sshd!();
        unregistered(&lab, named_by);
        let enrolled = lab.enroll(&["--trust-scan", "--hash"]);
        assert_eq!(enrolled.code, Some(0), "{enrolled:?}");
        let known_hosts = lab.read(KNOWN_HOSTS);
        assert!(known_hosts.lines().count() == 4 && known_hosts.lines().all(|line| line.starts_with("|1|")));
        lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    }
}

#[test]
fn a_revoked_key_is_refused_by_sshd_too() {
    for (arguments, refused) in [
        (&["revoke", CLIENT][..], true),
        (&["revoke", CLIENT, "--everywhere"], true),
        // A near-miss: another key.
        (&["revoke", "*", "--key-file", "/etc/ssh/another.pub"], false),
    ] {
        let lab = needs_root_and_sshd!();
        registered(&lab);
        lab.write("/etc/ssh/another.pub", format!("{}\n", keys::another_ed25519().public_without_comment()));
        let done = lab.change(arguments);
        assert_eq!(done.code, Some(0), "{done:?}");
        let login = lab.log_in(ALICE, ALICE, &[]);
        if refused {
            login.assert_server_refused("WARNING: revoked key for node1.cluster.test attempted authentication");
        } else {
            login.assert_is(ALICE);
        }
    }
}

#[test]
fn an_authority_that_was_enrolled_admits_by_its_certificates() {
    let lab = needs_root_and_sshd!();
    let (key, authority) = (keys::ed25519(), keys::another_ed25519());
    lab.install_key(key);
    let certificate = keys::host_certificate(key, authority, CLIENT);
    lab.write(&format!("{}-cert.pub", key.private_path()), format!("{certificate}\n"));
    lab.write("/etc/ssh/ca.pub", format!("{}\n", authority.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{CLIENT}\n"));
    lab.start_sshd(NamedBy::Name.sshd_config());
    lab.log_in(ALICE, ALICE, &[]).assert_server_refused("key for host node1.cluster.test not found");
    let pattern = ["enroll", "--certificate-authority", "/etc/ssh/ca.pub", "--match", "*.cluster.test"];
    let done = lab.change(&pattern);
    assert_eq!(done.code, Some(0), "{done:?}");
    let login = lab.log_in(ALICE, ALICE, &["-o", "HostbasedAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com"]);
    login.assert_is(ALICE);
}
