//! The name that the system's resolver (nsswitch.conf(5)) gives to an address.

use std::net::SocketAddr;
use std::ptr;

use crate::resolving::ResolveError;

/// Longest name that getnameinfo(3) returns, its final NUL included (NI_MAXHOST).
const MAX_NAME: u32 = 1025;

/// The name of this address; none when it has no name, or when the resolver fails (getnameinfo(3) with NI_NAMEREQD).
///
/// The scope of an IPv6 address is passed on; an IPv4 address inside an IPv6 one is not unwrapped.
#[must_use]
pub fn required_name(address: &SocketAddr) -> Option<Vec<u8>> {
    reverse(address).ok()
}

/// The same, and why there is none.
///
/// # Errors
/// [`ResolveError`], as far as getnameinfo(3) tells them apart.
pub fn reverse(address: &SocketAddr) -> Result<Vec<u8>, ResolveError> {
    match address {
        SocketAddr::V4(v4) => lookup(&libc::sockaddr_in {
            sin_family: family(libc::AF_INET),
            sin_port: v4.port().to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(v4.ip().octets()) },
            sin_zero: [0; 8],
        }),
        SocketAddr::V6(v6) => lookup(&libc::sockaddr_in6 {
            sin6_family: family(libc::AF_INET6),
            sin6_port: v6.port().to_be(),
            sin6_flowinfo: v6.flowinfo(),
            sin6_addr: libc::in6_addr { s6_addr: v6.ip().octets() },
            sin6_scope_id: v6.scope_id(),
        }),
    }
}

fn family(number: libc::c_int) -> libc::sa_family_t {
    libc::sa_family_t::try_from(number).unwrap_or(0)
}

/// A socket address as the C library has it.
trait Sockaddr: Sized {
    /// Its length in bytes.
    const LENGTH: u32 = size_of::<Self>() as u32;
}

impl Sockaddr for libc::sockaddr_in {}
impl Sockaddr for libc::sockaddr_in6 {}

fn lookup<A: Sockaddr>(address: &A) -> Result<Vec<u8>, ResolveError> {
    let mut name = [0_u8; MAX_NAME as usize];
    // SAFETY: the address is a whole `sockaddr_in` or `sockaddr_in6` (the two types with this trait) of the length
    // given, alive during the call; the buffer is `MAX_NAME` bytes long and ours alone; no service is asked for, which
    // a null pointer and a length of 0 say.
    let result = unsafe {
        libc::getnameinfo(
            ptr::from_ref(address).cast(),
            A::LENGTH,
            name.as_mut_ptr().cast(),
            MAX_NAME,
            ptr::null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    };
    if result != 0 {
        return Err(ResolveError::of(result));
    }
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    if name.is_empty() { Err(ResolveError::NoSuchName) } else { Ok(name.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `getent hosts` says: the same resolver, asked by another program.
    fn getent(address: &str) -> Option<String> {
        let output = std::process::Command::new("getent").args(["hosts", address]).output().unwrap();
        Some(String::from_utf8(output.stdout).unwrap().split_whitespace().nth(1)?.to_owned())
    }

    #[test]
    fn names_are_those_of_the_system() {
        for address in ["127.0.0.1", "::1"] {
            let socket = SocketAddr::new(address.parse().unwrap(), 22);
            assert_eq!(
                required_name(&socket).map(|name| String::from_utf8(name).unwrap()),
                getent(address),
                "{address}"
            );
        }
    }

    #[test]
    fn an_address_without_a_name_is_not_turned_into_one() {
        // RFC 5737 and RFC 3849: addresses for documentation.
        for address in ["192.0.2.222:22", "[2001:db8::222]:22"] {
            assert_eq!(required_name(&address.parse().unwrap()), None, "{address}");
            let failed = reverse(&address.parse().unwrap()).unwrap_err();
            // Where there is no name server either, that is what is said.
            assert!(matches!(failed, ResolveError::NoSuchName | ResolveError::Again), "{address}: {failed:?}");
        }
    }
}
