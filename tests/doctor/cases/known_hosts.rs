//! What the server knows of the client's keys: entries 60 and 99 to 107.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::keys;
use crate::pair::{ALICE, CLIENT, Pair, SSH_CONFIG, SSHD_CONFIG, client_keys, known_hosts, server_keys};

const FILE: &str = "/etc/ssh/ssh_known_hosts";
const USERS: &str = "/home/alice/.ssh/known_hosts";

fn known_as(pair: &Pair, names: &str) {
    pair.server.write(FILE, known_hosts(names, client_keys()));
}

/// Only alice knows the client.
fn known_to_alice(pair: &Pair) {
    pair.server.write_as(ALICE, USERS, known_hosts(CLIENT, client_keys()));
    pair.server.remove(FILE);
}

pub fn cases() -> Vec<Case> {
    let mut cases = refusals();
    cases.extend(accepted());
    cases
}

fn refusals() -> Vec<Case> {
    vec![
        refused("kh_missing_entry", |pair| pair.server.write(FILE, known_hosts("node2.cluster.test", server_keys())))
            .server(&[Id::KnownHostsNoEntry])
            .log(&[Id::KnownHostsNoEntry])
            .short(),
        refused("kh_port_form", |pair| known_as(pair, "[node1.cluster.test]:2222")).server(&[Id::KnownHostsPortForm]),
        refused("kh_pub_pasted", |pair| {
            pair.server.write(FILE, client_keys().map(|key| format!("{}\n", key.public)).concat());
        })
        .server(&[Id::KnownHostsLineWithoutName]),
        refused("kh_stale", |pair| pair.server.write(FILE, known_hosts(CLIENT, server_keys())))
            .joined(&[Id::KnownHostsStaleKey])
            .log(&[Id::KnownHostsStaleKey])
            .short(),
        refused("kh_wrapped", |pair| {
            let lines = client_keys().map(|key| format!("{CLIENT} {}\n", key.public_without_comment()));
            pair.server.write(FILE, lines.map(|line| format!("{}\n{}", &line[..60], &line[60..])).concat());
        })
        .server(&[Id::KnownHostsBrokenLine]),
        refused("kh_negated", |pair| known_as(pair, "*.cluster.test,!node1.cluster.test"))
            .server(&[Id::KnownHostsNegationOrCidr]),
        refused("kh_cidr", |pair| known_as(pair, "10.77.0.0/24")).server(&[Id::KnownHostsNegationOrCidr]),
        refused("kh_globalopt", |pair| {
            pair.server.rename(FILE, "/etc/ssh/cluster_known_hosts");
            pair.server.prepend(SSH_CONFIG, "GlobalKnownHostsFile /etc/ssh/cluster_known_hosts\n");
        })
        .server(&[Id::KnownHostsInAFileSshdDoesNotRead]),
        refused("kh_user_file_ignored", known_to_alice).server(&[Id::KnownHostsInAFileSshdDoesNotRead]),
        refused("kh_user_file_modes", |pair| {
            known_to_alice(pair);
            pair.server.set_mode(USERS, 0o666);
            pair.server.replace(SSHD_CONFIG, "IgnoreUserKnownHosts yes\n", "");
        })
        .server(&[Id::UserKnownHostsBadModes])
        .log(&[Id::UserKnownHostsBadModes])
        .beside(&[Id::OwnKnownHostsVouch]),
    ]
}

fn accepted() -> Vec<Case> {
    vec![
        works("kh_wildcard", |pair| known_as(pair, "*.cluster.test")),
        works("kh_upper", |pair| known_as(pair, "NODE1.Cluster.Test")),
        works("kh_crlf", |pair| pair.server.write(FILE, pair.server.read(FILE).replace('\n', "\r\n"))),
        works("kh_bad_first", |pair| pair.server.prepend(FILE, "node1.cluster.test ssh-ed25519 AAAA\n"))
            .beside(&[Id::KnownHostsBrokenLine]),
        works("kh_known_hosts2", |pair| pair.server.rename(FILE, "/etc/ssh/ssh_known_hosts2")),
        works("kh_user_file", |pair| {
            known_to_alice(pair);
            pair.server.replace(SSHD_CONFIG, "IgnoreUserKnownHosts yes\n", "");
        })
        .server_tells(Id::OwnKnownHostsVouch),
        works("kh_0600", |pair| pair.server.set_mode(FILE, 0o600)).server_tells(Id::KnownHosts0600BreaksTheClientSide),
        works("kh_revoked", |pair| {
            let revoked = format!("@revoked * {}\n", keys::ed25519().public_without_comment());
            pair.server.prepend(FILE, &revoked);
        })
        .server_tells(Id::ClientKeyRevoked),
    ]
}
