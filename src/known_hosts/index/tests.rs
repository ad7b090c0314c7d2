//! An index says what a document says, and so does a scan.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::known_hosts::tests::{CA, ECDSA256, ED25519, ED25519_CERT, RSA, base64, text};
use crate::known_hosts::{Document, HostKeyStatus, Place, Scan, Source, check_host_key};
use crate::lines::testing::Random;

/// What is visited for a name: line numbers and entries.
fn visits(of: &dyn KnownHosts, name: &[u8]) -> Vec<(usize, Entry)> {
    let mut seen = Vec::new();
    of.for_each_matching(name, &mut |line, entry| seen.push((line, entry.clone())));
    seen
}

fn lines(of: &Index, name: &str) -> Vec<usize> {
    visits(of, name.as_bytes()).into_iter().map(|(line, _)| line).collect()
}

fn index(file: &str) -> Index {
    Index::new(file.as_bytes().to_vec())
}

pub(in crate::known_hosts) const NAMES: [&str; 14] = [
    "node1",
    "Node1",
    "node2",
    "NODE2",
    "10.0.0.1",
    "a",
    "",
    ",",
    "*",
    "!a",
    "|1|",
    "node1\r",
    "a.test",
    "\u{feff}node1",
];

/// Parts of lines, made so that most lines nearly hold an entry, and every trap of the format comes up.
pub(in crate::known_hosts) struct Grammar {
    keys: Vec<String>,
    hosts: Vec<Vec<u8>>,
    hashed: Vec<Vec<u8>>,
}

impl Grammar {
    pub(in crate::known_hosts) fn new() -> Self {
        let mut keys: Vec<String> = [ED25519, CA, RSA, ECDSA256, ED25519_CERT].map(text).into();
        keys.push(format!("rsa-sha2-512 {}", base64(RSA)));
        keys.push(format!("ssh-rsa {}", base64(ED25519)));
        keys.push("ssh-ed25519 AAAA".to_owned());
        keys.push("ssh-ed25519".to_owned());
        keys.push(base64(ED25519).to_owned());
        let mut hosts: Vec<Vec<u8>> = NAMES.iter().map(|name| name.as_bytes().to_vec()).collect();
        let hashed = ["node1", "Node1", "node2", ""].map(|name| HashedName::new(name.as_bytes(), [7; 20]).to_string());
        let hashed = hashed.map(String::into_bytes).to_vec();
        hosts.extend(hashed.clone());
        for element in ["node*", "NODE?", "*", "*.test", "!node1", "!*", "!", "?", "10.0.0.*", "|1|AAAA|AAAA", "|"] {
            hosts.push(element.as_bytes().to_vec());
        }
        hosts.push(vec![b'x'; 1022]);
        hosts.push(vec![b'x'; 1023]);
        hosts.push([b"!".to_vec(), vec![b'x'; 1023]].concat());
        Self { keys, hosts, hashed }
    }

    fn blank(random: &mut Random) -> &'static [u8] {
        random.pick::<&[u8]>(&[b" ", b" ", b" ", b" ", b"\t", b"  ", b" \t", b"\r", b"\0", b""])
    }

    pub(in crate::known_hosts) fn line(&self, random: &mut Random, line: &mut Vec<u8>) {
        match random.below(12) {
            0 => return line.extend(random.file(&[b" ", b"#", b"@revoked", b"node1", b"\0"]).iter().take(40)),
            1 => line.extend(b"\xef\xbb\xbf"),
            2 => line.extend(Self::blank(random)),
            _ => {}
        }
        for _ in 0..[0, 0, 1, 1, 2][random.below(5)] {
            let markers: [&[u8]; 7] =
                [b"@revoked", b"@revoked", b"@cert-authority", b"@Revoked", b"@revoked,", b"@other", b"#"];
            line.extend_from_slice(random.pick::<&[u8]>(&markers));
            line.extend(Self::blank(random));
        }
        if random.below(4) == 0 {
            line.extend_from_slice(random.pick::<Vec<u8>>(&self.hashed));
        } else {
            let list: Vec<_> = (0..=random.below(4)).map(|_| random.pick::<Vec<u8>>(&self.hosts).clone()).collect();
            line.extend(list.join(&b','));
        }
        line.extend(Self::blank(random));
        line.extend(random.pick::<String>(&self.keys).as_bytes());
        line.extend(*random.pick::<&[u8]>(&[b"", b"", b"\r", b" comment", b" # x", b" @revoked", b"\0"]));
        if random.below(50) == 0 {
            line.extend(vec![b'c'; 70_000]);
        }
    }

    pub(in crate::known_hosts) fn file(&self, random: &mut Random) -> Vec<u8> {
        let mut file = Vec::new();
        for _ in 0..random.below(12) {
            self.line(random, &mut file);
            file.push(b'\n');
        }
        if random.below(2) == 0 {
            file.pop();
        }
        file
    }
}

#[test]
fn what_is_visited_is_what_a_document_visits() {
    let (grammar, mut random) = (Grammar::new(), Random::new(5));
    let (mut visited, mut silent, mut odd, mut sorts) = (0, 0, 0, [0; 4]);
    for round in 0..1_000 {
        let file = grammar.file(&mut random);
        let document = Document::parse(&file);
        let reach = if round % 4 == 0 { random.below(600) } else { usize::MAX };
        let index = Index::with_reach(file.clone(), reach);
        let scan = Scan::new(file.clone());
        for name in NAMES {
            let (ours, theirs) = (visits(&index, name.as_bytes()), visits(&document, name.as_bytes()));
            assert_eq!(ours, theirs, "{name:?} in {:?}", String::from_utf8_lossy(&file));
            // And again, now that hashed names are remembered.
            assert_eq!(visits(&index, name.as_bytes()), theirs);
            let scanned = visits(&scan, name.as_bytes());
            assert_eq!(scanned, theirs, "scan: {name:?} in {:?}", String::from_utf8_lossy(&file));
            visited += theirs.len();
            silent += usize::from(theirs.is_empty());
        }
        assert_eq!(index.bytes(), file);
        let theirs: Vec<_> = document.problems().map(|(line, problem)| (line, problem.clone())).collect();
        assert_eq!(index.problems().collect::<Vec<_>>(), theirs);
        assert_eq!(scan.problems().collect::<Vec<_>>(), theirs);
        let irregular: Vec<_> =
            document.entries().filter_map(|(line, entry)| Some((line, entry.irregular()?))).collect();
        assert_eq!(index.irregular().collect::<Vec<_>>(), irregular);
        let scanned: Vec<_> = scan.irregular().collect();
        assert_eq!(scanned.iter().map(|(line, problem)| (*line, problem)).collect::<Vec<_>>(), irregular);
        odd += irregular.len();
        assert_eq!(scan.bytes(), file);
        let counts = [&index.patterns.len(), &index.revocations.len(), &index.hashed.len(), &index.names.len()];
        for (sum, count) in sorts.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    assert!(visited > 2_000 && silent > 2_000, "{visited} visits, {silent} names without");
    assert!(odd > 200, "{odd} irregular revocations");
    assert!(sorts.iter().all(|&count| count > 200), "lines of every sort: {sorts:?}");
}

#[test]
fn a_line_is_visited_once_however_often_it_has_the_name() {
    let k = text(ED25519);
    let index = index(&format!("node1,NODE1,node1,node* {k}\nnode1,node1,Node1 {k}\n@revoked node1,node1 {k}\n"));
    assert_eq!(lines(&index, "node1"), [1, 2, 3]);
    assert_eq!(lines(&index, "node2"), [1]);
    assert_eq!(lines(&index, "ode1"), [0; 0]);
}

#[test]
fn only_lines_that_hold_more_than_names_are_tried_for_every_name() {
    let k = text(ED25519);
    let sorted = |line: &str| {
        let index = index(&format!("{line}\n"));
        (index.names.len(), index.patterns.len(), index.hashed.len(), index.revocations.len())
    };
    let hashed = HashedName::new(b"node1", [1; 20]);
    for (line, wanted) in [
        (format!("node1 {k}"), (1, 0, 0, 0)),
        (format!("node1,10.0.0.1,!node2 {k}"), (2, 0, 0, 0)),
        (format!("node1,!node* {k}"), (1, 0, 0, 0)),
        (format!("@cert-authority node1 {k}"), (1, 0, 0, 0)),
        (format!("@revoked node1,!node* {k}"), (1, 0, 0, 0)),
        (format!("node*,node1 {k}"), (0, 1, 0, 0)),
        (format!("node1,node? {k}"), (0, 1, 0, 0)),
        (format!("@cert-authority * {k}"), (0, 1, 0, 0)),
        (format!("{hashed} {k}"), (0, 0, 1, 0)),
        (format!("@revoked {hashed} {k}"), (0, 0, 1, 0)),
        (format!("@revoked * {k}"), (0, 0, 0, 1)),
        (format!("@revoked node1,{hashed} {k}"), (0, 0, 0, 1)),
        (format!("@revoked\tnode1 {k}"), (0, 0, 0, 1)),
        (format!("@revoked node1 {}", base64(ED25519)), (0, 0, 0, 1)),
        ("@revoked node1 nothing".to_owned(), (0, 0, 0, 0)),
        (format!("{hashed},{hashed} {k}"), (0, 0, 0, 0)),
        (format!("# node1 {k}"), (0, 0, 0, 0)),
        ("node1".to_owned(), (0, 0, 0, 0)),
        (String::new(), (0, 0, 0, 0)),
    ] {
        assert_eq!(sorted(&line), wanted, "{line}");
    }
    let near = Index::with_reach(format!("#{:9}\nnode1 {k}\n@revoked node2 {k}\n", "").into_bytes(), 10);
    assert_eq!((near.names.len(), near.patterns.len(), near.revocations.len()), (0, 1, 1));
    let reached = Index::with_reach(format!("#{:9}\nnode1 {k}\n@revoked node2 {k}\n", "").into_bytes(), 11);
    assert_eq!((reached.names.len(), reached.patterns.len(), reached.revocations.len()), (1, 0, 1));
}

#[test]
fn a_key_is_checked_over_indexes_and_scans_as_over_documents() {
    let k = text(ED25519);
    let (first, second) = (index(&format!("# x\nnode1 {k}\n")), index(&format!("@revoked * {k}\n")));
    let key = crate::known_hosts::tests::key(ED25519);
    let source = |file, document| Source { file, document };
    let place = |file, line| Place { file, line };
    let status = check_host_key(&[source("first", &first)], b"NODE1", &key);
    assert_eq!(status, HostKeyStatus::Ok(place("first", 2)));
    let status = check_host_key(&[source("first", &first), source("second", &second)], b"node1", &key);
    assert_eq!(status, HostKeyStatus::Revoked(place("second", 1)));
    assert_eq!(check_host_key(&[source("first", &first)], b"node2", &key), HostKeyStatus::New);
    let (first, second) = (Scan::new(first.bytes.clone()), Scan::new(second.bytes.clone()));
    let status = check_host_key(&[source("first", &first)], b"NODE1", &key);
    assert_eq!(status, HostKeyStatus::Ok(place("first", 2)));
    let status = check_host_key(&[source("first", &first), source("second", &second)], b"node1", &key);
    assert_eq!(status, HostKeyStatus::Revoked(place("second", 1)));
}

#[test]
fn of_hashed_names_only_those_of_the_file_are_kept() {
    let (k, hashed) = (text(ED25519), HashedName::new(b"node1", [1; 20]));
    let index = index(&format!("{hashed} {k}\nnode2 {k}\n*.test {k}\n"));
    for name in ["node1", "NODE2", "a.test", "node3"] {
        visits(&index, name.as_bytes());
    }
    for (name, kept) in [("node1", true), ("node2", true), ("NODE2", false), ("a.test", false), ("node3", false)] {
        assert_eq!(index.hashed.keeps(name.as_bytes()), kept, "{name}");
    }
}

#[test]
fn threads_may_share_an_index() {
    const fn shared<T: Send + Sync>() {}
    shared::<Index>();
    shared::<Scan>();
    assert_eq!(format!("{:?}", Scan::new(b"node1".to_vec())), "Scan { bytes: 5, .. }", "not a whole file");
    assert_eq!(format!("{:?}", index("node1")), "Index { bytes: 5, .. }", "not a whole file");
}
