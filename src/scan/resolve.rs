//! A name's addresses, from the system's resolver, asked once for all key types.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::error::{Phase, ScanError};
use super::run::Family;
use crate::escape::escape;

/// One element of a target's address list, resolved when it is first needed.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: String,
    addresses: OnceCell<Result<Vec<SocketAddr>, ScanError>>,
}

impl Place {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), addresses: OnceCell::new() }
    }

    /// The addresses of the wanted family, in the resolver's order, each once; never an empty list.
    pub(super) async fn addresses(
        &self,
        port: u16,
        family: Family,
        limit: Duration,
    ) -> Result<Vec<SocketAddr>, ScanError> {
        self.addresses.get_or_init(|| resolve(&self.name, port, family, limit)).await.clone()
    }
}

async fn resolve(name: &str, port: u16, family: Family, limit: Duration) -> Result<Vec<SocketAddr>, ScanError> {
    let found = match timeout(limit, lookup_host((name, port))).await {
        Err(_) => return Err(ScanError::Timeout(Phase::Resolving)),
        Ok(Err(error)) => {
            let text = escape(&error.to_string()).to_string();
            // std's own introduction says the same as ours.
            let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
            return Err(ScanError::Resolve(text.into()));
        }
        Ok(Ok(found)) => found,
    };
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found.filter(|address| family.takes(address)) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() { Err(ScanError::NoAddressOfFamily) } else { Ok(addresses) }
}
