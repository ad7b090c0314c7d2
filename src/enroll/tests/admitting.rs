//! Whether a host would be admitted.

use super::*;
use crate::shosts::{Netgroups, NoNetgroups};

/// Netgroup `cluster` has every host.
struct Cluster;

impl Netgroups for Cluster {
    fn contains(&self, group: &[u8], _host: Option<&[u8]>, _user: Option<&[u8]>) -> bool {
        group == b"cluster"
    }
}

#[test]
fn both_files_must_admit_each_key_under_each_name() {
    let host = registration("node1,10.0.0.1", Names::Both, &[ed25519(), rsa()]);
    let gaps = |known: &str, equiv: &str| not_admitted(&files(known, equiv), &host, &NoNetgroups);
    let good = ("node1,10.0.0.1 {ed}\nnode1,10.0.0.1 {rsa}\n", "node1\n10.0.0.1\n");
    let gap = |looked_up: &str, gap| NotAdmitted { looked_up: text(looked_up), gap };
    assert_eq!(gaps(good.0, good.1), []);
    assert_eq!(gaps(good.0, "node1\n"), [gap("10.0.0.1", Gap::NotInEquiv)]);
    assert_eq!(gaps(good.0, "10.0.0.1\n"), [gap("node1", Gap::NotInEquiv)], "the name must be admitted by itself");
    assert_eq!(gaps(good.0, "node1\n-10.0.0.1\n10.0.0.1"), [gap("10.0.0.1", Gap::Denied { line: 2 })]);
    let known = "node1,10.0.0.1 {ed}\nnode1 {rsa}\n";
    assert_eq!(gaps(known, good.1), [gap("10.0.0.1", Gap::KeyChanged { key: rsa(), line: 1 })]);
    let known = "node1 {ed}\nnode1 {rsa}\n";
    assert_eq!(gaps(known, good.1), [ed25519(), rsa()].map(|key| gap("10.0.0.1", Gap::KeyUnknown(key))));
    let known = format!("{}@revoked 10.* {{ed}}\n", good.0);
    assert_eq!(gaps(&known, good.1), [gap("10.0.0.1", Gap::KeyRevoked { key: ed25519(), line: 3 })]);
    assert_eq!(
        gap("10.0.0.1", Gap::Denied { line: 2 }).to_string(),
        "/etc/ssh/shosts.equiv:2: this line shuts 10.0.0.1 out; remove it if that is wrong"
    );
}

#[test]
fn netgroups_admit_and_deny_where_they_are_known() {
    let host = registration("node1", Names::Packet, &[ed25519()]);
    let known = "node1 {ed}\n";
    assert_eq!(not_admitted(&files(known, "+@cluster\n"), &host, &Cluster), []);
    let denied = NotAdmitted { looked_up: text("node1"), gap: Gap::Denied { line: 1 } };
    assert_eq!(not_admitted(&files(known, "-@cluster\nnode1\n"), &host, &Cluster), [denied]);
    assert_eq!(not_admitted(&files(known, "-@cluster\nnode1\n"), &host, &NoNetgroups), []);
}

#[test]
fn a_removed_host_may_still_come_in_by_patterns_and_netgroups() {
    let gone = [text("node1"), text("10.0.0.1")];
    let still = |known: &str, equiv: &str| still_admitted(&files(known, equiv), &gone, &Cluster);
    assert_eq!(
        still("# x\nnode* {ed}\n", "@cluster\n"),
        [StillAdmitted { looked_up: text("node1"), equiv_line: 1, known_hosts_line: 2 }]
    );
    assert_eq!(
        still("@cert-authority *,!10.* {ed}\n", "node1\n"),
        [StillAdmitted { looked_up: text("node1"), equiv_line: 1, known_hosts_line: 1 }]
    );
    // A line that stays because it is long, of which sshd reads the end as one for alice of node1.
    let long = format!("node9{:1018}node1 alice\n", "");
    assert_eq!(
        still("node* {ed}\n", &long),
        [StillAdmitted { looked_up: text("node1"), equiv_line: 1, known_hosts_line: 1 }]
    );
    assert_eq!(still("node* {ed}\n", &long.replace("alice", "-alice")), []);
    // One file alone lets nobody in, and a revoked key is no key.
    assert_eq!(still("node* {ed}\n", ""), []);
    assert_eq!(still("", "@cluster\n"), []);
    assert_eq!(still("node* {ed}\n@revoked * {ed}\n", "@cluster\n"), []);
}
