//! Private keys in every form that ssh-keygen and openssl write, signed with and checked again; and what must not sign.
#![cfg(all(feature = "sign", feature = "verify"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_types
)]
#![allow(clippy::disallowed_methods, reason = "a test makes keys with the real tools")]

#[path = "support/tool.rs"]
mod tool;

use std::path::{Path, PathBuf};
use std::process::Command;

use hostbased::key::{Algorithm, BaseType, KeyType, PublicKey, parse_public_key_file, verify_signature};
use hostbased::sign::{Caller, CheckedRequest, HostKey, PrivateKeyError, SignError};
use hostbased::wire::Request;
use tempfile::TempDir;
use tool::tool;

const CALLER: Caller<'_> = Caller { local_name: b"node1.cluster.test", user: b"alice" };

/// A name, what `ssh-keygen -t` makes, and the form it is written in.
const ONE_OF_EACH_FORM: [(&str, &[&str], &str); 4] = [
    ("openssh", &["ed25519"], "RFC4716"),
    ("pkcs1", &["rsa", "-b", "2048"], "PEM"),
    ("sec1", &["ecdsa"], "PEM"),
    ("pkcs8", &["ecdsa"], "PKCS8"),
];

struct Keys {
    folder: TempDir,
}

impl Keys {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A key by ssh-keygen, in one of its forms (`RFC4716` is OpenSSH's own, `PEM` PKCS#1 or SEC1, or `PKCS8`).
    fn make(&self, name: &str, kind: &[&str], form: &str) -> (PathBuf, PublicKey) {
        let path = self.path(name);
        let arguments = [&["-q", "-N", "", "-C", "", "-f", path.to_str().unwrap(), "-t"], kind].concat();
        tool("ssh-keygen", &arguments);
        if form != "RFC4716" {
            // Ed25519 has no other form in ssh-keygen; the caller uses openssl for it.
            tool("ssh-keygen", &["-q", "-p", "-N", "", "-m", form, "-f", path.to_str().unwrap()]);
        }
        let public = parse_public_key_file(&std::fs::read(path.with_extension("pub")).unwrap()).unwrap();
        (path, public)
    }
}

/// What `CALLER` asks to be signed.
fn request(public: &PublicKey, algorithm: &str) -> Vec<u8> {
    let request = Request {
        user: b"bob",
        algorithm: algorithm.as_bytes(),
        public_key: public.blob(),
        client_host: b"node1.cluster.test.",
        client_user: b"alice",
        signature: b"",
    };
    request.signed_data(&[9; 32])
}

fn signed_by(file: &[u8], public: &PublicKey, algorithm: &str) -> Result<(), SignError> {
    let data = request(public, algorithm);
    let checked = CheckedRequest::check(&data, &CALLER).unwrap();
    let key = HostKey::identify(file)?;
    assert!(key.holds(public)?, "the file holds the key of its .pub");
    let signature = key.sign(&checked)?;
    let algorithm = Algorithm::from_name(algorithm.as_bytes()).unwrap();
    verify_signature(public, algorithm, &data, &signature).expect("our signature verifies");
    Ok(())
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn every_form_of_every_type_signs() {
    let keys = Keys::new();
    let kinds: [(&str, &[&str], &[&str]); 5] = [
        ("ed25519", &["ed25519"], &["ssh-ed25519"]),
        ("p256", &["ecdsa", "-b", "256"], &["ecdsa-sha2-nistp256"]),
        ("p384", &["ecdsa", "-b", "384"], &["ecdsa-sha2-nistp384"]),
        ("p521", &["ecdsa", "-b", "521"], &["ecdsa-sha2-nistp521"]),
        ("rsa", &["rsa", "-b", "2048"], &["rsa-sha2-256", "rsa-sha2-512"]),
    ];
    for (name, kind, algorithms) in kinds {
        for (form, label) in
            [("RFC4716", "OPENSSH PRIVATE KEY"), ("PEM", " PRIVATE KEY"), ("PKCS8", "-BEGIN PRIVATE KEY")]
        {
            if name == "ed25519" && form != "RFC4716" {
                continue;
            }
            let (path, public) = keys.make(&format!("{name}-{form}"), kind, form);
            let file = read(&path);
            assert!(String::from_utf8_lossy(&file).contains(label), "{name} is in the form {form}");
            for algorithm in algorithms {
                assert_eq!(signed_by(&file, &public, algorithm), Ok(()), "{name} {form} {algorithm}");
            }
        }
    }
}

#[test]
fn ed25519_in_pkcs8_carries_no_public_part_and_signs() {
    let keys = Keys::new();
    let path = keys.path("ed25519.pem");
    tool("openssl", &["genpkey", "-algorithm", "ed25519", "-out", path.to_str().unwrap()]);
    let raw = Command::new("openssl").args(["pkey", "-pubout", "-outform", "DER", "-in"]).arg(&path).output().unwrap();
    // RFC 8410: the key is the last 32 bytes of the SubjectPublicKeyInfo.
    let point = &raw.stdout[raw.stdout.len() - 32..];
    let blob = hostbased::wire::Writer::new().string(b"ssh-ed25519").string(point).into_bytes();
    let public = PublicKey::from_blob(&blob).unwrap();
    let file = read(&path);
    assert!(HostKey::identify(&file).unwrap().public_key().is_none());
    assert_eq!(signed_by(&file, &public, "ssh-ed25519"), Ok(()));
}

#[test]
fn an_rsa_modulus_of_odd_length_signs_as_long_as_it_is() {
    let keys = Keys::new();
    // No multiples of a machine word.
    for bits in ["2050", "2056", "3071"] {
        let (path, public) = keys.make(&format!("rsa-{bits}"), &["rsa", "-b", bits], "RFC4716");
        // Blinding draws lots: what fails now and then must not pass by luck.
        for _ in 0..8 {
            for algorithm in ["rsa-sha2-256", "rsa-sha2-512"] {
                assert_eq!(signed_by(&read(&path), &public, algorithm), Ok(()), "{bits} {algorithm}");
            }
        }
    }
}

#[test]
fn a_certificate_is_signed_for_by_the_key_inside() {
    let keys = Keys::new();
    let (authority, _) = keys.make("ca", &["ed25519"], "RFC4716");
    for (name, kind, algorithm) in [
        ("host-ed", &["ed25519"][..], "ssh-ed25519-cert-v01@openssh.com"),
        ("host-rsa", &["rsa", "-b", "2048"], "rsa-sha2-512-cert-v01@openssh.com"),
        ("host-ec", &["ecdsa"], "ecdsa-sha2-nistp256-cert-v01@openssh.com"),
    ] {
        let (path, _) = keys.make(name, kind, "RFC4716");
        let public = path.with_extension("pub");
        let arguments =
            ["-q", "-s", authority.to_str().unwrap(), "-I", "id", "-h", "-n", "node1", public.to_str().unwrap()];
        tool("ssh-keygen", &arguments);
        let certificate = read(&keys.path(&format!("{name}-cert.pub")));
        let certificate = parse_public_key_file(&certificate).unwrap();
        assert!(certificate.certificate().is_some());
        assert_eq!(signed_by(&read(&path), &certificate, algorithm), Ok(()), "{name}");
    }
}

#[test]
fn another_key_does_not_sign() {
    let keys = Keys::new();
    let (path, _) = keys.make("mine", &["ed25519"], "RFC4716");
    let (_, other) = keys.make("other", &["ed25519"], "RFC4716");
    let (_, rsa) = keys.make("rsa", &["rsa", "-b", "2048"], "RFC4716");
    let file = read(&path);
    let key = HostKey::identify(&file).unwrap();
    assert_eq!(key.holds(&other), Ok(false));
    assert_eq!(key.holds(&rsa), Ok(false));
    let data = request(&other, "ssh-ed25519");
    let checked = CheckedRequest::check(&data, &CALLER).unwrap();
    assert_eq!(key.sign(&checked), Err(SignError::Key(PrivateKeyError::HalvesDiffer)));
}

#[test]
fn encrypted_keys_say_so_in_every_form() {
    let keys = Keys::new();
    for (name, kind, form) in ONE_OF_EACH_FORM {
        let (path, _) = keys.make(name, kind, form);
        assert!(HostKey::identify(&read(&path)).is_ok(), "{name} without passphrase");
        tool("ssh-keygen", &["-q", "-p", "-N", "secret", "-m", form, "-f", path.to_str().unwrap()]);
        assert_eq!(HostKey::identify(&read(&path)).unwrap_err(), PrivateKeyError::Encrypted, "{name}");
    }
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let keys = Keys::new();
    for (name, kind, form) in ONE_OF_EACH_FORM {
        let (path, public) = keys.make(name, kind, form);
        let file = read(&path);
        for cut in 0..file.len() {
            // Without its last line end, or with the end marker cut short, a file may still be whole.
            if let Ok(key) = HostKey::identify(&file[..cut]) {
                assert!(cut + 2 >= file.len(), "{name} cut at {cut} is whole");
                assert_eq!(key.holds(&public), Ok(true));
            }
        }
        let mut flipped = file.clone();
        for index in (0..file.len()).step_by(7) {
            flipped[index] ^= 1;
            if let Ok(key) = HostKey::identify(&flipped) {
                let _ = key.holds(&public);
            }
            flipped[index] ^= 1;
        }
    }
    assert_eq!(HostKey::identify(b"").unwrap_err(), PrivateKeyError::UnknownForm);
    assert_eq!(HostKey::identify(&vec![b'x'; 65_537]).unwrap_err(), PrivateKeyError::TooLarge);
}

#[test]
fn the_type_of_a_file_is_known_before_its_private_part_is_read() {
    let keys = Keys::new();
    let (path, public) = keys.make("ed", &["ed25519"], "RFC4716");
    let file = read(&path);
    let key = HostKey::identify(&file).unwrap();
    assert_eq!(key.base_type(), BaseType::Ed25519);
    assert_eq!(key.public_key(), Some(&public));
    assert_eq!(public.key_type(), KeyType::plain(BaseType::Ed25519));
}
