//! The rule: which name of an address counts, given what the resolver answers.

use std::net::IpAddr;

use thiserror::Error;

use super::numeric::is_numeric;
use crate::escape::{Escaped, escape};
use crate::name::{HostName, NameError};

/// Why an address has no name that counts. sshd takes the address itself for the name then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotConfirmed {
    /// The reverse lookup gives nothing.
    #[error("the address has no name")]
    NoName,
    /// What it gives is itself an address: somebody hopes to be taken for that.
    #[error("the address's name is {:#}, a number: no name", escape(.0))]
    Numeric(Vec<u8>),
    /// What it gives is no host name. sshd would go on with any text.
    #[error("the address's name is {name:#}, which is no host name ({error})", name = escape(.name))]
    NotAHostName {
        /// What the resolver gave.
        name: Vec<u8>,
        /// What is wrong with it.
        error: NameError,
    },
    /// The forward lookup gives no address of the same family, or fails.
    #[error("the address's name is {0}, which has no address of the same family")]
    NoForward(HostName),
    /// The forward lookup gives other addresses.
    #[error("the address's name is {0}, which has other addresses")]
    NotBack(HostName),
}

impl NotConfirmed {
    /// What sshd says to its log at this; `None` where it says nothing. `address` is the peer's, as text
    /// ([`address_text`](crate::name::address_text), and behind a link-local one its interface).
    #[must_use]
    pub fn sshd_message(&self, address: &str) -> Option<String> {
        let address = escape(address);
        match self {
            Self::NoName | Self::NotAHostName { .. } => None,
            Self::Numeric(name) => {
                Some(format!("Nasty PTR record \"{}\" is set up for {address}, ignoring", shown(name)))
            }
            Self::NoForward(name) => {
                Some(format!("reverse mapping checking getaddrinfo for {name} [{address}] failed."))
            }
            Self::NotBack(name) => {
                Some(format!("Address {address} maps to {name}, but this does not map back to the address."))
            }
        }
    }
}

/// Whole: no name of a resolver is longer (NI_MAXHOST of getnameinfo(3)).
fn shown(name: &[u8]) -> Escaped<'_> {
    escape(name).capped(1025)
}

/// Confirms the name of a peer's address (OpenSSH: packet.c `ssh_remote_hostname`; the checks stand in its order).
///
/// `ptr` is what the reverse lookup gives, the first name where there are several; `None` when it fails. `forward` are the
/// addresses to which that name resolves, none when the lookup fails; those of the other family are passed over. An
/// IPv4-mapped IPv6 address is taken for the IPv4 address, on both sides.
///
/// # Errors
/// [`NotConfirmed`]. A link-local address is never confirmed: sshd compares it with its interface, which no answer has.
pub fn confirm(address: IpAddr, ptr: Option<&[u8]>, forward: &[IpAddr]) -> Result<HostName, NotConfirmed> {
    let name = name_of(ptr)?;
    let address = address.to_canonical();
    let same_family = |other: &&IpAddr| other.is_ipv4() == address.is_ipv4();
    let mut answers = forward.iter().filter(same_family).peekable();
    if answers.peek().is_none() {
        return Err(NotConfirmed::NoForward(name));
    }
    let has_interface = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    if has_interface || !answers.any(|&answer| answer == address) {
        return Err(NotConfirmed::NotBack(name));
    }
    Ok(name)
}

/// The name that is to be looked up forward, if the reverse lookup gives one.
pub(super) fn name_of(ptr: Option<&[u8]>) -> Result<HostName, NotConfirmed> {
    let name = ptr.filter(|name| !name.is_empty()).ok_or(NotConfirmed::NoName)?;
    if is_numeric(name) {
        return Err(NotConfirmed::Numeric(name.to_vec()));
    }
    let not_a_name = |error| NotConfirmed::NotAHostName { name: name.to_vec(), error };
    let text = std::str::from_utf8(name).map_err(|error| {
        let byte = name.get(error.valid_up_to()).copied().unwrap_or_default();
        not_a_name(NameError::Byte { byte })
    })?;
    // sshd keeps a final dot, and finds no line with that; `HostName` would drop it.
    if text.ends_with('.') {
        return Err(not_a_name(NameError::Label { length: 0 }));
    }
    HostName::new(text).map_err(not_a_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn ask(address: &str, ptr: &[u8], forward: &[&str]) -> Result<String, NotConfirmed> {
        confirm(address.parse().unwrap(), Some(ptr), &addresses(forward)).map(|name| name.to_string())
    }

    fn name(text: &str) -> HostName {
        HostName::new(text).unwrap()
    }

    #[test]
    fn a_name_that_leads_back_counts_in_lower_case() {
        assert_eq!(ask("10.0.0.1", b"Node1.Test", &["10.0.0.2", "10.0.0.1"]), Ok("node1.test".to_owned()));
        assert_eq!(ask("2001:db8::1", b"node1", &["10.0.0.1", "2001:db8:0::1"]), Ok("node1".to_owned()));
    }

    #[test]
    fn without_a_name_there_is_nothing_to_confirm_and_sshd_is_silent() {
        let refused = confirm("10.0.0.1".parse().unwrap(), None, &addresses(&["10.0.0.1"])).unwrap_err();
        assert_eq!((refused.sshd_message("10.0.0.1"), refused), (None, NotConfirmed::NoName));
        assert_eq!(ask("10.0.0.1", b"", &["10.0.0.1"]), Err(NotConfirmed::NoName));
    }

    #[test]
    fn a_number_is_no_name_even_where_it_leads_back() {
        for number in ["10.0.0.1", "0x0a000001", "10.1", "2001:db8::1"] {
            let refused = ask("10.0.0.1", number.as_bytes(), &["10.0.0.1"]).unwrap_err();
            assert_eq!(refused, NotConfirmed::Numeric(number.into()));
            let said = format!("Nasty PTR record \"{number}\" is set up for 10.0.0.1, ignoring");
            assert_eq!(refused.sshd_message("10.0.0.1"), Some(said));
        }
    }

    #[test]
    fn no_address_of_the_same_family_is_a_failed_lookup() {
        for forward in [&[][..], &["2001:db8::1"]] {
            let refused = ask("10.0.0.1", b"Node1", forward).unwrap_err();
            assert_eq!(refused, NotConfirmed::NoForward(name("node1")));
            let said = "reverse mapping checking getaddrinfo for node1 [10.0.0.1] failed.".to_owned();
            assert_eq!(refused.sshd_message("10.0.0.1"), Some(said));
        }
        assert_eq!(ask("2001:db8::1", b"node1", &["10.0.0.1"]), Err(NotConfirmed::NoForward(name("node1"))));
    }

    #[test]
    fn other_addresses_do_not_lead_back() {
        let refused = ask("10.0.0.1", b"node1", &["10.0.0.2", "10.0.0.11"]).unwrap_err();
        assert_eq!(refused, NotConfirmed::NotBack(name("node1")));
        let said = "Address 10.0.0.1 maps to node1, but this does not map back to the address.".to_owned();
        assert_eq!(refused.sshd_message("10.0.0.1"), Some(said));
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address() {
        assert_eq!(ask("::ffff:10.0.0.1", b"node1", &["10.0.0.1"]), Ok("node1".to_owned()));
        assert_eq!(ask("::ffff:10.0.0.1", b"node1", &["2001:db8::1"]), Err(NotConfirmed::NoForward(name("node1"))));
    }

    #[test]
    fn a_link_local_address_is_never_confirmed() {
        assert_eq!(ask("fe80::1", b"node1", &["fe80::1"]), Err(NotConfirmed::NotBack(name("node1"))));
        assert_eq!(ask("fec0::1", b"node1", &["fec0::1"]), Ok("node1".to_owned()));
    }

    #[test]
    fn what_is_no_host_name_counts_for_nothing() {
        for (ptr, error) in [
            (&b"node1."[..], NameError::Label { length: 0 }),
            (b"no*de", NameError::Byte { byte: b'*' }),
            (b"+", NameError::Byte { byte: b'+' }),
            (b"-node1", NameError::Byte { byte: b'-' }),
            (b"a\x1b[2J", NameError::Byte { byte: 0x1b }),
            (b"a\xff", NameError::Byte { byte: 0xff }),
            (b"node.1", NameError::Numeric),
        ] {
            let refused = ask("10.0.0.1", ptr, &["10.0.0.1"]).unwrap_err();
            assert_eq!(refused, NotConfirmed::NotAHostName { name: ptr.to_vec(), error });
            assert_eq!(refused.sshd_message("10.0.0.1"), None);
            assert!(refused.to_string().is_ascii() && !refused.to_string().contains('\x1b'), "{refused}");
        }
        assert_eq!(ask("10.0.0.1", b"no_de", &["10.0.0.1"]), Ok("no_de".to_owned()));
    }
}
