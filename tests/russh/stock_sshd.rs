//! `russh_client` logs in to the stock sshd: by every type of host key and certificate, by helper and by key file.

use std::io::Write;
use std::process::Stdio;

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, CLIENT, Lab, SERVER};
use crate::register::{KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV};
use crate::russh_client::Signer;

/// A server that is known to alice, and that trusts the client by this key, its only one.
pub fn registered(lab: &Lab, key: &KeyPair, named_by: NamedBy, sshd_lines: &str) {
    lab.install_key(key);
    lab.start_sshd(&format!("{}{sshd_lines}", named_by.sshd_config()));
    lab.know_server(ALICE, &key.public_without_comment());
    lab.write(KNOWN_HOSTS, format!("{} {}\n", named_by.client(), key.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{}\n", named_by.client()));
}

/// Logs in by each signer, with this key and algorithm, and sees in sshd's log that it was that key.
#[track_caller]
fn logs_in(lab: &Lab, key: &KeyPair, algorithm: &str, named_by: NamedBy) {
    registered(lab, key, named_by, "");
    let public = key.public_key();
    let from = named_by.client();
    let accepted =
        format!("Accepted {} public key {} from alice@{from}", public.key_type().short_name(), public.fingerprint());
    for signer in [Signer::Helper, Signer::KeyFile(&key.private_path())] {
        let login = lab.russh_log_in(signer, ALICE, ALICE, &["--accepted-algorithms", algorithm]);
        login.assert_is(ALICE);
        assert_eq!(login.client.stderr, "", "{login:?}");
        login.assert_server_said(&accepted);
        // sshd's own word for what it read: the name with its dot, the user, the algorithm.
        login.assert_server_said(&format!("cuser alice chost {CLIENT}. pkalg {algorithm} "));
    }
}

#[test]
fn ed25519() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), "ssh-ed25519", NamedBy::Address);
}

#[test]
fn ecdsa_256() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa256(), "ecdsa-sha2-nistp256", NamedBy::Name);
}

#[test]
fn ecdsa_384() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa384(), "ecdsa-sha2-nistp384", NamedBy::Address);
}

#[test]
fn ecdsa_521() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa521(), "ecdsa-sha2-nistp521", NamedBy::Name);
}

#[test]
fn rsa_with_sha_256() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-256", NamedBy::Name);
}

#[test]
fn rsa_with_sha_512() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-512", NamedBy::Address);
}

#[test]
fn rsa_of_an_odd_size() {
    logs_in(&needs_root_and_sshd!(), keys::rsa_of_an_odd_size(), "rsa-sha2-512", NamedBy::Address);
}

/// A server that knows no key of the client's, but an authority for its name; the client has a certificate of it.
fn with_certificate(lab: &Lab, key: &KeyPair) {
    registered(lab, key, NamedBy::Name, "");
    let authority = keys::another_ed25519();
    lab.write(&format!("{}-cert.pub", key.private_path()), keys::host_certificate(key, authority, CLIENT));
    lab.write(KNOWN_HOSTS, format!("@cert-authority {CLIENT} {}\n", authority.public_without_comment()));
}

/// Logs in by the certificate, which is offered first, with each algorithm that its key has.
#[track_caller]
fn logs_in_by_certificate(lab: &Lab, key: &KeyPair, algorithms: &[&str]) {
    with_certificate(lab, key);
    for signer in [Signer::Helper, Signer::KeyFile(&key.private_path())] {
        for algorithm in algorithms {
            let login =
                lab.russh_log_in(signer, ALICE, ALICE, &["--accepted-algorithms", &format!("{algorithm},ssh-ed25519")]);
            login.assert_is(ALICE);
            assert_eq!(login.client.stderr, "", "{login:?}");
            login.assert_server_said("Accepted certificate ID \"node1's\" signed by ED25519 CA SHA256:");
            login.assert_server_said(&format!(" pkalg {algorithm} "));
        }
        // Without the certificate's algorithms there is the plain key only, which the server does not know.
        let plain = lab.russh_log_in(signer, ALICE, ALICE, &["--accepted-algorithms", "-*-cert-v01@openssh.com"]);
        assert_eq!(plain.client.code, Some(255), "{plain:?}");
        plain.assert_server_said(&format!("key for host {CLIENT} not found"));
    }
}

#[test]
fn ed25519_certificate() {
    logs_in_by_certificate(&needs_root_and_sshd!(), keys::ed25519(), &["ssh-ed25519-cert-v01@openssh.com"]);
}

#[test]
fn ecdsa_certificate() {
    logs_in_by_certificate(&needs_root_and_sshd!(), keys::ecdsa384(), &["ecdsa-sha2-nistp384-cert-v01@openssh.com"]);
}

#[test]
fn rsa_certificate() {
    let algorithms = ["rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"];
    logs_in_by_certificate(&needs_root_and_sshd!(), keys::rsa(), &algorithms);
}

#[test]
fn over_ipv6() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    lab.write("/home/alice/.ssh/known_hosts", format!("fd77::1 {}\n", keys::ed25519().public_without_comment()));
    let login = lab.watch(lab.russh_client("[fd77::1]:22", Signer::Helper, ALICE).args(["--", "whoami"]));
    assert_eq!((login.client.code, login.client.text()), (Some(0), "alice".to_owned()), "{login:?}");
    login.assert_server_said(&format!(
        "Accepted ED25519 public key {} from alice@{CLIENT}",
        keys::ed25519().public_key().fingerprint()
    ));
}

/// What a command reads, writes and exits with goes through.
#[test]
fn a_command_has_input_output_errors_and_a_status() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    let mut client = lab.russh_client(&format!("alice@{SERVER}"), Signer::Helper, ALICE);
    client.args(["--", "cat; echo to the error >&2; exit 7"]);
    client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let text = b"0123456789abcde\n".repeat(100_000);
    let mut input = client.stdin.take().unwrap();
    let writer = std::thread::spawn({
        let text = text.clone();
        move || input.write_all(&text).unwrap()
    });
    let output = client.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "to the error\n");
    assert!(output.stdout == text, "{} bytes came back of {}", output.stdout.len(), text.len());
}

#[test]
fn a_command_that_dies_of_a_signal_is_told() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    let login =
        lab.watch(lab.russh_client(&format!("alice@{SERVER}"), Signer::Helper, ALICE).args(["--", "kill -TERM $$"]));
    assert_eq!(login.client.code, Some(255), "{login:?}");
    assert_eq!(login.client.lines(), ["russh_client: the command died of signal TERM"]);
}

/// Standard input that nobody closes does not keep the client.
#[test]
fn the_client_ends_with_the_command() {
    let lab = needs_root_and_sshd!();
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    let mut client = lab.russh_client(&format!("alice@{SERVER}"), Signer::Helper, ALICE);
    client.args(["--", "whoami"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut client = client.spawn().unwrap();
    let held = client.stdin.take();
    let output = client.wait_with_output().unwrap();
    drop(held);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"alice\n"[..]));
}
