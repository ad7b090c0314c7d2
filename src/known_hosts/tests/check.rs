//! The decision over several files.

use super::*;
use crate::wire::Writer;

fn check(files: &[&str], name: &str, key: &PublicKey) -> String {
    let documents: Vec<_> = files.iter().map(|file| Document::parse(file.as_bytes())).collect();
    let labels = ["system", "user"];
    let sources: Vec<_> = documents.iter().zip(labels).map(|(document, file)| Source { file, document }).collect();
    let status = check_host_key(&sources, name.as_bytes(), key);
    let indexes: Vec<_> = files.iter().map(|file| Index::new(file.as_bytes().to_vec())).collect();
    let sources: Vec<_> = indexes.iter().zip(labels).map(|(document, file)| Source { file, document }).collect();
    assert_eq!(check_host_key(&sources, name.as_bytes(), key), status, "indexes say the same");
    match status {
        HostKeyStatus::Ok(Place { file, line }) => format!("ok {file}:{line}"),
        HostKeyStatus::Changed(Place { file, line }) => format!("changed {file}:{line}"),
        HostKeyStatus::Revoked(Place { file, line }) => format!("revoked {file}:{line}"),
        HostKeyStatus::New => "new".to_owned(),
    }
}

fn line(front: &str, pub_file: &str) -> String {
    format!("{front} {}\n", text(pub_file))
}

#[test]
fn an_unmarked_line_with_the_key_is_ok() {
    let (host, other) = (line("node1", ED25519), line("node2", ED25519));
    assert_eq!(check(&[&host], "node1", &key(ED25519)), "ok system:1");
    assert_eq!(check(&[&format!("#\n{other}{host}{host}")], "node1", &key(ED25519)), "ok system:3");
    assert_eq!(check(&["", &host], "node1", &key(ED25519)), "ok user:1");
    assert_eq!(check(&[&host, &host], "node1", &key(ED25519)), "ok system:1");
    // Another key in front of it does not matter, nor in another file.
    assert_eq!(check(&[&format!("{}{host}", line("node1", CA))], "node1", &key(ED25519)), "ok system:2");
    assert_eq!(check(&[&line("node1", CA), &host], "node1", &key(ED25519)), "ok user:1");
}

#[test]
fn other_keys_only_are_changed_and_none_is_new() {
    assert_eq!(check(&[&line("node1", CA)], "node1", &key(ED25519)), "changed system:1");
    assert_eq!(check(&[&line("node1", RSA)], "node1", &key(ED25519)), "changed system:1");
    let both = line("node1", RSA) + &line("node1", CA);
    assert_eq!(check(&[&both], "node1", &key(ED25519)), "changed system:2", "the same type is shown first");
    assert_eq!(check(&[&line("node2", ED25519)], "node1", &key(ED25519)), "new");
    assert_eq!(check(&["node1 ssh-ed25519 AAAA\n"], "node1", &key(ED25519)), "new", "a bad line says nothing");
    assert_eq!(check(&[], "node1", &key(ED25519)), "new");
}

#[test]
fn an_authority_line_is_no_host_key_and_a_host_key_no_authority() {
    assert_eq!(check(&[&line("@cert-authority node1", ED25519)], "node1", &key(ED25519)), "new");
    assert_eq!(check(&[&line("@cert-authority node1", CA)], "node1", &key(ED25519)), "new");
    assert_eq!(check(&[&line("node1", CA)], "node1", &key(ED25519_CERT)), "new");
    assert_eq!(check(&[&line("node1", ED25519)], "node1", &key(ED25519_CERT)), "new");
    assert_eq!(check(&[&line("node1", ED25519_CERT)], "node1", &key(ED25519_CERT)), "new");
}

#[test]
fn a_certificate_needs_its_authority_for_the_host() {
    let authority = line("@cert-authority *.test", CA);
    assert_eq!(check(&[&authority], "node1.test", &key(ED25519_CERT)), "ok system:1");
    assert_eq!(check(&[&authority], "node1.example", &key(ED25519_CERT)), "new");
    assert_eq!(check(&[&line("@cert-authority *", RSA)], "node1.test", &key(ED25519_CERT)), "new");
    assert_eq!(check(&[&line("@cert-authority *", ED25519)], "node1.test", &key(ED25519_CERT)), "new");
    let behind = line("@cert-authority *", RSA) + &authority;
    assert_eq!(check(&["", &behind], "node1.test", &key(ED25519_CERT)), "ok user:2");
}

/// sshkey.c `sshkey_equal_public` compares the plain keys.
#[test]
fn an_authority_that_is_written_as_a_certificate_is_its_plain_key() {
    let authority = key(ED25519);
    let certificate = Writer::new()
        .string(b"ssh-ed25519-cert-v01@openssh.com")
        .string(b"nonce")
        .string(&key(CA).blob()[19..])
        .uint64(1)
        .uint32(2)
        .string(b"id")
        .string(b"")
        .uint64(0)
        .uint64(u64::MAX)
        .string(b"")
        .string(b"")
        .string(b"")
        .string(authority.blob())
        .string(&Writer::new().string(b"ssh-ed25519").string(&[1; 64]).into_bytes());
    let certificate = PublicKey::from_blob(&certificate.into_bytes()).unwrap();
    assert_eq!(check(&[&line("@cert-authority *", ED25519)], "node1", &certificate), "ok system:1");
    assert_eq!(check(&[&line("@cert-authority *", ED25519_CERT)], "node1", &certificate), "ok system:1");
    // Whoever signed that certificate is no authority by it.
    assert_eq!(check(&[&line("@cert-authority *", ED25519_CERT)], "node1", &key(ED25519_CERT)), "new");
}

#[test]
fn a_line_with_a_certificate_can_only_say_changed() {
    assert_eq!(check(&[&line("node1", ED25519_CERT)], "node1", &key(ED25519)), "changed system:1");
}

#[test]
fn revoked_is_above_all_else() {
    let host = line("node1", ED25519);
    for (revoked, key_file) in [
        (line("@revoked *", ED25519), ED25519),
        (line("@revoked *", ED25519), ED25519_CERT), // the key inside the certificate
        (line("@revoked *", CA), ED25519_CERT),      // its authority
        (line("@revoked *", ED25519_CERT), ED25519), // revoked as a certificate, which names the same key
    ] {
        let before = format!("{host}{}{revoked}", line("@cert-authority *", CA));
        assert_eq!(check(&[&before], "node1", &key(key_file)), "revoked system:3");
        assert_eq!(check(&[&before[..before.len() - revoked.len()]], "node1", &key(key_file)).get(..2), Some("ok"));
        assert_eq!(check(&[&host, &revoked], "node1", &key(key_file)), "revoked user:1");
        assert_eq!(check(&[&revoked], "unknown", &key(key_file)), "revoked system:1");
    }
}

#[test]
fn a_revocation_is_for_its_key_and_its_hosts_only() {
    let host = line("node1", ED25519);
    for other in [line("@revoked *", CA), line("@revoked node2", ED25519), line("@revoked *,!node1", ED25519)] {
        assert_eq!(check(&[&format!("{other}{host}")], "node1", &key(ED25519)), "ok system:2");
    }
    // The authority of somebody else's certificate.
    assert_eq!(check(&[&line("@revoked *", ED25519_CERT)], "node1", &key(CA)), "new");
}
