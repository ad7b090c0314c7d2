//! ssh_known_hosts: entries 45, 80, 99 to 106.

use super::*;

fn holds(text: String) -> World {
    World { known_hosts: text, ..World::default() }
}

#[test]
fn each_mistake_in_a_line_has_its_id() {
    let whole = known(HOST, &key(1));
    let (cut, rest) = whole.split_at(60);
    for (text, id) in [
        (known("node2.cluster.test", &key(1)), Id::KnownHostsNoEntry),
        (known("[node1.cluster.test]:2222", &key(1)), Id::KnownHostsPortForm),
        (known("*.cluster.test,!node1.cluster.test", &key(1)), Id::KnownHostsNegationOrCidr),
        (known("10.77.0.0/24", &key(1)), Id::KnownHostsNegationOrCidr),
        (format!("{}\n", key(1).to_line()), Id::KnownHostsLineWithoutName),
        (format!("{cut}\n{rest}"), Id::KnownHostsBrokenLine),
        (known("node1.cluster.test.", &key(1)), Id::KnownHostsBrokenLine),
    ] {
        holds(text.clone()).is_refused_by(id);
        // What the client offers makes no difference.
        World { offers: vec![key(1)], ..holds(text) }.is_refused_by(id);
    }
}

#[test]
fn what_only_looks_wrong_is_not_told() {
    for names in ["*.cluster.test", "NODE1.Cluster.Test", "other,node1.cluster.test"] {
        holds(known(names, &key(1))).is_good();
    }
    holds(known(HOST, &key(1)).replace('\n', "\r\n")).is_good();
    holds(format!("node1.cluster.test ssh-ed25519 AAAA\n{}", known(HOST, &key(1)))).is_good();
}

#[test]
fn another_key_is_stale_and_another_type_is_not_registered() {
    let stale = World { offers: vec![key(2), rsa()], ..World::default() };
    assert_eq!(place(&stale.is_refused_by(Id::KnownHostsStaleKey)), format!("{KNOWN_HOSTS}:1"));
    let other = World { offers: vec![rsa()], ..World::default() };
    let found = other.is_refused_by(Id::KeyTypeRegisteredIsNotOffered);
    assert!(found.seen.contains("registered with ED25519; the client offers RSA"), "{found:?}");
    // What is offered is not known: the registered key may be it.
    World::default().is_good();
}

#[test]
fn another_file_does_not_count() {
    let file = "/etc/ssh/cluster_known_hosts";
    let other = World { others: vec![(file, known(HOST, &key(1)))], ..holds(String::new()) };
    assert_eq!(place(&other.is_refused_by(Id::KnownHostsInAFileSshdDoesNotRead)), format!("{file}:1"));
    let own = |mode| World {
        own: Own {
            home: Some(Stat { uid: 5001, mode: 0o755 }),
            known_hosts: Some((
                Stat { uid: 5001, mode },
                known_hosts_file::Document::parse(known(HOST, &key(1)).as_bytes()),
            )),
            ..Own::default()
        },
        ..holds(String::new())
    };
    own(0o644).is_refused_by(Id::KnownHostsInAFileSshdDoesNotRead);
    let counts = |mode| World { set: vec![("IgnoreUserKnownHosts", "no")], ..own(mode) };
    assert_eq!(counts(0o644).only().id, Id::OwnKnownHostsVouch);
    let found = counts(0o666).judged();
    assert_eq!((found[0].id, found[0].severity), (Id::UserKnownHostsBadModes, Severity::Error));
    assert!(is_left_to_the_account(&found[0]));
}

#[test]
fn a_claim_in_upper_case_finds_no_hash() {
    let hashed = crate::known_hosts::HashedName::new(HOST.as_bytes(), [7; 20]);
    let world = |claimed: &'static str, names: &str| World {
        set: vec![("UseDNS", "no"), ("HostbasedUsesNameFromPacketOnly", "yes")],
        claimed,
        ..holds(known(names, &key(1)))
    };
    let hash = hashed.to_string();
    world("Node1.Cluster.Test.", &hash).is_refused_by(Id::PacketNameUppercaseAndHashedKnownHosts);
    world("node1.cluster.test.", &hash).is_good();
    world("Node1.Cluster.Test.", HOST).is_good();
}
