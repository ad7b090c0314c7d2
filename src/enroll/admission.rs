//! Whether a host would be admitted, by the same matchers that decide over a login.

use std::fmt;

use super::files::{Files, SystemFile};
use super::host::HostSpec;
use super::names::Names;
use super::registration::Registration;
use crate::key::PublicKey;
use crate::known_hosts::{HostKeyStatus, KnownHosts, Place, Source, check_host_key};
use crate::name::HostText;
use crate::shosts::{Equiv, EquivMatch, Netgroups, Query};

/// An account that no line means by its user field, because it can be none: what is asked is whether a line admits
/// *every* user of the host under his own name.
const ANY_USER: &[u8] = b":";

/// One way in which sshd may look a host up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    /// The name for both files.
    pub(super) name: HostText,
    /// The address for shosts.equiv.
    pub(super) address: HostText,
}

/// Every way in which sshd may look this host up, of those that must be let in.
pub(super) fn lookups(host: &HostSpec, names: Names) -> Vec<Lookup> {
    let names_of_host: Vec<HostText> = host.names().iter().map(HostText::from).collect();
    let addresses: Vec<HostText> = host.addresses().iter().copied().map(HostText::from).collect();
    let mut lookups = Vec::new();
    if names.by_name() {
        for name in &names_of_host {
            // By the name alone first: a line with an address must not be what admits it.
            lookups.push(Lookup { name: name.clone(), address: name.clone() });
            if names != Names::Packet {
                lookups.extend(addresses.iter().map(|address| Lookup { name: name.clone(), address: address.clone() }));
            }
        }
    }
    if names.by_address() {
        lookups.extend(addresses.iter().map(|address| Lookup { name: address.clone(), address: address.clone() }));
    }
    lookups
}

impl Lookup {
    /// What a file of its family says.
    pub(super) fn ask(&self, document: &dyn Equiv, netgroups: &dyn Netgroups) -> EquivMatch {
        let query = Query {
            host: self.name.as_bytes(),
            address: self.address.as_bytes(),
            client_user: ANY_USER,
            server_user: ANY_USER,
        };
        document.check(&query, netgroups)
    }
}

/// What known_hosts says of a key under a name.
pub(super) fn key_status<'a>(document: &'a dyn KnownHosts, name: &HostText, key: &PublicKey) -> HostKeyStatus<'a> {
    let source = Source { file: SystemFile::KnownHosts.path(), document };
    check_host_key(&[source], name.as_bytes(), key)
}

/// Why a host would not be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAdmitted {
    /// The name or address that sshd would look up.
    pub looked_up: HostText,
    /// What is missing or in the way.
    pub gap: Gap,
}

/// What is missing or in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// shosts.equiv does not name it.
    NotInEquiv,
    /// A line of shosts.equiv shuts it out.
    Denied {
        /// The line.
        line: usize,
    },
    /// known_hosts has nothing under this name.
    KeyUnknown(PublicKey),
    /// known_hosts has other keys under this name.
    KeyChanged {
        /// The key.
        key: PublicKey,
        /// The line with another one.
        line: usize,
    },
    /// The key is revoked.
    KeyRevoked {
        /// The key.
        key: PublicKey,
        /// The line that revokes it.
        line: usize,
    },
}

impl Gap {
    /// Its code, for programs. It stays.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInEquiv => "not-in-equiv",
            Self::Denied { .. } => "denied",
            Self::KeyUnknown(_) => "key-unknown",
            Self::KeyChanged { .. } => "key-changed",
            Self::KeyRevoked { .. } => "key-revoked",
        }
    }
}

impl fmt::Display for NotAdmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (known_hosts, equiv) = (SystemFile::KnownHosts, SystemFile::ShostsEquiv);
        let name = &self.looked_up;
        match &self.gap {
            Gap::NotInEquiv => write!(f, "{equiv}: no line admits {name}"),
            Gap::Denied { line } => write!(f, "{equiv}:{line}: this line shuts {name} out; remove it if that is wrong"),
            Gap::KeyUnknown(key) => write!(f, "{known_hosts}: no line holds the key {key} for {name}"),
            Gap::KeyChanged { key, line } => {
                write!(f, "{known_hosts}:{line}: this line holds another key for {name}, and none holds {key}")
            }
            Gap::KeyRevoked { key, line } => {
                write!(f, "{known_hosts}:{line}: this line revokes the key {key} of {name}")
            }
        }
    }
}

/// Everything that would keep this host out: none means that each of its keys lets it in, under each name and address
/// that sshd looks up.
#[must_use]
pub fn not_admitted(files: &Files, host: &Registration, netgroups: &dyn Netgroups) -> Vec<NotAdmitted> {
    gaps(&files.known_hosts, &files.shosts, host, netgroups)
}

/// The same of both files in any form.
pub(super) fn gaps(
    known_hosts: &dyn KnownHosts,
    equiv: &dyn Equiv,
    host: &Registration,
    netgroups: &dyn Netgroups,
) -> Vec<NotAdmitted> {
    let mut found = Vec::new();
    for lookup in lookups(&host.host, host.names) {
        let gap = match lookup.ask(equiv, netgroups) {
            EquivMatch::Allow { .. } => None,
            EquivMatch::Deny { line } => Some(Gap::Denied { line }),
            EquivMatch::NoMatch => Some(Gap::NotInEquiv),
        };
        let gaps = gap.into_iter().chain(host.keys.iter().filter_map(|key| {
            let key = key.clone();
            match key_status(known_hosts, &lookup.name, &key) {
                HostKeyStatus::Ok(_) => None,
                HostKeyStatus::New => Some(Gap::KeyUnknown(key)),
                HostKeyStatus::Changed(Place { line, .. }) => Some(Gap::KeyChanged { key, line }),
                HostKeyStatus::Revoked(Place { line, .. }) => Some(Gap::KeyRevoked { key, line }),
            }
        }));
        for gap in gaps {
            let problem = NotAdmitted { looked_up: lookup.name.clone(), gap };
            if !found.contains(&problem) {
                found.push(problem);
            }
        }
    }
    found
}
