//! A login that works.

use std::collections::BTreeMap;

use super::Generator;
use super::names::{HOSTS as NAMES, PEERS, looked_up};
use crate::case::{Case, HOSTS, HOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, NETGROUP, NODE, SHOSTS_EQUIV, Signature};

/// Netgroups: of hosts, of addresses, of users, one that holds every host and user, and one of others.
const NETGROUPS: &str = "nodes (node1.cluster.test,,) (node3.cluster.test,,)\n\
    addresses (10.77.0.1,,) (fd77::1,,) (10.77.0.4,,)\n\
    users (-,alice,) (-,bob,)\n\
    everything (,,)\n\
    nested nodes addresses\n\
    strangers (node9.cluster.test,mallory,)\n";

/// Names of netgroups, and of one that is none.
pub(super) const GROUPS: [&str; 7] = ["nodes", "addresses", "users", "everything", "nested", "strangers", "none"];

/// Keys, and the algorithms that they sign by. The first ones more often.
const KEYS: [(&str, &str); 20] = [
    ("ed25519", "ssh-ed25519"),
    ("ed25519", "ssh-ed25519"),
    ("ed25519", "ssh-ed25519"),
    ("ed25519", "ssh-ed25519"),
    ("ed25519", "ssh-ed25519"),
    ("ed25519", "ssh-ed25519"),
    ("ecdsa256", "ecdsa-sha2-nistp256"),
    ("ecdsa384", "ecdsa-sha2-nistp384"),
    ("ecdsa521", "ecdsa-sha2-nistp521"),
    ("rsa1024", "rsa-sha2-256"),
    ("rsa2048", "rsa-sha2-256"),
    ("rsa3072", "rsa-sha2-512"),
    ("sk", "sk-ssh-ed25519@openssh.com"),
    ("cert", "ssh-ed25519-cert-v01@openssh.com"),
    ("cert", "ssh-ed25519-cert-v01@openssh.com"),
    ("cert", "ssh-ed25519-cert-v01@openssh.com"),
    ("cert-ecdsa", "ecdsa-sha2-nistp256-cert-v01@openssh.com"),
    ("cert-rsa", "rsa-sha2-512-cert-v01@openssh.com"),
    ("cert-by-rsa", "ssh-ed25519-cert-v01@openssh.com"),
    ("cert-by-ecdsa", "ssh-ed25519-cert-v01@openssh.com"),
];

impl Generator<'_> {
    /// A login that works: with any key, from any address, found by any kind of name in any of the files.
    pub(super) fn start(&mut self) -> Case {
        let (peer, name) = self.random.of(&PEERS);
        let account = self.random.of(&["alice", "alice", "alice", "alice", "bob", "bob", "root"]);
        let (key, algorithm) = self.random.of(&KEYS);
        let mut case = Case {
            name: "good".into(),
            options: Vec::new(),
            files: BTreeMap::new(),
            account: account.into(),
            peer,
            client_host: format!("{}.", name.unwrap_or(NODE)).into_bytes(),
            client_user: account.into(),
            key: key.into(),
            algorithm: algorithm.into(),
            signature: Signature::Good,
            tail: Vec::new(),
        };
        case.write(HOSTS, NAMES);
        case.write(NETGROUP, NETGROUPS);
        match self.random.below(4) {
            0 => {}
            1 => case.set("UseDNS", "yes"),
            2 => case.set("HostbasedUsesNameFromPacketOnly", "yes"),
            _ => {
                case.set("UseDNS", "yes");
                let value = self.random.of(&["yes", "no"]);
                case.set("HostbasedUsesNameFromPacketOnly", value);
            }
        }
        self.write_known_hosts(&mut case);
        self.write_equiv(&mut case);
        case
    }

    /// Writes a line that has the case's key into one of the four files.
    fn write_known_hosts(&mut self, case: &mut Case) {
        let line = self.good_known_hosts_line(case);
        // Lines of other hosts, among which it stands.
        let others = self.other_known_hosts_lines();
        let text = if self.random.one_in(2) { others + &line } else { line + &others };
        match self.random.below(8) {
            0..=4 => case.write(KNOWN_HOSTS, text),
            5 => case.write(KNOWN_HOSTS2, text),
            6 => case.write_at_home(".ssh/known_hosts", text),
            _ => case.write_at_home(".ssh/known_hosts2", text),
        }
    }

    /// Writes a line that lets the case's user in into one of the four files; root is let in by his own ones only.
    fn write_equiv(&mut self, case: &mut Case) {
        let line = self.good_equiv_line(case);
        let others = "# hosts of the cluster\nnode2.cluster.test\n10.77.0.11 carol\n";
        let text = if self.random.one_in(2) { format!("{others}{line}") } else { format!("{line}{others}") };
        let system = case.account != "root";
        match self.random.below(6) {
            0 | 1 if system => case.write(SHOSTS_EQUIV, text),
            2 if system => case.write(HOSTS_EQUIV, text),
            3 => {
                case.set("IgnoreRhosts", "no");
                case.write_at_home(".rhosts", text);
            }
            _ => {
                let value = self.random.of(&["no", "shosts-only"]);
                case.set("IgnoreRhosts", value);
                case.write_at_home(".shosts", text);
            }
        }
    }

    fn good_known_hosts_line(&mut self, case: &Case) -> String {
        let name = looked_up(case);
        let hosts = match self.random.below(10) {
            0 => format!("{name},10.77.0.200"),
            1 => format!("second.cluster.test,!node2.cluster.test,{name}"),
            2 => pattern_of(&name),
            3 => name.to_uppercase(),
            4 => super::known_hosts::hashed(&name),
            _ => name,
        };
        match super::keys::authority_of(&case.key) {
            Some(authority) => format!("@cert-authority {hosts} {}\n", self.material.line(authority)),
            None => format!("{hosts} {}\n", self.material.line(&case.key)),
        }
    }

    fn good_equiv_line(&mut self, case: &Case) -> String {
        let name = looked_up(case);
        let address = super::names::text_of(case.peer.address);
        let packet = case.is_set("HostbasedUsesNameFromPacketOnly", "yes");
        let host = match self.random.below(8) {
            0 => name.to_uppercase(),
            1 => format!("+{name}"),
            2 if !packet => address,
            3 => "@everything".into(),
            _ => name,
        };
        let user = String::from_utf8_lossy(&case.client_user).into_owned();
        match self.random.below(6) {
            0 => format!("{host} {user}\n"),
            1 => format!("{host}\t+{user}\r\n"),
            2 => format!("  {host} @users\n{host}\n"),
            _ => format!("{host}\n"),
        }
    }
}

/// A pattern that matches the name, and others.
fn pattern_of(name: &str) -> String {
    match name.char_indices().rev().find(|(_, letter)| matches!(letter, '.' | ':')) {
        Some((at, _)) => format!("{}*", &name[..=at]),
        None => "*".into(),
    }
}
