//! Signatures that are good, by an algorithm that was not announced; keys and certificates in each other's place.

use russh_hostbased::keys::ssh_key::HashAlg::{Sha256, Sha512};

use super::keys::keys;
use super::raw_ssh::Answer;
use super::requests::{Signature, Wanted};

/// What is let in: key, algorithm, signer and its hash. All that follow differ from one of these in one thing.
#[test]
fn each_as_announced_is_let_in() {
    let server = server!();
    for (key, algorithm, signer, hash) in [
        ("ed25519", "ssh-ed25519", "ed25519", None),
        ("ecdsa256", "ecdsa-sha2-nistp256", "ecdsa256", None),
        ("ecdsa384", "ecdsa-sha2-nistp384", "ecdsa384", None),
        ("ecdsa521", "ecdsa-sha2-nistp521", "ecdsa521", None),
        ("rsa", "rsa-sha2-256", "rsa", Some(Sha256)),
        ("rsa", "rsa-sha2-512", "rsa", Some(Sha512)),
        ("cert", "ssh-ed25519-cert-v01@openssh.com", "ed25519", None),
        ("cert-ecdsa256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa256", None),
        ("cert-rsa", "rsa-sha2-256-cert-v01@openssh.com", "rsa", Some(Sha256)),
        ("cert-rsa", "rsa-sha2-512-cert-v01@openssh.com", "rsa", Some(Sha512)),
    ] {
        let (answer, codes) = server.judge(&Wanted::by(key, algorithm, signer, hash));
        assert_eq!((answer, codes), (Answer::Success, vec!["accepted".to_owned()]), "{algorithm}");
    }
}

#[test]
fn a_good_rsa_signature_by_another_hash() {
    let server = server!();
    for (key, algorithm, hash) in [
        ("rsa", "rsa-sha2-256", Some(Sha512)),
        ("rsa", "rsa-sha2-512", Some(Sha256)),
        ("rsa", "rsa-sha2-256", None),
        ("rsa", "rsa-sha2-512", None),
        ("cert-rsa", "rsa-sha2-512-cert-v01@openssh.com", Some(Sha256)),
        ("cert-rsa", "rsa-sha2-512-cert-v01@openssh.com", None),
    ] {
        let what = format!("{algorithm} signed by {hash:?}");
        server.refuses(&what, &Wanted::by(key, algorithm, "rsa", hash), "signature-invalid");
    }
    // SHA-1 as announced is refused before the key is looked at.
    server.refuses("ssh-rsa", &Wanted::by("rsa", "ssh-rsa", "rsa", None), "algorithm-not-accepted");
}

#[test]
fn a_good_sha_1_signature_where_an_administrator_has_allowed_it() {
    let server = server!("--set", "HostbasedAcceptedAlgorithms=+ssh-rsa");
    assert_eq!(server.judge(&Wanted::by("rsa", "ssh-rsa", "rsa", None)).0, Answer::Success);
    // It still does not pass for another.
    server.refuses("rsa-sha2-256", &Wanted::by("rsa", "rsa-sha2-256", "rsa", None), "signature-invalid");
}

#[test]
fn a_key_of_another_type_or_curve_than_announced() {
    let server = server!();
    for (key, algorithm) in [
        ("ecdsa256", "ecdsa-sha2-nistp384"),
        ("ecdsa384", "ecdsa-sha2-nistp256"),
        ("ecdsa521", "ecdsa-sha2-nistp256"),
        ("ecdsa256", "ssh-ed25519"),
        ("ed25519", "ecdsa-sha2-nistp256"),
        ("ed25519", "rsa-sha2-512"),
        ("rsa", "ssh-ed25519"),
    ] {
        let hash = (key == "rsa").then_some(Sha512);
        server.refuses(
            &format!("{key} as {algorithm}"),
            &Wanted::by(key, algorithm, key_pair(key), hash),
            "key-type-mismatch",
        );
    }
}

/// The key pair of a name, for as long as the program runs.
fn key_pair(name: &str) -> &'static str {
    super::keys::Keys::registered().find(|pair| *pair == name).unwrap()
}

#[test]
fn a_good_signature_by_another_key() {
    let server = server!();
    for (key, algorithm, signer) in [
        ("ed25519", "ssh-ed25519", "ed25519-other"),
        ("ed25519", "ssh-ed25519", "ecdsa256"),
        ("ecdsa256", "ecdsa-sha2-nistp256", "ecdsa384"),
        ("ecdsa384", "ecdsa-sha2-nistp384", "ecdsa256"),
        ("cert", "ssh-ed25519-cert-v01@openssh.com", "ca"),
        ("rsa", "rsa-sha2-512", "ed25519"),
    ] {
        let what = format!("{algorithm} signed by {signer}");
        server.refuses(&what, &Wanted::by(key, algorithm, signer, None), "signature-invalid");
    }
    // A key that is not registered, which signs well.
    let other = Wanted::by("ed25519-other", "ssh-ed25519", "ed25519-other", None);
    server.refuses("a key of nobody", &other, "host-key-changed");
}

#[test]
fn keys_and_certificates_in_each_others_place() {
    let server = server!();
    for (key, algorithm, signer) in [
        ("ed25519", "ssh-ed25519-cert-v01@openssh.com", "ed25519"),
        ("cert", "ssh-ed25519", "ed25519"),
        ("ecdsa256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa256"),
        ("cert-ecdsa256", "ecdsa-sha2-nistp256", "ecdsa256"),
        ("cert-ecdsa256", "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa256"),
    ] {
        let what = format!("{key} as {algorithm}");
        server.refuses(&what, &Wanted::by(key, algorithm, signer, None), "key-type-mismatch");
    }
}

#[test]
fn signatures_that_are_spoiled() {
    let server = server!();
    type Change = fn(&mut Vec<u8>);
    let changes: [(&str, Change); 6] = [
        ("a bit", |signature| *signature.last_mut().unwrap() ^= 1),
        ("its name", |signature| signature[4] ^= 1),
        ("a byte behind it", |signature| signature.push(0)),
        ("a byte less", |signature| signature.truncate(82)),
        ("nothing but its name", |signature| signature.truncate(4 + 11)),
        ("zeros", |signature| signature[19..].fill(0)),
    ];
    for (what, change) in changes {
        let wanted = Wanted::good().signed(Signature::Changed("ed25519", None, change));
        server.refuses(what, &wanted, "signature-invalid");
    }
    let wanted = Wanted::good().signed(Signature::Is(keys().blob("ed25519").to_vec()));
    server.refuses("the key as its signature", &wanted, "signature-invalid");
}
