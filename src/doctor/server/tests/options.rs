//! Options that leave hostbased out: entries 47 to 50, 53 and 57.

use super::*;

/// Hostbased is off, and this is the configuration.
fn off(config: &str) -> World {
    World { config: vec![(MAIN, config.to_owned())], set: vec![("HostbasedAuthentication", "no")], ..World::default() }
}

#[test]
fn off_by_default_or_by_a_line() {
    assert_eq!(place(&off("UseDNS yes\n").is_refused_by(Id::ServerHostbasedOff)), MAIN);
    let found = off("UseDNS yes\nHostbasedAuthentication no\n").is_refused_by(Id::ServerHostbasedOff);
    assert_eq!(place(&found), format!("{MAIN}:2"));
}

#[test]
fn the_first_value_counts_also_that_of_an_included_file() {
    let mut world = off("Include /etc/ssh/sshd_config.d/*.conf\nHostbasedAuthentication yes\n");
    world.config.push(("/etc/ssh/sshd_config.d/00-hard.conf", "\nHostbasedAuthentication no\n".to_owned()));
    let found = world.is_refused_by(Id::DropInFirstValueWins);
    assert_eq!(place(&found), "/etc/ssh/sshd_config.d/00-hard.conf:2");
    assert!(found.seen.contains("/etc/ssh/sshd_config:2 says yes, too late"), "{found:?}");
}

#[test]
fn a_line_behind_a_match_block_is_inside_it() {
    let found = off("Match User bob\n    X11Forwarding no\nHostbasedAuthentication yes\n")
        .is_refused_by(Id::SettingSwallowedByMatchBlock);
    assert_eq!(place(&found), format!("{MAIN}:3"));
    assert!(found.seen.contains("Match User bob"), "{found:?}");
    let found = off("Match Address 192.0.2.0/24\n    HostbasedAuthentication yes\n")
        .is_refused_by(Id::MatchBlockDoesNotApplyOrTurnsOff);
    assert_eq!(place(&found), format!("{MAIN}:2"));
}

#[test]
fn a_block_that_is_for_the_connection_turns_it_off() {
    let found = off("HostbasedAuthentication yes\nMatch User alice\n    HostbasedAuthentication no\n")
        .is_refused_by(Id::MatchBlockDoesNotApplyOrTurnsOff);
    assert_eq!(place(&found), format!("{MAIN}:3"));
    let found =
        off("HostbasedAuthentication yes\nMatch Address 10.0.0.0/8,!10.77.0.9\n    HostbasedAuthentication no\n")
            .is_refused_by(Id::MatchBlockDoesNotApplyOrTurnsOff);
    assert_eq!(place(&found), format!("{MAIN}:3"));
}

#[test]
fn match_host_knows_no_name_without_use_dns() {
    let mut world = off("Match Host *.cluster.test\n    HostbasedAuthentication yes\n");
    world.set.push(("UseDNS", "no"));
    world.shosts = State::Read(format!("{ADDRESS}\n"));
    world.known_hosts = known(ADDRESS, &key(1));
    let found = world.is_refused_by(Id::MatchBlockDoesNotApplyOrTurnsOff);
    assert!(found.why.contains("UseDNS no"), "{found:?}");
}

#[test]
fn methods_must_let_hostbased_be_tried_and_be_enough() {
    let with = |value: &'static str| World {
        config: vec![(MAIN, format!("HostbasedAuthentication yes\nAuthenticationMethods {value}\n"))],
        set: vec![("AuthenticationMethods", value)],
        ..World::default()
    };
    for value in ["publickey", "publickey,hostbased", "hostbased,publickey"] {
        let found = with(value).is_refused_by(Id::AuthenticationmethodsExcludesHostbased);
        assert_eq!(place(&found), format!("{MAIN}:2"), "{value}");
    }
    with("publickey hostbased").is_good();
    with("any").is_good();
}

#[test]
fn root_is_let_in_by_the_default_and_not_by_no() {
    let root = |value: &'static str| World {
        set: vec![("PermitRootLogin", value), ("IgnoreRhosts", "shosts-only")],
        user: "root",
        client_user: "root",
        account: Some(account("root", 0)),
        own: Own {
            home: Some(Stat { uid: 0, mode: 0o700 }),
            shosts: Some((Stat { uid: 0, mode: 0o600 }, shosts::Document::parse(b"node1.cluster.test root\n"))),
            ..Own::default()
        },
        ..World::default()
    };
    root("prohibit-password").is_good();
    root("yes").is_good();
    root("no").is_refused_by(Id::RootLoginPolicy);
    root("forced-commands-only").is_refused_by(Id::RootLoginPolicy);
    // Of others it says nothing.
    World { set: vec![("PermitRootLogin", "no")], ..World::default() }.is_good();
}
