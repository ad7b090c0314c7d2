//! Certificates beside the files, and what sshd accepts of clients.

use super::*;
use crate::key::AlgorithmList;
use crate::known_hosts::Document;

fn judged(known_hosts: &str, now: u64) -> Vec<String> {
    let key = certificate();
    let authority = key.certificate().unwrap().authority().to_line();
    let document = Document::parse(known_hosts.replace("{ca}", &authority).as_bytes());
    let certificates = [("cert.pub".to_owned(), key)];
    let found = lint(&Inputs {
        known_hosts: Some(&document),
        certificates: &certificates,
        now: Some(now),
        ..Inputs::default()
    });
    shown(&found.into_iter().filter(|finding| matches!(&finding.place, Place::Path(_))).collect::<Vec<_>>())
}

#[test]
fn an_authority_must_be_known_for_the_hosts_of_its_certificate() {
    let key = certificate();
    let certificate = key.certificate().unwrap();
    let name = certificate.principals().first().unwrap();
    let now = certificate.valid_after();
    let count = certificate.principals().iter().filter(|name| !name.contains(['*', '?'])).count();
    assert_eq!(judged("@cert-authority * {ca}\n", now), [""; 0]);
    assert_eq!(judged("", now), vec!["cert.pub unknown-authority"; count]);
    // Neither the plain key nor another host's authority will do.
    assert_eq!(judged("@cert-authority other.test {ca}\n", now).len(), count);
    assert_eq!(judged(&format!("{name} {{ca}}\n"), now).len(), count);
    assert_eq!(judged("@cert-authority * {ca}\n@revoked * {ca}\n", now), vec!["cert.pub revoked-key"; count]);
}

#[test]
fn its_time_runs_out() {
    let key = certificate();
    let certificate = key.certificate().unwrap();
    let judged = |now| judged("@cert-authority * {ca}\n", now);
    if let Some(before) = certificate.valid_after().checked_sub(1) {
        assert_eq!(judged(before), ["cert.pub certificate-not-yet-valid"]);
    }
    if certificate.valid_before() < u64::MAX {
        assert_eq!(judged(certificate.valid_before()), ["cert.pub expired-certificate"]);
        assert_eq!(judged(certificate.valid_before().saturating_sub(1)), [""; 0]);
    }
}

#[test]
fn keys_that_sshd_takes_from_nobody_are_found() {
    let judged = |known_hosts: &str, algorithms: &str, rsa_bits| {
        let files = files(known_hosts, "node1\n");
        let algorithms = AlgorithmList::parse(algorithms, &AlgorithmList::hostbased_default()).unwrap();
        let accepted = Some(Accepted { algorithms: &algorithms, rsa_bits });
        shown(&lint(&Inputs { accepted, ..Inputs::of_files(&files, None) }))
    };
    for (known_hosts, algorithms) in [
        ("node1 {ed}\n", "ssh-ed25519"),
        ("node1 {rsa}\n", "rsa-sha2-256"),
        ("node1 {rsa}\nnode1 {ed}\n", "ssh-ed25519"),
        ("node1 {rsa}\n@cert-authority node* {other}\n", "ssh-ed25519"),
    ] {
        assert_eq!(judged(known_hosts, algorithms, 1024), [""; 0], "{known_hosts}");
    }
    assert_eq!(judged("node1 {rsa}\n", "ssh-ed25519", 1024).len(), 1);
    assert!(judged("node1 {rsa}\n", "ssh-ed25519", 1024)[0].ends_with("key-not-accepted"));
    assert!(judged("node1 {rsa}\n", "rsa-sha2-512", 4096)[0].ends_with("key-not-accepted"));
    assert_eq!(judged("node1 {rsa}\n", "rsa-sha2-512", 3072), [""; 0]);
    assert_eq!(judged("node1 {rsa}\n", "ssh-rsa", 1024), ["/etc/ssh/sshd_config sha1-accepted"]);
}
