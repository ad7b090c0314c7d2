//! Fetching the answers.

use std::net::{IpAddr, SocketAddr};

use super::confirm::{NotConfirmed, confirm, name_of};
use crate::name::HostName;

/// Who resolves names and addresses.
pub trait Resolver {
    /// The name of this address, the first where it has several; none when the lookup fails.
    fn name_of(&self, address: IpAddr) -> Option<Vec<u8>>;
    /// The addresses of this name, of the family of `like`; none when the lookup fails.
    fn addresses_of(&self, name: &HostName, like: IpAddr) -> Vec<IpAddr>;
}

/// The resolver of the running system: what nsswitch.conf(5) names, as getnameinfo(3) and getaddrinfo(3) ask it. How long
/// that takes is the system's to say (resolv.conf(5)).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn name_of(&self, address: IpAddr) -> Option<Vec<u8>> {
        hostbased_sys::required_name(&SocketAddr::new(address, 0))
    }

    fn addresses_of(&self, name: &HostName, like: IpAddr) -> Vec<IpAddr> {
        hostbased_sys::addresses_of(name.as_str(), like)
    }
}

/// The confirmed name of a peer's address. The name is looked up forward only where [`confirm`] would get that far.
///
/// # Errors
/// [`NotConfirmed`].
pub fn look_up(resolver: &dyn Resolver, address: IpAddr) -> Result<HostName, NotConfirmed> {
    let address = address.to_canonical();
    let ptr = resolver.name_of(address);
    let name = name_of(ptr.as_deref())?;
    confirm(address, ptr.as_deref(), &resolver.addresses_of(&name, address))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Answers as a name service would, and keeps what it was asked.
    struct Scripted {
        ptr: Option<&'static [u8]>,
        forward: &'static str,
        asked: RefCell<Vec<String>>,
    }

    impl Resolver for Scripted {
        fn name_of(&self, address: IpAddr) -> Option<Vec<u8>> {
            self.asked.borrow_mut().push(address.to_string());
            self.ptr.map(<[u8]>::to_vec)
        }

        fn addresses_of(&self, name: &HostName, like: IpAddr) -> Vec<IpAddr> {
            self.asked.borrow_mut().push(name.to_string());
            assert!(like.is_ipv4());
            vec![self.forward.parse().unwrap()]
        }
    }

    fn ask(address: &str, ptr: Option<&'static [u8]>, forward: &'static str) -> (bool, Vec<String>) {
        let resolver = Scripted { ptr, forward, asked: RefCell::default() };
        let found = look_up(&resolver, address.parse().unwrap());
        (found.is_ok(), resolver.asked.into_inner())
    }

    #[test]
    fn the_address_is_asked_then_the_name_in_lower_case() {
        let asked = |texts: &[&str]| -> Vec<String> { texts.iter().map(ToString::to_string).collect() };
        assert_eq!(ask("::ffff:10.0.0.1", Some(b"Node1"), "10.0.0.1"), (true, asked(&["10.0.0.1", "node1"])));
        assert_eq!(ask("10.0.0.1", Some(b"node1"), "10.0.0.2"), (false, asked(&["10.0.0.1", "node1"])));
        assert_eq!(ask("10.0.0.1", None, "10.0.0.1"), (false, asked(&["10.0.0.1"])));
        assert_eq!(ask("10.0.0.1", Some(b"10.0.0.1"), "10.0.0.1"), (false, asked(&["10.0.0.1"])), "nothing to ask");
    }

    #[test]
    fn an_address_for_documentation_has_no_name() {
        assert_eq!(look_up(&SystemResolver, "192.0.2.222".parse().unwrap()), Err(NotConfirmed::NoName));
    }
}
