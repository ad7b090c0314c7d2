//! `revoke`.

use hostbased::enroll::Files;
use hostbased::key::parse_public_key_line;
use hostbased::known_hosts::{HostKeyStatus, Place, Source, check_host_key};

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, fingerprint, public_key};

fn is_revoked(root: &Root, name: &str, key: usize) -> bool {
    let files = Files::parse(root.read(KNOWN_HOSTS).as_bytes(), b"");
    let source = Source { file: "known_hosts", document: &files.known_hosts };
    let key = parse_public_key_line(public_key(key).as_bytes()).unwrap().0;
    matches!(check_host_key(&[source], name.as_bytes(), &key), HostKeyStatus::Revoked(Place { .. }))
}

fn two_hosts() -> Root {
    let root = Root::new();
    root.enroll_key("node1.test,10.0.0.1", 1, &[]).good();
    root.enroll_key("node2.test,10.0.0.2", 2, &[]).good();
    root
}

#[test]
fn a_host_that_is_revoked_is_refused_under_every_name_that_it_has() {
    let root = two_hosts();
    let before = root.files();
    let run = root.run(&["revoke", "node1.test", "--dry-run"]).good();
    assert!(run.output.contains("  + @revoked node1.test,10.0.0.1 ssh-ed25519 "), "{run:?}");
    assert_eq!(root.files(), before);
    let run = root.run(&["revoke", "10.0.0.1"]).good();
    assert!(run.output.contains("is refused for the names on its line only; --everywhere"), "{run:?}");
    let line = format!("@revoked 10.0.0.1,node1.test {}\n", public_key(1));
    assert_eq!(root.files(), [format!("{}{line}", before[0]), before[1].clone()]);
    assert!(is_revoked(&root, "node1.test", 1) && is_revoked(&root, "10.0.0.1", 1));
    assert!(!is_revoked(&root, "node3.test", 1) && !is_revoked(&root, "node2.test", 2));
    // Again: nothing. It cannot be registered again.
    assert!(root.run(&["revoke", "node1.test"]).good().output.contains("nothing to change"));
    root.enroll_key("node1.test,10.0.0.1", 1, &[]).refused("is revoked for node1.test");
}

#[test]
fn everywhere_is_for_every_host() {
    let root = two_hosts();
    root.run(&["revoke", "node1.test", "--everywhere"]).good();
    assert!(root.read(KNOWN_HOSTS).ends_with(&format!("@revoked * {}\n", public_key(1))));
    assert!(is_revoked(&root, "whoever", 1) && !is_revoked(&root, "node2.test", 2));
    // A key that no line holds, and one by its fingerprint.
    let key = root.write("stolen.pub", public_key(7));
    root.run(&["revoke", "*", "--key-file", key.to_str().unwrap()]).good();
    root.run(&["revoke", "*", "--fingerprint", &fingerprint(&public_key(2)).to_string()]).good();
    assert!(is_revoked(&root, "whoever", 7) && is_revoked(&root, "node2.test", 2));
    let before = root.files();
    assert!(
        root.run(&["revoke", "*", "--key-file", key.to_str().unwrap()]).good().output.contains("nothing to change")
    );
    // What names no key, or none that is there.
    root.run(&["revoke", "*"]).failed("says nothing of the key\nname the key: --key-file FILE");
    root.run(&["revoke", "*", "--fingerprint", &fingerprint(&public_key(9)).to_string()])
        .failed("no line of ssh_known_hosts holds a key with the fingerprint SHA256:");
    root.run(&["revoke", "node9.test"]).refused("no key of node9.test is known");
    root.run(&["revoke", "a*"]).failed("no host name and no address");
    assert_eq!(root.files(), before);
}

#[test]
fn the_host_is_shut_out_too_where_that_is_asked_for() {
    let root = two_hosts();
    root.write(SHOSTS_EQUIV, format!("{}10.0.0.1 bob\n-10.0.0.1\n", root.read(SHOSTS_EQUIV)));
    root.run(&["revoke", "node1.test", "--shut-out"]).good();
    assert_eq!(root.read(SHOSTS_EQUIV), "node2.test\n10.0.0.2\n-10.0.0.1\n");
    assert!(is_revoked(&root, "node1.test", 1));
}

#[test]
fn a_line_that_openssh_does_not_understand_is_no_revocation() {
    let root = two_hosts();
    root.write(KNOWN_HOSTS, format!("{}@revoked\t* {}\n", root.read(KNOWN_HOSTS), public_key(1)));
    root.run(&["revoke", "node1.test", "--everywhere"]).good();
    assert!(root.read(KNOWN_HOSTS).ends_with(&format!("@revoked * {}\n", public_key(1))));
}

#[test]
fn where_names_are_hashed_the_key_is_refused_for_every_host() {
    let root = Root::new();
    root.enroll_key("node1.test,10.0.0.1", 1, &["--hash"]).good();
    root.run(&["revoke", "node1.test"]).good();
    assert!(root.read(KNOWN_HOSTS).ends_with(&format!("@revoked * {}\n", public_key(1))));
}

#[test]
fn json_says_the_same() {
    let root = two_hosts();
    let records = root.run(&["revoke", "node1.test", "node9.test", "--json"]).refused("no-key-to-revoke").records();
    assert_eq!((&records[0]["status"], &records[1]["status"]), (&"changed".into(), &"refused".into()));
    assert_eq!((&records[2]["command"], &records[2]["written"]), (&"revoke".into(), &true.into()));
}
