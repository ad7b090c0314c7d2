//! `--hash` and `--alias`.

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key};
use crate::tool::tool;

#[test]
fn hashed_names_stand_on_lines_of_their_own_with_fresh_salts() {
    let root = Root::new();
    root.enroll_key("node1.test,10.0.0.1", 1, &["--hash"]).good();
    root.enroll_key("node2.test,10.0.0.2", 2, &["--hash"]).good();
    let known = root.read(KNOWN_HOSTS);
    assert_eq!(known.lines().count(), 4);
    let salts: std::collections::BTreeSet<&str> = known.lines().map(|line| line.split('|').nth(2).unwrap()).collect();
    assert_eq!(salts.len(), 4, "{known}");
    assert!(!known.contains("node1") && !known.contains("10.0.0"), "{known}");
    assert_eq!(root.read(SHOSTS_EQUIV), "node1.test\n10.0.0.1\nnode2.test\n10.0.0.2\n");
    let file = root.path(KNOWN_HOSTS);
    for (name, key) in [("node1.test", 1), ("10.0.0.1", 1), ("node2.test", 2), ("10.0.0.2", 2)] {
        let found = tool("ssh-keygen", &["-F", name, "-f", file.to_str().unwrap()]);
        assert!(found.contains(&public_key(key)) && found.lines().count() == 2, "{name}: {found}");
    }
    // Again, with and without the option: nothing changes, no name gets another salt.
    for more in [&["--hash"][..], &[]] {
        let run = root.enroll_key("node1.test,10.0.0.1", 1, more).good();
        assert!(run.output.contains("nothing to change"), "{run:?}");
        assert_eq!(root.read(KNOWN_HOSTS), known);
    }
    // What is refused in clear is refused hashed.
    root.enroll_key("node1.test,10.0.0.1", 3, &["--hash"]).refused("node1.test is known with another key");
    // One more name gets one more line, in clear only where that is asked for.
    root.enroll_key("node1.test,10.0.0.9", 1, &["--hash"]).good();
    assert_eq!(root.read(KNOWN_HOSTS).lines().count(), 5);
    root.run(&["remove", "node1.test"]).good();
    assert_eq!(root.read(KNOWN_HOSTS).lines().count(), 2);
    assert_eq!(root.read(SHOSTS_EQUIV), "node2.test\n10.0.0.2\n");
}

#[test]
fn a_dry_run_shows_what_would_be_written() {
    let root = Root::new();
    let run = root.enroll_key("node1.test,10.0.0.1", 1, &["--hash", "--dry-run"]).good();
    assert_eq!(run.output.matches("  + |1|").count(), 2, "{run:?}");
    assert_eq!(root.names(), [""; 0]);
}

#[test]
fn an_alias_stands_wherever_the_names_of_the_host_do() {
    let root = Root::new();
    root.enroll_key("node1.test,10.0.0.1", 1, &["--alias", "N1", "--alias", "n1.test"]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("node1.test,n1,n1.test,10.0.0.1 {}\n", public_key(1)));
    assert_eq!(root.read(SHOSTS_EQUIV), "node1.test\nn1\nn1.test\n10.0.0.1\n");
    // Where sshd looks up addresses, shosts.equiv has no name.
    let root = Root::new();
    let key = root.write("key.pub", public_key(1));
    let key = key.to_str().unwrap();
    let enroll = ["enroll", "node1.test,10.0.0.1", "--names", "address", "--key-file", key];
    root.run(&[&enroll[..], &["--alias", "n1"]].concat()).good();
    assert_eq!(root.files(), [format!("node1.test,n1,10.0.0.1 {}\n", public_key(1)), "10.0.0.1\n".to_owned()]);
    // An alias that is known with another key, of several hosts, or that is no name.
    root.enroll_key("node2.test,10.0.0.2", 2, &["--alias", "n1"]).refused("n1 is known with another key");
    root.run(&["enroll", "a.test", "b.test", "--alias", "c", "--names", "dns", "--trust-scan"])
        .failed("--alias gives names of one host, and 2 are named");
    root.enroll_key("node2.test", 2, &["--alias", "*"]).failed("invalid value '*' for '--alias <NAME>'");
}
