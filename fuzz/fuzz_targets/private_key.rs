//! Private host keys: OpenSSH's form, PKCS#1, SEC1 and PKCS#8. The files are root's, but whoever runs the helper has them
//! read; and a signature by another key than the file says must not leave the house.
//!
//! An input is a file, or one of the letters `o`, `r`, `e`, `p` and what stands in the text of such a file: changes of the
//! bytes are more than changes of their base64.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use hostbased::key::{BaseType, PublicKey, parse_public_key_line};
use hostbased::sign::{Caller, CheckedRequest, HostKey};
use hostbased::wire::Request;
use hostbased_fuzz::wire::string;
use libfuzzer_sys::fuzz_target;

const CALLER: Caller<'_> = Caller { local_name: b"node1.test", user: b"alice" };

/// Longer RSA keys take longer than they are worth.
const MAX_RSA_BITS: usize = 1024;

/// The public halves of the keys of the kept corpus.
static KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let lines = include_bytes!("private_key/keys.pub").split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| parse_public_key_line(line).unwrap().0).collect()
});

fuzz_target!(|input: &[u8]| {
    let file = file(input);
    let Ok(key) = HostKey::identify(&file) else { return };
    if let Some(public) = key.public_key() {
        assert_eq!(public.key_type().base, key.base_type());
        assert!(public.certificate().is_none() || key.base_type() == public.plain().key_type().base);
        if public.rsa_bits().is_some_and(|bits| bits > MAX_RSA_BITS) {
            return;
        }
    }
    for public in KEYS.iter().chain(key.public_key()) {
        let holds = key.holds(public);
        if let Some(own) = key.public_key() {
            assert_eq!(holds, Ok(own == public.plain()));
        } else if public.key_type().base != key.base_type() {
            assert_eq!(holds, Ok(false));
        }
        let Some(signature) = sign(&key, public) else { continue };
        // A file may say that it holds another key than it does; what it signs is then the key's own all the same.
        assert!(key.public_key().is_some() || holds == Ok(true), "what signs for a key holds it");
        assert!(is_signature(public, &signature), "{public}");
    }
});

fn file(input: &[u8]) -> Vec<u8> {
    let label = match input.first() {
        Some(b'o') => "OPENSSH PRIVATE KEY",
        Some(b'r') => "RSA PRIVATE KEY",
        Some(b'e') => "EC PRIVATE KEY",
        Some(b'p') => "PRIVATE KEY",
        _ => return input.to_vec(),
    };
    let text = Base64::encode_string(&input[1..]);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into_bytes()
}

fn data(public: &PublicKey) -> Option<Vec<u8>> {
    let algorithm: &[u8] = match public.key_type().base {
        BaseType::Rsa => b"rsa-sha2-256",
        _ => public.key_type().name().as_bytes(),
    };
    let request = Request {
        user: b"bob",
        algorithm,
        public_key: public.blob(),
        client_host: b"node1.test.",
        client_user: b"alice",
        signature: b"",
    };
    Some(request.signed_data(&[7; 32]))
}

fn sign(key: &HostKey<'_>, public: &PublicKey) -> Option<Vec<u8>> {
    let data = data(public)?;
    let request = CheckedRequest::check(&data, &CALLER).ok()?;
    key.sign(&request).ok()
}

/// Whether the blob is a signature of this key over the data, by the crates of the key's type.
fn is_signature(public: &PublicKey, mut signature: &[u8]) -> bool {
    let data = data(public).unwrap();
    let (format, value) = (string(&mut signature).unwrap(), string(&mut signature).unwrap());
    let mut blob = public.plain().blob();
    let fields: Vec<&[u8]> = std::iter::from_fn(|| string(&mut blob)).collect();
    let numbers = || {
        let rest = &mut &value[..];
        let [r, s] = [string(rest).unwrap(), string(rest).unwrap()];
        assert!(rest.is_empty());
        (r, s)
    };
    macro_rules! ecdsa {
        ($curve:ident, $bytes:literal) => {{
            use $curve::ecdsa::signature::Verifier as _;
            let (r, s) = numbers();
            let wide = |number: &[u8]| -> [u8; $bytes] {
                let digits = number.strip_prefix(b"\0").unwrap_or(number);
                let mut wide = [0; $bytes];
                wide[$bytes - digits.len()..].copy_from_slice(digits);
                wide
            };
            let signature = $curve::ecdsa::Signature::from_scalars(wide(r), wide(s)).unwrap();
            $curve::ecdsa::VerifyingKey::from_sec1_bytes(fields[2]).unwrap().verify(&data, &signature).is_ok()
        }};
    }
    assert!(signature.is_empty());
    match public.key_type().base {
        BaseType::Ed25519 => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(fields[1].try_into().unwrap()).unwrap();
            format == b"ssh-ed25519" && key.verify_strict(&data, &value.try_into().unwrap()).is_ok()
        }
        BaseType::EcdsaP256 => format == b"ecdsa-sha2-nistp256" && ecdsa!(p256, 32),
        BaseType::EcdsaP384 => format == b"ecdsa-sha2-nistp384" && ecdsa!(p384, 48),
        BaseType::EcdsaP521 => format == b"ecdsa-sha2-nistp521" && ecdsa!(p521, 66),
        BaseType::Rsa => {
            use rsa::traits::SignatureScheme as _;
            use sha2::Digest as _;
            let digits = |mpint: &'_ [u8]| mpint.iter().copied().skip_while(|&byte| byte == 0).collect::<Vec<_>>();
            let [e, n] = [fields[1], fields[2]].map(|mpint| rsa::BoxedUint::from_be_slice_vartime(&digits(mpint)));
            let key = rsa::RsaPublicKey::new(n, e).unwrap();
            let hash = sha2::Sha256::digest(&data);
            let padding = rsa::Pkcs1v15Sign::new::<sha2::Sha256>();
            format == b"rsa-sha2-256" && padding.verify(&key, &hash, value).is_ok()
        }
        _ => false,
    }
}
