//! A stock ssh, run by an ordinary user with the helper under test, logs in to `russh_server`: every type of host key, by name
//! and by address.

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, BOB, CLIENT, CLIENT_ADDRESS, Lab};

const BY_NAME: &[&str] = &["--set", "UseDNS=yes"];

/// A client that has this key only, registered by its address or its name, logs in by that algorithm; the log has all of it.
#[track_caller]
fn logs_in(lab: &Lab, key: &KeyPair, algorithm: &str, by_name: bool) {
    let server = if by_name { lab.serve(key, CLIENT, BY_NAME) } else { lab.serve(key, CLIENT_ADDRESS, &[]) };
    let login = server.log_in(ALICE, ALICE, &["-o", &format!("HostbasedAcceptedAlgorithms={algorithm}")]);
    login.assert_is(ALICE);
    login.assert_field("client_user", "alice");
    login.assert_field("client_host", &format!("{CLIENT}."));
    login.assert_field("fingerprint", &key.public_key().fingerprint().to_string());
    login.assert_field("algorithm", algorithm);
}

#[test]
fn ed25519_by_address() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), "ssh-ed25519", false);
}

#[test]
fn ed25519_by_name() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), "ssh-ed25519", true);
}

#[test]
fn ecdsa_256() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa256(), "ecdsa-sha2-nistp256", true);
}

#[test]
fn ecdsa_384() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa384(), "ecdsa-sha2-nistp384", false);
}

#[test]
fn ecdsa_521() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa521(), "ecdsa-sha2-nistp521", false);
}

#[test]
fn rsa_with_sha_256() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-256", false);
}

#[test]
fn rsa_with_sha_512() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-512", true);
}

/// ssh makes a request for each key that the client has: the first ones are unknown, the last one is registered.
#[test]
fn several_keys_in_one_connection() {
    let lab = needs_root_and_sshd!();
    for key in [keys::ecdsa256(), keys::rsa()] {
        lab.install_key(key);
    }
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    // In ssh's order the registered key comes first; in this one it comes last.
    let order = "HostbasedAcceptedAlgorithms=ecdsa-sha2-nistp256,rsa-sha2-512,ssh-ed25519";
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    let login = server.log_in(ALICE, ALICE, &["-o", order]);
    assert_eq!((login.client.code, login.client.text()), (Some(0), "alice".to_owned()), "{login:?}");
    assert_eq!(
        login.hostbased(),
        ["refused host-key-changed", "refused host-key-changed", "accepted accepted"],
        "{login:?}"
    );
    // Without the registered one among them there is no way in.
    let unknown = "HostbasedAcceptedAlgorithms=ecdsa-sha2-nistp256,rsa-sha2-512";
    server.log_in(ALICE, ALICE, &["-o", unknown]).assert_refused("host-key-changed");
}

/// More refusals than the server takes: it ends the connection before the registered key is tried.
#[test]
fn more_keys_than_tries() {
    for (tries, is_let_in) in [("3", true), ("2", false)] {
        let lab = needs_root_and_sshd!();
        for key in [keys::ecdsa256(), keys::rsa()] {
            lab.install_key(key);
        }
        let mut server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--max-auth-tries", tries]);
        let order = "HostbasedAcceptedAlgorithms=ecdsa-sha2-nistp256,rsa-sha2-512,ssh-ed25519";
        let login = server.log_in(ALICE, ALICE, &["-o", order]);
        assert_eq!(login.hostbased()[..2], ["refused host-key-changed", "refused host-key-changed"], "{login:?}");
        if is_let_in {
            assert_eq!(login.client.text(), "alice", "{login:?}");
        } else {
            assert_eq!((login.client.code, login.hostbased().len()), (Some(255), 2), "{login:?}");
            assert!(login.client.stderr.contains("Too many authentication attempts"), "{login:?}");
            server.wait_until(|server| server.log().contains("\"no login: --max-auth-tries are used up, or "));
        }
    }
}

/// Two users of one host, each into the own account.
#[test]
fn each_user_is_who_he_is() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    server.log_in(BOB, BOB, &[]).assert_is(BOB);
    // And into another's only where a line says so.
    let login = server.log_in(ALICE, BOB, &[]);
    login.assert_refused("equiv-no-match");
    login.assert_field("user", "bob");
    login.assert_field("client_user", "alice");
}

/// RequireNameMatch, which sshd has not: the client's own word for its name must be what its address resolves to.
#[test]
fn the_name_that_a_client_gives_itself() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--set", "RequireNameMatch=yes"]);
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    // The helper knows its host's name without it; the server does not.
    let hosts = lab.read("/etc/hosts").replace(&format!("{CLIENT_ADDRESS} {CLIENT} node1\n"), "");
    lab.write("/etc/hosts", hosts);
    let login = server.log_in(ALICE, ALICE, &[]);
    login.assert_refused("name-mismatch");
    login.assert_field("client_host", &format!("{CLIENT}."));
}
