//! Many hosts at once, with a bounded number of sockets, reported in the order in which they were given.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinHandle};

use super::error::ScanError;
use super::exchange::{Answer, probe};
use super::kind::ScanType;
use super::proven::ProvenKey;
use super::resolve::Place;
use super::target::Target;

/// Sockets that are open at once unless told otherwise.
pub const DEFAULT_SOCKETS: usize = 128;

/// The time limit for one connection unless told otherwise (ssh-keyscan(1), `-T`).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Threads that wait for the system's resolver.
const RESOLVER_THREADS: usize = 64;

/// Which addresses of a name are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// IPv4 and IPv6.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

impl Family {
    pub(super) const fn takes(self, address: &SocketAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

/// What is asked of every host.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key types, each asked for once; results come in this order.
    pub types: Vec<ScanType>,
    /// Ask for certificates instead of plain keys.
    pub certificates: bool,
    /// Which addresses are tried.
    pub family: Family,
    /// The limit for one connection, from connecting to the proof, and for one question to the resolver.
    pub timeout: Duration,
    /// Most sockets that are open at once; 0 counts as 1.
    pub sockets: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            types: ScanType::ALL.to_vec(),
            certificates: false,
            family: Family::Any,
            timeout: DEFAULT_TIMEOUT,
            sockets: DEFAULT_SOCKETS,
        }
    }
}

/// One try at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The element of the target's address list.
    pub name: String,
    /// Its address; `None` when there was none to try.
    pub address: Option<SocketAddr>,
    /// The server's identification line, as sent, without its end. Foreign bytes: escape before showing.
    pub identification: Option<Vec<u8>>,
    /// The key, or why there is none.
    pub outcome: Result<ProvenKey, ScanError>,
}

/// What a host gave for one key type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeResult {
    /// The key type.
    pub kind: ScanType,
    /// Tries at other addresses before that gave no answer.
    pub earlier: Vec<Attempt>,
    /// The try that counts.
    pub last: Attempt,
}

/// What a target gave, one result for each type, in the order of [`Options::types`].
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

/// Scans every target and reports each as soon as it and all before it are done. Targets are taken from the iterator
/// as sockets get free, so a large range needs no memory.
///
/// Each type has a connection of its own; all addresses of all elements of a target's list are tried in order until
/// one answers. To be called inside a tokio runtime with time and IO.
///
/// # Errors
/// The first error of `report`; the scan ends with it.
pub async fn scan<E>(
    targets: impl IntoIterator<Item = Target>,
    options: &Options,
    mut report: impl FnMut(HostReport) -> Result<(), E>,
) -> Result<(), E> {
    let sockets = options.sockets.max(1);
    let shared = Arc::new(Shared { options: options.clone(), sockets: Semaphore::new(sockets) });
    let mut targets = targets.into_iter();
    let mut running: VecDeque<(Target, Task<Vec<TypeResult>>)> = VecDeque::new();
    loop {
        // Twice the sockets: work is at hand while the first in line is slow.
        while running.len() < sockets.saturating_mul(2) {
            let Some(target) = targets.next() else { break };
            let task = Task(tokio::spawn(scan_target(target.clone(), Arc::clone(&shared))));
            running.push_back((target, task));
        }
        let Some((target, task)) = running.pop_front() else { return Ok(()) };
        let results = task.join().await.unwrap_or_else(|_| {
            options.types.iter().map(|&kind| unanswered(kind, &target, ScanError::Internal)).collect()
        });
        report(HostReport { target, results })?;
    }
}

/// [`scan`] for callers without a runtime: on this thread alone, beside those that wait for the resolver.
///
/// # Errors
/// When no runtime can be made, and the first error of `report`.
pub fn scan_blocking<E: From<io::Error>>(
    targets: impl IntoIterator<Item = Target>,
    options: &Options,
    report: impl FnMut(HostReport) -> Result<(), E>,
) -> Result<(), E> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(RESOLVER_THREADS)
        .build()?;
    let result = runtime.block_on(scan(targets, options, report));
    // The resolver cannot be interrupted; nobody waits for an answer that came too late.
    runtime.shutdown_background();
    result
}

struct Shared {
    options: Options,
    sockets: Semaphore,
}

/// A task that ends with its owner.
struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    async fn join(mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn scan_target(target: Target, shared: Arc<Shared>) -> Vec<TypeResult> {
    let places: Arc<[Place]> = target.addresses().iter().map(|name| Place::new(name)).collect();
    let spawn = |kind| Task(tokio::spawn(scan_type(kind, target.port(), Arc::clone(&places), Arc::clone(&shared))));
    let tasks: Vec<_> = shared.options.types.iter().map(|&kind| (kind, spawn(kind))).collect();
    let mut results = Vec::new();
    for (kind, task) in tasks {
        // A panic of one type's task is that type's result.
        let result = task.join().await.ok().flatten();
        results.push(result.unwrap_or_else(|| unanswered(kind, &target, ScanError::Internal)));
    }
    results
}

fn unanswered(kind: ScanType, target: &Target, error: ScanError) -> TypeResult {
    let name = target.addresses().first().cloned().unwrap_or_default();
    TypeResult { kind, earlier: Vec::new(), last: no_connection(&name, error) }
}

fn no_connection(name: &str, error: ScanError) -> Attempt {
    Attempt { name: name.to_owned(), address: None, identification: None, outcome: Err(error) }
}

/// Tries every address until one answers; `None` when there is nothing to try.
async fn scan_type(kind: ScanType, port: u16, places: Arc<[Place]>, shared: Arc<Shared>) -> Option<TypeResult> {
    let options = &shared.options;
    let mut attempts: Vec<Attempt> = Vec::new();
    if kind.algorithms(options.certificates).is_empty() {
        attempts.push(no_connection(&places.first()?.name, ScanError::TypeUnsupported));
        return finish(kind, attempts);
    }
    for place in places.iter() {
        match place.addresses(port, options.family, options.timeout).await {
            Err(error) => attempts.push(no_connection(&place.name, error)),
            Ok(addresses) => {
                for address in addresses {
                    let _permit = shared.sockets.acquire().await.ok()?;
                    let Answer { identification, outcome } =
                        probe(address, kind, options.certificates, options.timeout).await;
                    let answered = outcome.as_ref().err().is_none_or(|error| !error.is_no_answer());
                    attempts.push(Attempt {
                        name: place.name.clone(),
                        address: Some(address),
                        identification,
                        outcome,
                    });
                    if answered {
                        return finish(kind, attempts);
                    }
                }
            }
        }
    }
    finish(kind, attempts)
}

fn finish(kind: ScanType, mut attempts: Vec<Attempt>) -> Option<TypeResult> {
    let last = attempts.pop()?;
    Some(TypeResult { kind, earlier: attempts, last })
}
