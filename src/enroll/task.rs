//! What somebody wants to change: a plan is made of tasks, one for each host.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::authority::Authority;
use super::registration::Registration;
use super::renew::Renewal;
use super::revoke::Revocation;
use crate::key::PublicKey;
use crate::name::HostText;

/// What somebody wants to change for one host.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Task {
    /// Register it.
    Register(Registration),
    /// Compare the keys that it shows with those that are registered for it.
    Renew(Renewal),
    /// Take it out of both files, with every name and address that was registered with one of its keys.
    Remove(HostText),
    /// Take it out of both files because it is in no inventory: the lines that are for it alone.
    Prune(Stale),
    /// Have its keys refused.
    Revoke(Revocation),
    /// Trust the certificates of an authority for some hosts.
    Authority(Authority),
}

/// A host that is in the files and in no inventory.
#[derive(Clone, Debug)]
pub struct Stale {
    /// All its names and addresses.
    pub texts: Vec<HostText>,
    /// The names and addresses of the hosts of the inventory: lines of shosts.equiv with one of these stay.
    pub kept: Arc<BTreeSet<HostText>>,
}

impl Task {
    /// Which names and addresses a plan for this task asks both files for.
    pub(super) fn texts(&self) -> Vec<HostText> {
        match self {
            Self::Register(registration) => registration.host.texts(),
            Self::Renew(renewal) => renewal.host.texts(),
            Self::Remove(host) => vec![host.clone()],
            Self::Prune(stale) => stale.texts.clone(),
            Self::Revoke(revocation) => revocation.hosts.clone(),
            Self::Authority(_) => Vec::new(),
        }
    }

    /// Which keys a plan for this task asks known_hosts for, whoever has them.
    pub(super) fn keys(&self) -> Vec<PublicKey> {
        match self {
            Self::Revoke(revocation) => revocation.keys.clone(),
            Self::Authority(authority) => vec![authority.key.clone()],
            _ => Vec::new(),
        }
    }

    /// The hosts that are meant with every name that their keys are registered for.
    pub(super) fn removed(&self) -> &[HostText] {
        match self {
            Self::Remove(host) => std::slice::from_ref(host),
            Self::Revoke(revocation) => &revocation.hosts,
            _ => &[],
        }
    }
}
