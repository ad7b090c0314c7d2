//! How long a decision takes beside the one thing in it that cannot be saved, the signature: `docs/performance.md`,
//! "Deciding".
//!
//!     cargo bench --no-default-features --features verify --bench decide [-- HOSTS]
//!
//! HOSTS is how many hosts both files know, 100,000 if not given. A decision is all of it: the payload of message 50 is
//! parsed, the account, both files and the signature are looked at, and the steps are written down. Beside it, in turn, the
//! bare verification of the same signature over the same bytes by aws-lc-rs. Everything runs on one thread.

#![allow(clippy::print_stdout, reason = "a benchmark shows what it measured")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "it has a clock")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

use std::hint::black_box;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA512,
    RSA_PKCS1_SHA512, UnparsedPublicKey,
};
use hostbased::key::{PublicKey, encode_base64};
use hostbased::name::UserName;
use hostbased::shosts::NoNetgroups;
use hostbased::verify::{
    Account, AccountEntry, Content, EquivSource, Files, Inputs, KnownHostsSource, Peer, Policy, Refusal, Shell, verify,
};
use hostbased::wire::{Request, Writer};
use hostbased::{known_hosts, shosts};

/// Batches of each: the median counts. Decisions and bare verifications take turns.
const BATCHES: usize = 41;
/// Calls in a batch.
const CALLS: usize = 50;

const SESSION: [u8; 32] = [5; 32];

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let hosts = arguments.next().map_or(100_000, |hosts| hosts.parse().expect("a number of hosts, or nothing"));
    println!("{hosts} hosts in ssh_known_hosts and shosts.equiv\n");
    println!(
        "{:<24} {:>12} {:>12} {:>8} {:>14} {:>14}",
        "", "decision", "signature", "ratio", "not in equiv", "key unknown"
    );
    for signer in [
        Signer::ed25519(),
        Signer::rsa(),
        Signer::ecdsa("256", &ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P256_SHA256_FIXED),
        Signer::ecdsa("384", &ECDSA_P384_SHA384_FIXED_SIGNING, &ECDSA_P384_SHA384_FIXED),
        Signer::ecdsa("521", &ECDSA_P521_SHA512_FIXED_SIGNING, &ECDSA_P521_SHA512_FIXED),
    ] {
        measure(&signer, hosts);
    }
}

type Sign = dyn Fn(&[u8]) -> Vec<u8>;
type Verify = dyn Fn(&[u8], &[u8]);

/// A host key: how it is presented, how it signs, and how its bare signatures are verified.
struct Signer {
    algorithm: &'static str,
    blob: Vec<u8>,
    sign: Box<Sign>,
    /// The signature's own bytes, as they stand in its blob.
    encode: fn(&[u8]) -> Vec<u8>,
    verify: Box<Verify>,
}

impl Signer {
    fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = pair.public_key().as_ref().to_vec();
        Self {
            algorithm: "ssh-ed25519",
            blob: Writer::new().string(b"ssh-ed25519").string(&public).into_bytes(),
            sign: Box::new(move |data| pair.sign(data).as_ref().to_vec()),
            encode: <[u8]>::to_vec,
            verify: Box::new(move |data, raw| UnparsedPublicKey::new(&ED25519, &public).verify(data, raw).unwrap()),
        }
    }

    fn rsa() -> Self {
        let pair = signature::RsaKeyPair::generate(KeySize::Rsa3072).unwrap();
        // RFC 8017 appendix A.1.1: a SEQUENCE of n and e. Of 3072 bits, n and the whole have two bytes of length each.
        let der = pair.public_key().as_ref();
        let n = der[8..][..usize::from(der[6]) << 8 | usize::from(der[7])].to_vec();
        let n = n.strip_prefix(&[0]).unwrap_or(&n).to_vec();
        let e = der[der.len() - 3..].to_vec();
        let blob = Writer::new().string(b"ssh-rsa").mpint(&e).mpint(&n).into_bytes();
        let components = signature::RsaPublicKeyComponents { n, e };
        Self {
            algorithm: "rsa-sha2-512",
            blob,
            sign: Box::new(move |data| {
                let mut raw = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA512, &SystemRandom::new(), data, &mut raw).unwrap();
                raw
            }),
            encode: <[u8]>::to_vec,
            verify: Box::new(move |data, raw| components.verify(&RSA_PKCS1_2048_8192_SHA512, data, raw).unwrap()),
        }
    }

    fn ecdsa(
        bits: &str,
        signing: &'static EcdsaSigningAlgorithm,
        verifying: &'static EcdsaVerificationAlgorithm,
    ) -> Self {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        let (algorithm, curve) = (format!("ecdsa-sha2-nistp{bits}"), format!("nistp{bits}"));
        let blob = Writer::new().string(algorithm.as_bytes()).string(curve.as_bytes()).string(&point).into_bytes();
        Self {
            algorithm: String::leak(algorithm),
            blob,
            sign: Box::new(move |data| pair.sign(&SystemRandom::new(), data).unwrap().as_ref().to_vec()),
            encode: |raw| {
                let (r, s) = raw.split_at(raw.len() / 2);
                Writer::new().mpint(r).mpint(s).into_bytes()
            },
            verify: Box::new(move |data, raw| UnparsedPublicKey::new(verifying, &point).verify(data, raw).unwrap()),
        }
    }
}

fn measure(signer: &Signer, hosts: usize) {
    let (known_hosts, equiv) = files(signer, hosts);
    let mut request = Request {
        user: b"alice",
        algorithm: signer.algorithm.as_bytes(),
        public_key: &signer.blob,
        client_host: b"node1.cluster.test.",
        client_user: b"alice",
        signature: b"",
    };
    let data = request.signed_data(&SESSION);
    let raw = (signer.sign)(&data);
    let blob = Writer::new().string(signer.algorithm.as_bytes()).string(&(signer.encode)(&raw)).into_bytes();
    request.signature = &blob;
    let payload = request.encode();

    let mut policy = Policy::default();
    policy.hostbased_authentication = true;
    let site = Site { known_hosts, equiv, policy };
    // The signer's host, one whose user is not believed, and one that is known by another key.
    let (good, stranger, changed) = (address(hosts / 2), "192.0.2.1".to_owned(), address(hosts / 3));
    assert_eq!(site.decide(&payload, &good), None);
    assert_eq!(site.decide(&payload, &stranger), Some("equiv-no-match"));
    assert_eq!(site.decide(&payload, &changed), Some("host-key-changed"));
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..BATCHES {
        times[0].push(batch(|| site.decide(&payload, &good)));
        times[1].push(batch(|| (signer.verify)(black_box(&data), black_box(&raw))));
        times[2].push(batch(|| site.decide(&payload, &stranger)));
        times[3].push(batch(|| site.decide(&payload, &changed)));
    }
    let [decision, bare, stranger, changed] = times.map(median);
    let ratio = decision / bare;
    println!(
        "{:<24} {decision:>9.1} us {bare:>9.1} us {ratio:>8.3} {stranger:>11.2} us {changed:>11.2} us",
        signer.algorithm
    );
}

/// A server's files.
struct Site {
    known_hosts: known_hosts::Index,
    equiv: shosts::Index,
    policy: Policy,
}

impl Site {
    /// The whole decision, from the bytes of the message.
    fn decide(&self, payload: &[u8], from: &str) -> Option<&'static str> {
        let request = Request::parse(payload).unwrap();
        let name = UserName::new(request.user).unwrap();
        let entry = AccountEntry { uid: 1000, home: "/home/alice", shell: Shell::Usable, locked: false, groups: &[] };
        let equiv = [EquivSource { file: "/etc/ssh/shosts.equiv", content: Content::Read(&self.equiv) }];
        let files = Files::new(
            &equiv,
            KnownHostsSource { file: "/etc/ssh/ssh_known_hosts", content: Content::Read(&self.known_hosts) },
            &NoNetgroups,
        );
        let account = Account { name: &name, entry: Some(entry) };
        let peer = Peer::new(from.parse().unwrap());
        let inputs = Inputs::new(&SESSION, request, peer, account, &self.policy, files, 1_700_000_000);
        verify(&inputs).outcome().err().map(|refusal| Refusal::code(&refusal))
    }
}

/// Both files, with the signer's key for the host in the middle.
fn files(signer: &Signer, hosts: usize) -> (known_hosts::Index, shosts::Index) {
    let key = PublicKey::from_blob(&signer.blob).unwrap();
    let (mut known_hosts, mut equiv) = (String::new(), String::new());
    for host in 0..hosts {
        let line = if host == hosts / 2 { key.to_line() } else { another_key(&signer.blob, host) };
        known_hosts += &format!("node{host}.cluster.test,{} {line}\n", address(host));
        equiv += &format!("{}\n", address(host));
    }
    (known_hosts::Index::new(known_hosts.into_bytes()), shosts::Index::new(equiv.as_bytes()))
}

/// A key of the same type and size: its last bytes are the host's number.
fn another_key(blob: &[u8], host: usize) -> String {
    let mut blob = blob.to_vec();
    let at = blob.len() - 8;
    blob[at..].copy_from_slice(&(host as u64 | 1 << 63).to_be_bytes());
    let name = std::str::from_utf8(&blob[4..4 + usize::from(blob[3])]).unwrap();
    format!("{name} {}", encode_base64(&blob))
}

fn address(host: usize) -> String {
    format!("10.{}.{}.{}", host >> 16 & 0xff, host >> 8 & 0xff, host & 0xff)
}

/// Microseconds a call.
fn batch<T>(call: impl Fn() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        black_box(call());
    }
    start.elapsed().as_secs_f64() * 1e6 / CALLS as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
