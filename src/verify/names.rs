//! Which names the files are asked for (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).

use std::net::IpAddr;

use super::inputs::{Inputs, Peer};
use super::refusal::Refusal;
use super::step::{Note, Step, Trail};
use crate::name::{ClaimedHost, HostName, address_text};

/// The names of one look into the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    /// The equiv files' host name, and the name that ssh_known_hosts is asked for.
    pub(super) host: Vec<u8>,
    /// The equiv files' address text.
    pub(super) address: Vec<u8>,
}

impl Lookup {
    /// Every name that may count, the one that sshd takes first. Never empty.
    pub(super) fn all(inputs: &Inputs<'_>) -> Vec<Self> {
        if inputs.policy.hostbased_uses_name_from_packet_only {
            // The claim stands for the address too: a client that claims an address matches its line.
            let claimed = claimed(inputs).to_vec();
            return vec![Self { host: claimed.clone(), address: claimed }];
        }
        let address = peer_text(&inputs.peer);
        let names = inputs.peer.names.iter().filter(|_| inputs.policy.use_dns);
        let mut all: Vec<Self> =
            names.map(|name| Self { host: name.as_str().as_bytes().to_vec(), address: address.clone() }).collect();
        if all.is_empty() {
            all.push(Self { host: address.clone(), address });
        }
        all
    }
}

/// The name that the client claims, without its final dot.
pub(super) fn claimed<'a>(inputs: &Inputs<'a>) -> &'a [u8] {
    ClaimedHost::new(inputs.request.client_host).without_dot()
}

/// The peer's address as sshd writes it (OpenSSH: canohost.c `get_socket_address`).
pub(super) fn peer_text(peer: &Peer<'_>) -> Vec<u8> {
    let mut text = address_text(peer.address).into_bytes();
    if matches!(peer.address, IpAddr::V6(address) if address.is_unicast_link_local()) {
        // Without the interface, the text must be nobody's: the same address is another host's on another link.
        text.push(b'%');
        text.extend_from_slice(peer.zone.unwrap_or_default().as_bytes());
    }
    text
}

/// RequireNameMatch, which Tectia has too: the claim must be a name that the peer's address resolves to.
pub(super) fn check_claim<'a>(inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
    let is_claimed = |name: &HostName| name.as_str().as_bytes().eq_ignore_ascii_case(claimed(inputs));
    if inputs.policy.require_name_match && !inputs.peer.names.iter().any(is_claimed) {
        return Err(Refusal::NameMismatch);
    }
    Ok(())
}

/// Says which names are looked up, and where the claim is another: sshd logs that, and nothing depends on it.
pub(super) fn note<'a>(inputs: &Inputs<'a>, lookup: &Lookup, trail: &mut Trail<'a>) {
    trail.ok(Step::Name, Note::LookedUp { host: lookup.host.clone(), address: lookup.address.clone() });
    let claimed = claimed(inputs);
    if !lookup.host.eq_ignore_ascii_case(claimed) {
        trail.ok(Step::Name, Note::NameMismatch { claimed });
    }
}
