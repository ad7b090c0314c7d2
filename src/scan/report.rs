//! What came of a host.

use std::net::SocketAddr;

use super::error::ScanError;
use super::kind::ScanType;
use super::proven::ProvenKey;
use super::target::Target;

/// One try at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The element of the target's address list.
    pub name: String,
    /// Its address; `None` when there was none to try.
    pub address: Option<SocketAddr>,
    /// The server's identification line, as sent, without its end. Foreign bytes: escape before showing. `None` when
    /// none came, and when no connection was made for this type.
    pub identification: Option<Vec<u8>>,
    /// The key, or why there is none.
    pub outcome: Result<ProvenKey, ScanError>,
}

impl Attempt {
    pub(super) fn without_connection(name: &str, address: Option<SocketAddr>, error: ScanError) -> Self {
        Self { name: name.to_owned(), address, identification: None, outcome: Err(error) }
    }
}

/// What a host gave for one key type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeResult {
    /// The key type.
    pub kind: ScanType,
    /// Tries before that gave no answer, at this address or others.
    pub earlier: Vec<Attempt>,
    /// The try that counts.
    pub last: Attempt,
}

/// What a target gave, one result for each type, in the order of [`Options::types`](super::Options::types).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostReport {
    /// What was scanned.
    pub target: Target,
    /// One result for each type.
    pub results: Vec<TypeResult>,
}

impl HostReport {
    /// The keys that were proven.
    pub fn keys(&self) -> impl Iterator<Item = &ProvenKey> {
        self.results.iter().filter_map(|result| result.last.outcome.as_ref().ok())
    }
}
