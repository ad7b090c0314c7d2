//! The descriptor that the caller handed over, and the name that this machine has on it.
//!
//! The server compares the name that we sign with the address that it sees. So the name must come from a connection
//! that is truly this machine's, not from anything that a caller can make up (OpenSSH: canohost.c `get_local_name`, which
//! takes a closed descriptor, the path of a Unix socket, and any address of any network namespace).

use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use hostbased_sys::{duplicate_inherited, network_namespace_cookie, required_name};
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrLike, SockaddrStorage, getpeername, getsockname, getsockopt, socket,
    sockopt,
};
use nix::sys::stat::{SFlag, fstat};
use thiserror::Error;

use crate::quiet::quietly;
use crate::sandbox::StageOne;

/// Why a descriptor is not signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum DescriptorProblem {
    /// Standard input, output or error, or no number at all.
    #[error("descriptor {0} cannot be the connection")]
    Number(i32),
    #[error("the descriptor is not open")]
    NotOpen,
    #[error("the descriptor is neither a socket nor a pipe")]
    OtherKind,
    #[error("the descriptor is a Unix socket, whose name the caller chooses")]
    Unix,
    #[error("the descriptor is a socket of another family than IPv4 and IPv6")]
    OtherFamily,
    #[error("the socket is neither a stream nor a datagram one")]
    OtherType,
    #[error("the socket is not connected")]
    NotConnected,
    #[error("the socket is of another network namespace than this helper")]
    OtherNamespace,
    #[error("the socket's own address is not one of this machine's")]
    ForeignAddress,
    #[error("the descriptor: {}", .0.desc())]
    System(Errno),
}

impl DescriptorProblem {
    /// The word for it in the audit line.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Number(_) => "descriptor-number",
            Self::NotOpen => "descriptor-not-open",
            Self::OtherKind => "descriptor-no-connection",
            Self::Unix => "descriptor-unix-socket",
            Self::OtherFamily | Self::OtherType => "descriptor-other-socket",
            Self::NotConnected => "descriptor-not-connected",
            Self::OtherNamespace => "descriptor-other-namespace",
            Self::ForeignAddress => "descriptor-foreign-address",
            Self::System(_) => "descriptor-error",
        }
    }
}

/// What a descriptor shows of the caller's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Connection {
    /// The name that this machine has on it, without a final dot.
    pub(crate) local_name: Vec<u8>,
    /// Our end; none for a pipe.
    pub(crate) local: Option<SocketAddr>,
    /// The other end; none for a pipe. Nothing proves that the signature goes there.
    pub(crate) peer: Option<SocketAddr>,
}

/// The connection behind the descriptor with this number.
///
/// The name is that of the socket's own address; where that has none, and for a pipe (a ProxyCommand's), the machine's
/// host name, as `ssh` itself does.
///
/// # Errors
/// [`DescriptorProblem`].
pub(crate) fn connection(_proof: &StageOne, number: u32) -> Result<Connection, DescriptorProblem> {
    // As OpenSSH shows it: a number of C's type int.
    let number = number.cast_signed();
    if number <= 2 {
        return Err(DescriptorProblem::Number(number));
    }
    let descriptor = duplicate_inherited(number).map_err(|_| DescriptorProblem::NotOpen)?;
    let ends = ends(&descriptor)?;
    let local_name = match &ends {
        Some((local, _)) => quietly(|| required_name(local)).map_or_else(host_name, Ok)?,
        None => host_name()?,
    };
    let (local, peer) = ends.unzip();
    Ok(Connection { local_name, local, peer })
}

/// The machine's own name (gethostname(2)).
pub(crate) fn host_name() -> Result<Vec<u8>, DescriptorProblem> {
    use std::os::unix::ffi::OsStringExt;
    nix::unistd::gethostname().map(OsStringExt::into_vec).map_err(DescriptorProblem::System)
}

/// The local and the remote address of a connected socket of ours; none for a pipe.
fn ends(descriptor: &OwnedFd) -> Result<Option<(SocketAddr, SocketAddr)>, DescriptorProblem> {
    let kind = fstat(descriptor).map_err(DescriptorProblem::System)?.st_mode & SFlag::S_IFMT.bits();
    if kind == SFlag::S_IFIFO.bits() {
        return Ok(None);
    }
    if kind != SFlag::S_IFSOCK.bits() {
        return Err(DescriptorProblem::OtherKind);
    }
    let local: SockaddrStorage = getsockname(descriptor.as_raw_fd()).map_err(DescriptorProblem::System)?;
    let family = local.family().ok_or(DescriptorProblem::OtherFamily)?;
    if family == AddressFamily::Unix {
        return Err(DescriptorProblem::Unix);
    }
    let local = address(&local).ok_or(DescriptorProblem::OtherFamily)?;
    match getsockopt(descriptor, sockopt::SockType) {
        Ok(SockType::Stream | SockType::Datagram) => {}
        _ => return Err(DescriptorProblem::OtherType),
    }
    let peer: SockaddrStorage = getpeername(descriptor.as_raw_fd()).map_err(|_| DescriptorProblem::NotConnected)?;
    let peer = address(&peer).ok_or(DescriptorProblem::NotConnected)?;
    if !of_our_namespace(descriptor, family)? {
        return Err(DescriptorProblem::OtherNamespace);
    }
    if !is_ours(local.ip())? {
        return Err(DescriptorProblem::ForeignAddress);
    }
    Ok(Some((local, peer)))
}

fn address(of: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = of.as_sockaddr_in().map(|&v4| SocketAddr::V4(v4.into()));
    v4.or_else(|| of.as_sockaddr_in6().map(|&v6| unmapped(v6.into())))
}

/// An IPv4 address inside an IPv6 one, taken out (OpenSSH: canohost.c `ipv64_normalise_mapped`).
fn unmapped(address: std::net::SocketAddrV6) -> SocketAddr {
    address.ip().to_ipv4_mapped().map_or(SocketAddr::V6(address), |v4| SocketAddrV4::new(v4, address.port()).into())
}

/// Whether the socket was made in the network namespace that this process runs in. A user can make one of his own, give
/// it any address, and hand out a socket of it.
///
/// A kernel that cannot tell (before Linux 5.14) leaves it to [`is_ours`], which such an address does not pass.
fn of_our_namespace(descriptor: &OwnedFd, family: AddressFamily) -> Result<bool, DescriptorProblem> {
    let cookie = |socket: &OwnedFd| {
        network_namespace_cookie(socket.as_fd())
            .map_err(|error| DescriptorProblem::System(Errno::from_raw(error.raw_os_error().unwrap_or_default())))
    };
    let fresh = socket(family, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).map_err(DescriptorProblem::System)?;
    Ok(cookie(descriptor)? == cookie(&fresh)?)
}

/// Whether an interface of ours has this address.
///
/// Being bound to it proves nothing: any user may set IPV6_FREEBIND, bind a datagram socket to another host's address
/// and connect it. And whether bind(2) takes an address depends on the sysctl `ip_nonlocal_bind`.
fn is_ours(address: IpAddr) -> Result<bool, DescriptorProblem> {
    if let IpAddr::V4(v4) = address
        && v4.is_loopback()
    {
        return Ok(true); // All of 127.0.0.0/8, of which the interface shows one.
    }
    let own = getifaddrs().map_err(DescriptorProblem::System)?.filter_map(|interface| {
        let storage = interface.address?;
        let v4 = storage.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        v4.or_else(|| storage.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
    });
    Ok(own.into_iter().any(|own| own == address))
}

#[cfg(test)]
mod tests;
