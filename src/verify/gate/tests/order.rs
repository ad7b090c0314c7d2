//! The rules one by one, their order, and sshd's texts.

use super::*;

fn groups(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| name.as_bytes().to_vec()).collect()
}

fn users(allow: &[&str], deny: &[&str]) -> Policy {
    Policy { allow_users: strings(allow), deny_users: strings(deny), ..Policy::default() }
}

fn for_groups(allow: &[&str], deny: &[&str]) -> Policy {
    Policy { allow_groups: strings(allow), deny_groups: strings(deny), ..Policy::default() }
}

#[test]
fn an_account_that_nothing_speaks_against_passes() {
    assert_eq!(code(&Policy::default(), &ALICE), Ok(()));
}

#[test]
fn a_locked_account_is_refused_unless_pam_is_asked() {
    let locked = AccountEntry { locked: true, ..ALICE };
    assert_eq!(code(&Policy::default(), &locked), Err("account-locked"));
    let pam = Policy { use_pam: true, ..Policy::default() };
    assert_eq!(code(&pam, &locked), Ok(()));
    assert_eq!(code(&pam, &ALICE), Ok(()));
}

#[test]
fn the_shell_must_be_a_program_unless_the_session_is_chrooted() {
    let chroot = Policy { chroot_directory: Some("/srv".to_owned()), ..Policy::default() };
    for (shell, expected) in [
        (Shell::Missing("/bin/none"), GateRefusal::ShellMissing("/bin/none")),
        (Shell::NotExecutable("/etc/passwd"), GateRefusal::ShellNotExecutable("/etc/passwd")),
    ] {
        let entry = AccountEntry { shell, ..ALICE };
        assert_eq!(check(&Policy::default(), &name(), &entry, &peer()), Err(expected));
        assert_eq!(code(&chroot, &entry), Ok(()));
    }
    let locked = AccountEntry { locked: true, ..ALICE };
    assert_eq!(code(&chroot, &locked), Err("account-locked"));
    assert_eq!(code(&Policy { deny_users: strings(&["alice"]), ..chroot }, &ALICE), Err("user-denied"));
}

#[test]
fn denied_users_are_refused_and_others_pass() {
    for (deny, expected) in [
        (&["alice"][..], Err("user-denied")),
        (&["bob", "al*"], Err("user-denied")),
        (&["alic?"], Err("user-denied")),
        (&["bob", "Alice", "alic", "alicee", ""], Ok(())),
        // Neither negation nor a list: one pattern.
        (&["!bob"], Ok(())),
        (&["alice,bob"], Ok(())),
    ] {
        assert_eq!(code(&users(&[], deny), &ALICE), expected, "{deny:?}");
    }
}

#[test]
fn where_users_are_allowed_by_name_others_are_refused() {
    for (allow, expected) in [
        (&["alice"][..], Ok(())),
        (&["bob", "al*"], Ok(())),
        (&["bob", "Alice"], Err("user-not-allowed")),
        (&["!bob"], Err("user-not-allowed")),
        (&["alice,bob"], Err("user-not-allowed")),
        (&[""], Err("user-not-allowed")),
    ] {
        assert_eq!(code(&users(allow, &[]), &ALICE), expected, "{allow:?}");
    }
}

#[test]
fn groups_are_asked_for_only_where_they_count() {
    let with = |names: &[&str], policy: &Policy| {
        let groups = groups(names);
        check(policy, &name(), &AccountEntry { groups: &groups, ..ALICE }, &peer()).map_err(|r| r.code())
    };
    assert_eq!(with(&[], &Policy::default()), Ok(()));
    assert_eq!(with(&[], &for_groups(&["*"], &[])), Err("no-group"));
    assert_eq!(with(&[], &for_groups(&[], &["x"])), Err("no-group"));
    for (names, allow, deny, expected) in [
        (&["users", "ops"][..], &[][..], &["ops"][..], Err("group-denied")),
        (&["users", "ops"], &["users"], &["op*"], Err("group-denied")),
        (&["users", "ops"], &[], &["Ops", "op", "opss"], Ok(())),
        (&["users", "ops"], &["ops"], &[], Ok(())),
        (&["users", "ops"], &["wheel", "o?s"], &[], Ok(())),
        (&["users", "ops"], &["ops"], &["wheel"], Ok(())),
        (&["users"], &["ops"], &[], Err("group-not-allowed")),
        // Plain patterns: no negation, no list (groupaccess.c `ga_match`, not `ga_match_pattern_list`).
        (&["users"], &["!ops"], &[], Err("group-not-allowed")),
        (&["users"], &["users,ops"], &[], Err("group-not-allowed")),
        (&["users"], &["*", "!users"], &[], Ok(())),
        (&["users"], &[], &["!ops"], Ok(())),
        (&["users"], &[], &["!ops", "*"], Err("group-denied")),
    ] {
        assert_eq!(with(names, &for_groups(allow, deny)), expected, "{names:?} {allow:?} {deny:?}");
    }
}

#[test]
fn the_rules_come_in_sshds_order() {
    let groups = groups(&["users"]);
    let mut policy = Policy {
        allow_users: strings(&["bob"]),
        deny_users: strings(&["alice"]),
        allow_groups: strings(&["ops"]),
        deny_groups: strings(&["users"]),
        ..Policy::default()
    };
    let mut entry = AccountEntry { shell: Shell::Missing("/x"), locked: true, groups: &[], ..ALICE };
    assert_eq!(code(&policy, &entry), Err("account-locked"));
    entry.locked = false;
    assert_eq!(code(&policy, &entry), Err("shell-missing"));
    entry.shell = Shell::Usable;
    assert_eq!(code(&policy, &entry), Err("user-denied"));
    policy.deny_users = strings(&["bob"]);
    assert_eq!(code(&policy, &entry), Err("user-not-allowed"));
    policy.allow_users = strings(&["alice"]);
    assert_eq!(code(&policy, &entry), Err("no-group"));
    entry.groups = &groups;
    assert_eq!(code(&policy, &entry), Err("group-denied"));
    policy.deny_groups = strings(&["ops"]);
    assert_eq!(code(&policy, &entry), Err("group-not-allowed"));
    policy.allow_groups = strings(&["users"]);
    assert_eq!(code(&policy, &entry), Ok(()));
}

#[test]
fn a_refusal_names_what_decided() {
    let groups = groups(&["users", "ops"]);
    let entry = AccountEntry { groups: &groups, ..ALICE };
    let policy = users(&[], &["bob", "a*@10.0.0.0/8", "alice"]);
    let ask = |policy| check(policy, &name(), &entry, &peer()).unwrap_err();
    assert_eq!(ask(&policy), GateRefusal::UserDenied { pattern: "a*@10.0.0.0/8" });
    let policy = for_groups(&[], &["x", "o*", "ops", "user?", "users"]);
    assert_eq!(ask(&policy), GateRefusal::GroupDenied { group: b"users", pattern: "user?" });
}

#[test]
fn a_pattern_that_sshd_would_not_start_with_refuses() {
    for (list, name_of_list, policy) in [
        (UserList::DenyUsers, "DenyUsers", users(&[], &["bob", "alice@10.0.0.1/8"])),
        (UserList::AllowUsers, "AllowUsers", users(&["bob", "alice@10.0.0.1/8", "alice"], &[])),
    ] {
        let refusal = check(&policy, &name(), &ALICE, &peer()).unwrap_err();
        assert_eq!(refusal, GateRefusal::BadUserPattern { list, pattern: "alice@10.0.0.1/8" });
        assert_eq!(refusal.code(), "bad-user-pattern");
        assert_eq!(refusal.sshd_message(&name(), "h"), format!("Invalid {name_of_list} pattern \"alice@10.0.0.1/8\""));
    }
    // What comes before it decides, and the hosts of another user are not looked at.
    assert_eq!(code(&users(&["alice", "alice@10.0.0.1/8"], &[]), &ALICE), Ok(()));
    assert_eq!(code(&users(&[], &["bob@10.0.0.1/8"]), &ALICE), Ok(()));
}

#[test]
fn the_texts_are_sshds() {
    for (refusal, text) in [
        (GateRefusal::Locked, "User alice not allowed because account is locked"),
        (GateRefusal::ShellMissing("/x y"), "User alice not allowed because shell /x y does not exist"),
        (GateRefusal::ShellNotExecutable("/x"), "User alice not allowed because shell /x is not executable"),
        (GateRefusal::UserDenied { pattern: "p" }, "User alice from n not allowed because listed in DenyUsers"),
        (GateRefusal::UserNotAllowed, "User alice from n not allowed because not listed in AllowUsers"),
        (GateRefusal::NoGroup, "User alice from n not allowed because not in any group"),
        (
            GateRefusal::GroupDenied { group: b"g", pattern: "p" },
            "User alice from n not allowed because a group is listed in DenyGroups",
        ),
        (
            GateRefusal::GroupNotAllowed,
            "User alice from n not allowed because none of user's groups are listed in AllowGroups",
        ),
    ] {
        assert_eq!(refusal.sshd_message(&name(), "n"), text);
    }
    let long = "x".repeat(101);
    let text = GateRefusal::ShellMissing(&long).sshd_message(&UserName::new("a\x1b").unwrap(), &long);
    assert_eq!(text, format!("User a\\x1b not allowed because shell {} does not exist", "x".repeat(100)));
}
