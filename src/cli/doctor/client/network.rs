//! The way to the server: from which address this machine would come, and under which name. `connect` on a datagram socket
//! sends nothing; it only has the kernel choose.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};

use nix::ifaddrs::getifaddrs;

use super::files::reason;
use crate::doctor::client::{Connection, Options};
use crate::escape::escape;

/// The way to one address of the server.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) connection: Connection,
    /// None for a proxy command's pipe.
    pub(super) socket: Option<UdpSocket>,
}

/// The ways to the server's addresses in the order in which `ssh` tries them, each family once; or why there are none.
///
/// # Errors
/// Why the name has no address, or cannot be reached.
pub(super) fn ways(options: &Options, host: &str) -> Result<Vec<Way>, String> {
    if options.is_piped() {
        let claimed = host_name();
        let connection = Connection { server: None, source: None, source_name: None, claimed };
        return Ok(vec![Way { connection, socket: None }]);
    }
    direct(options, host)
}

/// The same without a proxy.
///
/// # Errors
/// Why the name has no address, or cannot be reached.
pub(super) fn direct(options: &Options, host: &str) -> Result<Vec<Way>, String> {
    let name = options.value("hostname").unwrap_or(host);
    let addresses = (name, options.port()).to_socket_addrs().map_err(|error| reason(&error))?;
    let family = options.value("addressfamily").unwrap_or("any");
    let mut ways: Vec<Way> = Vec::new();
    let mut problem = "it has no address of a family that may be used".to_owned();
    for server in addresses {
        let is_allowed = match family {
            "inet" => server.is_ipv4(),
            "inet6" => server.is_ipv6(),
            _ => true,
        };
        let is_new = ways.iter().all(|way| way.connection.server.is_none_or(|ip| ip.is_ipv4() != server.is_ipv4()));
        if is_allowed && is_new {
            match way(options, server) {
                Ok(way) => ways.push(way),
                Err(error) => problem = format!("{}: {}", server.ip(), reason(&error)),
            }
        }
    }
    if ways.is_empty() { Err(problem) } else { Ok(ways) }
}

/// A socket that leads back to this machine: keys can be tried on it where no server is named.
pub(super) fn loopback() -> io::Result<Way> {
    // The discard port (RFC 863); nothing is sent.
    way(&Options::default(), SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 9))
}

fn way(options: &Options, server: SocketAddr) -> io::Result<Way> {
    let socket = UdpSocket::bind(SocketAddr::new(own_address(options, server), 0))?;
    socket.connect(server)?;
    let source = socket.local_addr()?;
    let source_name = hostbased_sys::required_name(&source);
    let claimed = source_name.as_deref().map_or_else(host_name, shown);
    let connection = Connection {
        server: Some(server.ip()),
        source: Some(source.ip()),
        source_name: source_name.as_deref().map(shown),
        claimed,
    };
    Ok(Way { connection, socket: Some(socket) })
}

fn shown(name: &[u8]) -> String {
    escape(name).to_string()
}

/// What BindAddress and BindInterface ask for; else the kernel chooses.
fn own_address(options: &Options, server: SocketAddr) -> IpAddr {
    let fits = |ip: &IpAddr| ip.is_ipv4() == server.is_ipv4();
    let bound = options.value("bindaddress").and_then(|name| {
        let found = (name, 0_u16).to_socket_addrs().ok()?;
        found.map(|address| address.ip()).find(fits)
    });
    let on_interface = || {
        let name = options.value("bindinterface")?;
        interfaces().into_iter().find(|(interface, ip)| interface == name && fits(ip)).map(|(_, ip)| ip)
    };
    bound.or_else(on_interface).unwrap_or(match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    })
}

/// The machine's own addresses, with their interfaces.
fn interfaces() -> Vec<(String, IpAddr)> {
    let Ok(interfaces) = getifaddrs() else { return Vec::new() };
    let address = |storage: nix::sys::socket::SockaddrStorage| {
        let v4 = storage.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        v4.or_else(|| storage.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
    };
    interfaces.filter_map(|interface| Some((interface.interface_name, address(interface.address?)?))).collect()
}

/// The machine's own addresses.
pub(super) fn own_addresses() -> Vec<IpAddr> {
    interfaces().into_iter().map(|(_, address)| address).collect()
}

/// The machine's own name, escaped.
pub(super) fn host_name() -> String {
    let name = nix::unistd::gethostname().map(|name| name.into_encoded_bytes()).unwrap_or_default();
    escape(&name).to_string()
}

/// Other names of the server: its canonical one, that of its address, the short ones of all.
pub(super) fn other_names(host: &str) -> Vec<String> {
    let mut names = Vec::new();
    let v4: IpAddr = Ipv4Addr::UNSPECIFIED.into();
    for like in [v4, Ipv6Addr::UNSPECIFIED.into()] {
        let Ok(found) = hostbased_sys::resolve(host, like) else { continue };
        let of_address = |ip: &IpAddr| hostbased_sys::required_name(&SocketAddr::new(*ip, 0));
        names.extend(found.canonical);
        names.extend(found.addresses.first().and_then(of_address));
    }
    let mut names: Vec<String> = names.iter().map(|name| shown(name)).collect();
    let short: Vec<String> = names.iter().filter_map(|name| name.split('.').next().map(str::to_owned)).collect();
    names.extend(short);
    names.extend(host.split('.').next().map(str::to_owned));
    let is_name = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    names.retain(|name| name != host && !name.is_empty() && !name.starts_with('-') && is_name(name));
    names.sort();
    names.dedup();
    // A full name says more than a short one.
    names.sort_by_key(|name| !name.contains('.'));
    names
}
