//! A host whose names and addresses are checked.

use std::net::IpAddr;

use crate::key::PublicKey;
use crate::name::{HostName, address_text};

/// A host: what it is called, where it is, and which keys are its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Its names.
    pub names: Vec<HostName>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its keys, as far as they are known.
    pub keys: Vec<PublicKey>,
}

impl Subject {
    /// Its names and then its addresses, with commas between them.
    #[must_use]
    pub fn label(&self) -> String {
        let names = self.names.iter().map(ToString::to_string);
        let texts: Vec<String> = names.chain(self.addresses.iter().map(|&address| address_text(address))).collect();
        texts.join(",")
    }
}
