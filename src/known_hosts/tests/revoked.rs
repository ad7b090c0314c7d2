//! Stricter than OpenSSH on purpose: lines that begin with `@revoked` revoke, however they go on.

use super::*;
use crate::key::{KeyLineError, encode_base64};
use crate::wire::{Reader, Writer};

fn is_revoked(line: &[u8], name: &str) -> bool {
    let document = Document::parse(line);
    let sources = [Source { file: "f", document: &document }];
    let place = Place { file: "f", line: 1 };
    match check_host_key(&sources, name.as_bytes(), &key(ED25519)) {
        HostKeyStatus::Revoked(found) => found == place,
        HostKeyStatus::New => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_well_written_one_is_regular() {
    let line = format!("@revoked node1 {}", text(ED25519));
    assert_eq!(entry(&line).irregular(), None);
    assert!(is_revoked(line.as_bytes(), "node1") && !is_revoked(line.as_bytes(), "node2"));
}

#[test]
fn irregular_ones_revoke_for_their_hosts_and_say_what_is_wrong() {
    let (k, b64) = (text(ED25519), base64(ED25519));
    let unknown = |name: &str| LineProblem::Key(KeyLineError::UnknownType(name.into()));
    for (line, problem) in [
        (format!("@revoked\tnode1 {k}"), LineProblem::TabAfterMarker),
        (format!("@revoked\t node1 {k}"), LineProblem::TabAfterMarker),
        (format!("@revoked @revoked node1 {k}"), LineProblem::SecondMarker),
        (format!("@revoked @cert-authority node1 {k}"), LineProblem::SecondMarker),
        (format!("@cert-authority @revoked node1 {k}"), LineProblem::SecondMarker),
        (format!("@REVOKED node1 {k}"), LineProblem::UnknownMarker),
        (format!("@revoked: node1 {k}"), LineProblem::UnknownMarker),
        (format!("\r@revoked\tnode1 {k}"), unknown("node1").clone()),
        (format!("\u{feff}@revoked node1 {k}"), unknown("node1").clone()),
        (format!("@revoked node1, node3 {k}"), unknown("node3").clone()),
        (format!("@revoked node1 {b64}"), unknown(&crate::escape::escape(b64).to_string())),
        (format!("@revoked node1 # {k}"), LineProblem::NoKeyType),
        (format!("@revoked node1 ssh-rsa {b64}"), LineProblem::Key(mismatch())),
        (format!("@revoked node1\x0b{k}"), unknown(&crate::escape::escape(b64).to_string())),
        (format!("@revoked node1\0 {k}"), LineProblem::Truncated),
    ] {
        let entry = entry(&line);
        assert_eq!(entry.marker(), Some(Marker::Revoked), "{line:?}");
        assert_eq!(entry.irregular(), Some(&problem), "{line:?}");
        assert!(is_revoked(line.as_bytes(), "node1"), "{line:?}");
        assert!(is_revoked(line.as_bytes(), "NODE1"), "{line:?}");
        assert!(!is_revoked(line.as_bytes(), "node2"), "{line:?}");
    }
}

fn mismatch() -> KeyLineError {
    use crate::key::{BaseType, KeyType};
    KeyLineError::TypeMismatch { text: KeyType::plain(BaseType::Rsa), key: KeyType::plain(BaseType::Ed25519) }
}

#[test]
fn where_the_hosts_cannot_be_told_every_host_is_meant() {
    let k = text(ED25519);
    for line in [
        format!("@revoked {k}"),
        format!("@revokednode1 {k}"),
        format!("@revoked |1|AAAA|AAAA {k}"),
        format!("\u{feff}@revoked {k}"),
    ] {
        assert!(entry(&line).irregular().is_some(), "{line}");
        assert!(is_revoked(line.as_bytes(), "node1") && is_revoked(line.as_bytes(), "10.0.0.1"), "{line}");
    }
}

#[test]
fn what_spoils_another_line_does_not_spoil_a_revocation() {
    let k = text(ED25519);
    let revoked = |hosts: &str, name: &str| is_revoked(format!("@revoked {hosts} {k}").as_bytes(), name);
    let hashed = |name: &str| HashedName::new(name.as_bytes(), [3; 20]).to_string();
    // The client's choice of case does not help it past a hash.
    assert!(revoked(&hashed("node1"), "node1") && revoked(&hashed("node1"), "NODE1"));
    assert!(revoked(&hashed("Node1"), "Node1"));
    assert!(!revoked(&hashed("node1"), "node2"));
    // A list of hashes, and a pattern that is too long.
    let list = format!("{},{}", hashed("node1"), hashed("node2"));
    assert!(revoked(&list, "node1") && revoked(&list, "NODE2") && !revoked(&list, "node3"));
    let long = format!("node1,{}", "x".repeat(1023));
    assert!(revoked(&long, "node1") && !revoked(&long, "node2"));
    // Negation still counts.
    assert!(revoked("*,!node1", "node2") && !revoked("*,!node1", "node1"));
    assert!(!revoked("!node1", "node2"));
    assert!(revoked("*,!|1|x", "node1"), "nothing is excluded by a hash that cannot be read");
    assert!(revoked("node2,|1|x", "node1"), "but it may be any host's");
    assert!(revoked(&format!("*,!{}", hashed("node1")), "node1"), "nor does a negated hash, as for OpenSSH");
    assert!(!revoked("node1,", ""));
}

#[test]
fn without_a_key_it_is_a_problem() {
    for line in
        ["@revoked", "@revoked ", "@revoked *", "@revoked * ssh-ed25519 AAAA", "@revoked\t* ssh-dss AAAAB3NzaC1kc3M="]
    {
        assert_eq!(problem(line), LineProblem::RevokedWithoutKey, "{line}");
    }
}

#[test]
fn what_only_looks_like_one_revokes_nothing() {
    let k = text(ED25519);
    for line in [format!("# @revoked * {k}"), format!("@revok * {k}"), format!("@cert-authority\t@x * {k}")] {
        assert!(!is_revoked(line.as_bytes(), "node1"), "{line}");
        assert!(!matches!(content(&line), LineContent::Entry(_)), "{line}");
    }
    let named = entry(format!("node1,@revoked {k}"));
    assert_eq!(named.marker(), None);
}

#[test]
fn blobs_that_only_openssh_reads_revoke_the_key_in_them() {
    let rsa = key(RSA);
    let mut reader = Reader::new(rsa.blob());
    let [name, e, n] = ["name", "e", "n"].map(|field| reader.string(field, 4096).unwrap());
    let zeros = |number: &[u8]| [&[0, 0], number].concat();
    let blob = |name: &[u8], e: &[u8], n: &[u8]| Writer::new().string(name).string(e).string(n).into_bytes();
    let certificate = Writer::new().string(b"ssh-rsa-cert-v01@openssh.com").string(b"nonce").string(e).string(n);
    for blob in [
        blob(name, &zeros(e), n),
        blob(name, e, &zeros(n)),
        blob(name, &zeros(e), &zeros(n)),
        blob(b"rsa-sha2-512", e, n),
        // What follows the key says nothing that counts here.
        certificate.string(b"\xff").into_bytes(),
    ] {
        assert!(PublicKey::from_blob(&blob).is_err());
        let line = format!("@revoked node1 ssh-rsa {}", encode_base64(&blob));
        assert_eq!(entry(&line).key(), &rsa);
        let document = Document::parse(format!("node1 {}\n{line}\n", rsa.to_line()).as_bytes());
        let status = check_host_key(&[Source { file: "f", document: &document }], b"node1", &rsa);
        assert_eq!(status, HostKeyStatus::Revoked(Place { file: "f", line: 2 }));
    }
    // Of a number's bytes, the first has its sign.
    let (odd, wanted) = ([1, 0, 0x81], Writer::new().string(name).string(&[1, 0, 0x81]).string(n).into_bytes());
    let line = format!("@revoked node1 ssh-rsa {}", encode_base64(&blob(name, &zeros(&odd), n)));
    assert_eq!(entry(&line).key().blob(), wanted);
}

/// Whatever a certificate says behind its key, which has other fields in each type.
#[test]
fn certificates_that_only_openssh_reads_revoke_the_key_in_them() {
    let sk = |name: &[u8], from: &PublicKey, start: usize| {
        Writer::new().string(name).raw(&from.blob()[start..]).string(b"ssh:").into_bytes()
    };
    let (ed25519, p256) = (key(ED25519), key(ECDSA256));
    let sk_ed25519 = sk(b"sk-ssh-ed25519@openssh.com", &ed25519, 4 + 11);
    let sk_p256 = sk(b"sk-ecdsa-sha2-nistp256@openssh.com", &p256, 4 + 19);
    let others = [key(RSA), key(ECDSA384), PublicKey::from_blob(&sk_ed25519).unwrap()];
    for plain in [ed25519, p256, PublicKey::from_blob(&sk_p256).unwrap()].into_iter().chain(others) {
        let name = plain.key_type().name();
        let certificate = format!("{}-cert-v01@openssh.com", name.trim_end_matches("@openssh.com"));
        let fields = &plain.blob()[4 + name.len()..];
        let blob =
            Writer::new().string(certificate.as_bytes()).string(b"nonce").raw(fields).string(b"\xff").into_bytes();
        assert!(PublicKey::from_blob(&blob).is_err());
        let line = |blob: &[u8]| format!("@revoked node1 {certificate} {}", encode_base64(blob));
        assert_eq!(entry(line(&blob)).key(), &plain, "{certificate}");
        // Without the whole key there is none.
        let cut = blob.len() - b"\0\0\0\x01\xff".len() - 1;
        assert_eq!(problem(line(&blob[..cut])), LineProblem::RevokedWithoutKey, "{certificate}");
    }
}
