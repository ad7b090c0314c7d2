//! A process that has no descriptor left to ask the system with. Alone in its process: it takes them all.

#![allow(clippy::disallowed_types, reason = "opens files until no more can be opened")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::File;

use hostbased::shosts::{Document, Equiv, EquivMatch, Membership, Netgroups, Query};
use hostbased::store::SystemNetgroups;
use nix::sys::resource::{Resource, setrlimit};

/// Opens files until at the most `left` more can be opened.
fn exhaust(left: usize) -> Vec<File> {
    let mut held = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        held.push(file);
    }
    held.truncate(held.len().saturating_sub(left));
    held
}

#[test]
fn a_netgroup_is_unknown_and_its_negative_line_denies() {
    let document = Document::parse(b"-@hostbased-no-such-group\n@hostbased-no-such-group\nnode1\n");
    let query = Query { host: b"node1", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };
    let member = || SystemNetgroups.contains(b"hostbased-no-such-group", Some(b"node1"), None);
    let answer = || (member(), document.check(&query, &SystemNetgroups));

    // Of its own few: those of the whole system are everybody's.
    setrlimit(Resource::RLIMIT_NOFILE, 64, 64).unwrap();
    let known = (Membership::NotMember, EquivMatch::Allow { line: 3 });
    assert_eq!(answer(), known);
    for left in [0, 1, 2, 7] {
        let held = exhaust(left);
        let without = answer();
        drop(held);
        assert_eq!(without, (Membership::Unknown, EquivMatch::Deny { line: 1 }), "{left} descriptors are left");
        assert_eq!(answer(), known, "all descriptors are there again");
    }
    let held = exhaust(8);
    let enough = answer();
    drop(held);
    assert_eq!(enough, known);
}
