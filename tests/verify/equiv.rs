//! The system's equiv files.

use hostbased::known_hosts::Place;
use hostbased::shosts::{Membership, Netgroups};
use hostbased::verify::{Refusal, Unreadable};

use crate::fixture::{Text, packet_only, refusal_is, with};

#[test]
fn the_equiv_files_let_the_user_of_that_host_in() {
    let equiv = |text: &'static str| with(|attempt| attempt.equiv = vec![("shosts.equiv", text.into())]);
    assert_eq!(equiv("10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(equiv("10.77.0.1 alice\n"), "accept 10.77.0.1");
    assert_eq!(equiv("10.77.0.1 bob\n"), "equiv-no-match");
    assert_eq!(equiv("node1.cluster.test\n"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.10\n"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.1 # note\n"), "equiv-no-match");
    assert_eq!(equiv("+\n"), "equiv-no-match");
    assert_eq!(equiv(""), "equiv-no-match");
    assert_eq!(with(|attempt| attempt.equiv.clear()), "equiv-no-files");
    assert_eq!(with(|attempt| attempt.client_user = "bob"), "equiv-no-match");
    refusal_is(
        |attempt| attempt.equiv = vec![("shosts.equiv", "# first\n-10.77.0.1\n10.77.0.1\n".into())],
        Refusal::EquivDenies(Place { file: "shosts.equiv", line: 2 }),
    );
}

#[test]
fn a_negative_line_ends_its_own_file_only() {
    let files = |first: &'static str, second: &'static str| {
        with(|attempt| attempt.equiv = vec![("hosts.equiv", first.into()), ("shosts.equiv", second.into())])
    };
    assert_eq!(files("-10.77.0.1\n", "10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(files("10.77.0.1\n", "-10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(files("-10.77.0.1\n", "10.77.0.2\n"), "equiv-denies");
    // Of two that deny, the first is named.
    refusal_is(
        |attempt| attempt.equiv = vec![("hosts.equiv", "-10.77.0.1\n".into()), ("shosts.equiv", "-10.77.0.1\n".into())],
        Refusal::EquivDenies(Place { file: "hosts.equiv", line: 1 }),
    );
}

#[test]
fn root_is_not_let_in_by_the_systems_files() {
    let root = |uid| {
        with(|attempt| {
            (attempt.user, attempt.account, attempt.client_user) = ("root", "root", "root");
            attempt.set_uid(uid);
        })
    };
    assert_eq!(root(0), "root-ignores-system-files");
    assert_eq!(root(1), "accept 10.77.0.1");
}

#[test]
fn files_that_are_missing_let_nobody_in_and_say_so() {
    let files = |first: Text, second: Text| {
        with(move |attempt| attempt.equiv = vec![("hosts.equiv", first.clone()), ("shosts.equiv", second.clone())])
    };
    assert_eq!(files(Text::Missing, Text::Missing), "equiv-no-files");
    assert_eq!(files(Text::Missing, "10.77.0.1\n".into()), "accept 10.77.0.1");
    assert_eq!(files("10.77.0.2\n".into(), Text::Missing), "equiv-no-match");
}

#[test]
fn a_file_that_cannot_be_read_is_the_reason_unless_another_lets_in() {
    let why = Unreadable::System { code: 13 };
    let files = move |second: &'static str| {
        move |attempt: &mut crate::fixture::Attempt| {
            attempt.equiv = vec![("hosts.equiv", Text::Unreadable(why)), ("shosts.equiv", second.into())];
        }
    };
    refusal_is(files("10.77.0.2\n"), Refusal::EquivUnreadable { file: "hosts.equiv", why });
    assert_eq!(with(files("10.77.0.1\n")), "accept 10.77.0.1");
    refusal_is(files("-10.77.0.1\n"), Refusal::EquivDenies(Place { file: "shosts.equiv", line: 1 }));
}

/// One netgroup, `nodes`, with one host and one user.
struct Nodes;

impl Netgroups for Nodes {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        let is_member = group == b"nodes"
            && host.is_none_or(|host| host == b"10.77.0.1")
            && user.is_none_or(|user| user == b"alice");
        is_member.into()
    }
}

#[test]
fn netgroups_hold_hosts_and_client_users() {
    let equiv = |text: &'static str, client_user: &'static str| {
        with(move |attempt| {
            attempt.netgroups = &Nodes;
            attempt.client_user = client_user;
            attempt.equiv = vec![("shosts.equiv", text.into())];
        })
    };
    assert_eq!(equiv("+@nodes\n", "alice"), "accept 10.77.0.1");
    assert_eq!(equiv("+@nodes\n", "bob"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.1 @nodes\n", "alice"), "accept 10.77.0.1");
    assert_eq!(equiv("10.77.0.1 @nodes\n", "bob"), "equiv-no-match");
    assert_eq!(equiv("-@nodes\n10.77.0.1\n", "alice"), "equiv-denies");
    assert_eq!(equiv("@others\n", "alice"), "equiv-no-match");
}

/// Netgroups that cannot be asked.
struct Silent;

impl Netgroups for Silent {
    fn contains(&self, _group: &[u8], _host: Option<&[u8]>, _user: Option<&[u8]>) -> Membership {
        Membership::Unknown
    }
}

#[test]
fn netgroups_that_cannot_be_asked_let_nobody_in() {
    let equiv = |text: &'static str| {
        with(move |attempt| {
            attempt.netgroups = &Silent;
            attempt.equiv = vec![("shosts.equiv", text.into())];
        })
    };
    assert_eq!(equiv("+@nodes\n"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.1 @nodes\n"), "equiv-no-match");
    assert_eq!(equiv("-@nodes\n10.77.0.1\n"), "equiv-denies");
    assert_eq!(equiv("10.77.0.1 -@nodes\n10.77.0.1\n"), "equiv-denies");
    assert_eq!(equiv("@nodes\n10.77.0.1\n"), "accept 10.77.0.1");
}

#[test]
fn with_the_name_from_the_packet_a_claimed_address_matches_its_line() {
    let claims = |host: &'static str| {
        with(move |attempt| {
            packet_only(attempt);
            attempt.client_host = host;
        })
    };
    assert_eq!(claims("10.77.0.1"), "accept 10.77.0.1");
    assert_eq!(claims("10.77.0.1."), "accept 10.77.0.1");
    assert_eq!(claims("10.77.0.2"), "equiv-no-match");
}
