//! A name's addresses, from the system's resolver.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::error::{Phase, ScanError};
use super::options::Family;
use crate::escape::escape;

/// Threads that wait for the system's resolver.
pub(super) const RESOLVER_THREADS: usize = 64;

/// The system's resolver, with a bounded number of questions at once.
#[derive(Clone, Debug)]
pub(super) struct Resolver(Arc<Semaphore>);

impl Resolver {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(RESOLVER_THREADS)))
    }

    /// The addresses of the wanted family, in the resolver's order, each once; never an empty list. An address as text
    /// is its own answer. `limit` counts from when the question is asked, not from when it was queued.
    ///
    /// # Errors
    /// [`ScanError`]; there is nothing to try then.
    pub(super) async fn addresses(
        &self,
        name: &str,
        port: u16,
        family: Family,
        limit: Duration,
    ) -> Result<Vec<SocketAddr>, ScanError> {
        let found = match name.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.ask(name.to_owned(), port, limit).await?,
        };
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for address in found.into_iter().filter(|address| family.takes(address)) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() { Err(ScanError::NoAddressOfFamily) } else { Ok(addresses) }
    }

    async fn ask(&self, name: String, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, ScanError> {
        // Never closed.
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| ScanError::Internal)?;
        let question = tokio::task::spawn_blocking(move || {
            let found = (name.as_str(), port).to_socket_addrs().map(Vec::from_iter);
            // The thread is busy until the resolver has answered, though nobody may wait for it any more.
            drop(permit);
            found
        });
        match timeout(limit, question).await {
            Err(_) => Err(ScanError::Timeout(Phase::Resolving)),
            Ok(Err(_)) => Err(ScanError::Internal),
            Ok(Ok(found)) => found.map_err(|error| failed(&error)),
        }
    }
}

fn failed(error: &io::Error) -> ScanError {
    let text = escape(&error.to_string()).to_string();
    // std's own introduction says the same as ours.
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
    ScanError::Resolve(text.into())
}
