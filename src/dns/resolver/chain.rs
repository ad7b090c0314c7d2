//! The name servers, one after the other, and what every chain of signatures needs again: keys, digests and zone cuts.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use hickory_proto::op::{DnsRequest, DnsResponse};
use hickory_proto::rr::{Name, RecordType};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::{NameServerPool, PoolContext, TlsConfig};

type Answered = Result<DnsResponse, NetError>;

/// Asks the name servers in their order, beginning with the one that answered last. One that fails (a time-out, SERVFAIL,
/// REFUSED) is passed over for the next; where all fail, the first one's failure is told.
#[derive(Clone)]
pub(super) struct Chain {
    servers: Arc<Vec<NameServerPool<TokioRuntimeProvider>>>,
    preferred: Arc<AtomicUsize>,
    /// Answers that many chains need.
    shared: Arc<Mutex<HashMap<(Name, RecordType), Answered>>>,
    /// Whether servers that check signatures themselves are told to leave that to us (the CD bit): they would turn an answer
    /// with wrong signatures into SERVFAIL.
    leave_checking: bool,
}

impl Chain {
    /// One that asks these servers, each of which has `timeout` for an answer; a question over UDP is sent again within it.
    ///
    /// # Errors
    /// None that this build can have: without TLS there is nothing to set up.
    pub(super) fn new(servers: &[SocketAddr], timeout: Duration) -> Result<Self, NetError> {
        let mut options = ResolverOpts::default();
        options.timeout = timeout;
        options.num_concurrent_reqs = 1;
        let pool = |server: &SocketAddr| {
            let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            connections.iter_mut().for_each(|connection| connection.port = server.port());
            let config = NameServerConfig::new(server.ip(), true, connections.to_vec());
            let context = PoolContext::new(options.clone(), TlsConfig::new()?);
            Ok(NameServerPool::from_config([config], Arc::new(context), TokioRuntimeProvider::default()))
        };
        let servers = servers.iter().map(pool).collect::<Result<Vec<_>, NetError>>()?;
        Ok(Self {
            servers: Arc::new(servers),
            preferred: Arc::default(),
            shared: Arc::default(),
            leave_checking: false,
        })
    }

    /// The same servers, told to leave the checking to us.
    pub(super) fn unchecked(&self) -> Self {
        Self { leave_checking: true, ..self.clone() }
    }

    async fn ask(self, request: DnsRequest) -> Answered {
        let shared = request.queries.first().map(|query| (query.name().clone(), query.query_type()));
        let is_shared =
            |kind: RecordType| matches!(kind, RecordType::DNSKEY | RecordType::DS | RecordType::NS | RecordType::SOA);
        let shared = shared.filter(|(_, kind)| self.leave_checking && is_shared(*kind));
        if let Some(known) = shared.as_ref().and_then(|key| self.lock().get(key).cloned()) {
            return known;
        }
        let answer = self.ask_servers(&request).await;
        if let (Some(key), true) = (shared, is_definite(&answer)) {
            self.lock().insert(key, answer.clone());
        }
        answer
    }

    async fn ask_servers(&self, request: &DnsRequest) -> Answered {
        let first = self.preferred.load(Ordering::Relaxed);
        let mut failure = None;
        for offset in 0..self.servers.len() {
            let index = first.wrapping_add(offset).checked_rem(self.servers.len()).unwrap_or_default();
            let Some(server) = self.servers.get(index) else { continue };
            let answer = server.send(request.clone()).first_answer().await;
            if is_definite(&answer) {
                self.preferred.store(index, Ordering::Relaxed);
                return answer;
            }
            failure.get_or_insert(answer);
        }
        failure.unwrap_or(Err(NetError::NoConnections))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Name, RecordType), Answered>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a server knows, be it that there is nothing.
fn is_definite(answer: &Answered) -> bool {
    answer.as_ref().map_or_else(NetError::is_no_records_found, |_| true)
}

impl DnsHandle for Chain {
    type Response = Pin<Box<dyn Stream<Item = Answered> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, mut request: DnsRequest) -> Self::Response {
        if self.leave_checking {
            request.metadata.checking_disabled = true;
        }
        Box::pin(stream::once(Box::pin(self.clone().ask(request))))
    }
}
