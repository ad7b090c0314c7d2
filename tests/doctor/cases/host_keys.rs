//! The client's host keys: entries 29 to 34 and 45, and 24 on the server.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::keys::{self, KeyPair};
use crate::pair::{CLIENT, Machine, Pair, client_keys, known_hosts, server_keys};

fn public(key: &KeyPair) -> String {
    format!("{}.pub", key.private_path())
}

fn each(pair: &Pair, work: impl Fn(&Machine, &KeyPair)) {
    client_keys().into_iter().for_each(|key| work(&pair.client, key));
}

/// Gives a key the public half of another.
fn make_stale(machine: &Machine, key: &KeyPair) {
    let other = server_keys().iter().find(|other| other.family == key.family).unwrap();
    machine.write(&public(key), format!("{}\n", other.public));
}

pub fn cases() -> Vec<Case> {
    vec![
        refused("h_pub_missing", |pair| each(pair, |client, key| client.remove(&public(key))))
            .client(&[Id::PubFilesMissing])
            .log(&[Id::PubFilesMissing])
            .short(),
        refused("h_pub_unreadable", |pair| each(pair, |client, key| client.set_mode(&public(key), 0o600)))
            .client(&[Id::PubFilesUnreadable]),
        refused("h_pub_stale p_stale", |pair| each(pair, make_stale))
            .client(&[Id::PubPrivateMismatch])
            .log(&[Id::PubPrivateMismatch])
            .beside(&[Id::FirstBadKeyStopsMethod, Id::KnownHostsStaleKey])
            .short(),
        refused("h_pub_stale_one", |pair| make_stale(&pair.client, keys::ed25519()))
            .client(&[Id::FirstBadKeyStopsMethod])
            .beside(&[Id::PubPrivateMismatch])
            .short(),
        refused("h_ed_priv_missing", |pair| pair.client.remove(&keys::ed25519().private_path()))
            .client(&[Id::FirstBadKeyStopsMethod])
            .beside(&[Id::PubPrivateMismatch]),
        // The server knows the one key of which the client has no public half.
        refused("h_ed_pub_missing", |pair| {
            pair.client.remove(&public(keys::ed25519()));
            pair.server.write("/etc/ssh/ssh_known_hosts", known_hosts(CLIENT, [keys::ed25519()]));
        })
        .client_tells(Id::PubFilesMissing)
        .joined(&[Id::KeyTypeRegisteredIsNotOffered]),
        refused("h_priv_missing", |pair| each(pair, |client, key| client.remove(&key.private_path())))
            .client(&[Id::PrivateKeysNotAtFixedPaths])
            .no_mend("the keys are gone"),
        refused("h_custom_path", |pair| {
            let mut config = String::new();
            std::fs::create_dir(pair.client.path("/etc/ssh/keys")).unwrap();
            each(pair, |client, key| {
                let name = key.private_path().replace("/etc/ssh/", "/etc/ssh/keys/");
                client.rename(&key.private_path(), &name);
                client.rename(&public(key), &format!("{name}.pub"));
            });
            for key in client_keys() {
                config += &format!("HostKey {}\n", key.private_path().replace("/etc/ssh/", "/etc/ssh/keys/"));
            }
            pair.client.prepend("/etc/ssh/sshd_config", &config);
        })
        .client(&[Id::PrivateKeysNotAtFixedPaths])
        .log(&[Id::PubFilesMissing]),
        refused("h_passphrase p_passphrase", |pair| {
            each(pair, |client, key| client.write_with_mode(&key.private_path(), key.encrypted().private, 0o600));
        })
        .client(&[Id::PrivateKeyEncryptedOrCorrupt])
        .log(&[Id::PrivateKeyEncryptedOrCorrupt])
        .no_mend("only who knows the passphrase can take it off"),
        refused("h_priv_corrupt", |pair| {
            each(pair, |client, key| {
                client.write_with_mode(&key.private_path(), &key.private[..key.private.len() / 2], 0o600)
            });
        })
        .client(&[Id::PrivateKeyEncryptedOrCorrupt])
        .no_mend("the keys are gone"),
        works("h_key_0644", |pair| each(pair, |client, key| client.set_mode(&key.private_path(), 0o644)))
            .client_tells(Id::HostKeyReadableByOthers),
        refused("h_sshd_key_0640", |pair| {
            for key in server_keys() {
                pair.server.set_owner(&key.private_path(), 0, crate::pair::SSH_KEYS_GID);
                pair.server.set_mode(&key.private_path(), 0o640);
            }
        })
        .server(&[Id::GroupReadableHostKeysRefused])
        .log(&[Id::GroupReadableHostKeysRefused]),
    ]
}
