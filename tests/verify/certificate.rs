//! Host certificates.

use aws_lc_rs::signature::KeyPair as _;
use hostbased::key::{AlgorithmList, PublicKey};
use hostbased::wire::Writer;

use crate::fixture::{Attempt, NOW, public, secret, with};

/// A host certificate of key 1 by authority 9, changed at will.
pub struct Draft {
    pub kind: u32,
    pub principals: Vec<&'static str>,
    pub valid: [u64; 2],
    pub critical: Vec<u8>,
    pub signer: u8,
}

impl Default for Draft {
    fn default() -> Self {
        Self { kind: 2, principals: vec!["10.77.0.1"], valid: [NOW, NOW + 1], critical: Vec::new(), signer: 9 }
    }
}

impl Draft {
    pub fn certificate(&self) -> PublicKey {
        let list = |items: &[&str]| items.iter().fold(Writer::new(), |list, item| list.string(item.as_bytes()));
        let signed = Writer::new()
            .string(b"ssh-ed25519-cert-v01@openssh.com")
            .string(&[0; 32])
            .string(secret(1).public_key().as_ref())
            .uint64(7)
            .uint32(self.kind)
            .string(b"node1")
            .string(&list(&self.principals).into_bytes())
            .uint64(self.valid[0])
            .uint64(self.valid[1])
            .string(&self.critical)
            .string(b"")
            .string(b"")
            .string(public(9).blob());
        let raw = secret(self.signer).sign(&signed.clone().into_bytes());
        let signature = Writer::new().string(b"ssh-ed25519").string(raw.as_ref()).into_bytes();
        PublicKey::from_blob(&signed.string(&signature).into_bytes()).unwrap()
    }
}

fn certified(draft: &Draft) -> String {
    with(|attempt| certify(attempt, draft))
}

pub fn certify(attempt: &mut Attempt, draft: &Draft) {
    attempt.key = draft.certificate();
    attempt.algorithm = "ssh-ed25519-cert-v01@openssh.com";
    attempt.known_hosts = format!("@cert-authority 10.77.0.* {}\n", public(9).to_line()).into();
}

#[test]
fn a_host_certificate_is_the_authoritys_for_this_host_and_this_day() {
    assert_eq!(certified(&Draft::default()), "accept 10.77.0.1");
    for (draft, expected) in [
        (Draft { signer: 8, ..Draft::default() }, "certificate-forged"),
        (Draft { kind: 1, ..Draft::default() }, "certificate-not-for-hosts"),
        (Draft { valid: [NOW + 1, u64::MAX], ..Draft::default() }, "certificate-not-yet-valid"),
        (Draft { valid: [0, NOW], ..Draft::default() }, "certificate-expired"),
        (Draft { valid: [0, u64::MAX], ..Draft::default() }, "accept 10.77.0.1"),
        (Draft { principals: vec![], ..Draft::default() }, "certificate-without-principals"),
        (Draft { principals: vec!["10.77.0.2", "10.77.0"], ..Draft::default() }, "certificate-for-other-hosts"),
        (Draft { principals: vec!["node1", "10.77.0.?"], ..Draft::default() }, "accept 10.77.0.1"),
    ] {
        assert_eq!(certified(&draft), expected);
    }
    let value = Writer::new().string(b"x").into_bytes();
    let critical = Writer::new().string(b"force-command").string(&value).into_bytes();
    assert_eq!(certified(&Draft { critical, ..Draft::default() }), "certificate-critical-options");
}

#[test]
fn a_certificate_needs_its_authority_in_known_hosts() {
    let known = |text: String| {
        with(|attempt| {
            certify(attempt, &Draft::default());
            attempt.known_hosts = text.as_str().into();
        })
    };
    assert_eq!(known(format!("10.77.0.1 {}\n", public(9).to_line())), "host-key-unknown");
    assert_eq!(known(format!("10.77.0.1 {}\n", public(1).to_line())), "host-key-unknown");
    assert_eq!(known(format!("@cert-authority 10.77.1.* {}\n", public(9).to_line())), "host-key-unknown");
    let trusted = format!("@cert-authority * {}\n", public(9).to_line());
    assert_eq!(known(trusted.clone()), "accept 10.77.0.1");
    for seed in [1, 9] {
        assert_eq!(known(format!("{trusted}@revoked * {}\n", public(seed).to_line())), "host-key-revoked");
    }
    let strict = |attempt: &mut Attempt| {
        certify(attempt, &Draft::default());
        attempt.policy.ca_signature_algorithms =
            AlgorithmList::parse("rsa-sha2-512", &AlgorithmList::ca_default()).unwrap();
    };
    assert_eq!(with(strict), "ca-algorithm-not-accepted");
}
