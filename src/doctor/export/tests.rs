//! What is written is read again, and nothing else is.

use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::wire::Writer;

const HOST: &str = "node1.cluster.test.";

fn key() -> (SigningKey, PublicKey) {
    let signing = SigningKey::from_bytes(&[7; 32]);
    let blob = Writer::new().string(b"ssh-ed25519").string(signing.verifying_key().as_bytes()).into_bytes();
    (signing, PublicKey::from_blob(&blob).unwrap())
}

fn ed25519() -> Algorithm {
    Algorithm::from_name(b"ssh-ed25519").unwrap()
}

fn statement() -> Statement {
    Statement {
        format: FORMAT.to_owned(),
        made: 1_700_000_000,
        client_name: "node1".to_owned(),
        client_user: "alice".to_owned(),
        server_user: "bob".to_owned(),
        server: "srv".to_owned(),
        server_name: "srv.cluster.test".to_owned(),
        port: 22,
        is_proxied: false,
        connections: vec![Connection {
            server: "10.77.0.2".to_owned(),
            source: "10.77.0.1".to_owned(),
            client_host: HOST.to_owned(),
        }],
        offers: vec![Offer { algorithm: "ssh-ed25519".to_owned(), key: key().1.to_line() }],
        ssh: Some("OpenSSH_9.2p1".to_owned()),
        helper: Some(Helper { path: "/usr/lib/openssh/ssh-keysign".to_owned(), is_ours: false }),
        findings: vec![Reported {
            id: "keysign-missing".to_owned(),
            severity: "error".to_owned(),
            seen: "nothing".to_owned(),
        }],
    }
}

fn exported(statement: Statement) -> String {
    let (signing, public) = key();
    let draft = Draft::new(statement);
    let signature = signing.sign(&draft.signed_data(&public, ed25519(), HOST)).to_bytes();
    let blob = Writer::new().string(b"ssh-ed25519").string(&signature).into_bytes();
    draft.finish(vec![Signature::new(&public, ed25519(), HOST, &blob)])
}

#[test]
fn what_is_written_is_read_and_signed_off() {
    let export = Export::parse(exported(statement()).as_bytes()).unwrap();
    assert_eq!(export.statement(), &statement());
    assert!(export.statement().findings[0].is_error());
    let proofs = export.proofs();
    assert_eq!(proofs.len(), 1);
    assert_eq!((&proofs[0].key, &*proofs[0].client_host, proofs[0].result), (&key().1, HOST, Ok(())));
}

#[test]
fn a_first_line_that_was_changed_is_refused_even_where_its_hash_is_made_anew() {
    let text = exported(statement());
    let changed = text.replace("alice", "mallory");
    assert_eq!(Export::parse(changed.as_bytes()), Err(ExportError::Changed));

    let (first, _) = changed.split_once('\n').unwrap();
    let (_, second) = text.split_once('\n').unwrap();
    let old: SecondLine = serde_json::from_str(second).unwrap();
    let of = hex(&Sha256::digest(first.as_bytes()));
    let second = serde_json::to_string(&SecondLine { of, signatures: old.signatures }).unwrap();
    let export = Export::parse(format!("{first}\n{second}\n").as_bytes()).unwrap();
    assert_eq!(export.proofs()[0].result, Err(SignatureError::Invalid));
}

#[test]
fn a_signature_for_another_name_does_not_count() {
    let text = exported(statement()).replace(
        "\"client_host\":\"node1.cluster.test.\",\"signature\"",
        "\"client_host\":\"node2.cluster.test.\",\"signature\"",
    );
    let export = Export::parse(text.as_bytes()).unwrap();
    assert_eq!(export.proofs()[0].result, Err(SignatureError::Invalid));
}

#[test]
fn what_is_no_export_is_refused_with_its_reason() {
    let text = exported(statement());
    let (first, second) = text.trim_end().split_once('\n').unwrap();
    let parse = |text: &str| Export::parse(text.as_bytes()).unwrap_err();
    assert_eq!(parse(""), ExportError::NotTwoLines);
    assert_eq!(parse(first), ExportError::NotTwoLines);
    assert_eq!(parse(&format!("{text}{second}\n")), ExportError::NotTwoLines);
    assert_eq!(parse(&text.replace("client-1", "client-2")), ExportError::Format);
    assert!(matches!(parse(&format!("{{\n{second}")), ExportError::Json { line: 1, .. }));
    assert!(matches!(parse(&format!("{first}\n[]")), ExportError::Json { line: 2, .. }));
    assert!(matches!(parse(&text.replace("\"port\":22", "\"port\":22,\"x\":1")), ExportError::Json { line: 1, .. }));
    assert_eq!(Export::parse(&vec![b'\n'; MAX_BYTES + 1]), Err(ExportError::TooLong));

    let with = |change: &dyn Fn(&mut Statement)| {
        let mut statement = statement();
        change(&mut statement);
        parse(&exported(statement))
    };
    assert_eq!(with(&|s| s.offers[0].algorithm = "ssh-none".to_owned()), ExportError::Algorithm);
    assert_eq!(with(&|s| s.offers[0].algorithm = "rsa-sha2-256".to_owned()), ExportError::Misfit);
    assert!(matches!(with(&|s| s.offers[0].key = "ssh-ed25519 AAAA".to_owned()), ExportError::Key(_)));
    let many = |s: &mut Statement| s.connections = vec![s.connections[0].clone(); MAX_ENTRIES + 1];
    assert_eq!(with(&many), ExportError::TooMany("connections"));
}

/// Every way to change one byte: what is still read as an export is either signed off no more, or says the same.
#[test]
fn no_byte_can_be_changed_under_a_signature() {
    let genuine = exported(statement());
    for at in 0..genuine.len() {
        for with in [b'0', b'"', 0, 0xff] {
            let mut bytes = genuine.clone().into_bytes();
            if std::mem::replace(&mut bytes[at], with) == with {
                continue;
            }
            let Ok(export) = Export::parse(&bytes) else { continue };
            let is_vouched_for = export.proofs().iter().any(|proof| proof.result.is_ok());
            assert!(!is_vouched_for || export.statement() == &statement(), "byte {at} as {with:#x}");
        }
    }
}
