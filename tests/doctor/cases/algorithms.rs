//! Algorithms, sizes and the number of attempts: entries 36 to 46.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::keys::{self, KeyPair};
use crate::pair::{CLIENT, Pair, SSH_CONFIG, SSHD_CONFIG, client_keys, known_hosts};

fn server_says(pair: &Pair, line: &str) {
    pair.server.append(SSHD_CONFIG, line);
}

fn client_says(pair: &Pair, line: &str) {
    pair.client.append(SSH_CONFIG, line);
}

/// The client has this key only, and the server knows it.
fn only(pair: &Pair, key: &'static KeyPair) {
    for other in client_keys() {
        pair.client.remove(&other.private_path());
        pair.client.remove(&format!("{}.pub", other.private_path()));
    }
    pair.client.install_key(key);
    registered(pair, key);
}

/// Of the client's keys the server knows this one only.
fn registered(pair: &Pair, key: &'static KeyPair) {
    pair.server.write("/etc/ssh/ssh_known_hosts", known_hosts(CLIENT, [key]));
}

pub fn cases() -> Vec<Case> {
    let mut cases = refusals();
    cases.extend(accepted());
    cases
}

fn refusals() -> Vec<Case> {
    vec![
        refused("a_client_list_excludes", |pair| {
            client_says(pair, "    HostbasedAcceptedAlgorithms ecdsa-sha2-nistp521\n")
        })
        .client(&[Id::ClientAlgListExcludesKeys]),
        refused("a_server_list_excludes", |pair| {
            server_says(pair, "HostbasedAcceptedAlgorithms ecdsa-sha2-nistp521\n")
        })
        .server(&[Id::ServerAlgListExcludesKeys])
        .log(&[Id::ServerAlgListExcludesKeys]),
        refused("a_server_only_rsa256", |pair| server_says(pair, "HostbasedAcceptedAlgorithms rsa-sha2-256\n"))
            .joined(&[Id::RsaSingleAlgorithmAttempt])
            .beside(&[Id::RsaSingleAlgorithmAttempt, Id::ServerAlgListExcludesKeys]),
        refused("a_server_only_sshrsa", |pair| server_says(pair, "HostbasedAcceptedAlgorithms ssh-rsa\n"))
            .joined(&[Id::RsaSingleAlgorithmAttempt])
            .beside(&[Id::RsaSingleAlgorithmAttempt, Id::ServerAlgListExcludesKeys, Id::Sha1RefusedByCryptoPolicy]),
        refused("a_ecdsa384", |pair| {
            only(pair, keys::ecdsa384());
            server_says(pair, "HostbasedAcceptedAlgorithms ecdsa-sha2-nistp256\n");
        })
        .server(&[Id::EcdsaCurveNowExact]),
        refused("a_rsa_size", |pair| {
            only(pair, keys::rsa());
            server_says(pair, "RequiredRSASize 4096\n");
        })
        .server(&[Id::RsaKeyTooSmall])
        .log(&[Id::RsaKeyTooSmall]),
        // The third that is offered is the only one that is known.
        refused("a_maxtries", |pair| {
            registered(pair, keys::rsa());
            server_says(pair, "MaxAuthTries 2\n");
        })
        .joined(&[Id::MaxauthtriesEaten])
        .log(&[Id::MaxauthtriesEaten])
        .beside(&[Id::MaxauthtriesEaten, Id::KeyTypeRegisteredIsNotOffered]),
        refused("s_maxauth1", |pair| {
            registered(pair, keys::ecdsa256());
            server_says(pair, "MaxAuthTries 1\n");
        })
        .joined(&[Id::MaxauthtriesEaten])
        .beside(&[Id::MaxauthtriesEaten, Id::KeyTypeRegisteredIsNotOffered]),
        refused("o_hostbasedkeytypes_server", |pair| server_says(pair, "HostbasedKeyTypes ssh-ed25519\n"))
            .server(&[Id::OptionNameVersionSkew])
            .log(&[Id::OptionNameVersionSkew]),
    ]
}

fn accepted() -> Vec<Case> {
    vec![
        works("a_kex_sha384", |pair| client_says(pair, "    KexAlgorithms ecdh-sha2-nistp384\n")),
        works("a_kex_sha512 o_kex512", |pair| {
            client_says(pair, "    KexAlgorithms diffie-hellman-group16-sha512\n");
            server_says(pair, "KexAlgorithms +diffie-hellman-group16-sha512\n");
        }),
        works("o_kex384", |pair| client_says(pair, "    KexAlgorithms ecdh-sha2-nistp521\n")),
        works("o_sntrup", |pair| client_says(pair, "    KexAlgorithms sntrup761x25519-sha512@openssh.com\n")),
        works("a_kh_rsa_only", |pair| registered(pair, keys::rsa())).beside(&[Id::KeyTypeRegisteredIsNotOffered]),
        works("a_oldname_server", |pair| server_says(pair, "HostbasedAcceptedKeyTypes ssh-ed25519\n")),
        works("a_rsa_hostkey_only o_rsa_only", |pair| only(pair, keys::rsa())),
        works("a_sha1_rsa_only", |pair| {
            only(pair, keys::rsa());
            client_says(pair, "    HostbasedAcceptedAlgorithms ssh-rsa\n");
            server_says(pair, "HostbasedAcceptedAlgorithms +ssh-rsa\n");
        })
        .beside(&[Id::Sha1RefusedByCryptoPolicy]),
    ]
}
