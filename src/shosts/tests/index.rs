//! An index says what a document says, and asks the same of netgroups; and so does a scan.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use std::cell::RefCell;

use super::*;
use crate::lines::testing::Random;

/// A question for a netgroup: its name, the host, the user.
type Question = (Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

/// Netgroups that say yes to some, do not know of others, and write down what they are asked.
#[derive(Default)]
struct Asked(RefCell<Vec<Question>>);

impl Netgroups for Asked {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        self.0.borrow_mut().push((group.to_vec(), host.map(Into::into), user.map(Into::into)));
        match group {
            b"x" => Membership::Unknown,
            group => Membership::from(group == b"g" && (host == Some(b"10.0.0.1") || user == Some(b"u"))),
        }
    }
}

fn answer(of: &dyn Equiv, query: &Query<'_>) -> (EquivMatch, Vec<Question>) {
    let asked = Asked::default();
    (of.check(query, &asked), asked.0.into_inner())
}

#[test]
fn answers_and_questions_are_those_of_a_document() {
    let (long, longer) = ([b'#'; 1021], [b' '; 1023]);
    let tokens: Vec<&[u8]> = vec![
        b"\n",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b" ",
        b" ",
        b"\t",
        b"#",
        b"\0",
        b"+",
        b"-",
        b"@",
        b"@g",
        b"@h",
        b"@x",
        b"n",
        b"N",
        b"n",
        b"10.0.0.1",
        b"m",
        b"A1",
        b"a1",
        b"u",
        b"U",
        b"NO_PLUS",
        &long,
        &longer,
        b"\n@g @g\n",
        b"\n-@x\n",
        b"-n u\n",
        b"\n-n\n",
        b"\nn @g\n",
    ];
    let names: [&[u8]; 7] = [b"n", b"N", b"10.0.0.1", b"A1", b"a1", b"", b"nn"];
    let users: [&[u8]; 5] = [b"u", b"U", b"-u", b"@g", b"@"];
    let mut random = Random::new(6);
    let (mut answers, mut questions) = ([0; 3], 0);
    for round in 0..20_000 {
        let file = random.file(&tokens);
        let document = Document::parse(&file);
        let reach = if round % 4 == 0 { random.below(100) } else { usize::MAX };
        let index = Index::with_reach(&file, reach);
        let query = Query {
            host: random.pick::<&[u8]>(&names),
            address: random.pick::<&[u8]>(&names),
            client_user: random.pick::<&[u8]>(&users),
            server_user: random.pick::<&[u8]>(&users),
        };
        let theirs = answer(&document, &query);
        assert_eq!(answer(&index, &query), theirs, "{query:?} of {:?}", String::from_utf8_lossy(&file));
        let scan = Scan::new(file.clone());
        assert_eq!(answer(&scan, &query), theirs, "scan: {query:?} of {:?}", String::from_utf8_lossy(&file));
        let problems: Vec<_> = document.problems().collect();
        assert_eq!(index.problems().collect::<Vec<_>>(), problems);
        assert_eq!(scan.problems().collect::<Vec<_>>(), problems);
        assert_eq!(scan.bytes(), file);
        assert_eq!(index.bytes(), file);
        questions += theirs.1.len();
        answers[match theirs.0 {
            EquivMatch::Allow { .. } => 0,
            EquivMatch::Deny { .. } => 1,
            EquivMatch::NoMatch => 2,
        }] += 1;
    }
    assert!(answers.iter().all(|&count| count > 500) && questions > 5_000, "{answers:?}, {questions} questions");
}

#[test]
fn no_netgroup_is_asked_behind_the_first_match() {
    let index = Index::new(b"@g1\nn2\n@g2\nn1\n@g3\n");
    let query = Query { host: b"n1", address: b"10.0.0.2", client_user: b"u", server_user: b"u" };
    let (matched, asked) = answer(&index, &query);
    assert_eq!(matched, EquivMatch::Allow { line: 4 });
    let hosts = [Some(b"n1".to_vec()), Some(b"10.0.0.2".to_vec())];
    let wanted = [b"g1", b"g2"].map(|group| hosts.clone().map(|host| (group.to_vec(), host, None)));
    assert_eq!(asked, wanted.concat());
}

#[test]
fn only_netgroups_are_tried_for_every_host() {
    for (file, reach, wanted) in [
        ("node1\n", 0, (1, 0)),
        ("-node1 u\n+NODE2 @g\n", 100, (2, 0)),
        ("-@g u\n", 100, (0, 1)),
        ("# x\n+\n@\nn u v\nNO_PLUS\n", 100, (0, 0)),
        ("node1\nnode2\n", 5, (1, 1)),
        ("node1\nnode2\n", 6, (2, 0)),
    ] {
        assert_eq!(Index::with_reach(file.as_bytes(), reach).sorts(), wanted, "{file}");
    }
}

#[test]
fn pieces_of_a_long_line_count_by_themselves() {
    let file = [&[b'#'; 1023][..], b"node1\n", &[b' '; 2046], b"node2 u\n"].concat();
    let index = Index::new(&file);
    let query = |host| Query { host, address: host, client_user: b"u", server_user: b"u" };
    assert_eq!(index.check(&query(b"node1"), &NoNetgroups), EquivMatch::Allow { line: 1 });
    assert_eq!(index.check(&query(b"NODE2"), &NoNetgroups), EquivMatch::Allow { line: 2 });
    assert_eq!(index.check(&query(b"node3"), &NoNetgroups), EquivMatch::NoMatch);
}

#[test]
fn threads_may_share_an_index() {
    const fn shared<T: Send + Sync>() {}
    shared::<Index>();
    shared::<Scan>();
    assert_eq!(format!("{:?}", Scan::new(b"node1".to_vec())), "Scan { bytes: 5, .. }", "not a whole file");
    assert_eq!(format!("{:?}", Index::new(b"node1")), "Index { bytes: 5, .. }", "not a whole file");
}
