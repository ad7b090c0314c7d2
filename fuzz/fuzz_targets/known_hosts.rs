//! `ssh_known_hosts`: what is read from it, whichever reader is asked, and what an edit leaves alone.
//!
//! The first line of an input are the names that are asked for; the file follows.
#![no_main]

use hostbased::key::PublicKey;
use hostbased::known_hosts::{
    Document, Draft, Entry, Index, KnownHosts, LineContent, Renamed, Scan, Source, check_host_key,
};
use hostbased::name::{HostName, HostText};
use hostbased_fuzz::{edits, questions};
use libfuzzer_sys::fuzz_target;

/// So many names and keys are asked for: each is looked for on each line.
const MOST: usize = 4;

fuzz_target!(|input: &[u8]| {
    let (mut names, file) = questions(input);
    names.truncate(MOST);
    let document = Document::parse(file);
    let keys: Vec<PublicKey> = document.entries().take(MOST).map(|(_, entry)| entry.key().clone()).collect();

    readers_agree(&document, file, &names, &keys);
    a_draft_says_the_same(&document, file, &names, &keys);
    edits::leave_other_lines::<LineContent>(file, input.len(), names.first().copied().unwrap_or(b"# nothing"));
    if let Some((name, others)) = names.split_first() {
        for (number, entry) in document.entries().take(MOST) {
            a_renamed_line_keeps_the_rest(&document, number, entry, name, others);
        }
    }
});

fn visits(of: &dyn KnownHosts, name: &[u8]) -> Vec<(usize, Entry)> {
    let mut seen = Vec::new();
    of.for_each_matching(name, &mut |line, entry| seen.push((line, entry.clone())));
    seen
}

/// The index, which a server asks, and the scan of a user's file, beside the document, which tries every line.
fn readers_agree(document: &Document, file: &[u8], names: &[&[u8]], keys: &[PublicKey]) {
    let (index, scan) = (Index::new(file.to_vec()), Scan::new(file.to_vec()));
    let problems: Vec<_> = document.problems().map(|(line, problem)| (line, problem.clone())).collect();
    assert_eq!(index.problems().collect::<Vec<_>>(), problems);
    assert_eq!(scan.problems().collect::<Vec<_>>(), problems);
    for name in names {
        let theirs = visits(document, name);
        assert_eq!(visits(&index, name), theirs, "index");
        assert_eq!(visits(&index, name), theirs, "index, asked again");
        assert_eq!(visits(&scan, name), theirs, "scan");
        for key in keys {
            let [ours, naive] = [&index as &dyn KnownHosts, document]
                .map(|document| check_host_key(&[Source { file: "known_hosts", document }], name, key));
            assert_eq!(ours, naive);
        }
    }
}

/// The draft of a change, in which only some lines are read.
fn a_draft_says_the_same(document: &Document, file: &[u8], names: &[&[u8]], keys: &[PublicKey]) {
    let draft = Draft::new(file, names.iter().copied(), keys);
    assert_eq!(draft.lines(), document.lines().count());
    for name in names {
        let theirs: Vec<_> = document.entries().filter(|(_, entry)| entry.matches(name) || entry.names(name)).collect();
        assert_eq!(draft.about(name).collect::<Vec<_>>(), theirs);
    }
    for key in keys {
        let theirs: Vec<_> = document.entries().filter(|(_, entry)| entry.key() == key).collect();
        assert_eq!(draft.holding(key).collect::<Vec<_>>(), theirs);
    }
}

fn a_renamed_line_keeps_the_rest(document: &Document, number: usize, entry: &Entry, add: &[u8], drop: &[&[u8]]) {
    let add = std::str::from_utf8(add).ok().and_then(|name| HostName::new(name).ok());
    let add: Vec<HostText> = add.iter().map(HostText::from).collect();
    match document.rename(number, &add, drop) {
        Ok(Renamed::Text(text)) => {
            let mut edited = document.clone();
            edited.replace(number, &text).unwrap();
            let others = |document: &Document| {
                let others = document.lines().filter(|line| line.number() != number);
                others.map(|line| line.raw().to_vec()).collect::<Vec<_>>()
            };
            assert_eq!(others(&edited), others(document));
            let Some(LineContent::Entry(after)) = edited.line(number).map(hostbased::lines::Line::content) else {
                panic!("a renamed entry is one");
            };
            assert_eq!((after.marker(), after.key(), after.comment()), (entry.marker(), entry.key(), entry.comment()));
            assert!(add.iter().all(|name| after.names(name.as_bytes()) && after.matches(name.as_bytes())));
            let added = |name: &[u8]| add.iter().any(|added| added.as_bytes().eq_ignore_ascii_case(name));
            assert!(drop.iter().all(|name| added(name) || !after.names(name)));
        }
        Ok(Renamed::Same) => assert!(add.iter().all(|name| entry.names(name.as_bytes()))),
        Ok(Renamed::Gone) | Err(_) => {}
    }
}
