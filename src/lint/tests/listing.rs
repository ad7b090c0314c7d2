//! The overview.

use super::*;

fn overview(known_hosts: &str, shosts: &str, names: Option<Names>) -> Overview {
    Overview::new(&files(known_hosts, shosts), names)
}

fn troubles(known_hosts: &str, shosts: &str) -> Vec<String> {
    overview(known_hosts, shosts, Some(Names::Address)).troubles.iter().map(ToString::to_string).collect()
}

/// `names: key lines: lines of shosts.equiv`
fn show(overview: &Overview) -> Vec<String> {
    let host = |host: &HostOverview| {
        let names: Vec<_> = host.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let keys: Vec<_> = host.keys.iter().map(|(line, _)| line.to_string()).collect();
        let equiv: Vec<_> = host.equiv.iter().map(|line| line.line.to_string()).collect();
        format!("{}: {}: {}", names.join(","), keys.join(","), equiv.join(","))
    };
    overview.hosts.iter().map(host).collect()
}

#[test]
fn lines_that_share_a_name_are_one_host() {
    let list = overview(
        "node1,10.0.0.1 {ed}\nnode2 {other}\n10.0.0.3 {rsa}\nNODE1 {rsa}\n* {other}\n@revoked x {ed}\nnode2,10.0.0.3 {rsa}\n",
        "10.0.0.1\nnode9\n-node2\n",
        None,
    );
    assert_eq!(show(&list), ["node1,10.0.0.1: 1,4: 1", "node2,10.0.0.3: 2,3,7: 3"]);
    assert_eq!(list.hosts.iter().map(HostOverview::is_admitted).collect::<Vec<_>>(), [true, false]);
    assert_eq!(list.others.iter().map(|other| other.line).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(list.equiv_only.iter().map(|line| line.line).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_hashed_name_is_told_by_the_names_in_clear() {
    let hashed = |name: &str| crate::known_hosts::HashedName::new(name.as_bytes(), [7; 20]).to_string();
    let known = format!(
        "{} {{ed}}\n{} {{other}}\nnode2 {{rsa}}\n{} {{rsa}}\n",
        hashed("node1"),
        hashed("node2"),
        hashed("secret")
    );
    let list = overview(&known, "node1\n", None);
    assert_eq!(show(&list), ["node2: 3,2: ", "node1: 1: 1", ": 4: "]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    assert_eq!(troubles("node1,10.0.0.1 {ed}\nnode1 {rsa}\n", "10.0.0.1\n"), [""; 0]);
    assert_eq!(
        troubles("", "10.0.0.1\n"),
        [
            "/etc/ssh/shosts.equiv:1: admits 10.0.0.1, for which /etc/ssh/ssh_known_hosts has no key: enroll it, or remove the line"
        ]
    );
    assert_eq!(troubles("10.* {ed}\n", "10.0.0.1\n-10.0.0.2\n").len(), 1, "the denial's warning alone");
    assert_eq!(
        troubles("node1 {ed}\n", "node1\n"),
        [
            "/etc/ssh/ssh_known_hosts:1: no line holds a key of node1 under an address, but sshd matches its address (UseDNS no): enroll it with its address",
            "/etc/ssh/shosts.equiv:1: node1 is never looked up: sshd matches its address (UseDNS no)"
        ]
    );
    assert_eq!(overview("node1 {ed}\n", "node1\n", None).troubles, []);
    assert_eq!(
        troubles("node1 {ed}\n\nNode1 {other}\n", ""),
        [
            "/etc/ssh/ssh_known_hosts:3: a second key of this type for node1; line 1 holds another: one of them may be stale"
        ]
    );
    let shared = troubles("node1 {ed}\nnode2 {ed}\nnode1,x {ed}\nnode3 {ed}\n", "");
    assert_eq!(shared.len(), 1);
    assert!(shared[0].starts_with("/etc/ssh/ssh_known_hosts:2: 3 hosts have the key ED25519"), "{shared:?}");
    assert_eq!(
        troubles("@revoked * {ed}\nnode1 {ed}\nnode2 {other}\n", ""),
        ["/etc/ssh/ssh_known_hosts:2: line 1 revokes this key: remove the host, and give it a new key"]
    );
    let bad = troubles("no\x1bde1\n", "a b c\n10.0.0.1 bob\n");
    assert_eq!(bad.len(), 4, "{bad:?}");
    assert!(bad[0].starts_with("/etc/ssh/ssh_known_hosts:1: ") && bad[1].starts_with("/etc/ssh/shosts.equiv:1: "));
}

#[test]
fn keys_must_stand_under_what_sshd_looks_up() {
    let hashed = |name: &str| crate::known_hosts::HashedName::new(name.as_bytes(), [7; 20]).to_string();
    let told = |known: &str, equiv: &str, names| {
        let troubles = overview(known, equiv, Some(names)).troubles.into_iter();
        let ours = |trouble: &Trouble| matches!(trouble, Trouble::NoName { .. } | Trouble::NoAddress { .. });
        troubles.filter(ours).collect::<Vec<_>>()
    };
    let no_name = |names| Trouble::NoName { line: 2, host: b"10.0.0.1".to_vec(), names };
    let no_address = |names| Trouble::NoAddress { line: 2, host: b"node1".to_vec(), names };
    // Enrolled by address alone, then UseDNS yes: shosts.equiv admits the address all the same.
    let (address, name) = ("# x\n10.0.0.1 {ed}\n", "# x\nnode1 {ed}\n");
    for names in [Names::Dns, Names::Packet, Names::Both] {
        assert_eq!(told(address, "10.0.0.1\n", names), [no_name(names)]);
    }
    for names in [Names::Address, Names::Both] {
        assert_eq!(told(name, "node1\n", names), [no_address(names)]);
    }
    // A port or what is no host name is never looked up.
    assert_eq!(told("# x\n10.0.0.1,[node1]:22 {ed}\n", "10.0.0.1\n", Names::Dns), [no_name(Names::Dns)]);
    // Another host's name, or a line that is no key of a host, does not count.
    for more in ["node2 {other}\n", "@cert-authority node1 {ed}\n", "@revoked node1 {rsa}\n", "* {other}\n"] {
        assert_eq!(told(&format!("{address}{more}"), "10.0.0.1\n", Names::Dns), [no_name(Names::Dns)], "{more}");
    }
    // Near-misses: it stands there, on the same line, another or one with patterns, or under a hash that nobody can read;
    // sshd looks it up as it is; nothing admits it.
    for known in ["node1,10.0.0.1 {ed}\n", "10.0.0.1 {ed}\nnode1 {ed}\n", "10.0.0.1 {ed}\nnode* {ed}\n"] {
        assert_eq!(told(known, "10.0.0.1\n", Names::Both), [], "{known}");
    }
    for names in [Names::Dns, Names::Both] {
        assert_eq!(told(&format!("{address}{} {{ed}}\n", hashed("node1")), "10.0.0.1\n", names), []);
    }
    assert_eq!(told(&format!("{address}{} {{rsa}}\n", hashed("x")), "10.0.0.1\n", Names::Dns), [no_name(Names::Dns)]);
    assert_eq!(told(address, "10.0.0.1\n", Names::Address), []);
    assert_eq!(told(name, "node1\n", Names::Dns), []);
    assert_eq!(told(address, "", Names::Dns), []);
    assert_eq!(told(address, "-10.0.0.1\n", Names::Dns), []);
}
