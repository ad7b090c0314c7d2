//! Plans that remove.

use super::*;

fn remove(files: &Files, hosts: &[&str]) -> Plan {
    let hosts: Vec<_> = hosts.iter().map(|host| text(host)).collect();
    Plan::remove(&Texts::from(files), &hosts, &crate::shosts::NoNetgroups, &OtherFiles::default())
}

#[test]
fn every_name_and_address_that_was_registered_with_the_hosts_keys_goes() {
    let before = files(
        "# ours\nnode1,10.0.0.1 {ed}\nnode1 {rsa}\n10.0.0.11 {rsa}\nnode2,10.0.0.2 {other}\n",
        "node1\n10.0.0.1\n10.0.0.11 alice\nnode2\n10.0.0.2\n# node1\n",
    );
    for host in ["node1", "NODE1", "10.0.0.1"] {
        let plan = remove(&before, &[host]);
        let kept = pair("# ours\nnode2,10.0.0.2 {other}\n", "node2\n10.0.0.2\n# node1\n");
        if host == "10.0.0.1" {
            // This address was registered with one of the keys only.
            let kept = pair(
                "# ours\nnode1 {rsa}\n10.0.0.11 {rsa}\nnode2,10.0.0.2 {other}\n",
                "10.0.0.11 alice\nnode2\n10.0.0.2\n# node1\n",
            );
            assert_eq!(after(&before, &plan), kept);
        } else {
            assert_eq!(after(&before, &plan), kept);
            let whys: Vec<_> = plan.changes().iter().map(|change| &change.why).collect();
            let name = text("node1");
            let with = Why::AdmittedWith(name.clone());
            assert_eq!(
                whys,
                [
                    &Why::Names(name.clone()),
                    &with,
                    &with,
                    &Why::Names(name.clone()),
                    &Why::Names(name.clone()),
                    &Why::KeyOf(name)
                ]
            );
            // shosts.equiv comes first, whole.
            let equiv = plan.changes().iter().take_while(|change| change.file == SystemFile::ShostsEquiv).count();
            assert_eq!(equiv, 3);
        }
        assert_eq!(plan.notes(), []);
    }
}

#[test]
fn hashed_names_are_found_and_so_are_their_lines() {
    let hashed = |name: &str| crate::known_hosts::HashedName::new(name.as_bytes(), [7; 20]).to_string();
    let before = files(
        &format!("{} {{ed}}\n{} {{ed}}\n{} {{other}}\n", hashed("node1"), hashed("10.0.0.1"), hashed("node2")),
        "10.0.0.1\nnode1\nnode2\n",
    );
    let plan = remove(&before, &["node1"]);
    assert_eq!(after(&before, &plan), pair(&format!("{} {{other}}\n", hashed("node2")), "node2\n"));
}

#[test]
fn patterns_authorities_revocations_and_denials_stay_and_are_named() {
    let known =
        "node1,node-* {ed}\nnode* {other}\n@cert-authority *.test,node1 {rsa}\n@revoked node1 {ed}\nnode1 {ed}\n";
    let before = files(known, "-node1\nnode1 -bob\n@all\nnode1\n");
    let plan = remove(&before, &["node1"]);
    let kept = "node1,node-* {ed}\nnode* {other}\n@cert-authority *.test,node1 {rsa}\n@revoked node1 {ed}\n";
    assert_eq!(after(&before, &plan), pair(kept, "-node1\nnode1 -bob\n@all\n"));
    let host = text("node1");
    assert_eq!(
        plan.notes(),
        [
            Note::PatternStays { line: 1, host: host.clone() },
            Note::PatternStays { line: 2, host: host.clone() },
            Note::AuthorityStays { line: 3, host: host.clone() },
            Note::DenialStays { line: 1, host: b"node1".to_vec() },
            Note::DenialStays { line: 2, host: b"node1".to_vec() },
        ]
    );
}

#[test]
fn a_long_line_with_several_entries_stays() {
    let long = format!("node1{}-node2\n", " ".repeat(1018));
    let before = files("", &long);
    let plan = remove(&before, &["node1"]);
    assert_eq!(plan.changes(), []);
    assert_eq!(plan.notes(), [Note::LongLineStays { line: 1, host: text("node1") }]);
}

#[test]
fn removing_twice_or_what_is_not_there_changes_nothing_and_says_so() {
    let before = files("node10,10.0.0.10 {ed}\n[node1]:22 {other}\n", "node10\nnode1x\n@node1\n");
    let plan = remove(&before, &["node1", "10.0.0.1"]);
    assert_eq!(plan.changes(), []);
    assert_eq!(plan.notes(), ["node1", "10.0.0.1"].map(|host| Note::NotRegistered { host: text(host) }));
}

#[test]
fn two_names_of_one_host_remove_each_line_once() {
    let before = files("node1,10.0.0.1 {ed}\nx {other}\n", "node1\n10.0.0.1\nx\n");
    let plan = remove(&before, &["node1", "10.0.0.1"]);
    assert_eq!(plan.changes().len(), 3);
    assert_eq!(after(&before, &plan), pair("x {other}\n", "x\n"));
    assert_eq!(plan.gone(), ["node1", "10.0.0.1"].map(text));
}
