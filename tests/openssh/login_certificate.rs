//! A client with a host certificate logs in where its authority is trusted for its name.

use crate::keys;
use crate::lab::{ALICE, CLIENT, Lab};
use crate::register::{KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV};

/// A server that knows no key of the client's, but an authority for its name; the client has a certificate of it.
fn lab_with_certificate(lab: &Lab, key: &keys::KeyPair, principals: &str) {
    lab.install_key(key);
    let authority = keys::another_ed25519();
    let certificate = keys::host_certificate(key, authority, principals);
    lab.write(&format!("{}-cert.pub", key.private_path()), format!("{certificate}\n"));
    lab.write(KNOWN_HOSTS, format!("@cert-authority {CLIENT} {}\n", authority.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{CLIENT}\n"));
    lab.start_sshd(NamedBy::Name.sshd_config());
}

#[test]
fn ed25519_certificate() {
    let lab = needs_root_and_sshd!();
    lab_with_certificate(&lab, keys::ed25519(), CLIENT);
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_is(ALICE);
    login.assert_server_said("Accepted certificate ID \"node1's\" signed by ED25519 CA SHA256:");
}

#[test]
fn ecdsa_certificate() {
    let lab = needs_root_and_sshd!();
    lab_with_certificate(&lab, keys::ecdsa384(), CLIENT);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn rsa_certificate() {
    let lab = needs_root_and_sshd!();
    lab_with_certificate(&lab, keys::rsa(), CLIENT);
    for algorithm in ["rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com"] {
        let login = lab.log_in(ALICE, ALICE, &["-o", &format!("HostbasedAcceptedAlgorithms={algorithm}")]);
        login.assert_is(ALICE);
        assert!(login.client.stderr.contains(&format!("using sigalg {algorithm}")), "{login:?}");
    }
}

#[test]
fn without_the_authority_the_certificate_is_refused() {
    let lab = needs_root_and_sshd!();
    lab_with_certificate(&lab, keys::ed25519(), CLIENT);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    let as_plain_key = lab.read(KNOWN_HOSTS).replace("@cert-authority ", "");
    lab.write(KNOWN_HOSTS, as_plain_key);
    let login = lab.log_in(ALICE, ALICE, &["-o", "HostbasedAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com"]);
    login.assert_server_refused("key for host node1.cluster.test not found");
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let lab = needs_root_and_sshd!();
    lab_with_certificate(&lab, keys::ed25519(), "node2.cluster.test");
    let login = lab.log_in(ALICE, ALICE, &["-o", "HostbasedAcceptedAlgorithms=ssh-ed25519-cert-v01@openssh.com"]);
    login.assert_server_refused("Certificate invalid: name is not a listed principal");
}
