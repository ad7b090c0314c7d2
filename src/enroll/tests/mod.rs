//! What the plans' tests share: keys, hosts and files as texts.

mod adding;
mod admitting;
mod applying;
mod property;
mod removing;

use super::*;
use crate::key::{PublicKey, parse_public_key_file};
use crate::name::{HostName, HostText};

fn read(file: &str) -> PublicKey {
    parse_public_key_file(file.as_bytes()).unwrap()
}

fn ed25519() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ed25519.pub"))
}

/// Another key of type ed25519.
fn other_ed25519() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ca.pub"))
}

fn rsa() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/rsa.pub"))
}

fn certificate() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ed25519-cert.pub"))
}

fn text(host: &str) -> HostText {
    host.parse()
        .map_or_else(|_| HostText::from(&HostName::new(host).unwrap()), |address: std::net::IpAddr| address.into())
}

fn registration(host: &str, names: Names, keys: &[PublicKey]) -> Registration {
    let host = host.parse().unwrap();
    Registration {
        host,
        keys: keys.to_vec(),
        names,
        trust: Trust::Given,
        vouched: Vec::new(),
        renew: false,
        hash: None,
    }
}

/// Files with these lines, where `{ed}`, `{other}` and `{rsa}` stand for the keys.
fn files(known_hosts: &str, shosts: &str) -> Files {
    Files::parse(with_keys(known_hosts).as_bytes(), shosts.as_bytes())
}

fn with_keys(text: &str) -> String {
    [("{ed}", ed25519()), ("{other}", other_ed25519()), ("{rsa}", rsa())]
        .into_iter()
        .fold(text.to_owned(), |text, (name, key)| text.replace(name, &key.to_line()))
}

/// Both files after a plan: those that its patches give, which must be those that its changes give one by one.
fn patched(files: &Files, plan: &Plan) -> Files {
    let mut edited = files.clone();
    plan.apply_to(&mut edited).unwrap();
    let patched = |file| {
        let (old, patch) = (files.bytes(file), plan.patch(file));
        let (keep, rest) = patch.apply(&old);
        [&old[..keep], &rest].concat()
    };
    let patched = Files::parse(&patched(SystemFile::KnownHosts), &patched(SystemFile::ShostsEquiv));
    for file in [SystemFile::KnownHosts, SystemFile::ShostsEquiv] {
        assert_eq!(patched.bytes(file), edited.bytes(file));
    }
    patched
}

/// Both files after a plan, the keys written as their names again.
fn after(files: &Files, plan: &Plan) -> (String, String) {
    let files = patched(files, plan);
    let show = |file| {
        let text = String::from_utf8(files.bytes(file)).unwrap();
        [("{ed}", ed25519()), ("{other}", other_ed25519()), ("{rsa}", rsa())]
            .into_iter()
            .fold(text, |text, (name, key)| text.replace(&key.to_line(), name))
    };
    (show(SystemFile::KnownHosts), show(SystemFile::ShostsEquiv))
}

fn pair(known_hosts: &str, shosts: &str) -> (String, String) {
    (known_hosts.to_owned(), shosts.to_owned())
}
