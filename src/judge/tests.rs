//! Decisions over images: a folder stands for `/`, with accounts and files of its own.
#![allow(clippy::disallowed_methods, reason = "the tests write files")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

use super::*;
use crate::key::{PublicKey, encode_base64};
use crate::shosts::NoNetgroups;
use crate::store::Root;
use crate::store::trust::TrustPaths;
use crate::wire::Writer;

const SESSION: &[u8] = &[5; 32];
const PEER: &str = "192.0.2.7:50000";

/// A host key, made from one byte.
struct Key(Ed25519KeyPair, Vec<u8>);

impl Key {
    fn new(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let blob = Writer::new().string(b"ssh-ed25519").string(pair.public_key().as_ref()).into_bytes();
        Self(pair, blob)
    }

    /// A login as `user` by the user of that name of node1, signed.
    fn request<'a>(&'a self, user: &'a [u8], signature: &'a mut Vec<u8>) -> Request<'a> {
        let request = Request {
            user,
            algorithm: b"ssh-ed25519",
            public_key: &self.1,
            client_host: b"node1.example.org.",
            client_user: user,
            signature: b"",
        };
        let signed = self.0.sign(&request.signed_data(SESSION));
        *signature = Writer::new().string(b"ssh-ed25519").string(signed.as_ref()).into_bytes();
        Request { signature, ..request }
    }
}

/// A machine with the account alice, that admits node1 with the key of seed 1.
fn image() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in ["etc/ssh", "bin", "home/alice"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    let file = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    let own = fs::metadata(root.path()).unwrap().uid();
    file("etc/passwd", &format!("alice:x:{}:1000::/home/alice:/bin/sh\n", if own == 0 { 1000 } else { own }));
    file("etc/group", "staff:x:50:alice\n");
    file("bin/sh", "");
    fs::set_permissions(root.path().join("bin/sh"), fs::Permissions::from_mode(0o755)).unwrap();
    file("etc/ssh/shosts.equiv", "192.0.2.7\nnode1.example.org\n");
    let key = encode_base64(&Key::new(1).1);
    file("etc/ssh/ssh_known_hosts", &format!("192.0.2.7,node1.example.org ssh-ed25519 {key}\n"));
    root
}

fn judge(root: &tempfile::TempDir, options: &[(&str, &str)]) -> Judge {
    let mut policy = Policy::default();
    for (option, value) in [("HostbasedAuthentication", "yes")].iter().chain(options) {
        policy.set(option, value).unwrap();
    }
    let paths = TrustPaths::default().with_revoked_keys(&policy.revoked_keys);
    Judge::new(TrustStore::new(Root::new(root.path()), &paths), policy).with_netgroups(NoNetgroups)
}

/// The decision over a login as `user` from [`PEER`], by the key of that seed.
fn decide(judge: &Judge, user: &[u8], seed: u8, progress: &Progress) -> Verdict {
    let (key, mut signature) = (Key::new(seed), Vec::new());
    judge.decide(SESSION, &key.request(user, &mut signature), PEER.parse().unwrap(), progress)
}

#[test]
fn lets_in_whom_the_files_let_in() {
    let root = image();
    let judge = judge(&root, &[]);
    let verdict = decide(&judge, b"alice", 1, &judge.start());
    let Outcome::Accepted(account) = verdict.outcome else { panic!("{verdict:?}") };
    assert_eq!((account.name.as_bytes(), account.gid), (&b"alice"[..], 1000));
    assert_eq!(account.group_ids.unwrap(), [1000, 50]);
    assert_eq!((verdict.code, verdict.hint), (ACCEPTED, None));
    assert!(verdict.reason.contains("shosts.equiv:1"), "{}", verdict.reason);
}

#[test]
fn refuses_with_the_code_of_the_reason() {
    let root = image();
    let judge = judge(&root, &[]);
    let code = |user: &[u8], seed| {
        let verdict = decide(&judge, user, seed, &judge.start());
        assert_eq!(verdict.outcome, Outcome::Refused);
        verdict.code
    };
    assert_eq!(code(b"alice", 2), "host-key-changed");
    assert_eq!(code(b"bob", 1), "account-unknown");
    assert_eq!(code(b"", 1), USER_NAME_INVALID);
    let (key, mut signature) = (Key::new(1), Vec::new());
    let request = key.request(b"alice", &mut signature);
    let elsewhere = judge.decide(SESSION, &request, "192.0.2.8:50000".parse().unwrap(), &judge.start());
    assert_eq!(elsewhere.code, "equiv-no-match");
    assert!(elsewhere.hint.unwrap().contains("192.0.2.8"));
    let replayed = judge.decide(&[6; 32], &request, PEER.parse().unwrap(), &judge.start());
    assert_eq!(replayed.code, "signature-invalid");
}

#[test]
fn an_account_that_cannot_be_asked_for_refuses() {
    let root = image();
    let passwd = root.path().join("etc/passwd");
    fs::remove_file(&passwd).unwrap();
    fs::create_dir(passwd).unwrap();
    let judge = judge(&root, &[]);
    let verdict = decide(&judge, b"alice", 1, &judge.start());
    assert_eq!((verdict.outcome, verdict.code), (Outcome::Refused, ACCOUNT_NOT_ASKED));
    assert!(verdict.reason.contains("passwd"), "{}", verdict.reason);
}

#[test]
fn the_servers_own_last_word_can_only_refuse() {
    let root = image();
    let closed = judge(&root, &[]).with_last_word(|account| Err(format!("{}\nis closed", account.home)));
    let verdict = decide(&closed, b"alice", 1, &closed.start());
    assert_eq!((verdict.outcome, verdict.code), (Outcome::Refused, "application-denies"));
    assert_eq!((verdict.reason.as_str(), verdict.hint), ("/home/alice\\x0ais closed", None));
    let verdict = decide(&closed, b"alice", 2, &closed.start());
    assert_eq!(verdict.code, "host-key-changed", "it is not asked");
    let open = judge(&root, &[]).with_last_word(|_| Ok(()));
    assert_eq!(decide(&open, b"alice", 2, &open.start()).code, "host-key-changed");
    assert_eq!(decide(&open, b"alice", 1, &open.start()).code, ACCEPTED);
}

#[test]
fn a_partial_success_is_kept_for_its_user_and_for_no_other() {
    let root = image();
    let judge = judge(&root, &[("AuthenticationMethods", "hostbased,hostbased")]);
    let first = decide(&judge, b"alice", 1, &judge.start());
    assert_eq!((&first.outcome, first.code), (&Outcome::Partial, "partial-success"));
    assert!(
        first.reason.starts_with("AuthenticationMethods asks for another method besides: hostbased (by "),
        "{first:?}"
    );
    assert_eq!(first.progress.user(), b"alice");
    assert_eq!(first.progress.methods().to_string(), "hostbased");
    let key = PublicKey::from_blob(&Key::new(1).1).unwrap();
    assert_eq!(first.progress.keys(), [key]);
    let again = decide(&judge, b"alice", 1, &first.progress);
    assert_eq!((again.outcome, again.code), (Outcome::Refused, "key-already-used"));
    assert_eq!(again.progress, first.progress, "a refusal takes nothing back");

    let passwd = fs::read_to_string(root.path().join("etc/passwd")).unwrap();
    fs::write(root.path().join("etc/passwd"), passwd.clone() + &passwd.replace("alice", "bob")).unwrap();
    let other = decide(&judge, b"bob", 1, &first.progress);
    assert_eq!(other.outcome, Outcome::Partial, "the start, for bob");
    assert_eq!(other.progress.user(), b"bob");
}

#[test]
fn names_are_asked_only_where_the_options_do() {
    struct Named;
    impl Resolver for Named {
        fn name_of(&self, _: std::net::IpAddr) -> Option<Vec<u8>> {
            Some(b"node1.example.org".to_vec())
        }
        fn addresses_of(&self, _: &HostName, like: std::net::IpAddr) -> Vec<std::net::IpAddr> {
            vec![like]
        }
    }
    struct NotAsked;
    impl Resolver for NotAsked {
        fn name_of(&self, _: std::net::IpAddr) -> Option<Vec<u8>> {
            panic!("asked")
        }
        fn addresses_of(&self, _: &HostName, _: std::net::IpAddr) -> Vec<std::net::IpAddr> {
            panic!("asked")
        }
    }
    let root = image();
    let peer = "192.0.2.9:1".parse().unwrap();
    let (key, mut signature) = (Key::new(1), Vec::new());
    let request = key.request(b"alice", &mut signature);
    let by_address = judge(&root, &[]).with_resolver(NotAsked);
    assert_eq!(by_address.decide(SESSION, &request, peer, &by_address.start()).code, "equiv-no-match");
    let by_name = judge(&root, &[("UseDNS", "yes")]).with_resolver(Named);
    assert_eq!(by_name.decide(SESSION, &request, peer, &by_name.start()).code, ACCEPTED);
    let both = judge(&root, &[("RequireNameMatch", "yes")]).with_resolver(Named);
    assert_eq!(both.decide(SESSION, &request, PEER.parse().unwrap(), &both.start()).code, ACCEPTED);
}

#[test]
fn an_ipv4_address_inside_an_ipv6_one_is_what_it_is() {
    let root = image();
    let judge = judge(&root, &[]);
    let (key, mut signature) = (Key::new(1), Vec::new());
    let request = key.request(b"alice", &mut signature);
    let mapped = judge.decide(SESSION, &request, "[::ffff:192.0.2.7]:1".parse().unwrap(), &judge.start());
    assert_eq!(mapped.code, ACCEPTED);
}

#[test]
fn a_link_local_address_has_its_interface() {
    let lo = nix::net::if_::if_nametoindex("lo").unwrap();
    let address = "fe80::1".parse().unwrap();
    assert_eq!(zone(std::net::SocketAddrV6::new(address, 1, 0, lo).into()).as_deref(), Some("lo"));
    assert_eq!(zone(std::net::SocketAddrV6::new(address, 1, 0, 0).into()), None);
    assert_eq!(zone("[2001:db8::1]:1".parse().unwrap()), None);
    assert_eq!(zone(PEER.parse().unwrap()), None);
}
