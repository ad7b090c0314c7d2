//! Properties of every file.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::lines::testing::{Random, keeps_every_byte};

#[test]
fn every_byte_is_kept_whatever_the_file_holds() {
    let (long, longer) = ([b' '; 1000], [b'x'; 1023]);
    let tokens: Vec<&[u8]> = vec![
        b"\n", b"\n", b"\n", b"\r\n", b" ", b"\t", b"#", b"\0", b"+", b"-", b"@", b"node1", b"alice", b"NO_PLUS",
        &long, &longer,
    ];
    let mut random = Random::new(3);
    let mut entries = 0;
    for _ in 0..2_000 {
        let file = random.file(&tokens);
        keeps_every_byte::<Vec<LineContent>>(&file, &mut random);
        entries += Document::parse(&file).entries().count();
    }
    assert!(entries > 2_000, "the generator must find its way into the grammar: {entries} entries");
}

/// sshd's loop again, over one buffer and without documents: reads bytes as fgets(3) does, and answers at the first match.
fn naive(file: &[u8], host: &str, user: &str) -> Option<bool> {
    let mut rest = file;
    while !rest.is_empty() {
        let mut length = 0;
        while length < 1023 && length < rest.len() {
            length += 1;
            if rest[length - 1] == b'\n' {
                break;
            }
        }
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        let piece =
            String::from_utf8_lossy(&piece[..piece.iter().position(|&byte| byte == 0).unwrap_or(length)]).into_owned();
        let start = piece.trim_start_matches([' ', '\t']);
        if start.starts_with('#') || start.starts_with("NO_PLUS") {
            continue;
        }
        let fields: Vec<&str> =
            piece.split([' ', '\t', '\n', '\r', '\x0b', '\x0c']).filter(|field| !field.is_empty()).collect();
        let (their_host, their_user) = match fields[..] {
            [host] => (host, user),
            [host, user] => (host, user),
            _ => continue,
        };
        let sign = |field: &str| field.starts_with('-');
        let bare = |field: &str| field.strip_prefix(['-', '+']).unwrap_or(field).to_owned();
        if bare(their_host).eq_ignore_ascii_case(host) && bare(their_user) == user {
            return Some(!sign(their_host) && !sign(their_user));
        }
    }
    None
}

#[test]
fn the_decision_is_that_of_a_naive_reading() {
    let long = [b'#'; 1021];
    let tokens: Vec<&[u8]> = vec![
        b"\n", b"\n", b"\n", b"\r\n", b" ", b" ", b"\t", b"#", b"\0", b"+", b"-", b"-", b"n", b"n", b"n", b"u", b"u",
        &long,
    ];
    let mut random = Random::new(4);
    let mut seen = [0; 3];
    for _ in 0..20_000 {
        let file = random.file(&tokens);
        let query = Query { host: b"n", address: b"n", client_user: b"u", server_user: b"u" };
        let ours = match Document::parse(&file).check(&query, &NoNetgroups) {
            EquivMatch::Allow { .. } => Some(true),
            EquivMatch::Deny { .. } => Some(false),
            EquivMatch::NoMatch => None,
        };
        assert_eq!(ours, naive(&file, "n", "u"), "{}", String::from_utf8_lossy(&file).escape_debug());
        seen[ours.map_or(0, |allowed| 1 + usize::from(allowed))] += 1;
    }
    assert!(seen.iter().all(|&count| count > 500), "every answer must come up: {seen:?}");
}
