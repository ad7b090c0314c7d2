//! A host that is to be registered, and by whose word.

use super::host::HostSpec;
use super::names::Names;
use crate::key::{Fingerprint, PublicKey};

/// A host to be registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its names and addresses.
    pub host: HostSpec,
    /// Its keys.
    pub keys: Vec<PublicKey>,
    /// Which of its names sshd looks up.
    pub names: Names,
    /// Who says that the keys are the host's.
    pub trust: Trust,
}

/// Who says that the keys are the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The administrator, who has them from the host itself.
    Given,
    /// The administrator, for whatever keys a scan shows.
    Scan,
    /// The administrator, for the keys with these fingerprints.
    Fingerprints(Vec<Fingerprint>),
}

impl Trust {
    /// Whether somebody says so of this key.
    pub(super) fn covers(&self, key: &PublicKey) -> bool {
        match self {
            Self::Given | Self::Scan => true,
            Self::Fingerprints(given) => given.contains(&key.fingerprint()),
        }
    }
}
