//! Whose connection it is: the helper takes the host's name from the descriptor, and only from one that it can trust.

use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn6, bind, connect, setsockopt, socket, sockopt};

use crate::helper::{Descriptor, Question, Verdict, connected_socket, judge, opened};
use crate::keys;
use crate::lab::{CLIENT_ADDRESS, Lab, in_a_foreign_network};
use crate::under_test::{Expect, theirs_since};

fn lab_with_key(lab: Lab) -> Lab {
    lab.install_key(keys::ed25519());
    lab
}

fn question(host: &str) -> Question {
    Question { host: format!("{host}."), ..Question::new(keys::ed25519(), "ssh-ed25519") }
}

/// What ours says where it trusts no name; OpenSSH always finds one.
const fn no_name(because: &'static str) -> Verdict<'static> {
    Verdict::RefusesBecause("ssh-keysign: cannot get local name for fd", because)
}

const NOT_CONNECTED: Verdict = no_name("the socket is not connected");
const NOT_VALID: Verdict = Verdict::Refuses("ssh-keysign: not a valid request");

#[test]
fn connected_sockets_have_their_own_address_name() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let sockets = lab.in_network(|| {
        let listener = TcpListener::bind((CLIENT_ADDRESS, 0)).unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let udp6 = UdpSocket::bind("[fd77::1]:0").unwrap();
        udp6.connect("[fd77::1]:22").unwrap();
        let mapped = UdpSocket::bind("[::ffff:10.77.0.1]:0").unwrap();
        mapped.connect("[::ffff:10.77.0.2]:22").unwrap();
        [
            ("TCP", Descriptor::Open(stream.into())),
            ("TCP, accepted", Descriptor::Open(accepted.into())),
            ("UDP over IPv6", Descriptor::Open(udp6.into())),
            ("UDP over mapped IPv4", Descriptor::Open(mapped.into())),
        ]
    });
    for (case, socket) in sockets {
        let question = question("node1.cluster.test");
        judge(&case, &question, &lab.ask_about(socket, &question.frame()), Verdict::Signs);
    }
    let from_the_server = lab.in_network(|| connected_socket("10.77.0.2", CLIENT_ADDRESS));
    let question = question("srv.cluster.test");
    judge(&"10.77.0.2", &question, &lab.ask_about(from_the_server, &question.frame()), Verdict::Signs);
}

/// An address without a name is as good as a pipe: the machine's host name.
#[test]
fn an_address_without_a_name() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let hosts = lab.read("/etc/hosts").replace("10.77.0.1 node1.cluster.test", "10.77.0.9 node1.cluster.test");
    lab.write("/etc/hosts", hosts);
    let question = question("node1.cluster.test");
    let answer = lab.ask(&question.frame());
    match Expect::differ(true, false).here() {
        true => judge(&"no name", &question, &answer, Verdict::Signs),
        // OpenSSH signs too, but says on standard error that there was no name, and AsyncSSH takes that for a failure.
        false => {
            assert_eq!(answer.code, Some(0), "{answer:?}");
            assert!(answer.stderr.contains("getnameinfo 8 failed: Name or service not known"), "{answer:?}");
        }
    }
}

/// Standard input, output and error are no connection.
#[test]
fn the_numbers_of_standard_streams() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let bad_fd_2 = Verdict::Refuses("ssh-keysign: bad fd = 2");
    for (fd, expect) in [
        (0, Expect::both(Verdict::Refuses("ssh-keysign: bad fd = 0"))),
        (1, Expect::both(Verdict::Refuses("ssh-keysign: bad fd = 1"))),
        (2, Expect::differ(bad_fd_2, theirs_since((9, 8), bad_fd_2, Verdict::Signs))),
        (0x8000_0000, Expect::both(Verdict::Refuses("ssh-keysign: bad fd = -2147483648"))),
        (0xffff_ffff, Expect::both(Verdict::Refuses("ssh-keysign: bad fd = -1"))),
    ] {
        let question = Question { fd, ..question("node1.cluster.test") };
        lab.assert_answer(&fd, &question, expect.here());
    }
}

#[test]
fn descriptors_that_are_no_connection() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let (unconnected, listening) = lab.in_network(|| {
        (UdpSocket::bind((CLIENT_ADDRESS, 0)).unwrap(), TcpListener::bind((CLIENT_ADDRESS, 0)).unwrap())
    });
    // OpenSSH takes the machine's host name for all that has no address of its own.
    for (case, descriptor, ours) in [
        ("closed", Descriptor::Closed, no_name("the descriptor is not open")),
        ("a file", opened(File::open("/dev/null").unwrap()), no_name("the descriptor is neither a socket nor a pipe")),
        ("unconnected", Descriptor::Open(unconnected.into()), NOT_CONNECTED),
        ("listening", Descriptor::Open(listening.into()), NOT_CONNECTED),
    ] {
        let question = question("node1.cluster.test");
        let expect = Expect::differ(ours, Verdict::Signs);
        judge(&case, &question, &lab.ask_about(descriptor, &question.frame()), expect.here());
    }
}

/// OpenSSH takes an AF_UNIX socket's path for the host's name, and the caller chooses the path.
#[test]
fn a_unix_socket_with_a_chosen_name() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let socket = lab.in_network(|| {
        let socket = UnixDatagram::bind("evil.cluster.test").unwrap();
        socket.connect("evil.cluster.test").unwrap();
        socket
    });
    let question = question("evil.cluster.test");
    let unix = no_name("the descriptor is a Unix socket, whose name the caller chooses");
    let expect = Expect::differ(unix, Verdict::Signs);
    let answer = lab.ask_about(Descriptor::Open(socket.into()), &question.frame());
    judge(&"AF_UNIX", &question, &answer, expect.here());
}

/// Any user can make a network of his own, whose loopback has any address he likes: OpenSSH signs for its name.
#[test]
fn a_socket_of_another_network_with_a_chosen_address() {
    let lab = lab_with_key(needs_root_and_sshd!());
    lab.write("/etc/hosts", format!("{}10.77.0.66 victim.cluster.test\n", lab.read("/etc/hosts")));
    let socket = || in_a_foreign_network(&["10.77.0.66", "10.77.0.1"], || connected_socket("10.77.0.66", "10.77.0.1"));
    let victim = question("victim.cluster.test");
    let expect = Expect::differ(no_name("the socket is of another network namespace than this helper"), Verdict::Signs);
    judge(&"chosen", &victim, &lab.ask_about(socket(), &victim.frame()), expect.here());
    // The machine's own name is not to be had that way either.
    let own = question("node1.cluster.test");
    let expect = Expect::differ(expect.here(), NOT_VALID);
    judge(&"own", &own, &lab.ask_about(socket(), &own.frame()), expect.here());
    let same_address = in_a_foreign_network(&["10.77.0.1"], || connected_socket("10.77.0.1", "10.77.0.1"));
    let expect = Expect::differ(expect.here(), Verdict::Signs);
    judge(&"own address", &own, &lab.ask_about(same_address, &own.frame()), expect.here());
}

/// Any user may bind an IPv6 socket to an address that is not the machine's, and connect it.
#[test]
fn a_socket_bound_to_an_address_of_another_machine() {
    let lab = lab_with_key(needs_root_and_sshd!());
    lab.write("/etc/hosts", format!("{}fd77::66 victim.cluster.test\n", lab.read("/etc/hosts")));
    let socket = lab.in_network(|| {
        let socket = socket(AddressFamily::Inet6, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).unwrap();
        setsockopt(&socket, sockopt::IpFreebind, &true).unwrap();
        let address = |text: &str| SockaddrIn6::from(text.parse::<std::net::SocketAddrV6>().unwrap());
        bind(socket.as_raw_fd(), &address("[fd77::66]:0")).unwrap();
        connect(socket.as_raw_fd(), &address("[fd77::1]:22")).unwrap();
        Descriptor::Open(socket)
    });
    let victim = question("victim.cluster.test");
    let expect = Expect::differ(no_name("the socket's own address is not one of this machine's"), Verdict::Signs);
    judge(&"chosen", &victim, &lab.ask_about(socket, &victim.frame()), expect.here());
}
