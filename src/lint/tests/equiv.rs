//! `shosts.equiv` and `hosts.equiv`: what sshd does with each line (tests/differential asks a real one), and what is found.

use super::*;
use crate::shosts::{Document, Equiv, EquivMatch, Membership, Netgroups, NoNetgroups, Query};

/// Whether this user of this host gets into this account by the file.
fn admits(text: impl AsRef<[u8]>, host: &str, client: &str, server: &str) -> bool {
    let query = Query {
        host: host.as_bytes(),
        address: host.as_bytes(),
        client_user: client.as_bytes(),
        server_user: server.as_bytes(),
    };
    matches!(Document::parse(text.as_ref()).check(&query, &NoNetgroups), EquivMatch::Allow { .. })
}

/// The line finds this; and node1 (or who else is asked for) gets in for alice by it, or not.
#[track_caller]
fn line(text: &str, wanted: &[&str], host: &str, is_admitted: bool) {
    assert_eq!(found_in_equiv(text, None), wanted, "{text:?}");
    assert_eq!(admits(text, host, "alice", "alice"), is_admitted, "{text:?}");
}

#[test]
fn lines_without_a_trap_are_not_found() {
    for text in [
        "node1",
        "+node1",
        "10.0.0.1",
        "fd77::1",
        "fe80::1%eth0",
        "@group",
        "# any # thing",
        " \t# x",
        "",
        "NO_PLUS",
        "a_b.test",
    ] {
        assert_eq!(found_in_equiv(text, None), [""; 0], "{text}");
    }
}

#[test]
fn what_stands_behind_an_entry_is_no_comment() {
    line("node1 # x", &["s:1:6-9 trailing-comment admits"], "node1", false);
    line("# x\nnode1", &[], "node1", true);
    line("node1 bob # x", &["s:1:10-13 trailing-comment admits"], "node1", false);
    line("node1 #x y", &["s:1:6-10 trailing-comment admits"], "node1", false);
    line("node1 #x", &["s:1:6-8 comment-as-user admits"], "node1", false);
    assert!(admits("node1 #x", "node1", "#x", "anybody"), "who is called so gets in");
    // A denial that is lost lets in whoever comes behind it.
    line("-node1 # x\nnode1", &["s:1:7-10 trailing-comment! fix"], "node1", true);
    line("node1 -alice # x\nnode1", &["s:1:13-16 trailing-comment! fix"], "node1", true);
    line("node1 a b", &["s:1:8-9 extra-fields"], "node1", false);
    line("-node1 a b\nnode1", &["s:1:9-10 extra-fields!"], "node1", true);
    line("node1\rnode2\rnode3\r", &["s:1:12-17 extra-fields"], "node1", false);
}

#[test]
fn signs_alone_are_ignored() {
    line("+", &["s:1:0-1 every-host fix"], "node1", false);
    line("+ +", &["s:1:0-1 every-host fix"], "node1", false);
    line("+ alice", &["s:1:0-1 every-host fix"], "node1", false);
    line("-\nnode1", &["s:1:0-1 every-host!"], "node1", true);
    line("node1 +", &["s:1:6-7 every-user"], "node1", false);
    line("node1 -\nnode1", &["s:1:6-7 every-user!"], "node1", true);
    line("@", &["s:1:0-1 netgroup-without-name"], "node1", false);
    line("+@", &["s:1:0-2 netgroup-without-name"], "node1", false);
    line("node1 @", &["s:1:6-7 netgroup-without-name"], "node1", false);
    // rsh reads one of both files.
    let document = Document::parse(b"+\nnode1 +\nnode1\n");
    let found = lint(&Inputs { hosts_equiv: Some(&document), ..Inputs::default() });
    assert_eq!(shown(&found), ["h:1:0-1 every-host!", "h:2:6-7 every-user!", "h:3:0-5 hosts-equiv"]);
    assert!(found[0].text.contains("rsh and rlogin admit every host"));
    let document = Document::parse(b"-node1\n# node1\n");
    let found = lint(&Inputs { hosts_equiv: Some(&document), ..Inputs::default() });
    assert_eq!(shown(&found), ["h:1:0-6 denial-without-effect."], "it admits nobody");
}

#[test]
fn a_user_gets_into_every_account() {
    line("node1 alice", &["s:1:6-11 every-account"], "node1", true);
    assert!(admits("node1 alice", "node1", "alice", "bob"));
    assert!(!admits("node1", "node1", "alice", "bob"));
    line("node1 @staff", &["s:1:6-12 every-account"], "node1", false);
    line("node1 root", &["s:1:6-10 root-user"], "node1", false);
    assert!(admits("node1 root", "node1", "root", "bob"));
    line("node1 -alice\nnode1", &[], "node1", false);
    line("node1 node1.test", &["s:1:6-16 host-as-user"], "node1", false);
    line("node1 10.0.0.1", &["s:1:6-14 host-as-user"], "node1", false);
    line("node1 Alice", &["s:1:6-11 every-account", "s:1:6-11 mixed-case-user."], "node1", false);
    assert!(admits("node1 Alice", "node1", "Alice", "x") && !admits("node1 alice", "node1", "Alice", "Alice"));
}

#[test]
fn hosts_are_taken_literally() {
    line("*.test", &["s:1:0-6 wildcard-host"], "a.test", false);
    line("node?", &["s:1:0-5 wildcard-host"], "node1", false);
    line("10.0.0.0/24", &["s:1:0-11 network"], "10.0.0.1", false);
    line("node1,10.0.0.1", &["s:1:0-14 host-list admits"], "node1", false);
    line("node1,*", &["s:1:0-7 host-list"], "node1", false);
    line("[fd77::1]", &["s:1:0-9 bracketed-host admits"], "fd77::1", false);
    line("[node1]:22", &["s:1:0-10 bracketed-host admits"], "node1", false);
    line("node1:22", &["s:1:0-8 bracketed-host admits"], "node1", false);
    line("fd77:0::1", &["s:1:0-9 address-text admits"], "fd77::1", false);
    line("::ffff:10.0.0.1", &["s:1:0-15 address-text admits"], "10.0.0.1", false);
    // Whoever wrote that may have meant 8.0.0.1, or 10.0.0.1.
    line("010.0.0.1", &["s:1:0-9 address-text"], "8.0.0.1", false);
    line("[010.0.0.1]", &["s:1:0-11 bracketed-host"], "8.0.0.1", false);
    line("10.0.0.01", &["s:1:0-9 address-text"], "10.0.0.1", false);
    line("0x0a.0.0.1", &["s:1:0-10 address-text admits"], "10.0.0.1", false);
    line("10.1", &["s:1:0-4 address-text admits"], "10.0.0.1", false);
    // In capitals it is found as a name where sshd looks up addresses, and not as the address beside a name.
    line("FD77::1", &["s:1:0-7 address-text admits"], "fd77::1", true);
    let query = Query { host: b"node1", address: b"fd77::1", client_user: b"a", server_user: b"a" };
    assert_eq!(Document::parse(b"FD77::1").check(&query, &NoNetgroups), EquivMatch::NoMatch);
    line("node1.", &["s:1:0-6 final-dot admits"], "node1", false);
    line("\"node1\"", &["s:1:0-7 bad-name"], "node1", false);
    line("-+node1\nnode1", &["s:1:0-7 denial-without-effect.", "s:1:1-7 bad-name!"], "node1", true);
    line("-node1.\nnode1", &["s:1:0-7 denial-without-effect.", "s:1:1-7 final-dot! admits"], "node1", true);
    line("NODE1", &[], "node1", true);
}

#[test]
fn a_line_is_read_in_pieces() {
    let comment = |length: usize, tail: &str| format!("{}{tail}\n", "#".repeat(length));
    line(&comment(1023, "node1"), &["s:1:1023-1028 long-line! fix"], "node1", true);
    line(&comment(1022, "node1"), &["s:1:1023-1027 long-line! fix"], "node1", false);
    line(&comment(1023, ""), &[], "node1", false);
    line(&comment(1023, "# x"), &["s:1:1023-1026 long-line fix"], "node1", false);
    // What denies by its tail is no comment to be wrapped without asking.
    line(&comment(1023, "-node1"), &["s:1:0-1029 denial-without-effect.", "s:1:1023-1029 long-line"], "node1", false);
    let blanks = format!("{}node1\n", " ".repeat(1020));
    assert_eq!(found_in_equiv(&blanks, None), ["s:1:1023-1025 long-line!"]);
    assert!(!admits(&blanks, "node1", "a", "a") && admits(&blanks, "e1", "a", "a"));
}

#[test]
fn what_editors_leave_is_found() {
    line("\u{feff}node1\nnode2", &["s:1:0-3 byte-order-mark admits"], "node1", false);
    line("\u{feff}# x\nnode1", &["s:1:0-3 byte-order-mark fix"], "node1", true);
    line("node2\n\u{feff}node1", &["s:2:0-8 bad-name"], "node1", false);
    line("node1\r\nnode2\r\n", &["s:1:5-6 carriage-return. fix"], "node1", true);
    line("node1\0 bob", &["s:1:5-6 nul-byte"], "node1", true);
    line("NO_PLUS\nnode1", &[], "node1", true);
    line("NO_PLUS-1", &["s:1:0-9 no-plus"], "NO_PLUS-1", false);
    line("NO_PLUS node1", &["s:1:0-13 no-plus"], "node1", false);
}

#[test]
fn the_first_line_that_matches_decides() {
    line("node1\n-node1", &["s:2:0-6 denial-too-late! fix"], "node1", true);
    line("-node1\nnode1", &["s:2:0-5 never-reached"], "node1", false);
    line("node1 bob\n-node1", &["s:1:6-9 every-account", "s:2:0-6 denial-too-late! fix"], "node1", false);
    assert!(admits("node1 bob\n-node1", "node1", "bob", "bob"), "whom the denial means");
    line("node1\n-node1 alice", &["s:2:0-12 denial-too-late! fix"], "node1", true);
    line("node1 bob\n-node1 alice", &["s:1:6-9 every-account", "s:2:0-12 denial-without-effect."], "node1", false);
    line("NODE1\nnode1", &["s:2:0-5 duplicate-line. fix"], "node1", true);
    line("node1\n+node1\nnode1 +node1", &["s:2:0-6 duplicate-line. fix", "s:3:6-12 every-account"], "node1", true);
    line("@g\n-@g", &["s:2:0-3 denial-too-late! fix"], "node1", false);
    line("@g\n-@h\n-node1\nnode2", &["s:3:0-6 denial-without-effect."], "node1", false);
}

#[test]
fn a_denial_shuts_out_less_than_it_seems() {
    // Logins under the same name only.
    line("-node1\nnode1 bob", &["s:1:0-6 partial-denial", "s:2:6-9 every-account"], "node1", false);
    assert!(admits("-node1\nnode1 bob", "node1", "bob", "alice"));
    // Nobody else admits it, so that the line does nothing.
    line("-node1\nnode2", &["s:1:0-6 denial-without-effect."], "node1", false);
    // Under another name, or by a netgroup, somebody may.
    line("-node1\n10.0.0.1", &[], "node1", false);
    line("-10.0.0.1\nnode1", &[], "node1", true);
    line("-node1\n@g", &[], "node1", false);
    // Its own file only.
    let (first, second) = (Document::parse(b"-node1\n-node2\n"), Document::parse(b"node1\nnode3\n"));
    let found = lint(&Inputs { hosts_equiv: Some(&first), shosts: Some(&second), ..Inputs::default() });
    let without = "h:1:0-6 denial-without-effect.";
    assert_eq!(shown(&found), ["h:1:0-6 denial-overridden", without, "h:2:0-6 denial-without-effect."]);
    assert!(admits(second.to_bytes(), "node1", "a", "a") && !admits(second.to_bytes(), "node2", "a", "a"));
}

#[test]
fn names_and_addresses_are_found_by_what_sshd_looks_up() {
    let found = |text: &str, names| found_in_equiv(text, Some(names));
    assert_eq!(found("node1\n10.0.0.1", Names::Address), ["s:1:0-5 never-looked-up"]);
    assert_eq!(found("node1\n10.0.0.1", Names::Packet), ["s:2:0-8 never-looked-up"]);
    assert_eq!(found("node1\n10.0.0.1", Names::Dns), ["s:2:0-8 stale-address"]);
    assert_eq!(found("node1\n10.0.0.1", Names::Both), [""; 0]);
    assert_eq!(found("-node1\n@g", Names::Address), ["s:1:1-6 never-looked-up!"]);
    assert_eq!(found("-10.0.0.1\n@g", Names::Dns), [""; 0]);
    // What can never match has one finding.
    assert_eq!(found("*.test", Names::Address), ["s:1:0-6 wildcard-host"]);
}

/// `here` has members, nothing else has.
#[derive(Debug)]
struct Here;

impl Netgroups for Here {
    fn contains(&self, group: &[u8], _: Option<&[u8]>, _: Option<&[u8]>) -> Membership {
        if group == b"unasked" { Membership::Unknown } else { (group == b"here").into() }
    }
}

#[test]
fn netgroups_without_members_are_found_where_they_can_be_asked() {
    let text = b"@here\n+@gone\n-@gone2\nnode1 @gone\n@unasked\n@gone\n";
    let document = Document::parse(text);
    let inputs = Inputs { shosts: Some(&document), ..Inputs::default() };
    let unknown = |inputs: &Inputs<'_>| {
        shown(&lint(inputs).into_iter().filter(|finding| finding.code == Code::UnknownNetgroup).collect::<Vec<_>>())
    };
    assert_eq!(unknown(&inputs), [""; 0]);
    assert_eq!(
        unknown(&Inputs { netgroups: Some(&Here), ..inputs }),
        [
            "s:2:1-6 unknown-netgroup",
            "s:3:1-7 unknown-netgroup!",
            "s:4:6-11 unknown-netgroup",
            "s:6:0-5 unknown-netgroup"
        ]
    );
}
