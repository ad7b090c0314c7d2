use std::fs::File;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6, TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};

use nix::sys::socket::{bind, connect, setsockopt};

use super::*;

fn name(descriptor: &impl AsFd) -> Result<Vec<u8>, DescriptorProblem> {
    // As a caller hands it over: not closed on exec.
    let handed_over = nix::unistd::dup(descriptor).unwrap();
    let number = u32::try_from(handed_over.as_raw_fd()).unwrap();
    connection(&StageOne::in_name_only(), number).map(|connection| connection.local_name)
}

fn name_of(address: &str) -> Vec<u8> {
    let address = SocketAddr::new(address.parse().unwrap(), 0);
    required_name(&address).unwrap_or_else(|| host_name().unwrap())
}

fn connected_datagram(address: IpAddr) -> UdpSocket {
    let socket = UdpSocket::bind((address, 0)).unwrap();
    socket.connect((address, 9)).unwrap();
    socket
}

#[test]
fn a_connected_socket_has_the_name_of_its_own_address() {
    assert_eq!(name(&connected_datagram(Ipv4Addr::LOCALHOST.into())), Ok(name_of("127.0.0.1")));
    assert_eq!(name(&connected_datagram(Ipv4Addr::new(127, 0, 0, 9).into())), Ok(name_of("127.0.0.9")));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(name(&stream), Ok(name_of("127.0.0.1")));
}

#[test]
fn an_ipv4_address_inside_an_ipv6_one_counts_as_itself() {
    let mapped: SocketAddrV6 = "[::ffff:192.0.2.1]:22".parse().unwrap();
    assert_eq!(unmapped(mapped), "192.0.2.1:22".parse().unwrap());
    let plain: SocketAddrV6 = "[::1]:22".parse().unwrap();
    assert_eq!(unmapped(plain), "[::1]:22".parse().unwrap());
}

#[test]
fn a_pipe_has_the_machines_name() {
    let (reader, writer) = std::io::pipe().unwrap();
    assert_eq!(name(&reader), host_name());
    assert_eq!(name(&writer), host_name());
    let told = std::process::Command::new("uname").arg("-n").output().unwrap();
    assert_eq!(host_name().unwrap(), told.stdout.trim_ascii());
}

/// The helper has sockets too.
#[test]
fn what_the_helper_has_opened_itself_is_not_the_callers() {
    let own = connected_datagram(Ipv4Addr::LOCALHOST.into());
    let number = u32::try_from(own.as_raw_fd()).unwrap();
    assert_eq!(connection(&StageOne::in_name_only(), number), Err(DescriptorProblem::NotOpen));
}

#[test]
fn other_descriptors_are_refused_by_name() {
    let stage_one = StageOne::in_name_only();
    for (number, shown) in [(0, 0), (1, 1), (2, 2), (u32::MAX, -1), (0x8000_0003, -2_147_483_645)] {
        assert_eq!(connection(&stage_one, number), Err(DescriptorProblem::Number(shown)));
    }
    assert_eq!(connection(&stage_one, 0x7fff_fff0), Err(DescriptorProblem::NotOpen));
    assert_eq!(name(&File::open("/dev/null").unwrap()), Err(DescriptorProblem::OtherKind));
    assert_eq!(name(&tempfile::tempfile().unwrap()), Err(DescriptorProblem::OtherKind));
    assert_eq!(name(&UnixStream::pair().unwrap().0), Err(DescriptorProblem::Unix));
    assert_eq!(name(&UnixDatagram::pair().unwrap().0), Err(DescriptorProblem::Unix));
    let netlink = |kind| socket(AddressFamily::Netlink, kind, SockFlag::SOCK_CLOEXEC, None).unwrap();
    assert_eq!(name(&netlink(SockType::Raw)), Err(DescriptorProblem::OtherFamily));
}

#[test]
fn unconnected_sockets_are_refused() {
    for address in ["127.0.0.1:0", "0.0.0.0:0"] {
        assert_eq!(name(&UdpSocket::bind(address).unwrap()), Err(DescriptorProblem::NotConnected), "{address}");
        assert_eq!(name(&TcpListener::bind(address).unwrap()), Err(DescriptorProblem::NotConnected), "{address}");
    }
}

/// A socket that any user can make: bound to another host's address, and connected.
fn with_freebind(address: Ipv6Addr) -> Option<OwnedFd> {
    let own = socket(AddressFamily::Inet6, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).ok()?;
    setsockopt(&own, sockopt::IpFreebind, &true).ok()?;
    let to = |address| nix::sys::socket::SockaddrIn6::from(SocketAddrV6::new(address, 9, 0, 0));
    bind(own.as_raw_fd(), &to(address)).ok()?;
    connect(own.as_raw_fd(), &to(Ipv6Addr::LOCALHOST)).ok()?;
    Some(own)
}

#[test]
fn being_bound_to_an_address_does_not_make_it_ours() {
    // RFC 3849: an address for documentation.
    let foreign: Ipv6Addr = "2001:db8::77".parse().unwrap();
    let Some(socket) = with_freebind(foreign) else {
        return; // Without IPv6 there is no such socket.
    };
    let local: SockaddrStorage = getsockname(socket.as_raw_fd()).unwrap();
    assert_eq!(local.as_sockaddr_in6().unwrap().ip(), foreign);
    assert!(getpeername::<SockaddrStorage>(socket.as_raw_fd()).is_ok());
    assert_eq!(name(&socket), Err(DescriptorProblem::ForeignAddress));
    // Its near miss: an address that is ours, bound in the same way.
    let own = with_freebind(Ipv6Addr::LOCALHOST).unwrap();
    assert_eq!(name(&own), Ok(name_of("::1")));
}

#[test]
fn a_socket_of_another_network_namespace_is_refused() {
    if !nix::unistd::geteuid().is_root() {
        return crate::test_support::skipped("a_socket_of_another_network_namespace_is_refused");
    }
    let elsewhere = std::thread::spawn(|| {
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNET).unwrap();
        let up = std::process::Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap();
        assert!(up.success());
        connected_datagram(Ipv4Addr::LOCALHOST.into())
    });
    let elsewhere = elsewhere.join().unwrap();
    assert_eq!(elsewhere.local_addr().unwrap().ip(), Ipv4Addr::LOCALHOST);
    assert_eq!(name(&elsewhere), Err(DescriptorProblem::OtherNamespace));
    assert_eq!(name(&connected_datagram(Ipv4Addr::LOCALHOST.into())), Ok(name_of("127.0.0.1")));
}
