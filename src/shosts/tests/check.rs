//! The decision of one file.

use super::*;

const ALICE: Query<'static> =
    Query { host: b"node1.test", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };

/// (node1.test,,) and (10.0.0.9,,) in `hosts`; (,alice,) in `users`.
struct Groups;

impl Netgroups for Groups {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        let is_member = match (group, host, user) {
            (b"", ..) => panic!("asked for a netgroup without a name"),
            (b"hosts", Some(host), None) => matches!(host, b"node1.test" | b"10.0.0.9"),
            (b"users", None, Some(user)) => user == b"alice",
            (_, Some(_), Some(_)) => panic!("asked for a host and a user at once"),
            _ => false,
        };
        is_member.into()
    }
}

fn ask(file: &str, query: &Query<'_>) -> EquivMatch {
    let answer = Document::parse(file.as_bytes()).check(query, &Groups);
    assert_eq!(Index::new(file.as_bytes()).check(query, &Groups), answer, "an index says the same: {file}");
    assert_eq!(Scan::new(file.as_bytes().to_vec()).check(query, &Groups), answer, "a scan says the same: {file}");
    answer
}

fn allow(line: usize) -> EquivMatch {
    EquivMatch::Allow { line }
}

fn deny(line: usize) -> EquivMatch {
    EquivMatch::Deny { line }
}

#[test]
fn a_host_matches_by_its_name_in_any_case_or_by_its_address() {
    for file in ["node1.test", "NODE1.Test", "10.0.0.1", "+node1.test"] {
        assert_eq!(ask(file, &ALICE), allow(1), "{file}");
    }
    for file in [
        "",
        "node1",
        "node1.test.",
        "node11.test",
        "*",
        "*.test",
        "node?.test",
        "10.0.0.0/24",
        "10.0.0.*",
        "10.0.0.10",
        "node1.test,node2.test",
        "[node1.test]",
        "[node1.test]:22",
        "\u{feff}node1.test",
        "\"node1.test\"",
        "node1.test\\",
    ] {
        assert_eq!(ask(file, &ALICE), EquivMatch::NoMatch, "{file}");
    }
    let v6 = Query { host: b"2001:db8::A", address: b"2001:db8::a", ..ALICE };
    assert_eq!(ask("2001:DB8::A", &v6), allow(1), "as a name it matches in any case");
    let v6 = Query { host: b"node1.test", ..v6 };
    assert_eq!(ask("2001:db8::a", &v6), allow(1));
    assert_eq!(ask("2001:DB8::A", &v6), EquivMatch::NoMatch, "the address matches exactly");
    assert_eq!(ask("2001:db8:0::a", &v6), EquivMatch::NoMatch);
}

#[test]
fn without_a_user_both_names_are_equal() {
    assert_eq!(ask("node1.test", &ALICE), allow(1));
    for (client_user, server_user) in [("alice", "bob"), ("Alice", "alice"), ("alice", "Alice"), ("alice", "alice2")] {
        let query = Query { client_user: client_user.as_bytes(), server_user: server_user.as_bytes(), ..ALICE };
        assert_eq!(ask("node1.test", &query), EquivMatch::NoMatch, "{client_user} to {server_user}");
    }
}

#[test]
fn with_a_user_only_the_client_user_counts() {
    let bob = Query { server_user: b"bob", ..ALICE };
    assert_eq!(ask("node1.test alice", &ALICE), allow(1));
    assert_eq!(ask("node1.test alice", &bob), allow(1), "any account");
    for user in ["Alice", "bob", "alic", "alicex", "*", "#alice"] {
        assert_eq!(ask(&format!("node1.test {user}"), &bob), EquivMatch::NoMatch, "{user}");
    }
    assert_eq!(ask("node2.test alice", &ALICE), EquivMatch::NoMatch);
    assert_eq!(ask("node1.test +alice", &ALICE), allow(1));
}

#[test]
fn signs_on_either_field_deny() {
    for file in ["-node1.test", "-10.0.0.1", "node1.test -alice", "-node1.test alice", "-node1.test -alice"] {
        assert_eq!(ask(file, &ALICE), deny(1), "{file}");
    }
    for file in ["-node2.test", "-node1.test bob", "node1.test -bob", "-+node1.test", "node1.test -+alice"] {
        assert_eq!(ask(file, &ALICE), EquivMatch::NoMatch, "{file}");
    }
    // A denial without user denies same-name logins only.
    let bob = Query { server_user: b"bob", ..ALICE };
    assert_eq!(ask("-node1.test\nnode1.test alice", &bob), allow(2));
    assert_eq!(ask("-node1.test\nnode1.test alice", &ALICE), deny(1));
}

#[test]
fn the_first_match_decides() {
    assert_eq!(ask("-node1.test\nnode1.test\n", &ALICE), deny(1));
    assert_eq!(ask("node1.test\n-node1.test\n", &ALICE), allow(1));
    assert_eq!(ask("#\n-node2.test\n+\nnode1.test x y\n10.0.0.1\n-node1.test\n", &ALICE), allow(5));
    assert_eq!(ask("NO_PLUS\nnode1.test", &ALICE), allow(2));
    assert_eq!(ask("NO_PLUS node1.test", &ALICE), EquivMatch::NoMatch);
}

#[test]
fn there_is_no_any_host_and_no_any_user() {
    for file in ["+", "+ +", "+ alice", "node1.test +", "-", "node1.test -", "- alice"] {
        assert_eq!(ask(file, &ALICE), EquivMatch::NoMatch, "{file}");
    }
}

#[test]
fn netgroups_hold_hosts_by_name_or_address_and_client_users() {
    for file in ["@hosts", "+@hosts", "@hosts alice", "@hosts @users", "node1.test +@users"] {
        assert_eq!(ask(file, &ALICE), allow(1), "{file}");
    }
    for file in ["-@hosts", "-@hosts alice", "node1.test -@users", "@hosts -alice"] {
        assert_eq!(ask(file, &ALICE), deny(1), "{file}");
    }
    for file in ["@users", "@hosts bob", "node1.test @hosts", "@none", "-@none", "@", "node1.test @", "@Hosts"] {
        assert_eq!(ask(file, &ALICE), EquivMatch::NoMatch, "{file}");
    }
    let by_address = Query { host: b"other.test", address: b"10.0.0.9", ..ALICE };
    assert_eq!(ask("@hosts", &by_address), allow(1));
    // The user's netgroup is asked for the client user, not the account.
    let account = Query { client_user: b"bob", server_user: b"alice", ..ALICE };
    assert_eq!(ask("@hosts @users", &account), EquivMatch::NoMatch);
    let client = Query { client_user: b"alice", server_user: b"bob", ..ALICE };
    assert_eq!(ask("@hosts @users", &client), allow(1));
}

#[test]
fn without_netgroups_a_negative_one_denies_nobody() {
    let document = Document::parse(b"-@hosts\n@hosts\nnode1.test\n");
    assert_eq!(document.check(&ALICE, &NoNetgroups), EquivMatch::Allow { line: 3 });
    assert_eq!(document.check(&ALICE, &Groups), EquivMatch::Deny { line: 1 });
}

/// Of the group `hosts` all is known, and of no other.
struct OnlyHosts;

impl Netgroups for OnlyHosts {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        if group == b"hosts" { Groups.contains(group, host, user) } else { Membership::Unknown }
    }
}

#[test]
fn a_netgroup_that_cannot_be_asked_denies_and_does_not_allow() {
    let asked = |file: &str, query: &Query<'_>| Document::parse(file.as_bytes()).check(query, &OnlyHosts);
    for file in
        ["-@x", "-@x alice", "@x -alice", "node1.test -@x", "-node1.test @x", "-@x @x", "@hosts -@x", "@x -@hosts"]
    {
        let file = format!("{file}\nnode1.test\n");
        let wanted = if file.contains("-@hosts") { allow(2) } else { deny(1) };
        assert_eq!(asked(&file, &ALICE), wanted, "{file}");
    }
    for file in
        ["@x", "+@x", "@x alice", "node1.test @x", "@x @x", "@hosts @x", "-@x bob", "-node2.test @x", "-@none bob"]
    {
        assert_eq!(asked(file, &ALICE), EquivMatch::NoMatch, "{file}");
        assert_eq!(asked(&format!("{file}\nnode1.test\n"), &ALICE), allow(2), "{file}");
    }
    // The account's name stands for a user that is missing, with its signs.
    let account = |name| Query { server_user: name, ..ALICE };
    assert_eq!(asked("node1.test", &account(b"-@x")), deny(1));
    assert_eq!(asked("node1.test", &account(b"@x")), EquivMatch::NoMatch);
    // Known by its name, so that its address is not asked for.
    assert_eq!(asked("-@hosts\n@x\n", &ALICE), deny(1));
}

#[test]
fn signs_of_the_account_name_count_too() {
    let account = |name| Query { server_user: name, ..ALICE };
    assert_eq!(ask("node1.test", &account(b"-alice")), deny(1));
    assert_eq!(ask("node1.test", &account(b"+alice")), allow(1));
    assert_eq!(ask("node1.test", &account(b"@users")), allow(1));
    assert_eq!(ask("node1.test", &account(b"-@users")), deny(1));
    for name in ["", "+", "-", "@", "-@", "@none", "-bob"] {
        assert_eq!(ask("node1.test", &account(name.as_bytes())), EquivMatch::NoMatch, "{name}");
    }
    // With a user in the entry the account is not looked at.
    assert_eq!(ask("node1.test alice", &account(b"-alice")), allow(1));
}

#[test]
fn the_line_number_is_the_lines_not_the_pieces() {
    let file = format!("# one\n#{}node1.test\n", "x".repeat(1022));
    assert_eq!(ask(&file, &ALICE), allow(2));
}
