//! The addresses that the system's resolver (nsswitch.conf(5)) gives to a name.

use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr;

use crate::resolving::ResolveError;

/// What the resolver says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Its addresses, at least one.
    pub addresses: Vec<IpAddr>,
    /// The name that the resolver calls the canonical one, where it says so: of an alias (CNAME) the name behind it, of a
    /// line in `/etc/hosts` its first name.
    pub canonical: Option<Vec<u8>>,
}

/// The addresses of this name, of the family of `like` alone; none when it has none of that family, or when the resolver
/// fails (getaddrinfo(3)). To ask for both families at once is another question: the answer of one may hide the other's
/// (host.conf(5), `multi`).
#[must_use]
pub fn addresses_of(name: &str, like: IpAddr) -> Vec<IpAddr> {
    look_up(name, like, 0).map_or_else(|_| Vec::new(), |resolved| resolved.addresses)
}

/// The same, with the name that the resolver calls the canonical one (getaddrinfo(3), AI_CANONNAME), and why there is none.
///
/// # Errors
/// [`ResolveError`], as far as getaddrinfo(3) tells them apart.
pub fn resolve(name: &str, like: IpAddr) -> Result<Resolved, ResolveError> {
    look_up(name, like, libc::AI_CANONNAME)
}

fn look_up(name: &str, like: IpAddr, flags: libc::c_int) -> Result<Resolved, ResolveError> {
    // No name holds a NUL.
    let name = CString::new(name).map_err(|_| ResolveError::NoSuchName)?;
    let hints = libc::addrinfo {
        ai_flags: flags,
        ai_family: if like.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 },
        // One kind of socket, or each address comes once for each kind.
        ai_socktype: libc::SOCK_STREAM,
        ai_protocol: 0,
        ai_addrlen: 0,
        ai_addr: ptr::null_mut(),
        ai_canonname: ptr::null_mut(),
        ai_next: ptr::null_mut(),
    };
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: the name is a C string, there is no service, and the hints are a whole `addrinfo` whose pointers are null, as
    // the call wants them; it writes one pointer to `list`, and keeps none of ours.
    let code = unsafe { libc::getaddrinfo(name.as_ptr(), ptr::null(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(ResolveError::of(code));
    }
    let mut found = Resolved { addresses: Vec::new(), canonical: None };
    let mut next = list;
    // SAFETY: the call has succeeded, so that `list` begins a chain of `addrinfo` that ends with a null pointer and lives
    // until freeaddrinfo() below.
    while let Some(entry) = unsafe { next.as_ref() } {
        found.addresses.extend(address(entry));
        found.canonical = found.canonical.or_else(|| canonical(entry));
        next = entry.ai_next;
    }
    // SAFETY: `list` is what the call above gave, freed once, and nothing points into it any more.
    unsafe { libc::freeaddrinfo(list) };
    if found.addresses.is_empty() { Err(ResolveError::NoAddress) } else { Ok(found) }
}

/// The canonical name, which stands in the first entry, and only where AI_CANONNAME asked for it.
fn canonical(entry: &libc::addrinfo) -> Option<Vec<u8>> {
    if entry.ai_canonname.is_null() {
        return None;
    }
    // SAFETY: where it is not null, `ai_canonname` points to a C string that lives as long as the entry.
    let name = unsafe { CStr::from_ptr(entry.ai_canonname) };
    Some(name.to_bytes().to_vec())
}

fn address(entry: &libc::addrinfo) -> Option<IpAddr> {
    match entry.ai_family {
        libc::AF_INET => {
            // SAFETY: of this family, `ai_addr` is null or points to a `sockaddr_in` that lives as long as the entry.
            let v4 = unsafe { entry.ai_addr.cast::<libc::sockaddr_in>().as_ref() }?;
            Some(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()).into())
        }
        libc::AF_INET6 => {
            // SAFETY: of this family, `ai_addr` is null or points to a `sockaddr_in6` that lives as long as the entry.
            let v6 = unsafe { entry.ai_addr.cast::<libc::sockaddr_in6>().as_ref() }?;
            Some(Ipv6Addr::from(v6.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_own_address_in_its_own_family_only() {
        let (v4, v6): (IpAddr, IpAddr) = ("192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap());
        assert_eq!(addresses_of("192.0.2.7", v4), [v4]);
        assert_eq!(addresses_of("2001:db8::7", v6), [v6]);
        assert!(addresses_of("192.0.2.7", v6).is_empty());
        assert!(addresses_of("2001:db8::7", v4).is_empty());
    }

    #[test]
    fn names_are_those_of_the_system() {
        let output = std::process::Command::new("getent").args(["ahostsv4", "localhost"]).output().unwrap();
        let getent = String::from_utf8(output.stdout).unwrap();
        let mut wanted: Vec<IpAddr> =
            getent.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
        wanted.dedup();
        assert!(!wanted.is_empty());
        assert_eq!(addresses_of("localhost", wanted[0]), wanted);
    }

    #[test]
    fn what_is_no_name_has_no_address() {
        // RFC 6761 section 6.4: no name below "invalid" exists.
        for name in ["nobody.invalid", "a\0b"] {
            assert!(addresses_of(name, "127.0.0.1".parse().unwrap()).is_empty(), "{name:?}");
            let failed = resolve(name, "127.0.0.1".parse().unwrap()).unwrap_err();
            // Where there is no name server either, that is what is said.
            assert!(matches!(failed, ResolveError::NoSuchName | ResolveError::Again), "{name:?}: {failed:?}");
        }
    }

    #[test]
    fn the_canonical_name_is_the_system_s() {
        let like = addresses_of("localhost", "127.0.0.1".parse().unwrap())[0];
        let found = resolve("localhost", like).unwrap();
        assert_eq!(found.addresses, addresses_of("localhost", like));
        let output = std::process::Command::new("getent").args(["ahostsv4", "localhost"]).output().unwrap();
        let getent = String::from_utf8(output.stdout).unwrap();
        // `ADDRESS STREAM NAME`: the third word of the first line.
        let name = getent.lines().next().unwrap().split_whitespace().nth(2).unwrap();
        assert_eq!(found.canonical.as_deref(), Some(name.as_bytes()));
        assert_eq!(resolve("192.0.2.7", "192.0.2.7".parse().unwrap()).unwrap().addresses.len(), 1);
    }
}
