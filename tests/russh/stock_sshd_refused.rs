//! `russh_client` and the stock sshd, where there is no login: what the client says, and what the server has seen of it.

use crate::keys;
use crate::lab::{ALICE, BOB, CLIENT, Lab};
use crate::register::{KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV};
use crate::russh_client::Signer;
use crate::session::Login;
use crate::stock_sshd::registered;

const NOT_ACCEPTED: &str = "russh_client: no key of this host was accepted; the server takes: hostbased";
const NOT_SIGNED: &str =
    "russh_client: no key of this host was signed for, so none was shown; the server takes: hostbased";
const KEY_FILE: Signer<'static> = Signer::KeyFile("/etc/ssh/ssh_host_ed25519_key");

impl Login {
    /// The client ran nothing, and said these lines; each `{}` in one stands for a fingerprint.
    #[track_caller]
    fn assert_client_said(&self, lines: &[&str]) {
        assert_eq!((self.client.code, self.client.text()), (Some(255), String::new()), "{self:?}");
        let said: Vec<String> = self.client.lines().into_iter().map(without_fingerprints).collect();
        assert_eq!(said, lines, "{self:?}");
    }

    /// Requests of the method hostbased that sshd has read.
    fn requests(&self) -> usize {
        self.times_server_said(" service ssh-connection method hostbased")
    }
}

fn without_fingerprints(line: &str) -> String {
    let words = line.split(' ').map(|word| if word.starts_with("SHA256:") { "{}" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Refused by each signer's login, after the one request that it makes, for that reason.
#[track_caller]
fn refused_for(lab: &Lab, reason: &str) {
    for signer in [Signer::Helper, KEY_FILE] {
        let login = lab.russh_log_in(signer, ALICE, ALICE, &[]);
        login.assert_client_said(&["russh_client: ED25519 {} by ssh-ed25519: refused by the server", NOT_ACCEPTED]);
        login.assert_server_said(reason);
        assert_eq!(login.requests(), 1, "{login:?}");
    }
}

/// What logs in a moment before, with one thing changed on the server.
#[test]
fn a_host_that_is_not_registered() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    for signer in [Signer::Helper, KEY_FILE] {
        lab.russh_log_in(signer, ALICE, ALICE, &[]).assert_is(ALICE);
    }
    let (equiv, known_hosts) = (lab.read(SHOSTS_EQUIV), lab.read(KNOWN_HOSTS));
    lab.write(SHOSTS_EQUIV, "node11.cluster.test\n");
    refused_for(&lab, "auth_rhosts2 refused user \"alice\" host \"node1.cluster.test\" addr \"10.77.0.1\"");
    lab.write(SHOSTS_EQUIV, equiv);
    let other = keys::another_ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{CLIENT} {other}\n"));
    refused_for(&lab, "key for host node1.cluster.test not found");
    lab.write(KNOWN_HOSTS, format!("{known_hosts}@revoked {CLIENT} {}\n", keys::ed25519().public_without_comment()));
    refused_for(&lab, "WARNING: revoked key for node1.cluster.test attempted authentication");
}

#[test]
fn another_account_than_the_users_own() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    let login = lab.russh_log_in(Signer::Helper, ALICE, BOB, &[]);
    login.assert_client_said(&["russh_client: ED25519 {} by ssh-ed25519: refused by the server", NOT_ACCEPTED]);
    login.assert_server_said("Failed hostbased for bob from 10.77.0.1 port ");
}

/// A server that goes by what the client says its name is.
#[test]
fn another_name_than_the_hosts_own() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "HostbasedUsesNameFromPacketOnly yes\n");
    lab.russh_log_in(KEY_FILE, ALICE, ALICE, &["--client-host", "node1.cluster.test."]).assert_is(ALICE);
    let login = lab.russh_log_in(KEY_FILE, ALICE, ALICE, &["--client-host", "node2.cluster.test."]);
    login.assert_client_said(&["russh_client: ED25519 {} by ssh-ed25519: refused by the server", NOT_ACCEPTED]);
    login.assert_server_said("auth_rhosts2 refused user \"alice\" host \"node2.cluster.test\" (from packet)");
}

/// Nothing of a request leaves the client when it is not signed.
#[test]
fn a_signer_that_fails_sends_nothing() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    // The key file is root's, and signs for one host and user.
    let other = lab.russh_log_in(Signer::KeyFile("/etc/ssh/ssh_host_rsa_key"), ALICE, ALICE, &[]);
    assert_eq!((other.client.code, other.requests()), (Some(255), 0), "{other:?}");
    let no_dot = lab.russh_log_in(KEY_FILE, ALICE, ALICE, &["--client-host", CLIENT]);
    no_dot.assert_client_said(&[
        "russh_client: ED25519 {} by ssh-ed25519: not signed: the client host name does not end in a dot",
        NOT_SIGNED,
    ]);
    lab.write_client_config("");
    let not_enabled = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &[]);
    let said = not_enabled.client.lines();
    assert!(said[0].contains("by ssh-ed25519: the helper refused (exit status 255): "), "{not_enabled:?}");
    assert!(said[0].contains("ssh-keysign not enabled in /etc/ssh/ssh_config"), "{not_enabled:?}");
    assert_eq!(said[1..], [NOT_SIGNED], "{not_enabled:?}");
    for login in [no_dot, not_enabled] {
        assert_eq!(login.requests(), 0, "{login:?}");
        // The log is that of this login: it does begin with one.
        assert_ne!(login.times_server_said(" service ssh-connection method none"), 0, "{login:?}");
    }
}

/// The helper looks at the connection and at who asks: a claim of somebody else is not signed.
#[test]
fn a_helper_signs_for_the_caller_only() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    for (option, value) in [("--client-host", "node2.cluster.test."), ("--client-user", "bob")] {
        let login = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &[option, value]);
        assert_eq!(login.client.code, Some(255), "{login:?}");
        assert!(login.client.lines()[0].contains("the helper refused (exit status 255): "), "{login:?}");
        assert_eq!(login.requests(), 0, "{login:?}");
    }
}

/// A key that cannot be signed with costs itself only; ssh gives the whole method up there.
#[test]
fn a_key_without_its_private_half_is_passed_over() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::rsa(), NamedBy::Name, "");
    let stale = keys::another_ed25519();
    lab.write(&format!("{}.pub", stale.private_path()), format!("{}\n", stale.public));
    let login = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &[]);
    login.assert_is(ALICE);
    let said = login.client.lines();
    assert_eq!(said.len(), 1, "{login:?}");
    let why = "the helper refused (exit status 255): ssh-keysign: no matching hostkey found for key ED25519 SHA256:";
    assert!(said[0].starts_with("russh_client: ED25519 SHA256:") && said[0].contains(why), "{login:?}");
    assert_eq!(login.requests(), 1, "{login:?}");
}

/// The keys in their order, until the server takes one.
#[test]
fn several_keys_of_which_the_server_knows_the_last() {
    let lab = needs_root_and_sshd!();
    for key in [keys::ed25519(), keys::ecdsa256()] {
        lab.install_key(key);
    }
    registered(&lab, keys::rsa(), NamedBy::Name, "");
    let login = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &[]);
    login.assert_is(ALICE);
    let said: Vec<String> = login.client.lines().into_iter().map(without_fingerprints).collect();
    assert_eq!(
        said,
        [
            "russh_client: ED25519 {} by ssh-ed25519: refused by the server",
            "russh_client: ECDSA {} by ecdsa-sha2-nistp256: refused by the server",
        ]
    );
    // As ssh does.
    let ssh = lab.log_in(ALICE, ALICE, &[]);
    ssh.assert_is(ALICE);
    let order = |login: &Login| -> Vec<String> {
        let requests = login.server.lines().filter_map(|line| line.split_once(" pkalg "));
        requests.map(|(_, rest)| rest.split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(order(&login), ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"], "{login:?}");
    assert_eq!(order(&login), order(&ssh), "{ssh:?}");
}

#[test]
fn a_server_that_has_enough_says_so() {
    let lab = needs_root_and_sshd!();
    for key in [keys::ed25519(), keys::ecdsa256()] {
        lab.install_key(key);
    }
    registered(&lab, keys::rsa(), NamedBy::Name, "MaxAuthTries 2\n");
    let login = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &[]);
    login.assert_client_said(&[
        "russh_client: ED25519 {} by ssh-ed25519: refused by the server",
        "russh_client: the server disconnects: Too many authentication failures",
    ]);
}

/// The key was right, and is not enough.
#[test]
fn one_of_two_methods() {
    let lab = needs_root_and_sshd!();
    let both = "PubkeyAuthentication yes\nAuthenticationMethods hostbased,publickey\n";
    registered(&lab, keys::ed25519(), NamedBy::Name, both);
    for signer in [Signer::Helper, KEY_FILE] {
        let login = lab.russh_log_in(signer, ALICE, ALICE, &[]);
        let partial = "russh_client: the server took the host's key and wants one more method: publickey";
        login.assert_client_said(&[partial]);
        login.assert_server_said("Partial hostbased for alice from 10.77.0.1 port ");
        assert_eq!(login.requests(), 1, "{login:?}");
    }
}

#[test]
fn a_server_that_does_not_take_hostbased_sees_no_key() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "HostbasedAuthentication no\nPubkeyAuthentication yes\n");
    for signer in [Signer::Helper, KEY_FILE] {
        let login = lab.russh_log_in(signer, ALICE, ALICE, &[]);
        login.assert_client_said(&["russh_client: the server does not offer hostbased, but: publickey"]);
        assert_eq!(login.requests(), 0, "{login:?}");
    }
}

#[test]
fn a_host_without_keys_has_nothing_to_offer() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    let login = lab.russh_log_in(Signer::Helper, ALICE, ALICE, &["--accepted-algorithms", "rsa-sha2-512"]);
    login.assert_client_said(&["russh_client: this host has no key to offer"]);
    assert_eq!(login.requests(), 0, "{login:?}");
}
