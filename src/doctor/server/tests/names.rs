//! The name that is looked up: entries 62 to 73, 78 and 79.

use super::*;
use crate::dns::{Failed, NotConfirmed};
use crate::doctor::Mend;

fn not_confirmed(error: NotConfirmed) -> World {
    World { lookup: Lookup { name: Err(error), ..confirmed(HOST) }, ..World::default() }
}

fn name(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

#[test]
fn without_use_dns_names_do_not_count() {
    let by_name = World { set: vec![("UseDNS", "no")], ..World::default() };
    by_name.is_refused_by(Id::UsednsNoButEntriesAreNames);
    let shosts = State::Read(format!("{ADDRESS}\n"));
    let half = World { shosts: shosts.clone(), ..by_name };
    let found = half.is_refused_by(Id::ShostsAndKnownHostsKeyedDifferently);
    assert_eq!(place(&found), format!("{KNOWN_HOSTS}:1"));
    let expected = format!("{ADDRESS} {}", key(1).to_line());
    assert!(matches!(&found.mends[0], Mend::Line { text, .. } if *text == expected), "{found:?}");
    World { known_hosts: known(ADDRESS, &key(1)), ..half }.is_good();
}

#[test]
fn each_way_not_to_have_a_name_has_its_id() {
    for (error, id) in [
        (NotConfirmed::NoName, Id::NoPtr),
        (NotConfirmed::NoForward(name(HOST)), Id::PtrWithoutForward),
        (NotConfirmed::NotBack(name(HOST)), Id::PtrDoesNotMapBack),
        (NotConfirmed::Numeric(b"10.77.0.99".to_vec()), Id::NumericPtr),
    ] {
        not_confirmed(error.clone()).is_refused_by(id);
        // Where the files have the address, it works.
        let world = World {
            shosts: State::Read(format!("{ADDRESS}\n")),
            known_hosts: known(ADDRESS, &key(1)),
            ..not_confirmed(error)
        };
        assert_eq!(world.only().severity, Severity::Information);
    }
    let mut down = not_confirmed(NotConfirmed::NoName);
    down.lookup.failed = Some(Failed::TimedOut);
    down.is_refused_by(Id::ResolverDownOrSlow);
}

#[test]
fn a_file_of_ours_that_says_use_dns_no_is_changed_by_hand() {
    let world = |file: &'static str| {
        let include = "Include /etc/ssh/sshd_config.d/*.conf\nHostbasedAuthentication yes\nUseDNS yes\n".to_owned();
        let config = vec![(MAIN, include), (file, "# ours\nUseDNS no\n".to_owned())];
        World { config, set: vec![("UseDNS", "no")], ..World::default() }
    };
    let reload = "then have sshd read it: systemctl reload ssh (on some systems: sshd)";
    let enroll = "hostbased enroll node1.cluster.test,10.77.0.1";
    let ours = "/etc/ssh/sshd_config.d/10-hostbased.conf";
    let found = world(ours).is_refused_by(Id::UsednsNoButEntriesAreNames);
    let first = format!("{ours}, instead of line 2: UseDNS yes");
    assert_eq!(
        (mends(&found), place(&found)),
        (vec![first, reload.to_owned(), enroll.to_owned()], format!("{ours}:2"))
    );
    let [dns, packet] = ["dns", "packet"].map(|names| format!("hostbased setup server --names {names} --yes"));
    let other = world("/etc/ssh/sshd_config.d/10-site.conf").is_refused_by(Id::UsednsNoButEntriesAreNames);
    assert_eq!(mends(&other), [&dns, reload, enroll, &packet]);
}

/// The mends as one would read them: a command's words, a line and its file, an advice.
fn mends(finding: &Finding) -> Vec<String> {
    let text = |mend: &Mend| match mend {
        Mend::Command { argv, .. } => argv.join(" "),
        Mend::Line { file, text, position, .. } => format!("{file}, {position}: {text}"),
        Mend::Advice(text) => text.clone(),
    };
    finding.mends.iter().map(text).collect()
}

#[test]
fn one_client_without_a_name_shuts_out_no_other() {
    let found = not_confirmed(NotConfirmed::NoName).is_refused_by(Id::NoPtr);
    let expected = ["/etc/hosts, anywhere: 10.77.0.1 NAME.DOMAIN NAME", "add the PTR record of 10.77.0.1"];
    assert_eq!(mends(&found), expected);
    for (error, id) in [
        (NotConfirmed::NoForward(name(HOST)), Id::PtrWithoutForward),
        (NotConfirmed::NotBack(name(HOST)), Id::PtrDoesNotMapBack),
        (NotConfirmed::Numeric(b"10.77.0.99".to_vec()), Id::NumericPtr),
    ] {
        let found = not_confirmed(error).is_refused_by(id);
        assert!(!mends(&found).iter().any(|mend| mend.contains("setup server")), "{found:?}");
    }
}

#[test]
fn a_slow_resolver_is_worth_mending() {
    let mut slow = World::default();
    slow.lookup.milliseconds = 5000;
    let found = slow.only();
    assert_eq!((found.id, found.severity), (Id::ResolverDownOrSlow, Severity::Warning));
    assert!(found.seen.contains("took 5 s; LoginGraceTime is 120 s"), "{found:?}");
    World {
        set: vec![("UseDNS", "no")],
        shosts: State::Read(format!("{ADDRESS}\n")),
        known_hosts: known(ADDRESS, &key(1)),
        ..slow
    }
    .is_good();
}

#[test]
fn another_name_than_the_registered_one() {
    let short = World { lookup: confirmed("node1"), ..World::default() };
    short.is_refused_by(Id::ShortNameVersusFqdn);
    World { shosts: State::Read("node1\n".to_owned()), ..World::default() }.is_refused_by(Id::ShortNameVersusFqdn);
    World { known_hosts: known("node1", &key(1)), ..World::default() }.is_refused_by(Id::ShortNameVersusFqdn);
    World { lookup: confirmed("alias.cluster.test"), ..World::default() }.is_refused_by(Id::SeveralPtrOrAliasFirst);
    let mut hosts = World { lookup: confirmed("old.cluster.test"), ..World::default() };
    hosts.lookup.hosts_line = Some((4, vec!["old.cluster.test".to_owned()]));
    hosts.lookup.dns = Some(vec![HOST.as_bytes().to_vec()]);
    assert_eq!(place(&hosts.is_refused_by(Id::HostsFileAndDnsDisagree)), "/etc/hosts:4");
}

#[test]
fn a_full_name_that_is_looked_up_is_what_the_files_shall_have() {
    let add = "hostbased shosts add node1.cluster.test,10.77.0.1 --yes";
    let mut short = World { shosts: State::Read("node1\n".to_owned()), ..World::default() };
    for hosts_line in [None, Some((2, vec![HOST.to_owned(), "node1".to_owned()]))] {
        short.lookup.hosts_line = hosts_line;
        let found = short.is_refused_by(Id::ShortNameVersusFqdn);
        assert_eq!((mends(&found), found.place), (vec![add.to_owned()], None));
    }
    short.known_hosts = known("node1", &key(1));
    let again = "then ask again: its keys are not registered by the name node1.cluster.test either";
    assert_eq!(mends(&short.is_refused_by(Id::ShortNameVersusFqdn)), [add, again]);
    // Only the keys are under the short name.
    short.shosts = State::Read(format!("{HOST}\n"));
    let found = short.is_refused_by(Id::ShortNameVersusFqdn);
    let position = "anywhere, as these keys are the client's already";
    let line = format!("{KNOWN_HOSTS}, {position}: {HOST} {}", key(1).to_line());
    assert_eq!((mends(&found), place(&found)), (vec![line], format!("{KNOWN_HOSTS}:1")));
}

#[test]
fn a_short_name_that_is_looked_up_is_mended_where_it_comes_from() {
    let mut short = World { lookup: confirmed("node1"), ..World::default() };
    let add = "hostbased shosts add node1,10.77.0.1 --yes";
    let again = "then ask again: its keys are not registered by the name node1 either";
    assert_eq!(mends(&short.is_refused_by(Id::ShortNameVersusFqdn)), [add, again]);
    short.lookup.hosts_line = Some((2, vec!["node1".to_owned(), HOST.to_owned(), "mail".to_owned()]));
    let found = short.is_refused_by(Id::ShortNameVersusFqdn);
    let line = "/etc/hosts, instead of line 2: 10.77.0.1 node1.cluster.test node1 mail";
    assert_eq!(
        (mends(&found), place(&found)),
        ([line, add, again].map(str::to_owned).to_vec(), "/etc/hosts:2".to_owned())
    );
}

#[test]
fn several_names_are_fragile_where_not_all_are_registered() {
    let mut several = World::default();
    several.lookup.dns = Some(vec![HOST.as_bytes().to_vec(), b"alias.cluster.test".to_vec()]);
    let found = several.only();
    assert_eq!((found.id, found.severity), (Id::SeveralPtrOrAliasFirst, Severity::Warning));
    several.shosts = State::Read(format!("{HOST}\nalias.cluster.test\n"));
    several.known_hosts = known("node1.cluster.test,alias.cluster.test", &key(1));
    several.is_good();
}

#[test]
fn ipv6_without_a_name_and_in_other_words() {
    let world = World { address: "fd77::1", ..not_confirmed(NotConfirmed::NoName) };
    world.is_refused_by(Id::Ipv6SourceAddress);
    let text = |shosts: &str| World {
        address: "fd77::1",
        set: vec![("UseDNS", "no")],
        shosts: State::Read(shosts.to_owned()),
        known_hosts: known("fd77::1", &key(1)),
        ..World::default()
    };
    assert_eq!(place(&text("fd77:0:0::1\n").is_refused_by(Id::Ipv6TextFormDiffers)), format!("{SHOSTS}:1"));
    text("fd77::1\n").is_good();
    text("FD77::1\n").is_good();
}

#[test]
fn the_client_s_own_word_counts_alone() {
    let packet = |claimed: &'static str| World {
        set: vec![("UseDNS", "no"), ("HostbasedUsesNameFromPacketOnly", "yes")],
        claimed,
        ..World::default()
    };
    packet("node1.cluster.test.").is_good();
    packet("node1.").is_refused_by(Id::PacketNameIsShortOrWrong);
    let addresses = World {
        shosts: State::Read(format!("{ADDRESS}\n")),
        known_hosts: known(ADDRESS, &key(1)),
        ..packet("node1.cluster.test.")
    };
    addresses.is_refused_by(Id::PacketNameModeIgnoresIpEntries);
}

#[test]
fn a_client_is_registered_by_no_name_that_only_it_says() {
    let mends = |world: World| -> Vec<String> {
        let mends = world.only().mends;
        let text = |mend: &Mend| match mend {
            Mend::Command { argv, .. } => Some(argv.join(" ")),
            _ => None,
        };
        mends.iter().filter_map(text).collect()
    };
    let empty = |is_unknown| World {
        set: vec![("UseDNS", "no")],
        shosts: State::Read("other.cluster.test\n".to_owned()),
        names: vec!["fileserver.cluster.test"],
        claimed: "fileserver.cluster.test.",
        is_unknown,
        ..World::default()
    };
    let by_name = mends(empty(false));
    assert!(by_name.iter().any(|mend| mend.contains("fileserver.cluster.test,10.77.0.1")), "{by_name:?}");
    let by_address = mends(empty(true));
    assert!(!by_address.is_empty() && !by_address.iter().any(|mend| mend.contains("fileserver")), "{by_address:?}");
    // Where the client's word is what is looked up, it must be a name.
    let packet = World {
        set: vec![("UseDNS", "no"), ("HostbasedUsesNameFromPacketOnly", "yes")],
        names: vec![],
        claimed: "--root=/x,\x1b[2J\n*.",
        shosts: State::Read(String::new()),
        ..World::default()
    };
    let packet = mends(packet);
    assert!(
        !packet.is_empty() && !packet.iter().any(|mend| mend.contains("--root") || mend.contains('\x1b')),
        "{packet:?}"
    );
}
