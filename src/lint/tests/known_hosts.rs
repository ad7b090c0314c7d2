//! `ssh_known_hosts`: what is found, and whether the line is for node1 by our matcher. tests/lint asks ssh-keygen too.

use super::*;
use crate::known_hosts::{Document, HashedName, HostKeyStatus, Source, check_host_key};

/// Whether the file knows this key for node1.
fn knows(text: &str, host: &str) -> bool {
    let document = Document::parse(with_keys(text).as_bytes());
    let sources = [Source { file: "file", document: &document }];
    matches!(check_host_key(&sources, host.as_bytes(), &ed()), HostKeyStatus::Ok(_))
}

/// The line finds this, and is for node1, or not.
#[track_caller]
fn line(text: &str, wanted: &[&str], is_known: bool) {
    assert_eq!(found_in_known_hosts(text), wanted, "{text:?}");
    assert_eq!(knows(text, "node1"), is_known, "{text:?}");
}

fn base64() -> String {
    ed().to_line().split_once(' ').unwrap().1.to_owned()
}

#[test]
fn lines_without_a_trap_are_not_found() {
    line("# x\n\nnode1,10.0.0.1,fd77::1 {ed} root@node1\n", &[], true);
    line("Node1 {ed}\n", &[], true);
    line("@cert-authority *.example.org {other}\nnode1 {ed}\n", &[], true);
    line("@revoked * {other}\nnode1 {ed}\n", &[], true);
    line(&format!("{} {{ed}}\n", HashedName::new(b"node1", [7; 20])), &[], true);
}

#[test]
fn markers_must_be_written_so() {
    line("@revoked\tnode1 {ed}\nnode1 {ed}\n", &["k:1:0-8 lost-revocation! fix", "k:2:18-86 revoked-key fix"], false);
    line("@Revoked node1 {ed}\n", &["k:1:0-8 lost-revocation! fix"], false);
    line("@revoked @REVOKED node1 {ed}\n", &["k:1:0-8 lost-revocation! fix"], false);
    line("@revoked @x node1 {ed}\n", &["k:1:0-8 lost-revocation!"], false);
    line("@revoked node1\n", &["k:1:0-8 revocation-without-key!"], false);
    line("@cert-authority\tnode1 {ed}\n", &["k:1:15-16 tab-after-marker admits"], false);
    line("@CERT-authority node1 {ed}\n", &["k:1:0-15 unknown-marker admits"], false);
    line("@ca node1 {ed}\n", &["k:1:0-3 unknown-marker"], false);
    line("@cert-authority @cert-authority node1 {ed}\n", &["k:1:16-31 second-marker"], false);
}

#[test]
fn a_line_needs_hosts_a_type_and_a_key() {
    line("node1\n", &["k:1:0-5 truncated-line"], false);
    line("node1 # x\n", &["k:1:6-7 no-key-type"], false);
    line("{ed}\n", &["k:1:0-11 missing-hosts"], false);
    line("node1 ssh-foo AAAA\n", &["k:1:6-13 unknown-key-type"], false);
    line("node1 ssh-dss AAAAB3NzaC1kc3M=\n", &["k:1:6-13 dsa-key"], false);
    line("node1 ssh-ed25519\n", &["k:1:16-17 bad-base64"], false);
    line("node1 ssh-ed25519 AAAA!\n", &["k:1:18-23 bad-base64"], false);
    line("node1 ssh-ed25519 AAAA\n", &["k:1:18-22 bad-key"], false);
    line(&format!("node1 ssh-rsa {}\n", base64()), &["k:1:6-13 key-type-mismatch"], false);
    line("node1 {ed} {other}\n", &["k:1:87-98 second-key-on-line"], true);
    line("node1 {ed} ssh-ed25519 x\n", &[], true);
    line("node1 {ed}\0x\n", &["k:1:86-87 nul-byte"], true);
}

#[test]
fn broken_lines_are_put_together() {
    let key = base64();
    let (half, rest) = key.split_at(30);
    line(&format!("node1 ssh-ed25519 {half}\n{rest}\n"), &["k:1:47-48 wrapped-line admits"], false);
    line(
        &format!("node1 ssh-ed25519 {half}\n{rest} me@node1\nnode2 {{other}}\n"),
        &["k:1:47-48 wrapped-line admits"],
        false,
    );
    let (second, third) = rest.split_at(20);
    line(&format!("node1 ssh-ed25519 {half}\n{second}\n{third}\n"), &["k:1:47-48 wrapped-line admits"], false);
    line(&format!("@revoked node1 ssh-ed25519 {half}\n{rest}\n"), &["k:1:56-57 wrapped-line! fix"], false);
    // Something else follows.
    let bad = "k:1:18-48 bad-base64";
    line(&format!("node1 ssh-ed25519 {}\nnode2 {{ed}}\n", &half[..30]), &[bad], false);
    line(&format!("node1 ssh-ed25519 {half}\n\n{rest}\n"), &[bad, "k:3:0-38 truncated-line"], false);
}

#[test]
fn hashed_names_have_one_form() {
    let hashed = |name: &str| HashedName::new(name.as_bytes(), [7; 20]).to_string();
    line("|1|x|y {ed}\n", &["k:1:0-6 bad-hash"], false);
    line("|2|x {ed}\n", &["k:1:0-4 bad-hash"], false);
    let list = format!("{},{}", hashed("node1"), hashed("node2"));
    line(&format!("{list} {{ed}}\n"), &["k:1:0-121 hash-list admits"], false);
    line(&format!("{},node2 {{ed}}\n", hashed("node1")), &["k:1:0-66 hash-list"], false);
    // A name that was hashed in capitals is known as no name in lower case.
    let upper = format!("{} {{ed}}\n", hashed("Node1"));
    assert_eq!(found(&upper, "Node1\n", None), ["k:1:0-60 hashed-upper-case"]);
    assert!(!knows(&upper, "node1"));
    assert_eq!(found(&format!("{} {{ed}}\n", hashed("node1")), "Node1\n", None), [""; 0]);
    // The client's own word may be in capitals.
    let lower = format!("{} {{ed}}\n", hashed("node1"));
    assert_eq!(found(&lower, "node1\n", Some(Names::Packet)), ["k:1:0-60 hashed-names-claimed."]);
    assert_eq!(found(&lower, "node1\n", Some(Names::Dns)), [""; 0]);
    assert!(!knows(&lower, "Node1") && knows(&lower, "node1"));
}

#[test]
fn names_and_patterns_that_never_match_are_found() {
    line("[node1]:2222 {ed}\n", &["k:1:0-12 port-form."], false);
    line("10.0.0.0/24 {ed}\n", &["k:1:0-11 network"], false);
    assert!(!knows("10.0.0.0/24 {ed}\n", "10.0.0.1"));
    line("node1. {ed}\n", &["k:1:0-6 final-dot admits"], false);
    line("x,fd77:0::1 {ed}\n", &["k:1:2-11 address-text admits"], false);
    assert!(!knows("fd77:0::1 {ed}\n", "fd77::1") && knows("FD77::1 {ed}\n", "fd77::1"));
    line("FD77::1 {ed}\n", &[], false);
    line("10.1 {ed}\n", &["k:1:0-4 address-text admits"], false);
    line("node1; {ed}\n", &["k:1:0-6 bad-name"], false);
    line("!node1 {ed}\n", &["k:1:0-6 only-negated", "k:1:1-6 negated-pattern."], false);
    let long = "x".repeat(1023);
    line(&format!("node1,{long} {{ed}}\n"), &["k:1:6-1029 long-pattern"], false);
    assert!(knows(&format!("node1,{} {{ed}}\n", &long[1..]), "node1"));
    line("node1,!node1 {ed}\n", &["k:1:7-12 negated-pattern"], false);
    line("\u{feff}node1 {ed}\n", &["k:1:0-3 byte-order-mark admits"], false);
    line("\u{feff}# x\nnode1 {ed}\n", &["k:1:0-3 byte-order-mark fix"], true);
    line("node1 {ed}\r\n", &["k:1:86-87 carriage-return. fix"], true);
    // A revocation that matches nothing revokes nothing.
    line("@revoked node1. {ed}\n", &["k:1:9-15 final-dot! admits"], false);
}

#[test]
fn one_key_for_many_is_found() {
    line("* {ed}\n", &["k:1:0-1 wildcard-key!"], true);
    line("*.test,node1 {ed}\n", &["k:1:0-6 wildcard-key"], true);
    line("node?,!node2 {ed}\n", &["k:1:0-5 wildcard-key", "k:1:7-12 negated-pattern."], true);
    line("@cert-authority * {ed}\n", &["k:1:16-17 wildcard-authority"], false);
    line("@cert-authority *.test {ed}\n", &[], false);
    line("@revoked * {ed}\n", &[], false);
}

#[test]
fn weak_keys_and_certificates_are_found() {
    let strong = found_in_known_hosts("node1 {rsa}\n");
    assert_eq!(strong, [""; 0]);
    let document =
        Document::parse(with_keys("node1 {cert}\n@cert-authority node1 {cert}\n@revoked node1 {cert}\n").as_bytes());
    let key = certificate();
    let certificate = key.certificate().unwrap();
    let codes = |now| {
        let found = lint(&Inputs { known_hosts: Some(&document), now, ..Inputs::default() });
        found
            .iter()
            .filter(|finding| finding.code != Code::NotAdmitted && finding.code != Code::RevokedKey)
            .map(|finding| (finding.line().unwrap().1, finding.code))
            .collect::<Vec<_>>()
    };
    let line_codes = |more: Option<Code>| {
        let of = |line| [Some((line, Code::CertificateLine)), more.map(|code| (line, code))].into_iter().flatten();
        of(1).chain(of(2)).collect::<Vec<_>>()
    };
    assert_eq!(codes(None), line_codes(None));
    assert_eq!(codes(Some(certificate.valid_after())), line_codes(None));
    if certificate.valid_after() > 0 {
        assert_eq!(codes(Some(certificate.valid_after() - 1)), line_codes(Some(Code::CertificateNotYetValid)));
    }
    if certificate.valid_before() < u64::MAX {
        assert_eq!(codes(Some(certificate.valid_before())), line_codes(Some(Code::ExpiredCertificate)));
    }
}

#[test]
fn the_same_line_twice_is_found() {
    line("node1 {ed}\nnode1 {ed} x\n", &["k:2:0-88 duplicate-line. fix"], true);
    line("node1 {ed}\nNODE1 {ed}\n", &["k:2:0-86 duplicate-line. fix"], true);
    line("node1 {ed}\nnode1,x {ed}\n", &[], true);
    line("@revoked * {other}\n@revoked\t* {other}\n", &["k:2:0-8 lost-revocation! fix"], false);
}
