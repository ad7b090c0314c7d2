//! Properties of every file.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::lines::testing::{Random, keeps_every_byte};

#[test]
fn every_byte_is_kept_whatever_the_file_holds() {
    let (k, hashed) = (text(ED25519), HashedName::new(b"node1", [1; 20]).to_string());
    let (tail, whole) = (format!(" {k}\n"), format!("node1 {k} c\n"));
    let tokens: Vec<&[u8]> = vec![
        tail.as_bytes(),
        whole.as_bytes(),
        b"\n",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b"#",
        b"\0",
        b"@revoked",
        b"@cert-authority ",
        b"node1",
        b"*",
        b"!",
        b",",
        b"?",
        hashed.as_bytes(),
        k.as_bytes(),
        b"ssh-ed25519",
        base64(ED25519).as_bytes(),
        b"|1|",
        b"\xef\xbb\xbf",
    ];
    let mut random = Random::new(1);
    let mut entries = 0;
    for _ in 0..2_000 {
        let file = random.file(&tokens);
        keeps_every_byte::<LineContent>(&file, &mut random);
        entries += Document::parse(&file).entries().count();
    }
    assert!(entries > 500, "the generator must find its way into the grammar: {entries} entries");
}

#[test]
fn a_renamed_line_keeps_marker_key_and_comment() {
    let mut random = Random::new(2);
    let elements = ["node1", "Node2", "10.0.0.1", "*.test", "!node9", "", "node?"];
    for _ in 0..2_000 {
        let list: Vec<&str> = (0..=random.below(5)).map(|_| *random.pick(&elements)).collect();
        let marker = *random.pick(&["", "@revoked ", "@cert-authority  "]);
        let blank = *random.pick(&[" ", "\t", " \t "]);
        let line = format!("{marker}{}{blank}{}{blank}c", list.join(","), text(ED25519));
        let document = Document::parse(line.as_bytes());
        let Some((_, before)) = document.entries().next() else { continue };
        let dropped: &[u8] = random.pick(&["node1", "node2", "10.0.0.1"]).as_bytes();
        let Ok(Renamed::Text(text)) = document.rename(1, &[], &[dropped]) else { continue };
        let after = entry(&text);
        assert_eq!((after.marker(), after.key(), after.comment()), (before.marker(), before.key(), before.comment()));
        let kept: Vec<_> = before.literal_names().filter(|name| !name.eq_ignore_ascii_case(dropped)).collect();
        assert_eq!(after.literal_names().collect::<Vec<_>>(), kept);
    }
}
