//! `enroll` with keys from a scan of a real sshd.

use crate::fixture::{KNOWN_HOSTS, Root, Run};
use crate::sshd::{Sshd, free_port};

const ALL: [(&str, &str); 3] = [("ed25519", "256"), ("ecdsa", "384"), ("rsa", "2048")];
const ED25519: [(&str, &str); 1] = [("ed25519", "256")];

fn enroll(root: &Root, port: u16, host: &str, more: &[&str]) -> Run {
    let port = port.to_string();
    root.run(&[&["enroll", host, "--port", &port, "--names", "both"], more].concat())
}

#[test]
fn every_key_of_the_host_is_registered_by_its_fingerprint() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ALL, &[]);
    let prints: Vec<String> = ALL.iter().map(|(kind, _)| sshd.fingerprint(kind)).collect();
    let trust: Vec<&str> = prints.iter().flat_map(|print| ["--fingerprint", print]).collect();
    // Two of three are not enough; nor is a wrong third.
    let run = enroll(&root, sshd.port, "node1,127.0.0.1", &trust[..4]);
    run.refused("node1,127.0.0.1: refused: no fingerprint that was given is that of the key RSA SHA256:");
    let other = ["--fingerprint", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"];
    let run = enroll(&root, sshd.port, "node1,127.0.0.1", &[&trust[2..], &other].concat());
    run.refused("no fingerprint that was given is that of the key ED25519 SHA256:");
    assert_eq!(root.names(), [""; 0]);

    let run = enroll(&root, sshd.port, "node1,127.0.0.1", &trust).good();
    assert!(run.output.contains("  scanned: 127.0.0.1\n"), "{run:?}");
    let lines: Vec<String> = ["rsa", "ecdsa", "ed25519"]
        .into_iter()
        .map(|kind| format!("node1,127.0.0.1 {}\n", sshd.public_key(kind)))
        .collect();
    assert_eq!(root.files(), [lines.concat(), "node1\n127.0.0.1\n".to_owned()]);
    // What is known needs no fingerprint again.
    assert!(enroll(&root, sshd.port, "node1,127.0.0.1", &other).good().output.contains("nothing to change"));
}

#[test]
fn only_the_types_asked_for_are_registered_and_each_must_be_there() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &[("ed25519", "256"), ("rsa", "1024")], &[]);
    let trust = ["--trust-scan"];
    enroll(&root, sshd.port, "127.0.0.1,a", &trust).refused("has 1024 bits; 2048 are the least");
    let run = enroll(&root, sshd.port, "127.0.0.1,a", &[&trust[..], &["--type", "ed25519,ecdsa"]].concat());
    run.refused(&format!("refused: [127.0.0.1]:{}: ecdsa: has no host key of this type", sshd.port));
    assert_eq!(root.names(), [""; 0]);
    enroll(&root, sshd.port, "127.0.0.1,a", &[&trust[..], &["--type", "ed25519"]].concat()).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("a,127.0.0.1 {}\n", sshd.public_key("ed25519")));
}

#[test]
fn all_addresses_must_show_the_same_keys() {
    needs_sshd!();
    let root = Root::new();
    let port = free_port();
    let one = Sshd::start("127.0.0.1", port, &ED25519, &[]);
    let scan = |host| enroll(&root, port, host, &["--trust-scan"]);
    scan("a,127.0.0.1,127.0.0.2").refused(&format!("refused: [127.0.0.2]:{port}: cannot connect: Connection refused"));
    {
        let _other = Sshd::start("127.0.0.2", port, &ED25519, &[]);
        scan("a,127.0.0.1,127.0.0.2").refused("they are not one host, or somebody is in between");
    }
    {
        let _more = Sshd::start("127.0.0.2", port, &[("ecdsa", "256")], &[]);
        scan("a,127.0.0.1,127.0.0.2").refused("127.0.0.2 shows no such key");
    }
    assert_eq!(root.names(), [""; 0]);
    scan("a,127.0.0.1").good();
    // The host gets a new key: told, not replaced.
    drop(one);
    let two = Sshd::start("127.0.0.1", port, &ED25519, &[]);
    let run = scan("a,127.0.0.1").refused("a is known with another key: ED25519");
    assert!(run.output.contains(&two.fingerprint("ed25519")), "{run:?}");
}

#[test]
fn one_host_on_two_addresses_is_one_host() {
    needs_sshd!();
    let root = Root::new();
    // 0.0.0.0 listens on all of them.
    let sshd = Sshd::start("0.0.0.0", free_port(), &ED25519, &[]);
    let run = enroll(&root, sshd.port, "a,127.0.0.1,127.0.0.2", &["--trust-scan"]).good();
    assert!(run.output.contains("  scanned: 127.0.0.1, 127.0.0.2\n"), "{run:?}");
    assert_eq!(root.read(KNOWN_HOSTS), format!("a,127.0.0.1,127.0.0.2 {}\n", sshd.public_key("ed25519")));
}

#[test]
fn good_and_bad_hosts_in_one_run() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let port = sshd.port.to_string();
    let hosts = ["enroll", "down,127.0.0.9", "a,127.0.0.1", "no-such-host.invalid", "--names", "dns"];
    let run = root.run(&[&hosts[..], &["--port", &port, "--trust-scan"]].concat());
    let run = run.refused(&format!("down,127.0.0.9: refused: [127.0.0.9]:{port}: cannot connect"));
    assert!(run.output.contains("no-such-host.invalid: refused: cannot resolve no-such-host.invalid"), "{run:?}");
    assert!(run.output.contains("a,127.0.0.1: both files admit it"), "{run:?}");
    assert_eq!(root.files(), [format!("a,127.0.0.1 {}\n", sshd.public_key("ed25519")), "a\n".to_owned()]);
}
