//! Both files together.

use super::*;
use crate::known_hosts::HashedName;

/// `names: key lines: lines of shosts.equiv`
fn show(overview: &Overview<'_>) -> Vec<String> {
    let host = |host: &HostOverview<'_>| {
        let names: Vec<_> = host.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let keys: Vec<_> = host.keys.iter().map(|(line, _)| line.to_string()).collect();
        let equiv: Vec<_> = host.equiv.iter().map(|line| line.line.to_string()).collect();
        format!("{}: {}: {}", names.join(","), keys.join(","), equiv.join(","))
    };
    overview.hosts.iter().map(host).collect()
}

fn hashed(name: &str) -> String {
    HashedName::new(name.as_bytes(), [7; 20]).to_string()
}

#[test]
fn lines_that_share_a_name_are_one_host() {
    let files = files(
        "node1,10.0.0.1 {ed}\nnode2 {other}\n10.0.0.3 {rsa}\nNODE1 {rsa}\n* {other}\n@revoked x {ed}\nnode2,10.0.0.3 {rsa}\n",
        "10.0.0.1\nnode9\n-node2\n",
    );
    let list = Overview::new(&Inputs::of_files(&files, None));
    assert_eq!(show(&list), ["node1,10.0.0.1: 1,4: 1", "node2,10.0.0.3: 2,3,7: 3"]);
    assert_eq!(list.hosts.iter().map(HostOverview::is_admitted).collect::<Vec<_>>(), [true, false]);
    assert_eq!(list.others.iter().map(|other| other.line).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(list.equiv_only.iter().map(|line| line.line).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_hashed_name_is_told_by_the_names_in_clear() {
    let known = format!(
        "{} {{ed}}\n{} {{other}}\nnode2 {{rsa}}\n{} {{rsa}}\n",
        hashed("node1"),
        hashed("node2"),
        hashed("secret")
    );
    let files = files(&known, "node1\n");
    let list = Overview::new(&Inputs::of_files(&files, None));
    assert_eq!(show(&list), ["node1: 1: 1", "node2: 2,3: ", ": 4: "]);
}

/// What is found, but for keys that nothing admits.
fn problems(known_hosts: &str, shosts: &str, names: Names) -> Vec<String> {
    let mut found = found(known_hosts, shosts, Some(names));
    found.retain(|finding| !finding.ends_with("not-admitted.") && !finding.ends_with("empty-file."));
    found
}

#[test]
fn a_host_needs_both_an_admission_and_a_key() {
    assert_eq!(found("node1 {ed}\n", "node1\n", None), [""; 0]);
    assert_eq!(found("node1 {ed}\n", "node1\nnode2\n", None), ["s:2:0-5 no-key"]);
    assert_eq!(found("node* {ed}\n", "node2\n", None), ["k:1:0-5 wildcard-key"]);
    assert_eq!(found("@cert-authority node* {ed}\n", "node2\n", None), [""; 0]);
    assert_eq!(found("node1 {ed}\n@revoked node* {other}\n", "node1\nnode2\n", None), ["s:2:0-5 no-key"]);
    assert_eq!(found("node1 {ed}\nnode2 {other}\n", "node1\n", None), ["k:2:0-5 not-admitted."]);
    assert_eq!(found("node1 {ed}\n", "-node1\n@g\n", None), [""; 0], "a netgroup may admit it");
    assert_eq!(
        found("node1 {ed}\nnode2 {other}\n", "node1\n-node2\n", None),
        ["k:2:0-5 not-admitted.", "s:2:0-6 denial-without-effect."]
    );
    assert_eq!(found("[node2]:22 {ed}\n", "node2\n", None), ["k:1:0-10 port-form.", "s:1:0-5 no-key"]);
    // The other two files count as much.
    let files = files("node1 {ed}\n", "node2\n");
    let others = crate::enroll::OtherFiles::parse(b"node1\n", with_keys("node2 {other}\n").as_bytes());
    let found = lint(&Inputs::of_files(&files, None).and_others(&others));
    assert_eq!(shown(&found), ["k2 second-known-hosts.", "h:1:0-5 hosts-equiv"]);
}

#[test]
fn an_empty_file_beside_a_full_one_is_found() {
    assert_eq!(found("node1 {ed}\n", "# none\n", None), ["s empty-file.", "k:1:0-5 not-admitted."]);
    assert_eq!(found("", "node1\n", None), ["k empty-file.", "s:1:0-5 no-key"]);
    assert_eq!(found("", "", None), [""; 0]);
}

#[test]
fn keys_beside_each_other_are_compared() {
    assert_eq!(found("node1 {ed}\nNode1 {other}\n", "node1\n", None), ["k:2:6-86 two-keys".replace("6-86", "18-86")]);
    assert_eq!(found("node1 {ed}\nnode1 {rsa}\n", "node1\n", None), [""; 0]);
    let three = found("node1 {ed}\nnode2 {ed}\nnode1,x {ed}\nnode3 {ed}\n", "node1\nnode2\nnode3\n", None);
    assert_eq!(three, ["k:2:18-86 shared-key"]);
    let revoked = found("@revoked * {ed}\nnode1 {ed}\nnode2 {other}\n", "node1\nnode2\n", None);
    assert_eq!(revoked, ["k:2:18-86 revoked-key fix"]);
    assert_eq!(found("@revoked node9 {ed}\nnode1 {ed}\n", "node1\n", None), [""; 0]);
    let in_part = found("@revoked node1 {ed}\nnode1,node2 {ed}\n", "node1\n", None);
    assert_eq!(in_part, ["k:2:24-92 revoked-key"]);
    // sshd would go on to the second file.
    let files = files("@revoked * {ed}\nnode1 {ed}\n", "node1\n");
    let others = crate::enroll::OtherFiles::parse(b"", with_keys("node1 {other}\n").as_bytes());
    let found = shown(&lint(&Inputs::of_files(&files, None).and_others(&others)));
    assert!(found.contains(&"k:2:18-86 revoked-key admits".to_owned()), "{found:?}");
}

#[test]
fn keys_must_stand_under_what_sshd_looks_up() {
    let (address, name) = ("# x\n10.0.0.1 {ed}\n", "# x\nnode1 {ed}\n");
    let told = |known: &str, equiv: &str, names| {
        let mut found = problems(known, equiv, names);
        found.retain(|finding| finding.ends_with("no-name") || finding.ends_with("no-address"));
        found
    };
    for names in [Names::Dns, Names::Packet, Names::Both] {
        assert_eq!(told(address, "10.0.0.1\n", names), ["k:2:0-8 no-name"]);
    }
    for names in [Names::Address, Names::Both] {
        assert_eq!(told(name, "node1\n", names), ["k:2:0-5 no-address"]);
    }
    // A port or what is no host name is never looked up.
    assert_eq!(told("# x\n10.0.0.1,[node1]:22 {ed}\n", "10.0.0.1\n", Names::Dns).len(), 1);
    // Another host's name, or a line that is no key of a host, does not count.
    for more in ["node2 {other}\n", "@cert-authority node1 {ed}\n", "@revoked node1 {rsa}\n", "* {other}\n"] {
        assert_eq!(told(&format!("{address}{more}"), "10.0.0.1\n", Names::Dns).len(), 1, "{more}");
    }
    // Near misses: it stands there, on the same line, another or one with patterns, or under a hash that nobody can read;
    // sshd looks it up as it is; nothing admits it.
    for known in ["node1,10.0.0.1 {ed}\n", "10.0.0.1 {ed}\nnode1 {ed}\n", "10.0.0.1 {ed}\nnode* {ed}\n"] {
        assert_eq!(told(known, "10.0.0.1\n", Names::Both), [""; 0], "{known}");
    }
    for names in [Names::Dns, Names::Both] {
        assert_eq!(told(&format!("{address}{} {{ed}}\n", hashed("node1")), "10.0.0.1\n", names), [""; 0]);
    }
    assert_eq!(told(&format!("{address}{} {{rsa}}\n", hashed("x")), "10.0.0.1\n", Names::Dns).len(), 1);
    assert_eq!(told(address, "10.0.0.1\n", Names::Address), [""; 0]);
    assert_eq!(told(name, "node1\n", Names::Dns), [""; 0]);
    assert_eq!(told(address, "", Names::Dns), [""; 0]);
    assert_eq!(told(address, "-10.0.0.1\n", Names::Dns), [""; 0]);
}
