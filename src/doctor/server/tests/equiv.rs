//! shosts.equiv and the account's own: entries 81 to 98.

use super::*;

fn says(text: &str) -> World {
    World { shosts: State::Read(text.to_owned()), ..World::default() }
}

#[test]
fn each_mistake_in_a_line_has_its_id_and_line() {
    for (text, id, line) in [
        ("# ours\n10.77.0.0/24\n", Id::ShostsPatternUnsupported, 2),
        ("*.cluster.test\n", Id::ShostsPatternUnsupported, 1),
        ("node1.cluster.test,node2.cluster.test\n", Id::ShostsPatternUnsupported, 1),
        ("[node1.cluster.test]:22\n", Id::ShostsPatternUnsupported, 1),
        ("node1.cluster.test # the first\n", Id::ShostsInlineComment, 1),
        ("node1.cluster.test #first\n", Id::ShostsInlineComment, 1),
        ("\nnode1.cluster.test.\n", Id::ShostsTrailingDot, 2),
        ("\u{feff}node1.cluster.test\n", Id::ShostsByteOrderMark, 1),
        ("-node1.cluster.test\nnode1.cluster.test\n", Id::ShostsNegativeEntry, 1),
        ("+\n", Id::ShostsPlusIgnored, 1),
        ("+ +\n", Id::ShostsPlusIgnored, 1),
        ("node1 node1.cluster.test\n", Id::ShostsSecondFieldIsAUser, 1),
        ("node1.cluster.test node1\n", Id::ShostsSecondFieldIsAUser, 1),
    ] {
        assert_eq!(place(&says(text).is_refused_by(id)), format!("{SHOSTS}:{line}"), "{text:?}");
    }
    let long = format!("{}node1.cluster.test\n", " ".repeat(1010));
    says(&long).is_refused_by(Id::LineLongerThan1023Bytes);
}

#[test]
fn what_only_looks_wrong_is_not_told() {
    for text in [
        "  # ours\nnode1.cluster.test\n",
        "node1.cluster.test\r\n",
        "NODE1.Cluster.Test\n",
        "node1.cluster.test\n-node1.cluster.test\n",
        "10.77.0.1\n",
        "node1.cluster.test alice\n",
    ] {
        says(text).is_good();
    }
}

#[test]
fn a_file_must_be_there_and_name_the_client() {
    assert_eq!(place(&says("").is_refused_by(Id::ShostsMissingOrEmpty)), SHOSTS);
    let missing = World { shosts: State::Missing, ..World::default() };
    missing.is_refused_by(Id::ShostsMissingOrEmpty);
    let misplaced = World { misplaced: vec![("/etc/shosts.equiv", "node1.cluster.test\n")], ..missing };
    assert_eq!(place(&misplaced.is_refused_by(Id::ShostsInWrongPlace)), "/etc/shosts.equiv");
    let folder = World { shosts: State::NotAFile("a folder".to_owned()), ..World::default() };
    folder.is_refused_by(Id::ShostsNotARegularFile);
    let found = says("node2.cluster.test\n").is_refused_by(Id::ShostsMissingOrEmpty);
    assert_eq!(found.seen, "/etc/ssh/shosts.equiv has no line for node1.cluster.test");
}

#[test]
fn netgroups_hold_the_very_name() {
    let group = |member: &'static str| World {
        shosts: State::Read("+@cluster\n".to_owned()),
        groups: Groups(vec![("cluster", member)]),
        ..World::default()
    };
    group(HOST).is_good();
    group("node1").is_refused_by(Id::NetgroupDoesNotMatch);
    group("node2.cluster.test").is_refused_by(Id::NetgroupDoesNotMatch);
}

#[test]
fn another_user_needs_a_line_of_his_own() {
    let bob = World { user: "bob", account: Some(account("bob", 5002)), ..World::default() };
    bob.is_refused_by(Id::DifferentRemoteUser);
    World { shosts: State::Read("node1.cluster.test alice\n".to_owned()), ..bob }.is_good();
}

fn own_shosts(stat: Stat, text: &str) -> World {
    World {
        set: vec![("IgnoreRhosts", "no")],
        shosts: State::Missing,
        own: Own {
            home: Some(Stat { uid: 5001, mode: 0o755 }),
            shosts: Some((stat, shosts::Document::parse(text.as_bytes()))),
            ..Own::default()
        },
        ..World::default()
    }
}

const SAFE: Stat = Stat { uid: 5001, mode: 0o600 };

#[test]
fn the_account_s_own_file_counts_where_it_may() {
    own_shosts(SAFE, "node1.cluster.test\n").is_good();
    let ignored = World { set: vec![("IgnoreRhosts", "yes")], ..own_shosts(SAFE, "node1.cluster.test\n") };
    ignored.is_refused_by(Id::UserShostsIgnored);
    let mut rhosts = own_shosts(SAFE, "");
    rhosts.own.rhosts = Some((SAFE, shosts::Document::parse(b"node1.cluster.test\n")));
    rhosts.set = vec![("IgnoreRhosts", "shosts-only")];
    rhosts.is_refused_by(Id::UserShostsIgnored);
    let open = own_shosts(Stat { uid: 5001, mode: 0o666 }, "node1.cluster.test\n");
    assert_eq!(place(&open.is_refused_by(Id::HomeOrShostsModes)), "/home/alice/.shosts");
    own_shosts(Stat { uid: 5002, mode: 0o600 }, "node1.cluster.test\n").is_refused_by(Id::HomeOrShostsModes);
    let mut home = own_shosts(SAFE, "node1.cluster.test\n");
    home.own.home = Some(Stat { uid: 5001, mode: 0o777 });
    assert_eq!(place(&home.is_refused_by(Id::HomeOrShostsModes)), "/home/alice");
    assert!(is_left_to_the_account(&home.is_refused_by(Id::HomeOrShostsModes)));
    home.own.home = None;
    home.is_refused_by(Id::HomeMissingOrUnreachable);
    // Of a client that the system's file lets in, the home does not matter.
    World { shosts: State::Read(format!("{HOST}\n")), ..home }.is_good();
}

#[test]
fn root_follows_no_link_of_an_account() {
    let open = own_shosts(Stat { uid: 5001, mode: 0o666 }, "node1.cluster.test\n");
    assert!(is_left_to_the_account(&open.is_refused_by(Id::HomeOrShostsModes)));
    let foreign = own_shosts(Stat { uid: 5002, mode: 0o600 }, "node1.cluster.test\n");
    let mends = foreign.is_refused_by(Id::HomeOrShostsModes).mends;
    let Some(crate::doctor::Mend::Command { argv, is_safe: false, .. }) = mends.first() else { panic!("{mends:?}") };
    assert_eq!(argv.join(" "), "chown -h -- alice /home/alice/.shosts");
}

#[test]
fn debian_lets_a_group_write_that_is_the_account_s_own() {
    let group = || own_shosts(Stat { uid: 5001, mode: 0o664 }, "node1.cluster.test\n");
    group().is_refused_by(Id::HomeOrShostsModes);
    let debian = || World { release: Some("OpenSSH_9.2p1 Debian-2+deb12u3"), ..group() };
    debian().is_refused_by(Id::HomeOrShostsModes);
    let mut alone = debian();
    alone.account.as_mut().unwrap().is_alone_in_group = true;
    alone.is_good();
    World { release: Some("OpenSSH_10.5p1"), ..alone }.is_refused_by(Id::HomeOrShostsModes);
}

#[test]
fn root_is_let_in_by_its_own_file_alone() {
    let root = || World { user: "root", client_user: "root", account: Some(account("root", 0)), ..World::default() };
    root().is_refused_by(Id::RootIgnoresSystemFiles);
    let mut own = root();
    own.set = vec![("IgnoreRhosts", "shosts-only")];
    own.own.home = Some(Stat { uid: 0, mode: 0o700 });
    own.own.shosts = Some((Stat { uid: 0, mode: 0o600 }, shosts::Document::parse(b"node1.cluster.test\n")));
    own.is_good();
    World { client_user: "alice", ..own }.is_refused_by(Id::DifferentRemoteUser);
}
