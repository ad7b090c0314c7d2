//! `hostbased enroll`, where nobody but the DNS vouches for a host's key.

use std::fs;

use crate::fixture::{BINARY, Lab, Run};
use crate::server::Kind;
use crate::sshd::{Sshd, free_port};
use crate::tool::tool;
use crate::zones::{Content, Signing, World, Zone, address, sshfp};

/// An sshd, and a host of that name in the DNS whose zone is signed so, with these records besides its address.
fn lab(sshd: &Sshd, signing: Signing, digest: &str, of: &str) -> Lab {
    let public = sshd.folder.path().join(of).to_str().unwrap().to_owned();
    let records = tool(BINARY, &["sshfp", "host.here.test", "--digest", digest, "--key-file", &public]);
    let mut content: Vec<Content> = vec![address("host.here.test.", "127.0.0.1")];
    content.extend(records.lines().map(|line| sshfp("host.here.test.", line)));
    Lab::of(World::new(vec![Zone { name: "here.test.", signing, content }]), Kind::Whole)
}

fn enroll(lab: &Lab, sshd: &Sshd, more: &[&str]) -> Run {
    let port = sshd.port.to_string();
    let arguments = ["enroll", "--yes", "--names", "both", "-p", &port, "-t", "ed25519", "host.here.test,127.0.0.1"];
    // It lies on loopback because it is a test's.
    lab.run(&[&arguments[..], &["--allow", "special-address"], more].concat())
}

fn known_hosts(lab: &Lab) -> String {
    fs::read_to_string(lab.path("root/etc/ssh/ssh_known_hosts")).unwrap_or_default()
}

fn start() -> Sshd {
    Sshd::start("127.0.0.1", free_port(), &[("ed25519", "256"), ("ecdsa", "256")], &[])
}

#[test]
fn a_secure_record_is_word_enough() {
    needs_sshd!();
    let sshd = start();
    let lab = lab(&sshd, Signing::Right, "sha256", "ed25519.pub");
    let run = enroll(&lab, &sshd, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(known_hosts(&lab).contains(&sshd.public_key("ed25519")), "{run:?}");
    assert!(run.output.contains("sshfp"), "{run:?}");
}

#[test]
fn anything_less_is_none() {
    needs_sshd!();
    let sshd = start();
    for (signing, digest, key, what) in [
        (Signing::None, "sha256", "ed25519.pub", "an unsigned zone"),
        (Signing::Right, "sha1", "ed25519.pub", "SHA-1"),
        (Signing::Right, "sha256", "ecdsa.pub", "a record of another type"),
        (Signing::Right, "sha256", "ca.pub", "a record of another key of the type"),
        (Signing::Missing, "sha256", "ed25519.pub", "signatures that are missing"),
        (Signing::OtherKey, "all", "ed25519.pub", "signatures of another key"),
    ] {
        let lab = lab(&sshd, signing, digest, key);
        let run = enroll(&lab, &sshd, &[]);
        assert_ne!(run.code, Some(0), "{what}: {run:?}");
        assert_eq!(known_hosts(&lab), "", "{what}: {run:?}");
    }
}

#[test]
fn an_error_of_the_checks_stops_a_host_that_is_trusted() {
    needs_sshd!();
    let sshd = start();
    let bogus = lab(&sshd, Signing::Missing, "sha256", "ed25519.pub");
    let run = enroll(&bogus, &sshd, &["--trust-scan"]);
    assert_eq!((run.code, known_hosts(&bogus).as_str()), (Some(1), ""), "{run:?}");
    assert!(run.output.contains("dnssec-bogus"), "{run:?}");
    let other = lab(&sshd, Signing::None, "sha256", "ca.pub");
    let run = enroll(&other, &sshd, &["--trust-scan"]);
    assert_eq!((run.code, known_hosts(&other).as_str()), (Some(1), ""), "{run:?}");
    assert!(run.output.contains("sshfp-mismatch"), "{run:?}");
    let run = enroll(&other, &sshd, &["--trust-scan", "--allow", "sshfp-mismatch"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(known_hosts(&other).contains(&sshd.public_key("ed25519")));
}
