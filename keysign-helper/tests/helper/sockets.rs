//! Descriptors that prove nothing. OpenSSH's helper (9.2, and 10.5 by its source) signs for the first three, for any host
//! name that the caller likes.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::process::Command;

use hostbased::key::PublicKey;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn6, bind, connect, setsockopt, socket, sockopt::IpFreebind,
};

use crate::connection;
use crate::lab::{Call, Lab, SET_UID, Theirs, request};

/// Asserts that OpenSSH's helper signs for `host` on this descriptor, and ours refuses for this reason.
fn only_theirs_signs(lab: &Lab, key: &PublicKey, descriptor: &impl AsFd, host: &str, reason: &str) {
    let data = request(key, "ssh-ed25519", host, "nobody");
    let theirs = lab.ask(&Call { whose: Theirs, ..SET_UID }, descriptor, &data);
    assert!(theirs.is_ok(), "theirs: {theirs:?}");
    let (ours, details) = lab.refusal(&SET_UID, descriptor, &data);
    assert_eq!(ours, "ssh-keysign: cannot get local name for fd");
    assert_eq!(details, format!("ssh-keysign: {reason}"));
}

#[test]
fn a_unix_socket_has_the_name_that_the_caller_gave_it() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("victim.test");
    let socket = UnixDatagram::bind(&path).unwrap();
    let reason = "the descriptor is a Unix socket, whose name the caller chooses";
    only_theirs_signs(&lab, &key, &socket, &format!("{}.", path.display()), reason);
}

#[test]
fn a_network_namespace_of_ones_own_has_any_address() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    let elsewhere = std::thread::spawn(|| {
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNET).unwrap();
        for arguments in [&["link", "set", "lo", "up"][..], &["addr", "add", "2001:db8::77/128", "dev", "lo", "nodad"]]
        {
            assert!(Command::new("ip").args(arguments).status().unwrap().success());
        }
        let own = UdpSocket::bind("[2001:db8::77]:0").unwrap();
        own.connect("[2001:db8::77]:22").unwrap();
        own
    });
    let elsewhere = elsewhere.join().unwrap();
    let reason = "the socket is of another network namespace than this helper";
    only_theirs_signs(&lab, &key, &elsewhere, "victim.test.", reason);
}

#[test]
fn a_socket_may_be_bound_to_an_address_of_another_host() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    // No privilege is needed for any of this, and no namespace.
    let own = socket(AddressFamily::Inet6, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).unwrap();
    setsockopt(&own, IpFreebind, &true).unwrap();
    let to = |address| SockaddrIn6::from(SocketAddrV6::new(address, 22, 0, 0));
    bind(own.as_raw_fd(), &to("2001:db8::77".parse().unwrap())).unwrap();
    connect(own.as_raw_fd(), &to(Ipv6Addr::LOCALHOST)).unwrap();
    let own: OwnedFd = own;
    let reason = "the socket's own address is not one of this machine's";
    only_theirs_signs(&lab, &key, &own, "victim.test.", reason);
}

#[test]
fn descriptors_that_are_no_connection() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    let host_name = Command::new("uname").arg("-n").output().unwrap().stdout;
    let host_name = format!("{}.", String::from_utf8(host_name).unwrap().trim());
    let reason = "the descriptor is neither a socket nor a pipe";
    only_theirs_signs(&lab, &key, &tempfile::tempfile().unwrap(), &host_name, reason);
    let unconnected = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    only_theirs_signs(&lab, &key, &unconnected, "localhost.", "the socket is not connected");
}

#[test]
fn a_proxy_commands_pipe_has_the_machines_name() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    let host_name = Command::new("uname").arg("-n").output().unwrap().stdout;
    let host_name = String::from_utf8(host_name).unwrap().trim().to_owned();
    let (reader, _writer) = std::io::pipe().unwrap();
    for whose in [crate::Ours, Theirs] {
        let call = Call { whose, ..SET_UID };
        let data = request(&key, "ssh-ed25519", &format!("{host_name}."), "nobody");
        assert!(lab.ask(&call, &reader, &data).is_ok(), "{whose:?}");
        let other = request(&key, "ssh-ed25519", "victim.test.", "nobody");
        assert_eq!(lab.refusal(&call, &reader, &other).0, "ssh-keysign: not a valid request", "{whose:?}");
    }
    // An address without a name: ssh falls back to the host name, and so does the helper, without a word.
    let nameless = std::net::UdpSocket::bind("127.9.9.9:0").unwrap();
    nameless.connect("127.9.9.9:22").unwrap();
    let data = request(&key, "ssh-ed25519", &format!("{host_name}."), "nobody");
    if hostbased_sys::required_name(&"127.9.9.9:0".parse().unwrap()).is_none() {
        assert_eq!(lab.ask(&SET_UID, &nameless, &data).unwrap().notes, "");
        let theirs = lab.ask(&Call { whose: Theirs, ..SET_UID }, &nameless, &data).unwrap();
        assert!(theirs.notes.contains("getnameinfo 8 failed"), "{}", theirs.notes);
    }
    assert!(lab.ask(&SET_UID, &connection(), &request(&key, "ssh-ed25519", "localhost.", "nobody")).is_ok());
}
