//! Whether a host would be admitted.

use super::*;
use crate::known_hosts::Place;
use crate::shosts::{Membership, Netgroups, NoNetgroups};

/// Netgroup `cluster` has every host.
struct Cluster;

impl Netgroups for Cluster {
    fn contains(&self, group: &[u8], _host: Option<&[u8]>, _user: Option<&[u8]>) -> Membership {
        Membership::from(group == b"cluster")
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
    let still =
        |known: &str, equiv: &str| still_admitted(&files(known, equiv), &OtherFiles::default(), &gone, &Cluster);
    let by = |equiv, known_hosts| StillAdmitted {
        looked_up: text("node1"),
        equiv: Place { file: "/etc/ssh/shosts.equiv", line: equiv },
        known_hosts: Place { file: "/etc/ssh/ssh_known_hosts", line: known_hosts },
    };
    assert_eq!(still("# x\nnode* {ed}\n", "@cluster\n"), [by(1, 2)]);
    assert_eq!(still("@cert-authority *,!10.* {ed}\n", "node1\n"), [by(1, 1)]);
    // A line that stays because it is long, of which sshd reads the end as one for alice of node1.
    let long = format!("node9{:1018}node1 alice\n", "");
    assert_eq!(still("node* {ed}\n", &long), [by(1, 1)]);
    assert_eq!(still("node* {ed}\n", &long.replace("alice", "-alice")), []);
    // One file alone lets nobody in, and a revoked key is no key.
    assert_eq!(still("node* {ed}\n", ""), []);
    assert_eq!(still("", "@cluster\n"), []);
    assert_eq!(still("node* {ed}\n@revoked * {ed}\n", "@cluster\n"), []);
}

#[test]
fn a_removed_host_may_still_come_in_by_the_other_files() {
    let still = |[known, equiv]: [&str; 2], [known2, hosts_equiv]: [&str; 2]| {
        let others = OtherFiles::parse(hosts_equiv.as_bytes(), with_keys(known2).as_bytes());
        let still = still_admitted(&files(known, equiv), &others, &[text("node1")], &NoNetgroups);
        still.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let by =
        |equiv: &str, known: &str| vec![format!("node1 would still be admitted, by /etc/{equiv} and /etc/ssh/{known}")];
    assert_eq!(still(["node* {ed}\n", ""], ["", "# x\nnode1\n"]), by("hosts.equiv:2", "ssh_known_hosts:1"));
    assert_eq!(still(["", "node1\n"], ["# x\nnode1 {ed}\n", ""]), by("ssh/shosts.equiv:1", "ssh_known_hosts2:2"));
    assert_eq!(still(["", ""], ["node1 {ed}\n", "node1 bob\n"]), by("hosts.equiv:1", "ssh_known_hosts2:1"));
    // A denial ends its own file only.
    let denied = ["node1 {ed}\n", "-node1\n"];
    assert_eq!(still(["", "node1\n"], denied), by("ssh/shosts.equiv:1", "ssh_known_hosts2:1"));
    assert_eq!(still(["", "-node1\n"], denied), [""; 0]);
    // The second file is asked only for what is new to the first; an authority is, whatever keys that has.
    let admits = |known: &'static str| [known, "node1\n"];
    assert_eq!(still(admits("@revoked node1 {ed}\n"), ["node1 {ed}\n", ""]), [""; 0]);
    assert_eq!(still(admits(""), ["node1 {ed}\n@revoked * {ed}\n", ""]), [""; 0]);
    assert_eq!(
        still(admits("@revoked * {ed}\nnode1 {ed}\nnode1 {other}\n@revoked * {other}\n"), ["node1 {rsa}\n", ""]),
        [""; 0]
    );
    let authority = ["@cert-authority node1 {rsa}\n", ""];
    let revoked = "@revoked * {ed}\nnode1 {ed}\n";
    assert_eq!(still(admits(revoked), authority), by("ssh/shosts.equiv:1", "ssh_known_hosts2:1"));
    assert_eq!(still(admits("@revoked * {rsa}\n"), authority), [""; 0]);
    assert_eq!(still(["", ""], ["node1 {ed}\n", "node10\n"]), [""; 0]);
    assert_eq!(still(["", ""], ["node10 {ed}\n", "node1\n"]), [""; 0]);
}
