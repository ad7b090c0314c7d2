//! A peer's address as sshd writes it, a link-local one with its interface.

use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

use crate::name::address_text;
use crate::verify::Peer;

/// Longest name of an interface, in bytes (netdevice(7), IFNAMSIZ without the NUL).
const MAX_INTERFACE: usize = 15;

/// The address of a peer. An IPv4-mapped one is the IPv4 address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PeerAddress {
    pub(crate) address: IpAddr,
    /// Of a link-local address, and of no other.
    interface: Option<String>,
}

/// Why a text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum AddressError {
    #[error("not an IPv4 or IPv6 address")]
    Address,
    #[error("a link-local address is nobody's without its interface, as in fe80::1%eth0")]
    NoInterface,
    #[error("only a link-local address has an interface")]
    Interface,
    #[error("no name of an interface: 1 to {MAX_INTERFACE} bytes without blanks, commas and slashes")]
    InterfaceName,
}

impl PeerAddress {
    /// The text that sshd looks up.
    pub(crate) fn text(&self) -> String {
        let address = address_text(self.address);
        self.interface.as_ref().map_or_else(|| address.clone(), |interface| format!("{address}%{interface}"))
    }

    /// The peer, without names.
    pub(crate) fn peer(&self) -> Peer<'_> {
        let peer = Peer::new(self.address);
        self.interface.as_deref().map_or(peer, |interface| peer.with_zone(interface))
    }
}

impl FromStr for PeerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (address, interface) = match text.split_once('%') {
            Some((address, interface)) => (address, Some(interface)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| AddressError::Address)?.to_canonical();
        let is_link_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
        let is_name = |name: &str| {
            let allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b',' | b'/' | b'%');
            (1..=MAX_INTERFACE).contains(&name.len()) && name.bytes().all(allowed)
        };
        match interface {
            None if is_link_local => Err(AddressError::NoInterface),
            Some(_) if !is_link_local => Err(AddressError::Interface),
            Some(name) if !is_name(name) => Err(AddressError::InterfaceName),
            interface => Ok(Self { address, interface: interface.map(str::to_owned) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_text_that_sshd_looks_up() {
        for (text, shown) in [
            ("10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("2001:DB8:0::1", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1%eth0"),
        ] {
            assert_eq!(text.parse::<PeerAddress>().map(|address| address.text()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn each_near_miss_has_its_reason() {
        for (text, error) in [
            ("", AddressError::Address),
            ("node1", AddressError::Address),
            ("10.0.0", AddressError::Address),
            ("10.0.0.1/24", AddressError::Address),
            ("[::1]", AddressError::Address),
            ("fe80::1", AddressError::NoInterface),
            ("10.0.0.1%eth0", AddressError::Interface),
            ("2001:db8::1%eth0", AddressError::Interface),
            ("fe80::1%", AddressError::InterfaceName),
            ("fe80::1%a,b", AddressError::InterfaceName),
            ("fe80::1%a b", AddressError::InterfaceName),
            ("fe80::1%abcdefghijklmnop", AddressError::InterfaceName),
        ] {
            assert_eq!(text.parse::<PeerAddress>(), Err(error), "{text:?}");
        }
    }
}
