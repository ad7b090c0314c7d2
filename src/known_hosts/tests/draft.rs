//! A draft says of the names and keys that it was made for what a document says, whatever is edited in both.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::known_hosts::index::tests::{Grammar, NAMES};
use crate::lines::testing::Random;

fn visits(of: &dyn KnownHosts, name: &[u8]) -> Vec<(usize, Entry)> {
    let mut seen = Vec::new();
    of.for_each_matching(name, &mut |line, entry| seen.push((line, entry.clone())));
    seen
}

/// What a document that was edited so says, line for line; a line that was removed is empty and keeps its number.
struct Model {
    document: Document,
    gone: Vec<usize>,
}

impl Model {
    fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.document.entries().filter(|(line, _)| !self.gone.contains(line))
    }

    fn assert_same(&self, draft: &Draft<'_>, names: &[&[u8]], keys: &[PublicKey], about: &str) {
        for name in NAMES.map(str::as_bytes) {
            let theirs: Vec<_> = self.entries().filter(|(_, entry)| entry.matches(name)).collect();
            let ours = visits(draft, name);
            assert_eq!(
                ours.iter().map(|(line, entry)| (*line, entry)).collect::<Vec<_>>(),
                theirs,
                "{name:?}: {about}"
            );
        }
        for name in names {
            let theirs: Vec<_> = self.entries().filter(|(_, entry)| entry.matches(name) || entry.names(name)).collect();
            assert_eq!(draft.about(name).collect::<Vec<_>>(), theirs, "{name:?}: {about}");
        }
        for key in keys {
            let theirs: Vec<_> = self.entries().filter(|(_, entry)| entry.key() == key).collect();
            assert_eq!(draft.holding(key).collect::<Vec<_>>(), theirs, "{key}: {about}");
        }
    }
}

#[test]
fn it_says_what_a_document_says() {
    let (grammar, mut random) = (Grammar::new(), Random::new(11));
    let all = [key(ED25519), key(RSA), key(CA), key(ED25519_CERT)];
    let lower: Vec<&[u8]> = NAMES
        .iter()
        .map(|name| name.as_bytes())
        .filter(|name| !name.is_empty() && !name.iter().any(u8::is_ascii_uppercase))
        .collect();
    let (mut edits, mut found) = (0, 0);
    for _ in 0..2_000 {
        let file = grammar.file(&mut random);
        let names: Vec<&[u8]> = lower.iter().copied().filter(|_| random.below(3) == 0).collect();
        let keys: Vec<PublicKey> = all.iter().filter(|_| random.below(2) == 0).cloned().collect();
        let mut draft = Draft::new(&file, names.iter().copied(), &keys);
        let mut model = Model { document: Document::parse(&file), gone: Vec::new() };
        let shown = String::from_utf8_lossy(&file).into_owned();
        assert_eq!(draft.lines(), model.document.lines().count());
        model.assert_same(&draft, &names, &keys, &shown);
        for _ in 0..random.below(4) {
            let mut new = Vec::new();
            grammar.line(&mut random, &mut new);
            new.retain(|&byte| byte != b'\n');
            let read: Vec<usize> = draft.entries().map(|(line, _)| line).collect();
            found += read.len();
            match (random.below(3), read.is_empty()) {
                (0, false) => {
                    let line = *random.pick(&read);
                    draft.replace(line, &new).unwrap();
                    model.document.replace(line, &new).unwrap();
                }
                (1, false) => {
                    let line = *random.pick(&read);
                    draft.remove(line).unwrap();
                    model.gone.push(line);
                }
                _ => assert_eq!(draft.append(&new).unwrap(), model.document.append(&new).unwrap()),
            }
            edits += 1;
            model.assert_same(&draft, &names, &keys, &shown);
        }
        for (line, _) in draft.entries() {
            assert_eq!(draft.text(line).unwrap(), model.document.line(line).unwrap().text());
        }
    }
    assert!(edits > 1_000 && found > 1_000, "the generator must find its way: {edits} edits, {found} entries");
}

#[test]
fn lines_that_were_not_read_cannot_be_edited_by_number() {
    let file = format!("node1 {}\nnode2 {}\n", text(ED25519), text(RSA));
    let mut draft = Draft::new(file.as_bytes(), [&b"node2"[..]], []);
    let missing = EditError::NoSuchLine { number: 1, lines: 2 };
    assert_eq!((draft.replace(1, b"x"), draft.remove(1)), (Err(missing), Err(missing)));
    assert_eq!(draft.rename(1, &[], &[]), Err(RenameError::Edit(missing)));
    assert_eq!(draft.append(b"a\nb"), Err(EditError::LineEnd));
    assert_eq!(draft.rename(2, &["10.0.0.2".parse::<std::net::IpAddr>().unwrap().into()], &[]).map(|_| ()), Ok(()));
}
