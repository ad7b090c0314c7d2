//! `shosts.equiv` and its family: every reader beside a naive one, and what an edit leaves alone.
//!
//! The first line of an input has the host's name, its address, the user there and the account here; the file follows.
#![no_main]

use std::cell::Cell;

use hostbased::shosts::{
    Document, Draft, Equiv, EquivMatch, Index, LineContent, MAX_NETGROUP_QUESTIONS, Membership, Netgroups, Query, Scan,
};
use hostbased_fuzz::{edits, questions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (words, file) = questions(input);
    let word = |at: usize, otherwise: &'static [u8]| words.get(at).copied().unwrap_or(otherwise);
    let query = Query {
        host: word(0, b"node1"),
        address: word(1, b"10.0.0.1"),
        client_user: word(2, b"alice"),
        server_user: word(3, b"alice"),
    };
    let groups = Groups::default();
    let naive = naive(file, &query, &groups);

    let document = Document::parse(file);
    let check = |of: &dyn Equiv| of.check(&query, &Groups::default());
    assert_eq!(check(&document), naive);
    assert_eq!(check(&Index::new(file)), naive, "index");
    assert_eq!(check(&Draft::new(file, [query.host, query.address])), naive, "draft");
    assert_eq!(check(&Draft::new(file, [])), naive, "draft for others");
    if groups.asked.get() <= MAX_NETGROUP_QUESTIONS {
        assert_eq!(check(&Scan::new(file.to_vec())), naive, "scan");
    }
    edits::leave_other_lines::<Vec<LineContent>>(file, input.len(), query.client_user);
});

/// Groups whose members tell their names: the group's first letter says how it answers.
#[derive(Default)]
struct Groups {
    asked: Cell<usize>,
}

impl Netgroups for Groups {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        self.asked.set(self.asked.get() + 1);
        let member = host.or(user).unwrap_or_default();
        match group.first() {
            Some(b'u') => Membership::Unknown,
            Some(b'a') => Membership::Member,
            _ => Membership::from(group.last() == member.last()),
        }
    }
}

/// sshd's loop (auth-rhosts.c `check_rhosts_file`): a buffer that fgets(3) fills with at most 1023 bytes, in it the text up
/// to a NUL, up to three fields.
fn naive(file: &[u8], query: &Query<'_>, groups: &dyn Netgroups) -> EquivMatch {
    let (mut rest, mut line, mut line_is_over) = (file, 0, true);
    while !rest.is_empty() {
        line += usize::from(line_is_over);
        let mut length = 0;
        loop {
            length += 1;
            line_is_over = rest[length - 1] == b'\n';
            if line_is_over || length == 1023 || length == rest.len() {
                break;
            }
        }
        let buffer = &rest[..length];
        rest = &rest[length..];

        let text = &buffer[..buffer.iter().position(|&byte| byte == 0).unwrap_or(length)];
        let start = text.iter().position(|&byte| byte != b' ' && byte != b'\t').unwrap_or(text.len());
        if text[start..].starts_with(b"#") || text[start..].starts_with(b"NO_PLUS") {
            continue;
        }
        let mut fields = text.split(|&byte| b" \t\n\r\x0b\x0c".contains(&byte)).filter(|field| !field.is_empty());
        let (Some(host), user, None) = (fields.next(), fields.next(), fields.next()) else { continue };
        let user = user.unwrap_or(query.server_user);
        let sign = |field: &[u8]| field[0] == b'-';
        let bare = |field: &'_ [u8]| field[usize::from(field[0] == b'-' || field[0] == b'+')..].to_vec();
        let denies = sign(host) || sign(user);
        let (host, user) = (bare(host), bare(user));
        // Nobody, and a netgroup without name.
        if [&host, &user].iter().any(|field| field.is_empty() || field[..] == b"@"[..]) {
            continue;
        }
        let is_member =
            |group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>| match groups.contains(group, host, user) {
                Membership::Member => true,
                Membership::NotMember => false,
                Membership::Unknown => denies,
            };
        let host_matches = match host.strip_prefix(b"@") {
            Some(group) => is_member(group, Some(query.host), None) || is_member(group, Some(query.address), None),
            None => host.eq_ignore_ascii_case(query.host) || host == query.address,
        };
        let user_matches = || match user.strip_prefix(b"@") {
            Some(group) => is_member(group, None, Some(query.client_user)),
            None => user == query.client_user,
        };
        if host_matches && user_matches() {
            return if denies { EquivMatch::Deny { line } } else { EquivMatch::Allow { line } };
        }
    }
    EquivMatch::NoMatch
}
