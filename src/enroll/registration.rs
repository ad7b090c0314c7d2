//! A host that is to be registered, and by whose word.

use super::host::HostSpec;
use super::names::Names;
use crate::key::{Fingerprint, PublicKey};
use crate::known_hosts::HashedName;

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
    /// The keys for which something else vouches besides: a signed record in the DNS, a certificate of an authority that is
    /// known for the host.
    pub vouched: Vec<Fingerprint>,
    /// Whether a host that is known already is brought up to date: a changed key is replaced where somebody vouches for the new
    /// one, and a key of a new type needs somebody's word of its own, which a scan taken at its word is not.
    pub renew: bool,
    /// Whether names are written hashed; then each has a line of its own.
    pub hash: Option<Salts>,
}

impl Registration {
    /// Whether somebody who knows the host says that the key is its own. A scan does not.
    pub(super) fn vouches_for(&self, key: &PublicKey) -> bool {
        self.vouched.contains(&key.fingerprint())
            || (!matches!(self.trust, Trust::Scan | Trust::Asked) && self.trust.covers(key))
    }

    /// Whether the key may be written.
    pub(super) fn trusts(&self, key: &PublicKey) -> bool {
        self.trust.covers(key) || self.vouches_for(key)
    }

    /// Whether the key may be written beside, or instead of, others that are known for the host.
    pub(super) fn renews(&self, key: &PublicKey) -> bool {
        self.renew && self.vouches_for(key)
    }
}

/// Who says that the keys are the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The administrator, who has them from the host itself.
    Given,
    /// The administrator, for whatever keys a scan shows.
    Scan,
    /// The administrator, who is shown the keys of the scan for which nobody else vouches, and asked.
    Asked,
    /// The administrator, for the keys with these fingerprints.
    Fingerprints(Vec<Fingerprint>),
}

impl Trust {
    /// Whether somebody says so of this key.
    fn covers(&self, key: &PublicKey) -> bool {
        match self {
            Self::Given | Self::Scan | Self::Asked => true,
            Self::Fingerprints(given) => given.contains(&key.fingerprint()),
        }
    }
}

/// Fresh salts for hashed names: one for each name and key, all from one random seed, so that a plan that is made anew under
/// the lock is the one that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salts {
    seed: [u8; 20],
}

impl Salts {
    /// From 20 random bytes, which nobody else must know and which are used for one run.
    #[must_use]
    pub const fn new(seed: [u8; 20]) -> Self {
        Self { seed }
    }

    /// The salt for a name on a line with a key: HMAC-SHA1 of both under the seed.
    pub(super) fn of(&self, name: &[u8], key: &PublicKey) -> [u8; 20] {
        *HashedName::new(&[key.blob(), name].concat(), self.seed).hash()
    }
}
