//! The proof that the key belongs to the host.

use super::certificate;
use super::inputs::Inputs;
use super::lookup::Lookup;
use super::refusal::Refusal;
use super::request_key::Presented;
use crate::known_hosts::{HostKeyStatus, Place, check_host_key};

/// ssh_known_hosts holds this key, or its authority, for the host; and no line revokes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostKeyTrusted<'a> {
    place: Place<'a>,
}

impl<'a> HostKeyTrusted<'a> {
    /// The line that holds the key or its authority.
    #[must_use]
    pub const fn place(&self) -> Place<'a> {
        self.place
    }

    pub(super) fn check(inputs: &Inputs<'a>, presented: &Presented, lookup: &Lookup) -> Result<Self, Refusal<'a>> {
        if let Some(certificate) = presented.key.certificate() {
            certificate::check(certificate, &lookup.host, inputs.now)?;
        }
        match check_host_key(inputs.files.known_hosts, &lookup.host, &presented.key) {
            HostKeyStatus::Ok(place) => Ok(Self { place }),
            HostKeyStatus::New => Err(Refusal::HostKeyUnknown),
            HostKeyStatus::Changed(place) => Err(Refusal::HostKeyChanged(place)),
            HostKeyStatus::Revoked(place) => Err(Refusal::HostKeyRevoked(place)),
        }
    }
}
