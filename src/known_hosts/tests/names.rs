//! The names on a line, and changing them.

use super::*;
use crate::name::{HostName, HostText};

fn host(name: &str) -> HostText {
    match name.parse::<std::net::IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => HostText::from(&HostName::new(name).unwrap()),
    }
}

fn renamed(line: &str, add: &[&str], drop: &[&str]) -> Result<Renamed, RenameError> {
    let add: Vec<_> = add.iter().map(|name| host(name)).collect();
    let drop: Vec<_> = drop.iter().map(|name| name.as_bytes()).collect();
    Document::parse(line.as_bytes()).rename(1, &add, &drop)
}

#[test]
fn literal_names_are_neither_patterns_nor_negated() {
    let entry = entry(format!("Node1,10.0.0.1,*.test,!node2,node?,,[node1]:22 {}", text(ED25519)));
    let names: Vec<_> = entry.literal_names().collect();
    assert_eq!(names, [b"Node1".as_slice(), b"10.0.0.1", b"[node1]:22"]);
    assert!(entry.names(b"node1") && entry.names(b"10.0.0.1"));
    for other in ["node2", "a.test", "nodex", "*.test", "", "node"] {
        assert!(!entry.names(other.as_bytes()), "{other}");
    }
    let hashed = HashedName::new(b"node1", [1; 20]);
    let entry = super::entry(format!("{hashed} {}", text(ED25519)));
    assert_eq!(entry.literal_names().count(), 0);
    assert!(entry.names(b"node1") && entry.names(b"NODE1") && !entry.names(b"node2"));
}

#[test]
fn entries_that_carry_a_name_are_found() {
    let k = text(ED25519);
    let hashed = HashedName::new(b"node1", [1; 20]);
    let file = format!("* {k}\nx,NODE1 {k}\n#node1 {k}\nnode11 {k}\n{hashed} {k}\n!node1,* {k}\n@revoked node1 {k}\n");
    let document = Document::parse(file.as_bytes());
    assert_eq!(document.entries_naming(b"node1").map(|(line, _)| line).collect::<Vec<_>>(), [2, 5, 7]);
    assert_eq!(document.entries_naming(b"node2").count(), 0);
}

#[test]
fn names_are_added_and_dropped_and_every_other_byte_stays() {
    let rest = format!("\t ssh-ed25519  {} \ta  comment \r", base64(ED25519));
    let text = |line: String| Ok(Renamed::Text(line.into_bytes()));
    let line = format!(" \t@cert-authority \t Node1,10.0.0.1,*.test{rest}\n");
    let with = |names: &str| text(format!(" \t@cert-authority \t {names}{rest}"));
    assert_eq!(renamed(&line, &["node2"], &[]), with("Node1,10.0.0.1,*.test,node2"));
    assert_eq!(renamed(&line, &["10.0.0.2", "::1"], &["10.0.0.1"]), with("Node1,*.test,10.0.0.2,::1"));
    assert_eq!(renamed(&line, &[], &["node1", "nobody"]), with("10.0.0.1,*.test"));
    assert_eq!(renamed(&line, &["node1"], &["node1"]), with("10.0.0.1,*.test,node1"));
    assert_eq!(renamed(&line, &["node1"], &["nobody"]), Ok(Renamed::Same));
    assert_eq!(renamed(&line, &[], &["a.test"]), Ok(Renamed::Same));
    assert_eq!(renamed(&line, &["a.test"], &[]), with("Node1,10.0.0.1,*.test,a.test"));
}

/// Found by fuzzing: the line became one of another kind, and its entry was lost.
#[test]
fn what_comes_to_stand_in_front_stays_a_part_of_the_list() {
    let k = text(ED25519);
    let hashed = HashedName::new(b"x", [1; 20]);
    for element in [&hashed.to_string(), "|", "@revoked", "@cert-authority", "#node2"] {
        for list in [format!("node1,{element},*.test"), format!(",{element},*.test,node1")] {
            let line = format!("{list} {k} c");
            let Ok(Renamed::Text(after)) = renamed(&line, &[], &["node1"]) else { panic!("{line}") };
            assert_eq!(String::from_utf8_lossy(&after), format!(",{element},*.test {k} c"));
            let (before, after) = (entry(&line), entry(&after));
            assert_eq!((after.marker(), after.key(), after.comment()), (None, before.key(), before.comment()));
            assert!(after.matches(b"a.test") && !after.matches(b"node1"), "{line}");
        }
    }
}

#[test]
fn a_line_without_any_name_left_is_gone() {
    let k = text(ED25519);
    assert_eq!(renamed(&format!("node1,10.0.0.1 {k}"), &[], &["node1", "10.0.0.1"]), Ok(Renamed::Gone));
    assert_eq!(renamed(&format!("node1,!node2 {k}"), &[], &["NODE1"]), Ok(Renamed::Gone));
    assert_eq!(renamed(&format!("node1,* {k}"), &[], &["node1"]), Ok(Renamed::Text(format!("* {k}").into_bytes())));
}

#[test]
fn hashed_lines_keep_their_one_name_or_go() {
    let line = format!("{} {}", HashedName::new(b"node1", [1; 20]), text(ED25519));
    assert_eq!(renamed(&line, &[], &["node1"]), Ok(Renamed::Gone));
    assert_eq!(renamed(&line, &[], &["node2"]), Ok(Renamed::Same));
    assert_eq!(renamed(&line, &["node1"], &[]), Ok(Renamed::Same));
    assert_eq!(renamed(&line, &["node2"], &[]), Err(RenameError::Hashed { line: 1 }));
    assert_eq!(renamed(&line, &["node2"], &["node1"]), Err(RenameError::Hashed { line: 1 }));
}

#[test]
fn what_cannot_be_renamed_is_refused() {
    let k = text(ED25519);
    assert_eq!(renamed(&format!("*,!node1 {k}"), &["node1"], &[]), Err(RenameError::Excluded { line: 1 }));
    assert_eq!(renamed(&format!("@revoked\tnode1 {k}"), &[], &["node1"]), Err(RenameError::NoNames { line: 1 }));
    assert_eq!(renamed("# node1", &[], &["node1"]), Err(RenameError::NoNames { line: 1 }));
    let missing = EditError::NoSuchLine { number: 1, lines: 0 };
    assert_eq!(renamed("", &[], &["node1"]), Err(RenameError::Edit(missing)));
}
