//! The installed helper, called by an ordinary user, beside OpenSSH's own: the same requests, the same words, and where
//! the two differ, on purpose, that is said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::disallowed_types
)]
#![allow(clippy::disallowed_methods, reason = "the tests build machines out of files")]

#[macro_use]
#[path = "../../../tests/support/needs.rs"]
mod needs;
#[macro_use]
mod lab;
mod log_machine;
#[macro_use]
mod attacks;
mod audit;
mod more_keys;
mod pages;
mod privileges;
mod refusals;
mod sandbox;
mod settings;
mod sockets;
mod unlogged;

use std::net::{Ipv4Addr, UdpSocket};

use hostbased::sign::helper::Answer;

use lab::{Call, Ours, SET_UID, Theirs, request};

/// A connection to this machine itself; no packet is sent.
fn connection() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.connect((Ipv4Addr::LOCALHOST, 22)).unwrap();
    socket
}

#[test]
fn it_signs_what_openssh_signs_byte_for_byte() {
    let lab = needs_root_and_helpers!();
    let ed25519 = lab.ed25519();
    let ecdsa = lab.make_key("ssh_host_ecdsa_key", &["-t", "ecdsa", "-b", "384", "-N", ""]);
    let rsa = lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", ""]);
    for (key, algorithm, deterministic) in [
        (&ed25519, "ssh-ed25519", true),
        (&ecdsa, "ecdsa-sha2-nistp384", false),
        (&rsa, "rsa-sha2-256", true),
        (&rsa, "rsa-sha2-512", true),
    ] {
        let data = request(key, algorithm, "localhost.", "nobody");
        let ours: Answer = lab.ask(&SET_UID, &connection(), &data).unwrap();
        assert_eq!(ours.notes, "", "{algorithm}");
        let theirs = lab.ask(&Call { whose: Theirs, ..SET_UID }, &connection(), &data).unwrap();
        if deterministic {
            assert_eq!(ours.signature, theirs.signature, "{algorithm}");
        }
    }
    // Called by root himself, it signs as root.
    let by_root = Call { uid: 0, gid: 0, ..SET_UID };
    for whose in [Ours, Theirs] {
        let call = Call { whose, ..by_root };
        assert!(lab.ask(&call, &connection(), &request(&ed25519, "ssh-ed25519", "localhost.", "root")).is_ok());
        let (text, _) = lab.refusal(&call, &connection(), &request(&ed25519, "ssh-ed25519", "localhost.", "nobody"));
        assert_eq!(text, "ssh-keysign: not a valid request");
    }
}

#[test]
fn it_answers_without_its_input_ending() {
    use std::io::{Read as _, Write as _};
    let lab = needs_root_and_helpers!();
    lab.ed25519();
    // A request that is refused will do; no descriptor 3 is open.
    let mut child = lab.start(&SET_UID);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&hostbased::wire::HelperRequest { fd: 3, data: b"" }.encode()).unwrap();
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    let expected = "ssh-keysign: the descriptor is not open\r\nssh-keysign: cannot get local name for fd\r\n";
    assert_eq!(text, expected);
    assert_eq!(child.wait().unwrap().code(), Some(255));
    drop(input);
}

#[test]
fn people_are_told_its_version() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_keysign")).arg("--version").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let expected = concat!("keysign (hostbased) ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}
