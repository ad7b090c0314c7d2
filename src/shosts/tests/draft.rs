//! A draft says of the hosts that it was made for what a document says, whatever is edited in both.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::lines::testing::Random;

/// The netgroup `g` has node1.
struct Group;

impl Netgroups for Group {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, _user: Option<&[u8]>) -> Membership {
        Membership::from(group == b"g" && host.is_none_or(|host| host == b"node1"))
    }
}

#[test]
fn it_says_what_a_document_says() {
    let long = [b' '; 1000];
    let tokens: Vec<&[u8]> = vec![
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b"#",
        b"\0",
        b"+",
        b"-",
        b"@g",
        b"node1",
        b"Node2",
        b"10.0.0.1",
        b"alice",
        b"NO_PLUS",
        b"node1\n",
        b"-node2\n",
        b"10.0.0.1 alice\n",
        &long,
    ];
    let names = ["node1", "node2", "10.0.0.1", "g", "alice"];
    let mut random = Random::new(4);
    let (mut matched, mut edits) = (0, 0);
    for _ in 0..4_000 {
        let file = random.file(&tokens);
        let wanted: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).filter(|_| random.below(2) == 0).collect();
        let mut draft = Draft::new(&file, wanted.iter().copied());
        let mut document = Document::parse(&file);
        for _ in 0..=random.below(3) {
            for host in names {
                for address in ["10.0.0.1", host] {
                    let query = Query {
                        host: host.as_bytes(),
                        address: address.as_bytes(),
                        client_user: b"alice",
                        server_user: b"alice",
                    };
                    let theirs = document.check(&query, &Group);
                    assert_eq!(draft.check(&query, &Group), theirs, "{host} {:?}", String::from_utf8_lossy(&file));
                    matched += usize::from(theirs != EquivMatch::NoMatch);
                }
            }
            for name in &wanted {
                let theirs: Vec<_> = document.entries_naming(name).collect();
                let ours: Vec<_> = draft.naming(name).map(|read| (read.number, read.entry)).collect();
                assert_eq!(ours, theirs);
                for read in draft.naming(name) {
                    assert_eq!(read.text, document.line(read.number).unwrap().text());
                    let entries = document.entries().filter(|(line, _)| *line == read.number).count();
                    assert_eq!(read.shared, entries > 1);
                }
            }
            let lines: Vec<usize> = wanted.iter().flat_map(|name| draft.naming(name).map(|read| read.number)).collect();
            if random.below(2) == 0 && !lines.is_empty() {
                let line = *random.pick(&lines);
                draft.remove(line).unwrap();
                // An empty line in its place: the others keep their numbers.
                document.replace(line, b"").unwrap();
            } else {
                let new = *random.pick::<&[u8]>(&[b"node1", b"-node2", b"node2 alice", b"@g"]);
                assert_eq!(draft.append(new), document.append(new));
            }
            edits += 1;
        }
        let theirs: Vec<_> = Document::parse(&file)
            .entries()
            .filter_map(|(_, entry)| match &entry.host().who {
                Who::Name(name) => Some(name.clone()),
                Who::Netgroup(_) => None,
            })
            .collect();
        assert_eq!(draft.names_in_file().collect::<Vec<_>>(), theirs);
    }
    assert!(matched > 1_000 && edits > 1_000, "the generator must find its way: {matched} matches, {edits} edits");
}
