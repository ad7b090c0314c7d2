//! `enroll --certificate-authority`.

use crate::fixture::{KNOWN_HOSTS, Root, Run, SHOSTS_EQUIV, public_key};
use crate::sshd::{Sshd, free_port};
use crate::tool::tool;

fn enroll(root: &Root, file: &str, pattern: &str, more: &[&str]) -> Run {
    root.run(&[&["enroll", "--certificate-authority", file, "--match", pattern], more].concat())
}

#[test]
fn an_authority_is_written_once_with_its_pattern() {
    let root = Root::new();
    let ca = root.write("ca.pub", format!("{} the CA\n", public_key(1)));
    let ca = ca.to_str().unwrap();
    let pattern = "*.cluster.example.org,!test.cluster.example.org";
    let run = enroll(&root, ca, pattern, &[]).good();
    let line = format!("@cert-authority {pattern} {}\n", public_key(1));
    assert_eq!(root.read(KNOWN_HOSTS), line);
    assert!(run.output.contains("each host needs its own line in /etc/ssh/shosts.equiv too"), "{run:?}");
    assert_eq!(root.read(SHOSTS_EQUIV), "", "it admits nobody");
    let found =
        tool("ssh-keygen", &["-F", "node1.cluster.example.org", "-f", root.path(KNOWN_HOSTS).to_str().unwrap()]);
    assert!(found.contains("@cert-authority") || found.contains("CA"), "{found}");
    assert!(enroll(&root, ca, pattern, &[]).good().output.contains("nothing to change"));
    let records = enroll(&root, ca, pattern, &["--json"]).good().records();
    assert_eq!((&records[0]["host"], &records[0]["status"]), (&pattern.into(), &"unchanged".into()));
    // Other hosts of it: another line.
    let records = enroll(&root, ca, "*.other.example.org", &["--json"]).good().records();
    assert_eq!(records[0]["status"], "added");
    assert_eq!(root.read(KNOWN_HOSTS).lines().count(), 2);
}

#[test]
fn what_would_trust_too_much_or_nobody_is_refused() {
    let root = Root::new();
    let ca = root.write("ca.pub", public_key(1));
    let ca = ca.to_str().unwrap().to_owned();
    for pattern in ["*", "*,node1.example.org", "*.*", "?*"] {
        let run = enroll(&root, &ca, pattern, &[]);
        assert_eq!(run.code, Some(1), "{pattern}: {run:?}");
    }
    let refused = |pattern: &str, why: &str| {
        enroll(&root, &ca, pattern, &[]).refused(why);
        assert_eq!(root.names(), [""; 0], "{pattern}");
    };
    refused("!a.example.org", "refused: ");
    refused("a.example.org,,b.example.org", "refused: ");
    refused("a.example.org ssh-ed25519", "refused: ");
    refused("[a.example.org]:22", "refused: ");
    refused("@revoked", "refused: ");
    enroll(&root, &ca, "*.cluster.example.org", &["--dry-run"]).good();
    // Files that are no plain public key.
    let path = |name: &str| root.path(name).to_str().unwrap().to_owned();
    for name in ["signer", "host"] {
        tool("ssh-keygen", &["-q", "-N", "", "-t", "ed25519", "-f", &path(name)][..]);
        if name == "signer" {
            continue;
        }
        tool("ssh-keygen", &["-q", "-s", &path("signer"), "-h", "-I", "x", "-n", "node1", &path("host.pub")]);
    }
    enroll(&root, &path("signer"), "*.cluster.example.org", &[])
        .failed("this is a private key, which never leaves its host");
    enroll(&root, &path("host-cert.pub"), "*.cluster.example.org", &[]).refused("is no key to register");
    // Half of it.
    root.run(&["enroll", "--certificate-authority", &ca]).failed("--match");
    root.run(&["enroll", "a.test", "--match", "*.test", "--trust-scan"]).failed("cannot be used with");
    root.run(&["enroll", "--match", "*.test"]).failed("--certificate-authority");
    root.run(&["enroll", "a.test", "--certificate-authority", &ca, "--match", "*.test"]).failed("cannot be used with");
    assert_eq!(root.names(), [""; 0]);
    // A revoked one.
    root.write(KNOWN_HOSTS, format!("@revoked * {}\n", public_key(1)));
    let run = enroll(&root, &ca, "*.cluster.example.org", &["--json"]);
    assert_eq!((run.code, &run.records()[0]["refused"][0]["code"]), (Some(1), &"revoked-key".into()));
}

#[test]
fn a_certificate_of_a_known_authority_vouches_for_the_key() {
    needs_sshd!();
    let root = Root::new();
    // Its certificates are for the host "localhost".
    let sshd = Sshd::start("127.0.0.1", free_port(), &[("ed25519", "256")], &[]);
    let port = sshd.port.to_string();
    let enroll = |host: &str| {
        root.run(&[
            "enroll",
            host,
            "--names",
            "dns",
            "--port",
            &port,
            "--fingerprint",
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        ])
    };
    enroll("localhost,127.0.0.1").refused("no fingerprint that was given is that of the key ED25519");
    let ca = std::fs::read_to_string(sshd.folder.path().join("ca.pub")).unwrap();
    let ca: Vec<&str> = ca.split(' ').take(2).collect();
    // An authority for other hosts, another authority.
    for line in
        [format!("@cert-authority *.test {}\n", ca.join(" ")), format!("@cert-authority local* {}\n", public_key(1))]
    {
        root.write(KNOWN_HOSTS, &line);
        enroll("localhost,127.0.0.1").refused("no fingerprint that was given is that of the key ED25519");
        assert_eq!(root.read(KNOWN_HOSTS), line);
    }
    root.write(KNOWN_HOSTS, format!("@cert-authority local*,other {}\n", ca.join(" ")));
    // The certificate is for each name, or it is none for the host.
    enroll("localhost,other,127.0.0.1").refused("no fingerprint that was given is that of the key ED25519");
    let run = enroll("localhost,127.0.0.1").good();
    assert!(run.output.contains(", vouched for by authority\n"), "{run:?}");
    assert!(root.read(KNOWN_HOSTS).ends_with(&format!("localhost,127.0.0.1 {}\n", sshd.public_key("ed25519"))));
}
