//! Finding entries, and writing them.

use super::*;
use crate::name::{HostName, HostText, UserName};

#[test]
fn entries_of_a_host_are_found_whatever_their_signs_and_users() {
    let file = b"node1\n-NODE1\nnode1 alice\n# node1\nnode11\nnode1 a b\n@node1\n-+node1\n\nnode2\n10.0.0.1\n+node1\n";
    let document = Document::parse(file);
    let lines = |host: &str| document.entries_naming(host.as_bytes()).map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(lines("node1"), [1, 2, 3, 12]);
    assert_eq!(lines("10.0.0.1"), [11]);
    assert_eq!(lines("node"), [0; 0]);
    assert_eq!(lines("@node1"), [0; 0]);
}

#[test]
fn what_is_written_is_read_as_it_was_meant() {
    let host = HostText::from(&HostName::new("Node1.Test.").unwrap());
    let address: HostText = "2001:DB8::1".parse::<std::net::IpAddr>().unwrap().into();
    let alice = UserName::new("DOM\\alice").unwrap();
    let line = |host, user| NewEntry { host, user }.to_line().unwrap();
    assert_eq!(line(&host, None), b"node1.test");
    assert_eq!(line(&address, Some(&alice)), b"2001:db8::1 DOM\\alice");
    assert_eq!(content(line(&host, None)), entry(name("node1.test"), None));
    assert_eq!(content(line(&address, Some(&alice))), entry(name("2001:db8::1"), Some(name("DOM\\alice"))));

    let longest = HostText::from(&HostName::new(&vec!["a".repeat(61); 4].join(".")).unwrap());
    let user = UserName::new("u".repeat(crate::name::MAX_USER_NAME_BYTES)).unwrap();
    assert_eq!(pieces([line(&longest, Some(&user)), b"\n".to_vec()].concat()).len(), 1);
}

#[test]
fn what_would_be_misread_is_not_written() {
    let host = HostText::from(&HostName::new("node1").unwrap());
    let error = |user: &str| {
        let user = UserName::new(user).unwrap();
        NewEntry { host: &host, user: Some(&user) }.to_line().unwrap_err()
    };
    for sign in ['+', '-', '@', '#'] {
        assert_eq!(error(&format!("{sign}alice")), NewEntryError::Sign { sign });
    }
    for (user, byte) in [("a b", b' '), ("a\tb", b'\t'), (" a", b' '), ("a\r", b'\r'), ("a\x0bb", 0x0b)] {
        assert_eq!(error(user), NewEntryError::Space { byte }, "{user:?}");
    }
}

#[test]
fn an_appended_entry_does_not_run_into_the_line_before() {
    let mut document = Document::parse(b"# last line without end");
    let line = document.append(b"node1").unwrap();
    assert_eq!(document.to_bytes(), b"# last line without end\nnode1\n");
    assert_eq!(document.entries_naming(b"node1").map(|(line, _)| line).collect::<Vec<_>>(), [line]);
    // Ending a line of just one piece makes a second one, which says nothing.
    let mut document = Document::parse(&[b'x'; MAX_PIECE_BYTES]);
    document.append(b"node1").unwrap();
    assert_eq!(document.line(1).unwrap().content().len(), 2);
    assert_eq!(document.line(1).unwrap().content()[1], LineContent::Blank);
}
