//! Which names the files are asked for (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).

use std::net::IpAddr;

use super::inputs::Inputs;
use crate::name::{ClaimedHost, address_text};

/// The names of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    /// The equiv files' host name, and the name that ssh_known_hosts is asked for.
    pub(super) host: Vec<u8>,
    /// The equiv files' address text.
    pub(super) address: Vec<u8>,
}

impl Lookup {
    pub(super) fn of(inputs: &Inputs<'_>) -> Self {
        if inputs.policy.hostbased_uses_name_from_packet_only {
            // The claim stands for the address too: a client that claims an address matches its line.
            let claimed = ClaimedHost::new(inputs.request.client_host).without_dot().to_vec();
            return Self { host: claimed.clone(), address: claimed };
        }
        let mut address = address_text(inputs.peer.address).into_bytes();
        if matches!(inputs.peer.address, IpAddr::V6(address) if address.is_unicast_link_local()) {
            // sshd's text goes on with the interface, which is not known here.
            address.push(b'%');
        }
        let host = match inputs.peer.resolved {
            Some(name) if inputs.policy.use_dns => name.as_str().as_bytes().to_vec(),
            _ => address.clone(),
        };
        Self { host, address }
    }
}
