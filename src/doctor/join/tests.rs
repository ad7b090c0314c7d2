//! Both ends together, and exports that somebody else made.

use ed25519_dalek::{Signer, SigningKey};

use super::super::export::{Connection, Draft, FORMAT, Offer, Reported, Signature};
use super::super::server::tests::{ADDRESS, HOST, KNOWN_HOSTS, World, confirmed, known};
use super::*;
use crate::dns::NotConfirmed;
use crate::doctor::server::{Lookup, State};
use crate::key::{Algorithm, PublicKey};
use crate::name::HostName;
use crate::wire::Writer;

const CLAIM: &str = "node1.cluster.test.";

fn host_key(number: u8) -> (SigningKey, PublicKey) {
    let signing = SigningKey::from_bytes(&[number; 32]);
    let blob = Writer::new().string(b"ssh-ed25519").string(signing.verifying_key().as_bytes()).into_bytes();
    (signing, PublicKey::from_blob(&blob).unwrap())
}

fn statement() -> Statement {
    Statement {
        format: FORMAT.to_owned(),
        made: 1_800_000_000,
        client_name: "node1".to_owned(),
        client_user: "alice".to_owned(),
        server_user: "alice".to_owned(),
        server: "srv".to_owned(),
        server_name: "srv.cluster.test".to_owned(),
        port: 22,
        is_proxied: false,
        connections: vec![Connection {
            server: "10.77.0.2".to_owned(),
            source: ADDRESS.to_owned(),
            client_host: CLAIM.to_owned(),
        }],
        offers: vec![Offer { algorithm: "ssh-ed25519".to_owned(), key: host_key(7).1.to_line() }],
        ssh: None,
        helper: None,
        findings: Vec::new(),
    }
}

fn reported(id: &str, severity: &str, seen: &str) -> Reported {
    Reported { id: id.to_owned(), severity: severity.to_owned(), seen: seen.to_owned() }
}

fn joined(statement: &Statement, world: &World, between: Between<'_>) -> Vec<(Id, Severity)> {
    let found = world.with_facts(|facts| join(statement, facts, between));
    found.iter().map(|finding| (finding.id, finding.severity)).collect()
}

#[test]
fn what_stops_the_client_comes_first() {
    let world = World { shosts: State::Missing, ..World::default() };
    let mut statement = statement();
    statement.findings = vec![
        reported("keysign-missing", "error", "nothing there"),
        reported("controlmaster-hides-state", "warning", "a socket"),
    ];
    let expected = [(Id::KeysignMissing, Severity::Error), (Id::ShostsMissingOrEmpty, Severity::Error)];
    assert_eq!(joined(&statement, &world, Between::default()), expected);
    statement.findings.clear();
    assert_eq!(joined(&statement, &World::default(), Between::default()), []);
}

#[test]
fn a_certificate_that_the_client_cannot_read_is_the_cause_where_its_authority_is_trusted() {
    let authority = |pattern: &str, marker: &str| World {
        known_hosts: format!("{marker}{pattern} {}\n", host_key(9).1.to_line()),
        offers: vec![host_key(7).1],
        ..World::default()
    };
    let cause = |seen: &str, world: &World| {
        let mut statement = statement();
        statement.findings = vec![reported("pub-files-unreadable", "warning", seen)];
        joined(&statement, world, Between::default()).first().copied()
    };
    let trusted = authority("*.cluster.test", "@cert-authority ");
    let certificate = "users cannot read /etc/ssh/ssh_host_ed25519_key-cert.pub";
    assert_eq!(cause(certificate, &trusted), Some((Id::PubFilesUnreadable, Severity::Error)));
    // Another file, another authority's hosts, no authority; a client that is known.
    let unknown = Some((Id::KnownHostsNoEntry, Severity::Error));
    assert_eq!(cause("users cannot read /etc/ssh/ssh_host_ed25519_key.pub", &trusted), unknown);
    assert_eq!(cause(certificate, &authority("*.other.test", "@cert-authority ")), unknown);
    assert_eq!(cause(certificate, &authority("other.test", "")), unknown);
    assert_eq!(cause(certificate, &World::default()), None);
}

#[test]
fn words_of_a_client_are_shown_harmless_and_ids_that_are_none_are_left_out() {
    let mut statement = statement();
    let long = "x".repeat(10_000);
    statement.findings = vec![
        reported("keysign-missing", "error", "a\x1b[2J\nb"),
        reported("keysign-missing", "error", &long),
        reported("rm -rf /", "error", "x"),
        reported("15", "error", "a number is no word"),
        reported("keysign-missing", "Error", "no severity"),
    ];
    let found = client_errors(&statement);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].seen, "a\\x1b[2J\\x0ab");
    assert!(found[1].seen.len() < 600, "{}", found[1].seen.len());
}

/// Another way of the client, by an address that the server does not know.
fn alternative(address: &'static str) -> Approach {
    World { address, ..World::default() }.with_facts(|facts| facts.approaches[0].clone())
}

fn unknown(address: &'static str) -> World {
    let lookup = Lookup { name: Err(NotConfirmed::NoName), ..confirmed(HOST) };
    World { address, lookup, ..World::default() }
}

#[test]
fn the_way_between_both_is_the_cause_where_another_would_do() {
    let by = |world: &World, other: &'static str| {
        let alternatives = [alternative(other)];
        joined(&statement(), world, Between { seen_as: None, alternatives: &alternatives })
    };
    assert_eq!(by(&unknown("10.78.0.1"), ADDRESS), [(Id::MultiHomedSource, Severity::Error)]);
    assert_eq!(by(&unknown("fd77::1"), ADDRESS), [(Id::Ipv6SourceAddress, Severity::Error)]);
    // Who comes by IPv4 lacks no IPv6 name.
    assert_eq!(by(&unknown("10.78.0.1"), "fd77::1"), [(Id::NoPtr, Severity::Error)]);
    assert_eq!(by(&unknown("127.0.0.1"), ADDRESS), [(Id::LoopbackTarget, Severity::Error)]);
    // Where the files are to blame, the way is not.
    let without = World { shosts: State::Missing, ..unknown("10.78.0.1") };
    assert_eq!(by(&without, "10.79.0.1"), [(Id::ShostsMissingOrEmpty, Severity::Error)]);
}

#[test]
fn an_address_gets_a_name_before_it_is_registered() {
    let mends = |world: &World, resolved: &[&str]| -> Vec<String> {
        let alternatives = [alternative(ADDRESS)];
        let found = world.with_facts(|facts| {
            let mut facts = facts.clone();
            let more = resolved.iter().map(|address| (HostName::new(HOST).unwrap(), address.parse().unwrap()));
            facts.client.resolved.extend(more);
            join(&statement(), &facts, Between { seen_as: None, alternatives: &alternatives })
        });
        assert_eq!(found[0].id, Id::MultiHomedSource);
        let text = |mend: &Mend| match mend {
            Mend::Command { argv, .. } => argv.join(" "),
            Mend::Line { file, text, .. } => format!("{file}: {text}"),
            Mend::Advice(text) => text.clone(),
        };
        found[0].mends.iter().map(text).collect()
    };
    let bind = "/etc/ssh/ssh_config: BindAddress 10.77.0.1";
    let enroll = "hostbased enroll node1.cluster.test,10.78.0.1";
    let line = "/etc/hosts: 10.78.0.1 node1.cluster.test";
    assert_eq!(mends(&unknown("10.78.0.1"), &[]), [bind, line, enroll]);
    let both = format!("{line}\n10.77.0.1 node1.cluster.test");
    assert_eq!(mends(&unknown("10.78.0.1"), &[ADDRESS, "fd77::1"]), [bind, &both, enroll]);
    let nameless = World { is_unknown: true, ..unknown("10.78.0.1") };
    let then = "then register it by that name: hostbased enroll NAME.DOMAIN,10.78.0.1";
    assert_eq!(mends(&nameless, &[]), [bind, "/etc/hosts: 10.78.0.1 NAME.DOMAIN", then]);
    // It has a name that leads back: that is what is looked up.
    let named = World { address: "10.78.0.1", lookup: confirmed("node1-ib.cluster.test"), ..World::default() };
    assert_eq!(mends(&named, &[]), [bind, "hostbased enroll node1-ib.cluster.test,10.78.0.1"]);
}

#[test]
fn an_address_that_stands_in_is_the_cause() {
    let seen_as = Some("10.77.0.9".parse().unwrap());
    let world = unknown("10.77.0.9");
    let found = world.with_facts(|facts| {
        let mut facts = facts.clone();
        facts.approaches.push(alternative(ADDRESS));
        join(&statement(), &facts, Between { seen_as, alternatives: &[] })
    });
    assert_eq!((found[0].id, found[0].severity), (Id::NatOrLoadBalancer, Severity::Error));
    assert!(found[0].seen.contains("comes from 10.77.0.1, and the server sees 10.77.0.9"), "{found:?}");
}

#[test]
fn through_a_proxy_the_address_must_be_said() {
    let proxied = Statement { is_proxied: true, ..statement() };
    let found = joined(&proxied, &World::default(), Between::default());
    assert_eq!(found, [(Id::ProxycommandOrProxyjump, Severity::Warning)]);
    let between = Between { seen_as: Some("10.77.0.9".parse().unwrap()), alternatives: &[] };
    let found = joined(&proxied, &unknown("10.77.0.9"), between);
    assert_eq!(found, [(Id::ProxycommandOrProxyjump, Severity::Error)]);
}

/// The statement, signed off by one key in the name of another.
fn signed(signer: &SigningKey, named: &PublicKey) -> Export {
    let algorithm = Algorithm::from_name(b"ssh-ed25519").unwrap();
    let draft = Draft::new(statement());
    let bytes = signer.sign(&draft.signed_data(named, algorithm, CLAIM)).to_bytes();
    let blob = Writer::new().string(b"ssh-ed25519").string(&bytes).into_bytes();
    let text = draft.finish(vec![Signature::new(named, algorithm, CLAIM, &blob)]);
    Export::parse(text.as_bytes()).unwrap()
}

#[test]
fn whose_word_it_is_is_told() {
    let (signing, key) = host_key(7);
    let notes = |known_hosts: String| {
        let world = World { known_hosts, ..World::default() };
        world.with_facts(|facts| vouched(&signed(&signing, &key), facts)).unwrap().concat()
    };
    assert!(notes(known(HOST, &key)).ends_with(&format!("{KNOWN_HOSTS}:1 has it for this client")));
    assert!(notes(known("node2.cluster.test", &key)).ends_with("has it for another host"));
    assert!(notes(String::new()).contains("nobody has registered it"));
    let unsigned = Export::parse(Draft::new(statement()).finish(Vec::new()).as_bytes()).unwrap();
    let notes = World::default().with_facts(|facts| vouched(&unsigned, facts)).unwrap();
    assert_eq!(notes, ["no host key has signed the export off: it is the word of its user alone"]);
}

#[test]
fn a_signature_that_another_key_made_spoils_all() {
    let (signing, _) = host_key(8);
    let (_, named) = host_key(7);
    let refused = World::default().with_facts(|facts| vouched(&signed(&signing, &named), facts)).unwrap_err();
    assert!(refused.contains("is not that of the key ED25519"), "{refused}");
}
