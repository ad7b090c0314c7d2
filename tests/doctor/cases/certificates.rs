//! Host certificates: entries 30, 35 and 108 to 111.

use std::process::Command;

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::keys::{self, KeyPair};
use crate::pair::{CLIENT, Pair};

const CERTIFICATE: &str = "/etc/ssh/ssh_host_ed25519_key-cert.pub";

/// The client's first key is certified, with these options of ssh-keygen, by an authority; that is all that the server knows.
fn certified(pair: &Pair, authority: &'static KeyPair, options: &[&str]) {
    pair.client.write_with_mode("/tmp/ca", &authority.private, 0o600);
    let mut keygen: Command = pair.client.as_root("ssh-keygen");
    keygen.args(["-q", "-s", "/tmp/ca", "-I", "node1"]).args(options).arg("/etc/ssh/ssh_host_ed25519_key.pub");
    assert!(keygen.status().unwrap().success());
    pair.client.remove("/tmp/ca");
    let line = format!("@cert-authority *.cluster.test {}\n", authority.public_without_comment());
    pair.server.write("/etc/ssh/ssh_known_hosts", line);
}

fn ed25519_ca(pair: &Pair, options: &[&str]) {
    certified(pair, keys::another_ed25519(), options);
}

const SIGNS_ANEW: &str = "the authority's key is not on either machine";

pub fn cases() -> Vec<Case> {
    vec![
        works("ct_ok", |pair| ed25519_ca(pair, &["-h", "-n", CLIENT])),
        // The certificate is tried in vain, and then the key.
        works("ct_in_vain", |pair| {
            let known = pair.server.read("/etc/ssh/ssh_known_hosts");
            ed25519_ca(pair, &["-h", "-n", CLIENT]);
            pair.server.write("/etc/ssh/ssh_known_hosts", known);
        })
        .joined_tells(Id::CertificateAttemptsComeFirst)
        .log(&[Id::CertificateAttemptsComeFirst]),
        refused("ct_princ", |pair| ed25519_ca(pair, &["-h", "-n", "other.cluster.test"]))
            .joined(&[Id::CertificatePrincipalMismatch])
            .log(&[Id::CertificatePrincipalMismatch])
            .beside(&[Id::CertificatePrincipalMismatch])
            .no_mend(SIGNS_ANEW),
        refused("ct_short_princ", |pair| ed25519_ca(pair, &["-h", "-n", "node1"]))
            .joined(&[Id::CertificatePrincipalMismatch])
            .beside(&[Id::CertificatePrincipalMismatch])
            .no_mend(SIGNS_ANEW),
        // Since 10.3 it is refused.
        works("ct_noprinc", |pair| ed25519_ca(pair, &["-h"]))
            .client_tells(Id::CertificateWithoutPrincipals)
            .beside(&[Id::CertificateWithoutPrincipals]),
        refused("ct_expired", |pair| ed25519_ca(pair, &["-h", "-n", CLIENT, "-V", "20200101:20200201"]))
            .joined(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .log(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .beside(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .no_mend(SIGNS_ANEW),
        refused("ct_usercert", |pair| ed25519_ca(pair, &["-n", CLIENT]))
            .joined(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .log(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .beside(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .no_mend(SIGNS_ANEW),
        refused("ct_casig", |pair| certified(pair, keys::rsa_of_an_odd_size(), &["-h", "-n", CLIENT, "-t", "ssh-rsa"]))
            .joined(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .log(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .beside(&[Id::CertificateExpiredOrWrongKindOrWeakCa])
            .no_mend(SIGNS_ANEW),
        refused("ct_no_ca", |pair| {
            ed25519_ca(pair, &["-h", "-n", CLIENT]);
            pair.server.replace("/etc/ssh/ssh_known_hosts", "@cert-authority ", "");
        })
        .joined(&[Id::CaLineNotMarked])
        .beside(&[Id::CaLineNotMarked, Id::CertificateAttemptsComeFirst]),
        refused("ct_unreadable", |pair| {
            ed25519_ca(pair, &["-h", "-n", CLIENT]);
            pair.client.set_mode(CERTIFICATE, 0o600);
        })
        .client_tells(Id::PubFilesUnreadable)
        .joined(&[Id::PubFilesUnreadable])
        .log(&[Id::PubFilesUnreadable]),
    ]
}
