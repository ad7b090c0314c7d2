//! A client host as an administrator names it: `NAME[,ADDRESS…]`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

use crate::escape::escape;
use crate::name::{HostName, HostText, NameError};

/// A client host's names and addresses, in the order given, each once; at least one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSpec {
    names: Vec<HostName>,
    addresses: Vec<IpAddr>,
}

/// Why a text names no client host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HostSpecError {
    /// An element is neither a name nor an address.
    #[error("\"{element}\" is no host name and no address: {error}")]
    Element {
        /// The element, escaped.
        element: String,
        /// Why it is no name.
        error: NameError,
    },
    /// An address that no client can have.
    #[error("{0} is no address of a host")]
    Address(IpAddr),
}

impl HostSpec {
    /// No host yet.
    pub(crate) const fn none() -> Self {
        Self { names: Vec::new(), addresses: Vec::new() }
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &[HostName] {
        &self.names
    }

    /// The addresses; IPv4-mapped ones are IPv4.
    #[must_use]
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// The same host with further names, behind its own.
    #[must_use]
    pub fn with_aliases(&self, aliases: &[HostName]) -> Self {
        let mut host = self.clone();
        for alias in aliases {
            if !host.names.contains(alias) {
                host.names.push(alias.clone());
            }
        }
        host
    }

    /// Names and then addresses, as both files write them.
    #[must_use]
    pub fn texts(&self) -> Vec<HostText> {
        self.names.iter().map(HostText::from).chain(self.addresses.iter().copied().map(HostText::from)).collect()
    }
}

impl FromStr for HostSpec {
    type Err = HostSpecError;

    /// Reads elements with commas between them. An element that is no address must be a valid host name.
    fn from_str(text: &str) -> Result<Self, HostSpecError> {
        let mut spec = Self { names: Vec::new(), addresses: Vec::new() };
        for element in text.split(',') {
            if let Ok(address) = element.parse::<IpAddr>() {
                let address = address.to_canonical();
                if address.is_unspecified() || address.is_multicast() {
                    return Err(HostSpecError::Address(address));
                }
                if !spec.addresses.contains(&address) {
                    spec.addresses.push(address);
                }
            } else {
                let name = HostName::new(element)
                    .map_err(|error| HostSpecError::Element { element: escape(element).to_string(), error })?;
                if !spec.names.contains(&name) {
                    spec.names.push(name);
                }
            }
        }
        Ok(spec)
    }
}

impl fmt::Display for HostSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.texts().iter().map(ToString::to_string).collect();
        f.write_str(&texts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Result<String, HostSpecError> {
        text.parse::<HostSpec>().map(|spec| spec.to_string())
    }

    #[test]
    fn names_come_first_each_once_in_one_form() {
        assert_eq!(spec("Node1.Test.").unwrap(), "node1.test");
        assert_eq!(spec("10.0.0.1,node1,NODE1,::ffff:10.0.0.1,2001:DB8::0:1").unwrap(), "node1,10.0.0.1,2001:db8::1");
        let both: HostSpec = "node1,10.0.0.1".parse().unwrap();
        assert_eq!((both.names().len(), both.addresses().len()), (1, 1));
    }

    #[test]
    fn what_is_neither_name_nor_address_is_refused() {
        let element = |element: &str, error| Err(HostSpecError::Element { element: element.into(), error });
        assert_eq!(spec(""), element("", NameError::Empty));
        assert_eq!(spec("a,"), element("", NameError::Empty));
        assert_eq!(spec("a b"), element("a b", NameError::Byte { byte: b' ' }));
        assert_eq!(spec("[a]:22"), element("[a]:22", NameError::Byte { byte: b'[' }));
        assert_eq!(spec("*"), element("*", NameError::Byte { byte: b'*' }));
        assert_eq!(spec("10.0.0.0/24"), element("10.0.0.0/24", NameError::Byte { byte: b'/' }));
        assert_eq!(spec("10.0.1"), element("10.0.1", NameError::Numeric));
        assert_eq!(spec("fe80::1%eth0"), element("fe80::1%eth0", NameError::Byte { byte: b':' }));
        assert_eq!(spec("a,0.0.0.0"), Err(HostSpecError::Address("0.0.0.0".parse().unwrap())));
        assert_eq!(spec("ff02::1"), Err(HostSpecError::Address("ff02::1".parse().unwrap())));
    }
}
