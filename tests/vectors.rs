//! Requests that a real OpenSSH 10.5 signed: each verifies, and each near-miss fails for its own reason.
#![cfg(all(feature = "sign", feature = "verify"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![allow(clippy::disallowed_methods, reason = "a test reads its vectors")]

use hostbased::key::{
    Algorithm, AlgorithmList, BaseType, KeyError, PublicKey, SignatureError, decode_base64, parse_public_key_file,
    verify_certificate, verify_signature,
};
use hostbased::wire::{Reader, Request, SignedData, WireErrorKind, Writer};

struct Vector {
    algorithm: Algorithm,
    session_id: Vec<u8>,
    public_key: Vec<u8>,
    signed_data: Vec<u8>,
    signature: Vec<u8>,
    names: [String; 3],
}

fn vectors() -> Vec<Vector> {
    let text = std::fs::read_to_string("tests/vectors/hostbased-openssh-10.5.json").unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vectors: Vec<Vector> = json.as_array().unwrap().iter().map(vector).collect();
    assert_eq!(vectors.len(), 15);
    vectors
}

fn vector(json: &serde_json::Value) -> Vector {
    let text = |field: &str| json[field].as_str().unwrap();
    let base64 = |field: &str| decode_base64(text(field).as_bytes()).unwrap();
    let hex = text("session_id");
    Vector {
        algorithm: Algorithm::from_name(text("algorithm").as_bytes()).unwrap(),
        session_id: (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect(),
        public_key: base64("public_key"),
        signed_data: base64("signed_data"),
        signature: base64("signature"),
        names: ["server_user", "client_host", "client_user"].map(|field| text(field).to_owned()),
    }
}

impl Vector {
    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        verify_signature(&PublicKey::from_blob(&self.public_key).unwrap(), self.algorithm, data, signature)
    }

    fn supported(&self) -> bool {
        !self.algorithm.name().contains("mldsa44")
    }

    /// Where the raw signature starts in its blob, and its length.
    fn raw_signature(&self) -> std::ops::Range<usize> {
        let mut reader = Reader::new(&self.signature);
        reader.string("format", 64).unwrap();
        let length = reader.string("signature", 10_000).unwrap().len();
        self.signature.len() - length..self.signature.len()
    }
}

#[test]
fn every_vector_verifies_or_says_that_it_is_unsupported() {
    for vector in vectors() {
        let expected = if vector.supported() { Ok(()) } else { Err(SignatureError::Unsupported(vector.algorithm)) };
        assert_eq!(vector.verify(&vector.signed_data, &vector.signature), expected, "{}", vector.algorithm);
    }
}

#[test]
fn the_signed_data_is_rebuilt_byte_for_byte() {
    for vector in vectors() {
        let fields = SignedData::parse(&vector.signed_data).unwrap();
        assert_eq!(fields.session_id, vector.session_id);
        assert_eq!(
            [fields.user, fields.client_host, fields.client_user],
            vector.names.each_ref().map(|n| n.as_bytes())
        );
        let request = Request { signature: &vector.signature, ..Request::from(&fields) };
        assert_eq!(request.signed_data(&vector.session_id), vector.signed_data);
        assert_eq!(Request::parse(&request.encode()), Ok(request));
    }
}

#[test]
fn sha_1_is_accepted_only_by_name() {
    let default = AlgorithmList::hostbased_default();
    for vector in vectors() {
        let expected = vector.supported() && vector.algorithm.name() != "ssh-rsa";
        assert_eq!(default.contains(vector.algorithm), expected, "{}", vector.algorithm);
    }
    let widened = AlgorithmList::parse("+ssh-rsa", &default).unwrap();
    assert!(widened.contains(Algorithm::from_name(b"ssh-rsa").unwrap()));
}

#[test]
fn one_flipped_bit_in_any_field_of_the_data_spoils_the_signature() {
    for vector in vectors().iter().filter(|vector| vector.supported()) {
        let mut data = vector.signed_data.clone();
        for index in 0..data.len() {
            data[index] ^= 1 << (index % 8);
            assert_eq!(vector.verify(&data, &vector.signature), Err(SignatureError::Invalid), "{index}");
            data[index] ^= 1 << (index % 8);
        }
        assert_eq!(vector.verify(&data[..data.len() - 1], &vector.signature), Err(SignatureError::Invalid));
        data.push(0);
        assert_eq!(vector.verify(&data, &vector.signature), Err(SignatureError::Invalid), "trailing");
    }
}

#[test]
fn one_flipped_bit_in_the_signature_spoils_it() {
    for vector in vectors().iter().filter(|vector| vector.supported()) {
        let raw = vector.raw_signature();
        for index in 0..vector.signature.len() {
            let mut signature = vector.signature.clone();
            signature[index] ^= 1;
            let error = vector.verify(&vector.signed_data, &signature).unwrap_err();
            // In front of the raw signature stand two lengths and the format's name; ECDSA has lengths inside too.
            let expected = match error {
                SignatureError::Invalid => raw.contains(&index),
                SignatureError::AlgorithmMismatch => (0..raw.start - 4).contains(&index),
                SignatureError::Malformed(_) => true,
                _ => false,
            };
            assert!(expected, "{} at {index}: {error}", vector.algorithm);
        }
    }
}

#[test]
fn another_session_another_name_another_key_and_trailing_bytes_are_refused() {
    let all = vectors();
    for vector in all.iter().filter(|vector| vector.supported()) {
        let fields = SignedData::parse(&vector.signed_data).unwrap();
        let elsewhere = Request::from(&fields).signed_data(&[0; 32]);
        assert_eq!(vector.verify(&elsewhere, &vector.signature), Err(SignatureError::Invalid), "session");

        let key = PublicKey::from_blob(&vector.public_key).unwrap();
        for other in Algorithm::all().filter(|other| *other != vector.algorithm) {
            let error = verify_signature(&key, other, &vector.signed_data, &vector.signature).err();
            // One name does not tell: that of a SHA-1 certificate also takes SHA-2 signatures, as in OpenSSH.
            let same_key = key.fits(other);
            let expected = match (same_key, other.name()) {
                (false, _) => Some(SignatureError::KeyMismatch),
                (true, "ssh-rsa-cert-v01@openssh.com") => None,
                (true, _) => Some(SignatureError::AlgorithmMismatch),
            };
            assert_eq!(error, expected, "{} as {other}", vector.algorithm);
        }

        let mut trailing = vector.signature.clone();
        trailing.push(0);
        let expected = SignatureError::Malformed(hostbased::wire::WireError {
            field: "signature",
            kind: WireErrorKind::TrailingBytes { count: 1 },
        });
        assert_eq!(vector.verify(&vector.signed_data, &trailing), Err(expected), "{}", vector.algorithm);
    }
}

/// The part of a key blob that makes it that key, and the same part of another key of its type.
fn key_and_another(base: BaseType) -> (Vec<u8>, Vec<u8>) {
    let name = |name: &str| std::fs::read(format!("tests/vectors/keys/{name}.pub")).unwrap();
    let data = |name_of_file: &str| {
        let key = parse_public_key_file(&name(name_of_file)).unwrap();
        // Behind the type's name, and behind the curve's.
        let mut reader = Reader::new(key.blob());
        let mut last: &[u8] = b"";
        while !reader.rest().is_empty() {
            last = reader.string("field", 10_000).unwrap();
        }
        last.to_vec()
    };
    let scalar = |length: usize| [vec![0; length - 1], vec![7]].concat();
    match base {
        BaseType::Ed25519 => (data("ed25519"), data("ca")),
        BaseType::EcdsaP256 => {
            let other = p256::ecdsa::SigningKey::from_slice(&scalar(32)).unwrap();
            (data("ecdsa256"), other.verifying_key().to_sec1_point(false).as_bytes().to_vec())
        }
        BaseType::EcdsaP384 => {
            let other = p384::ecdsa::SigningKey::from_slice(&scalar(48)).unwrap();
            (data("ecdsa384"), other.verifying_key().to_sec1_point(false).as_bytes().to_vec())
        }
        BaseType::EcdsaP521 => {
            let other = p521::ecdsa::SigningKey::from_slice(&scalar(66)).unwrap();
            (data("ecdsa521"), other.verifying_key().to_sec1_point(false).as_bytes().to_vec())
        }
        BaseType::Rsa => {
            // Another modulus of the same size.
            let modulus = data("rsa");
            let mut other = modulus.clone();
            other[100] ^= 0x55;
            (modulus, other)
        }
        other => panic!("{other:?} does not verify here"),
    }
}

#[test]
fn a_signature_of_another_key_of_the_same_type_is_refused() {
    for vector in vectors().iter().filter(|vector| vector.supported()) {
        let (mine, other) = key_and_another(vector.algorithm.key_type().base);
        let at = vector.public_key.windows(mine.len()).position(|window| window == mine).unwrap();
        let blob = [&vector.public_key[..at], &other, &vector.public_key[at + mine.len()..]].concat();
        let key = PublicKey::from_blob(&blob).unwrap();
        let outcome = verify_signature(&key, vector.algorithm, &vector.signed_data, &vector.signature);
        assert_eq!(outcome, Err(SignatureError::Invalid), "{}", vector.algorithm);
    }
}

#[test]
fn the_certificates_are_the_authoritys_and_a_changed_one_is_not() {
    let ca = parse_public_key_file(&std::fs::read("tests/vectors/keys/ca.pub").unwrap()).unwrap();
    let mut seen = 0;
    for vector in vectors() {
        let key = PublicKey::from_blob(&vector.public_key).unwrap();
        let Some(certificate) = key.certificate() else { continue };
        seen += 1;
        assert_eq!(certificate.authority(), &ca);
        assert_eq!(certificate.principals(), ["localhost"]);
        assert_eq!(certificate.serial(), 7);
        assert_eq!(verify_certificate(certificate).map(Algorithm::name), Ok("ssh-ed25519"));
        let plain = std::fs::read_dir("tests/vectors/keys")
            .unwrap()
            .filter_map(Result::ok)
            .any(|file| parse_public_key_file(&std::fs::read(file.path()).unwrap()).unwrap() == *certificate.key());
        assert!(plain, "the certified key is one of the plain keys");

        // Its principal changed: still a certificate, no longer the authority's.
        let at = vector.public_key.windows(9).position(|window| window == b"localhost").unwrap();
        let mut changed = vector.public_key.clone();
        changed[at] ^= 1;
        let changed = PublicKey::from_blob(&changed).unwrap();
        assert_eq!(verify_certificate(changed.certificate().unwrap()), Err(SignatureError::Invalid));
    }
    assert_eq!(seen, 7);
}

#[test]
fn keys_with_bytes_behind_or_inside_them_are_refused() {
    for vector in vectors() {
        let mut trailing = vector.public_key.clone();
        trailing.push(0);
        let kind = WireErrorKind::TrailingBytes { count: 1 };
        let expected = KeyError::Field(hostbased::wire::WireError { field: "key", kind });
        assert_eq!(PublicKey::from_blob(&trailing), Err(expected), "{}", vector.algorithm);
        for length in 0..vector.public_key.len() {
            assert!(PublicKey::from_blob(&vector.public_key[..length]).is_err(), "{} {length}", vector.algorithm);
        }
    }
}

#[test]
fn nested_certificates_are_refused_before_anything_recurses() {
    let certificate = std::fs::read("tests/vectors/keys/ed25519-cert.pub").unwrap();
    let certificate = parse_public_key_file(&certificate).unwrap();
    let ca = parse_public_key_file(&std::fs::read("tests/vectors/keys/ca.pub").unwrap()).unwrap();
    // Everything up to the authority, then a certificate as the authority, and so on, as often as fits.
    let signed = certificate.certificate().unwrap().signed();
    let head = &signed[..signed.len() - ca.blob().len() - 4];
    let mut nested = certificate.blob().to_vec();
    let mut depth = 1;
    while nested.len() + head.len() + 100 < hostbased::wire::MAX_KEY_BYTES {
        nested = Writer::new().raw(head).string(&nested).string(&[0; 60]).into_bytes();
        depth += 1;
        if depth == 2 {
            assert_eq!(PublicKey::from_blob(&nested), Err(KeyError::NestedCertificate));
        }
    }
    assert!(depth > 150);
    assert_eq!(PublicKey::from_blob(&nested), Err(KeyError::NestedCertificate));
}
