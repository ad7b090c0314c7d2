//! Host certificates of every type: let in where their authority is trusted for the client's name, refused where anything is
//! missing for that.

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, CLIENT, Lab};
use crate::russh_server::{KNOWN_HOSTS, Login, SHOSTS_EQUIV, Server};

/// A server that knows no key of the client's, but an authority for its name; the client has a certificate of it.
fn serve_certificate<'a>(lab: &'a Lab, key: &KeyPair, principals: &str) -> Server<'a> {
    let authority = keys::another_ed25519();
    let server = lab.serve(key, CLIENT, &["--set", "UseDNS=yes"]);
    let certificate = keys::host_certificate(key, authority, principals);
    lab.write(&format!("{}-cert.pub", key.private_path()), format!("{certificate}\n"));
    lab.write(KNOWN_HOSTS, format!("@cert-authority {CLIENT} {}\n", authority.public_without_comment()));
    server
}

fn log_in(server: &Server<'_>, algorithm: &str) -> Login {
    server.log_in(ALICE, ALICE, &["-o", &format!("HostbasedAcceptedAlgorithms={algorithm}")])
}

#[track_caller]
fn logs_in(lab: &Lab, key: &KeyPair, algorithms: &[&str]) {
    let server = serve_certificate(lab, key, CLIENT);
    for algorithm in algorithms {
        let login = log_in(&server, algorithm);
        login.assert_is(ALICE);
        login.assert_field("algorithm", algorithm);
        login.assert_field("fingerprint", &key.public_key().fingerprint().to_string());
    }
    // The same key without its certificate is known to nobody.
    let plain = algorithms[0].replace("-cert-v01@openssh.com", "");
    log_in(&server, &plain).assert_refused("host-key-unknown");
}

#[test]
fn ed25519() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), &["ssh-ed25519-cert-v01@openssh.com"]);
}

#[test]
fn ecdsa_256() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa256(), &["ecdsa-sha2-nistp256-cert-v01@openssh.com"]);
}

#[test]
fn ecdsa_384() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa384(), &["ecdsa-sha2-nistp384-cert-v01@openssh.com"]);
}

#[test]
fn ecdsa_521() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa521(), &["ecdsa-sha2-nistp521-cert-v01@openssh.com"]);
}

#[test]
fn rsa() {
    let algorithms = ["rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com"];
    logs_in(&needs_root_and_sshd!(), keys::rsa(), &algorithms);
}

const ED25519: &str = "ssh-ed25519-cert-v01@openssh.com";

#[test]
fn without_the_authority() {
    let lab = needs_root_and_sshd!();
    let server = serve_certificate(&lab, keys::ed25519(), CLIENT);
    log_in(&server, ED25519).assert_is(ALICE);
    lab.write(KNOWN_HOSTS, lab.read(KNOWN_HOSTS).replace("@cert-authority ", ""));
    log_in(&server, ED25519).assert_refused("host-key-unknown");
}

#[test]
fn for_another_name() {
    let lab = needs_root_and_sshd!();
    let server = serve_certificate(&lab, keys::ed25519(), "node2.cluster.test");
    log_in(&server, ED25519).assert_refused("certificate-for-other-hosts");
}

#[test]
fn of_an_authority_that_is_revoked() {
    let lab = needs_root_and_sshd!();
    let server = serve_certificate(&lab, keys::ed25519(), CLIENT);
    log_in(&server, ED25519).assert_is(ALICE);
    let authority = keys::another_ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{}@revoked * {authority}\n", lab.read(KNOWN_HOSTS)));
    log_in(&server, ED25519).assert_refused("host-key-revoked");
    lab.write(SHOSTS_EQUIV, format!("{CLIENT}\n"));
}
