//! The decision: what lets a user in, and beside it everything that is nearly that and does not.
#![cfg(all(feature = "sign", feature = "verify"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::net::IpAddr;

use ed25519_dalek::{Signer as _, SigningKey};
use hostbased::key::{Algorithm, AlgorithmList, KeyError, PublicKey, SignatureError, encode_base64};
use hostbased::known_hosts::{self, Place};
use hostbased::name::{HostName, UserName};
use hostbased::revoked::{Means, Revocation, RevokedKeys};
use hostbased::shosts::{self, NoNetgroups};
use hostbased::sign::{Caller, CheckedRequest, HostKey};
use hostbased::verify::{
    Account, AccountEntry, Content, EquivSource, Files, Inputs, KnownHostsSource, Peer, Policy, Refusal, RevokedSource,
    Shell, Unreadable, verify,
};
use hostbased::wire::{Request, Writer};

const SESSION: &[u8] = &[5; 32];
const NOW: u64 = 1_700_000_000;

/// A key made from one byte, so that each test can have as many as it likes.
fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> PublicKey {
    let blob = Writer::new().string(b"ssh-ed25519").string(secret(seed).verifying_key().as_bytes()).into_bytes();
    PublicKey::from_blob(&blob).unwrap()
}

/// The key as a PKCS#8 file (RFC 8410 section 7).
fn file(seed: u8) -> String {
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der = [&prefix[..], &[seed; 32]].concat();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", encode_base64(&der))
}

/// sshd's defaults, and the method switched on.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.hostbased_authentication = true;
    policy
}

/// What differs from one attempt to the next; the default is let in.
struct Attempt {
    /// Whose private key signs.
    signer: u8,
    /// What the request presents.
    key: PublicKey,
    algorithm: &'static str,
    user: &'static str,
    client_host: &'static str,
    client_user: &'static str,
    session: &'static [u8],
    address: &'static str,
    resolved: Option<&'static str>,
    account: &'static str,
    uid: u32,
    policy: Policy,
    revoked: Vec<String>,
    equiv: Vec<(&'static str, String)>,
    known_hosts: String,
}

impl Default for Attempt {
    fn default() -> Self {
        Self {
            signer: 1,
            key: public(1),
            algorithm: "ssh-ed25519",
            user: "alice",
            client_host: "node1.cluster.test.",
            client_user: "alice",
            session: SESSION,
            address: "10.77.0.1",
            resolved: Some("node1.cluster.test"),
            account: "alice",
            uid: 1000,
            policy: policy(),
            revoked: Vec::new(),
            equiv: vec![("shosts.equiv", "10.77.0.1\n".into())],
            known_hosts: format!("node1.cluster.test,10.77.0.1 {}\n", public(1).to_line()),
        }
    }
}

/// The code of the refusal, or "accept"; and the refusal itself is compared where it says more than its code.
fn decide(attempt: &Attempt) -> String {
    judge(attempt, |outcome| match outcome {
        Ok(host) => format!("accept {host}"),
        Err(refusal) => refusal.code().to_owned(),
    })
}

fn judge<T>(attempt: &Attempt, report: impl Fn(Result<String, Refusal<'_>>) -> T) -> T {
    let mut request = Request {
        user: attempt.user.as_bytes(),
        algorithm: attempt.algorithm.as_bytes(),
        public_key: attempt.key.blob(),
        client_host: attempt.client_host.as_bytes(),
        client_user: attempt.client_user.as_bytes(),
        signature: b"",
    };
    let raw = secret(attempt.signer).sign(&request.signed_data(attempt.session)).to_bytes();
    let signature = Writer::new().string(b"ssh-ed25519").string(&raw).into_bytes();
    request.signature = &signature;
    let account = UserName::new(attempt.account).unwrap();
    let names: Vec<HostName> = attempt.resolved.iter().map(|name| HostName::new(name).unwrap()).collect();
    let equiv: Vec<(&str, shosts::Document)> =
        attempt.equiv.iter().map(|(file, text)| (*file, shosts::Document::parse(text.as_bytes()))).collect();
    let equiv: Vec<EquivSource<'_>> =
        equiv.iter().map(|(file, document)| EquivSource { file, content: Content::Read(document) }).collect();
    let known_hosts = known_hosts::Document::parse(attempt.known_hosts.as_bytes());
    let known_hosts = KnownHostsSource { file: "ssh_known_hosts", content: Content::Read(&known_hosts) };
    let revoked: Vec<_> = attempt.revoked.iter().map(|text| RevokedKeys::parse(text.as_bytes()).ok()).collect();
    let revoked: Vec<_> = revoked
        .iter()
        .map(|keys| keys.as_ref().map_or(Content::Unreadable(Unreadable::Malformed), Content::Read))
        .map(|content| RevokedSource { file: "revoked_keys", content })
        .collect();
    let address: IpAddr = attempt.address.parse().unwrap();
    let entry =
        AccountEntry { uid: attempt.uid, home: "/home/alice", shell: Shell::Usable, locked: false, groups: &[] };
    let inputs = Inputs::new(
        SESSION,
        request,
        Peer::new(address).with_names(&names),
        Account { name: &account, entry: Some(entry) },
        &attempt.policy,
        Files::new(&equiv, known_hosts, &NoNetgroups).with_revoked_keys(&revoked),
        NOW,
    );
    let decision = verify(&inputs);
    report(decision.outcome().map(|authenticated| String::from_utf8_lossy(authenticated.host()).into_owned()))
}

fn with(change: impl Fn(&mut Attempt)) -> String {
    let mut attempt = Attempt::default();
    change(&mut attempt);
    decide(&attempt)
}

fn refusal_is(change: impl Fn(&mut Attempt), expected: Refusal<'_>) {
    let mut attempt = Attempt::default();
    change(&mut attempt);
    judge(&attempt, |outcome| assert_eq!(outcome, Err(expected)));
}

fn packet_only(attempt: &mut Attempt) {
    attempt.policy.hostbased_uses_name_from_packet_only = true;
}

fn use_dns(attempt: &mut Attempt) {
    attempt.policy.use_dns = true;
}

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
fn a_link_local_address_is_not_the_one_of_another_interface() {
    let from = |equiv: &str, hosts: &str| {
        with(|attempt| {
            attempt.address = "fe80::1";
            attempt.equiv = vec![("shosts.equiv", equiv.into())];
            attempt.known_hosts = format!("{hosts} {}\n", public(1).to_line());
        })
    };
    for equiv in ["fe80::1\n", "fe80::1%eth0\n"] {
        assert_eq!(from(equiv, "fe80::1,*"), "equiv-no-match");
    }
    let by_name = |attempt: &mut Attempt| {
        use_dns(attempt);
        attempt.address = "fe80::1";
        attempt.equiv = vec![("shosts.equiv", "node1.cluster.test\n".into())];
    };
    assert_eq!(with(by_name), "accept node1.cluster.test");
}

#[test]
fn the_equiv_files_let_the_user_of_that_host_in() {
    let equiv = |text: &'static str| with(|attempt| attempt.equiv = vec![("shosts.equiv", text.into())]);
    assert_eq!(equiv("10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(equiv("10.77.0.1 alice\n"), "accept 10.77.0.1");
    assert_eq!(equiv("10.77.0.1 bob\n"), "equiv-no-match");
    assert_eq!(equiv("node1.cluster.test\n"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.10\n"), "equiv-no-match");
    assert_eq!(equiv("10.77.0.1 # note\n"), "equiv-no-match");
    assert_eq!(equiv("+\n"), "equiv-no-match");
    assert_eq!(equiv(""), "equiv-no-match");
    assert_eq!(with(|attempt| attempt.equiv.clear()), "equiv-no-files");
    assert_eq!(with(|attempt| attempt.client_user = "bob"), "equiv-no-match");
    refusal_is(
        |attempt| attempt.equiv = vec![("shosts.equiv", "# first\n-10.77.0.1\n10.77.0.1\n".into())],
        Refusal::EquivDenies(Place { file: "shosts.equiv", line: 2 }),
    );
}

#[test]
fn a_negative_line_ends_its_own_file_only() {
    let files = |first: &'static str, second: &'static str| {
        with(|attempt| attempt.equiv = vec![("hosts.equiv", first.into()), ("shosts.equiv", second.into())])
    };
    assert_eq!(files("-10.77.0.1\n", "10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(files("10.77.0.1\n", "-10.77.0.1\n"), "accept 10.77.0.1");
    assert_eq!(files("-10.77.0.1\n", "10.77.0.2\n"), "equiv-denies");
}

#[test]
fn root_is_not_let_in_by_the_systems_files() {
    let root = |uid| {
        with(|attempt| {
            (attempt.user, attempt.account, attempt.client_user, attempt.uid) = ("root", "root", "root", uid);
        })
    };
    assert_eq!(root(0), "root-ignores-system-files");
    assert_eq!(root(1), "accept 10.77.0.1");
}

#[test]
fn which_name_counts_is_the_policys_to_say() {
    let names = |attempt: &mut Attempt| {
        attempt.equiv = vec![("shosts.equiv", "node1.cluster.test\n".into())];
    };
    assert_eq!(with(names), "equiv-no-match");
    assert_eq!(with(|attempt| (names(attempt), use_dns(attempt)).1), "accept node1.cluster.test");
    let unresolved = |attempt: &mut Attempt| {
        names(attempt);
        use_dns(attempt);
        attempt.resolved = None;
    };
    assert_eq!(with(unresolved), "equiv-no-match");

    let claims = |host: &'static str| {
        with(|attempt| {
            packet_only(attempt);
            names(attempt);
            attempt.address = "10.0.0.9";
            attempt.client_host = host;
        })
    };
    assert_eq!(claims("node1.cluster.test."), "accept node1.cluster.test");
    assert_eq!(claims("node1.cluster.test"), "accept node1.cluster.test");
    assert_eq!(claims("NODE1.cluster.test."), "accept NODE1.cluster.test");
    assert_eq!(claims("node2.cluster.test."), "equiv-no-match");
    assert_eq!(claims("node1.cluster.test.."), "equiv-no-match");
}

#[test]
fn with_use_dns_the_equiv_files_take_the_address_but_known_hosts_the_name_only() {
    let by_name = |known: &'static str| {
        with(|attempt| {
            use_dns(attempt);
            attempt.known_hosts = format!("{known} {}\n", public(1).to_line());
        })
    };
    assert_eq!(by_name("node1.cluster.test"), "accept node1.cluster.test");
    assert_eq!(by_name("10.77.0.1"), "host-key-unknown");
}

#[test]
fn a_mapped_address_is_its_ipv4_address() {
    assert_eq!(with(|attempt| attempt.address = "::ffff:10.77.0.1"), "accept 10.77.0.1");
    assert_eq!(with(|attempt| attempt.address = "::10.77.0.1"), "equiv-no-match");
}

#[test]
fn the_host_key_is_the_hosts_own_and_not_revoked() {
    let place = Place { file: "ssh_known_hosts", line: 1 };
    refusal_is(|attempt| attempt.known_hosts.clear(), Refusal::HostKeyUnknown);
    let line = |hosts: &str, seed: u8| format!("{hosts} {}\n", public(seed).to_line());
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.2", 1), Refusal::HostKeyUnknown);
    refusal_is(|attempt| attempt.known_hosts = line("[10.77.0.1]:22", 1), Refusal::HostKeyUnknown);
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.1", 2), Refusal::HostKeyChanged(place));
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.*,!10.77.0.1", 1), Refusal::HostKeyUnknown);
    let revoked = |attempt: &mut Attempt| attempt.known_hosts.insert_str(0, &line("@revoked *", 1));
    refusal_is(revoked, Refusal::HostKeyRevoked(place));
    let other = |attempt: &mut Attempt| attempt.known_hosts.insert_str(0, &line("@revoked *", 2));
    assert_eq!(with(other), "accept 10.77.0.1");
}

/// A host certificate of key 1 by authority 9, changed at will.
struct Draft {
    kind: u32,
    principals: Vec<&'static str>,
    valid: [u64; 2],
    critical: Vec<u8>,
    signer: u8,
}

impl Default for Draft {
    fn default() -> Self {
        Self { kind: 2, principals: vec!["10.77.0.1"], valid: [NOW, NOW + 1], critical: Vec::new(), signer: 9 }
    }
}

impl Draft {
    fn certificate(&self) -> PublicKey {
        let list = |items: &[&str]| items.iter().fold(Writer::new(), |list, item| list.string(item.as_bytes()));
        let signed = Writer::new()
            .string(b"ssh-ed25519-cert-v01@openssh.com")
            .string(&[0; 32])
            .string(secret(1).verifying_key().as_bytes())
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
        let raw = secret(self.signer).sign(&signed.clone().into_bytes()).to_bytes();
        let signature = Writer::new().string(b"ssh-ed25519").string(&raw).into_bytes();
        PublicKey::from_blob(&signed.string(&signature).into_bytes()).unwrap()
    }
}

fn certified(draft: &Draft) -> String {
    with(|attempt| certify(attempt, draft))
}

fn certify(attempt: &mut Attempt, draft: &Draft) {
    attempt.key = draft.certificate();
    attempt.algorithm = "ssh-ed25519-cert-v01@openssh.com";
    attempt.known_hosts = format!("@cert-authority 10.77.0.* {}\n", public(9).to_line());
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
            attempt.known_hosts.clone_from(&text);
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

#[test]
fn a_key_that_revoked_keys_names_is_refused_before_any_file_lets_it_in() {
    let line = |seed: u8| format!("{}\n", public(seed).to_line());
    let revoked = |files: &[String]| with(|attempt| attempt.revoked = files.to_vec());
    assert_eq!(revoked(&["# none\n".into(), line(2)]), "accept 10.77.0.1");
    assert_eq!(revoked(&[line(2), line(1)]), "key-revoked");
    let how = Revocation::Key(Means::Line(2));
    refusal_is(
        |attempt| {
            attempt.revoked = vec![line(2) + &line(1)];
            attempt.equiv.clear();
        },
        Refusal::KeyRevoked { file: "revoked_keys", how },
    );
    // A file that cannot be parsed may name any key.
    assert_eq!(revoked(&[line(2), "no key\n".into()]), "revoked-keys-unreadable");
    // Of a certificate, the key inside and its authority count.
    for seed in [1, 9] {
        let revoked = with(|attempt| {
            certify(attempt, &Draft::default());
            attempt.revoked = vec![line(seed)];
        });
        assert_eq!(revoked, "key-revoked");
    }
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
            attempt.known_hosts = format!("10.77.0.1 {}\n", attempt.key.to_line());
            attempt.policy.required_rsa_size = required;
        })
    };
    assert_eq!(rsa(1016, 0), "rsa-too-small");
    assert_eq!(rsa(2048, 3072), "rsa-too-small");
    assert_eq!(rsa(2048, 2048), "signature-invalid");
}

#[test]
fn a_key_that_does_not_decode_is_refused() {
    let policy = policy();
    let account = UserName::new("alice").unwrap();
    let request = Request {
        user: b"alice",
        algorithm: b"ssh-ed25519",
        public_key: b"\0\0\0\x0bssh-ed25519",
        client_host: b"node1.",
        client_user: b"alice",
        signature: b"",
    };
    let peer = Peer::new("10.77.0.1".parse().unwrap());
    let known_hosts = KnownHostsSource { file: "ssh_known_hosts", content: Content::Missing };
    let files = Files::new(&[], known_hosts, &NoNetgroups);
    let inputs = Inputs::new(SESSION, request, peer, Account { name: &account, entry: None }, &policy, files, NOW);
    let cut =
        hostbased::wire::WireError { field: "ed25519 public key", kind: hostbased::wire::WireErrorKind::Truncated };
    assert_eq!(verify(&inputs).outcome().unwrap_err(), Refusal::KeyUndecodable(KeyError::Field(cut)));
}
