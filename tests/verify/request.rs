//! What the request says of itself, and its signature.

use hostbased::key::{Algorithm, AlgorithmList, KeyError, PublicKey, SignatureError};
use hostbased::sign::{Caller, CheckedRequest, HostKey};
use hostbased::verify::Refusal;
use hostbased::wire::{Request, WireError, WireErrorKind, Writer};

use crate::fixture::{Attempt, SESSION, file, public, refusal_is, with};

#[test]
fn a_registered_host_is_let_in_and_says_where_it_stands() {
    assert_eq!(with(|_| {}), "accept 10.77.0.1");
    let key = file(1);
    let key = HostKey::identify(key.as_bytes()).unwrap();
    let caller = Caller { local_name: b"node1.cluster.test", user: b"alice" };
    let request = Request {
        user: b"alice",
        algorithm: b"ssh-ed25519",
        public_key: public(1).blob(),
        client_host: b"node1.cluster.test.",
        client_user: b"alice",
        signature: b"",
    }
    .signed_data(SESSION);
    let signature = key.sign(&CheckedRequest::check(&request, &caller).unwrap()).unwrap();
    let algorithm = Algorithm::from_name(b"ssh-ed25519").unwrap();
    assert_eq!(hostbased::key::verify_signature(&public(1), algorithm, &request, &signature), Ok(()));
}

#[test]
fn the_account_is_the_one_that_is_asked_for() {
    assert_eq!(with(|attempt| attempt.account = "bob"), "other-account");
    assert_eq!(with(|attempt| attempt.user = "alice:style"), "other-account");
}

#[test]
fn the_signature_is_the_keys_over_this_request_and_this_session() {
    let invalid = Refusal::Signature(SignatureError::Invalid);
    refusal_is(|attempt| attempt.signer = 2, invalid);
    refusal_is(|attempt| attempt.session = &[6; 32], invalid);
    assert_eq!(invalid.code(), "signature-invalid");
}

#[test]
fn the_algorithm_is_known_accepted_and_the_keys_own() {
    assert_eq!(with(|attempt| attempt.algorithm = "ssh-dss"), "algorithm-unknown");
    assert_eq!(with(|attempt| attempt.algorithm = "ssh-rsa"), "algorithm-not-accepted");
    assert_eq!(with(|attempt| attempt.algorithm = "ecdsa-sha2-nistp256"), "key-type-mismatch");
    assert_eq!(with(|attempt| attempt.algorithm = "ssh-ed25519-cert-v01@openssh.com"), "key-type-mismatch");
    let list = |text: &str| AlgorithmList::parse(text, &AlgorithmList::hostbased_default()).unwrap();
    let only =
        |text: &'static str| move |attempt: &mut Attempt| attempt.policy.hostbased_accepted_algorithms = list(text);
    assert_eq!(with(only("ssh-ed25519")), "accept 10.77.0.1");
    assert_eq!(with(only("-ssh-ed25519")), "algorithm-not-accepted");
}

#[test]
fn small_rsa_keys_are_refused_by_their_size() {
    let rsa = |bits: usize, required: usize| {
        with(|attempt| {
            let mut n = vec![0xa5; bits / 8];
            n[0] = 0x80;
            let blob = Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&n).into_bytes();
            attempt.key = PublicKey::from_blob(&blob).unwrap();
            attempt.algorithm = "rsa-sha2-512";
            attempt.known_hosts = format!("10.77.0.1 {}\n", attempt.key.to_line()).into();
            attempt.policy.required_rsa_size = required;
        })
    };
    assert_eq!(rsa(1016, 0), "rsa-too-small");
    assert_eq!(rsa(2048, 3072), "rsa-too-small");
    assert_eq!(rsa(2048, 2048), "signature-invalid");
}

#[test]
fn a_key_that_does_not_decode_is_refused() {
    let cut = WireError { field: "ed25519 public key", kind: WireErrorKind::Truncated };
    let blob = |blob: &'static [u8]| move |attempt: &mut Attempt| attempt.blob = Some(blob.to_vec());
    refusal_is(blob(b"\0\0\0\x0bssh-ed25519"), Refusal::KeyUndecodable(KeyError::Field(cut)));
    assert_eq!(with(blob(b"")), "key-undecodable");
    assert_eq!(with(|attempt| attempt.blob = Some([public(1).blob(), &[0]].concat())), "key-undecodable");
    assert_eq!(with(|attempt| attempt.blob = Some(public(1).blob().to_vec())), "accept 10.77.0.1");
}
