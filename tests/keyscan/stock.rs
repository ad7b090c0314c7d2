//! Before a stock sshd we print what ssh-keyscan prints.

use std::fs;

use hostbased::known_hosts::HashedName;

use crate::run::{ours, ours_with, sorted, theirs};
use crate::sshd::{Sshd, free_port};

/// The usual keys.
const USUAL: &[(&str, &str)] = &[("rsa", "2048"), ("ecdsa", "256"), ("ed25519", "256")];

/// An sshd on all addresses, with these keys and options.
fn start(keys: &[(&str, &str)], options: &[&str]) -> Sshd {
    Sshd::start("0.0.0.0", free_port(), keys, options)
}

#[test]
fn every_option_prints_what_ssh_keyscan_prints() {
    needs_sshd!("ssh-keyscan");
    let sshd = start(USUAL, &[]);
    let port = sshd.port.to_string();
    for options in [
        &[][..],
        &["-t", "ed25519"],
        &["-t", "ecdsa"],
        &["-t", "rsa"],
        &["-t", "ED25519,rsa"],
        &["-t", "rsa", "-t", "ecdsa"],
        &["-4"],
        &["-c"],
        &["-c", "-t", "rsa"],
        &["-c", "-t", "ecdsa"],
        &["-c", "-t", "ed25519"],
        &["-D"],
        &["-D", "-t", "ecdsa"],
        &["-T", "1m"],
    ] {
        let arguments = [options, &["-p", &port, "LocalHost"]].concat();
        let (ours, theirs) = (ours(&arguments), theirs(&arguments, b""));
        assert!(theirs.out.lines().any(|line| !line.starts_with(['#', ';'])), "{options:?}: {theirs:?}");
        assert_eq!(ours.sorted(), theirs.sorted(), "{options:?}");
        assert_eq!((ours.code, ours.err.as_str()), (Some(0), ""), "{options:?}");
    }
}

/// Options that older releases of ssh-keyscan lack, against its output without them.
#[test]
fn quiet_and_one_digest_leave_out_the_rest() {
    needs_sshd!("ssh-keyscan");
    let sshd = start(USUAL, &[]);
    let port = sshd.port.to_string();
    let all = theirs(&["-p", &port, "localhost"], b"").sorted();
    let keys: Vec<_> = all.into_iter().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(ours(&["-q", "-p", &port, "localhost"]).sorted(), keys);
    let comments =
        ours(&["-p", &port, "localhost"]).out.lines().filter(|line| line.starts_with("# localhost:")).count();
    assert_eq!(comments, 3, "one for each connection: none for the types that it does not offer");
    let all = theirs(&["-D", "-p", &port, "localhost"], b"").sorted();
    for (option, number) in [("hashalg=sha1", "1"), ("HashAlg=SHA256", "2")] {
        let wanted = |line: &String| line.split(' ').nth(4) == Some(number);
        let records: Vec<_> = all.iter().filter(|line| wanted(line)).cloned().collect();
        assert_eq!(ours(&["-D", "-q", "-O", option, "-p", &port, "localhost"]).sorted(), records);
    }
}

#[test]
fn hashed_names_are_those_that_ssh_keyscan_hashes() {
    needs_sshd!("ssh-keyscan");
    let sshd = start(USUAL, &[]);
    let port = sshd.port.to_string();
    let host = "127.0.0.1 Node1,10.9.8.7";
    let names = [format!("[node1]:{port}"), format!("[10.9.8.7]:{port}")];
    // Which name a hash stands for, and the key behind it.
    let read = |out: &str| {
        let mut read = Vec::new();
        let mut salts = Vec::new();
        for line in out.lines().filter(|line| !line.starts_with('#')) {
            let (hashed, key) = line.split_once(' ').unwrap();
            let hashed = HashedName::parse(hashed.as_bytes()).unwrap();
            assert!(!salts.contains(hashed.salt()), "a fresh salt for each name: {out}");
            salts.push(*hashed.salt());
            let name = names.iter().find(|name| hashed.matches(name.as_bytes()));
            read.push((name.unwrap_or_else(|| panic!("{line}")).clone(), key.to_owned()));
        }
        read.sort();
        read
    };
    let arguments = ["-H", "-p", &port, host];
    let (ours, theirs) = (ours(&arguments), theirs(&arguments, b""));
    assert_eq!(read(&ours.out), read(&theirs.out));
    assert_eq!(read(&ours.out).len(), 6, "{ours:?}");
    let comments = |out: &str| sorted(out).into_iter().filter(|line| line.starts_with('#')).collect::<Vec<_>>();
    assert_eq!(comments(&ours.out), comments(&theirs.out));
}

#[test]
fn files_and_standard_input_are_read_alike() {
    needs_sshd!("ssh-keyscan");
    let sshd = start(USUAL, &[]);
    let port = sshd.port.to_string();
    let hosts = "# hosts\n\n127.0.0.1 # comment\n127.0.0.1,localhost Node1,node2\t\n  \n127.0.0.2/31\nlocalhost";
    let file = sshd.folder.path().join("hosts");
    fs::write(&file, hosts).unwrap();
    let arguments = ["-f", file.to_str().unwrap(), "-p", &port, "-t", "ed25519,ecdsa", "127.1"];
    let (of_us, of_them) = (ours(&arguments), theirs(&arguments, b""));
    assert_eq!(of_us.sorted(), of_them.sorted());
    // The range has two addresses, one line has two names.
    assert_eq!(of_us.out.lines().filter(|line| !line.starts_with('#')).count(), 2 * 7, "{of_us:?}");
    let arguments = ["-p", &port, "-t", "rsa", "-f", "-"];
    assert_eq!(ours_with(&arguments, hosts.as_bytes()).sorted(), theirs(&arguments, hosts.as_bytes()).sorted());
}

/// Keys and algorithms at the edge of what is verified.
#[test]
fn every_key_that_sshd_takes_is_proven() {
    needs_sshd!();
    let keys = [("rsa", "1024"), ("rsa", "4096"), ("ecdsa", "384"), ("ecdsa", "521")];
    for (kind, bits) in keys {
        let sshd = start(&[(kind, bits)], &[]);
        let finished = ours(&["-q", "-p", &sshd.port.to_string(), "127.0.0.1"]);
        let line = format!("[127.0.0.1]:{} {}\n", sshd.port, sshd.public_key(kind));
        assert_eq!((finished.out, finished.code), (line, Some(0)), "{kind} {bits}: {}", finished.err);
    }
    let algorithms = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
    for algorithm in algorithms {
        let option = format!("HostKeyAlgorithms={algorithm}");
        let keys = &[("rsa", "2048")];
        let sshd = start(keys, &[&option]);
        let finished = ours(&["--json", "-t", "rsa", "-p", &sshd.port.to_string(), "127.0.0.1"]);
        let result = &finished.json()[0]["results"][0];
        assert_eq!(result["algorithm"], algorithm, "{finished:?}");
        assert_eq!(result["key"], sshd.public_key("rsa").as_str());
        assert_eq!(finished.code, Some(0));
    }
}

#[test]
fn key_exchanges_that_sshd_can_be_limited_to_are_known() {
    needs_sshd!();
    for method in ["curve25519-sha256@libssh.org", "ecdh-sha2-nistp384", "diffie-hellman-group14-sha256"] {
        let option = format!("KexAlgorithms={method}");
        let sshd = start(&[("ed25519", "256")], &[&option]);
        let finished = ours(&["-T", "30", "-q", "-t", "ed25519", "-p", &sshd.port.to_string(), "127.0.0.1"]);
        assert_eq!((finished.code, finished.out.lines().count()), (Some(0), 1), "{method}: {finished:?}");
    }
    let option = "KexAlgorithms=diffie-hellman-group14-sha1";
    let sshd = start(&[("ed25519", "256")], &[option]);
    let finished = ours(&["--json", "-t", "ed25519", "-p", &sshd.port.to_string(), "127.0.0.1"]);
    assert_eq!(finished.only_code(), "nothing-in-common");
}

#[test]
fn a_type_asked_for_by_name_must_be_there() {
    needs_sshd!();
    let sshd = start(&[("ed25519", "256")], &[]);
    let port = sshd.port.to_string();
    let line = format!("[127.0.0.1]:{port} {}\n", sshd.public_key("ed25519"));
    let lacks = |kinds: &str| format!("hostbased keyscan: 127.0.0.1:{port}: {kinds}: has no host key of this type\n");

    let finished = ours(&["-q", "-p", &port, "127.0.0.1"]);
    assert_eq!((finished.out.as_str(), finished.err.as_str(), finished.code), (line.as_str(), "", Some(0)));
    let finished = ours(&["-q", "-t", "rsa,ecdsa,ed25519", "-p", &port, "127.0.0.1"]);
    assert_eq!((finished.out, finished.err, finished.code), (line, lacks("rsa, ecdsa"), Some(1)));
    // None of the default types: the host gave nothing. This sshd has no certificate but of its one key.
    let finished = ours(&["-q", "-t", "rsa", "-p", &port, "127.0.0.1"]);
    assert_eq!((finished.out.as_str(), finished.err, finished.code), ("", lacks("rsa"), Some(1)));
    let finished = ours(&["--json", "-t", "mldsa44-ed25519", "-p", &port, "127.0.0.1"]);
    assert_eq!(finished.only_code(), "type-unsupported");
    let finished = ours(&["-v", "-q", "-p", &port, "127.0.0.1"]);
    assert!(finished.err.contains(&format!("debug1: 127.0.0.1:{port}: rsa: has no host key of this type\n")));
    assert!(finished.err.contains("mldsa44-ed25519: keys of this type cannot be scanned"), "{finished:?}");
    assert_eq!(finished.code, Some(0));
}

#[test]
fn a_host_without_certificates_gives_none() {
    needs_sshd!();
    // Without certificates sshd offers plain algorithms only.
    let option = "HostKeyAlgorithms=ssh-ed25519";
    let sshd = start(&[("ed25519", "256")], &[option]);
    let port = sshd.port.to_string();
    let finished = ours(&["-c", "-q", "-p", &port, "127.0.0.1"]);
    let types = "rsa, ecdsa, ed25519, ecdsa-sk, ed25519-sk";
    let reason = format!("hostbased keyscan: 127.0.0.1:{port}: {types}: has no host key of this type\n");
    assert_eq!((finished.out.as_str(), finished.err, finished.code), ("", reason, Some(1)));
}
