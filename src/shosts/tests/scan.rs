//! A scan asks no more of netgroups than it may; otherwise it says what a document says (`index`, `check`).

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use std::cell::Cell;

use super::*;

const ALICE: Query<'static> =
    Query { host: b"node1", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };

/// Only the group `last` has members, and it has everybody; counts what it is asked.
#[derive(Default)]
struct Counted(Cell<usize>);

impl Netgroups for Counted {
    fn contains(&self, group: &[u8], _host: Option<&[u8]>, _user: Option<&[u8]>) -> Membership {
        self.0.set(self.0.get() + 1);
        Membership::from(group == b"last")
    }
}

fn ask(of: &dyn Equiv) -> (EquivMatch, usize) {
    let netgroups = Counted::default();
    (of.check(&ALICE, &netgroups), netgroups.0.get())
}

#[test]
fn so_many_netgroup_questions_are_asked_and_no_more() {
    // For each line the name and the address are asked.
    let lines = MAX_NETGROUP_QUESTIONS / 2;
    let allow = |line| EquivMatch::Allow { line };
    let deny = |line| EquivMatch::Deny { line };
    let no = EquivMatch::NoMatch;
    for (groups, last, wanted, asked) in [
        (lines - 1, "@last", allow(lines), 2 * lines - 1),
        (lines, "@last", no, 2 * lines),
        (lines, "+@last", no, 2 * lines),
        (lines, "node1 @last", no, 2 * lines),
        (lines - 1, "-@last", deny(lines), 2 * lines - 1),
        (lines - 1, "-@none", no, 2 * lines),
        (lines, "-@none", deny(lines + 1), 2 * lines),
        (lines, "node1 -@none", deny(lines + 1), 2 * lines),
        (lines, "@none -alice", deny(lines + 1), 2 * lines),
        (lines, "node1", allow(lines + 1), 2 * lines),
        (lines, "-@none bob", no, 2 * lines),
        (20 * lines, "-@none", deny(20 * lines + 1), 2 * lines),
        // The first question of the line is the last that is asked.
        (lines - 1, "node1 @none\n@last", allow(lines + 1), 2 * lines),
        (lines - 1, "node1 @none\n@none\nnode1 @last", no, 2 * lines),
    ] {
        let file = format!("{}{last}\n", "@none\n".repeat(groups));
        let scan = Scan::new(file.clone().into_bytes());
        assert_eq!(ask(&scan), (wanted, asked), "{groups} groups, then {last}");
        assert_eq!(ask(&scan), (wanted, asked), "each check has its own");
        // The system's files are root's own choice.
        let document = Document::parse(file.as_bytes());
        let (answer, questions) = ask(&document);
        assert!(questions >= asked && ask(&Index::new(file.as_bytes())) == (answer, questions));
    }
}

#[test]
fn the_first_match_ends_the_questions() {
    let scan = Scan::new(b"@none\n@last\n-@last\n".to_vec());
    assert_eq!(ask(&scan), (EquivMatch::Allow { line: 2 }, 3));
}
