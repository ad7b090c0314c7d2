//! The answers of the DNS.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Duration, timeout};

use super::anchor::Anchors;
use super::chain::Chain;
use super::plain::{self, Plain};
use super::proof::{Proven, Prover};
use super::servers::NameServers;
use crate::dns::answer::{Answer, Answers, Dnssec, Failed, Fingerprints, Forward, Reverse};
use crate::dns::gather::Source;
use crate::dns::sshfp::SshfpRecord;
use crate::name::HostName;

/// Questions that are open at one time.
const AT_ONCE: usize = 64;

/// Failures in a zone that has not answered once, after which it is left alone.
const PATIENCE: u32 = 8;

/// Failures after which everything is left alone, where nothing has been answered at all.
const PATIENCE_WITH_ALL: u32 = 2;

/// Longest wait for one chain of signatures, which takes many questions.
const PROOF_LIMIT: Duration = Duration::from_secs(20);

/// The DNS, and what it said. Everything is asked once.
pub struct DnsView {
    asker: Arc<Asker>,
    runtime: Runtime,
    answers: Answers,
}

struct Asker {
    chain: Chain,
    prover: Arc<Prover>,
    tally: Mutex<Tally>,
}

/// Whether anything was answered, and how often nothing came.
#[derive(Default)]
struct Tally {
    answered: bool,
    failures: u32,
    /// The same by the zone above the names.
    zones: HashMap<Name, (bool, u32)>,
}

impl Tally {
    /// Whether waiting for this zone would be in vain.
    fn is_hopeless(&self, zone: &Name) -> bool {
        let (answered, failures) = self.zones.get(zone).copied().unwrap_or_default();
        (!self.answered && self.failures >= PATIENCE_WITH_ALL) || (!answered && failures >= PATIENCE)
    }

    fn count(&mut self, zone: Name, is_answered: bool) {
        let (answered, failures) = self.zones.entry(zone).or_default();
        *answered |= is_answered;
        self.answered |= is_answered;
        let failure = u32::from(!is_answered);
        *failures = failures.saturating_add(failure);
        self.failures = self.failures.saturating_add(failure);
    }
}

impl DnsView {
    /// One that asks these servers, and trusts these anchors.
    ///
    /// # Errors
    /// When there is no way to wait for the network.
    pub fn new(servers: &NameServers, anchors: Anchors) -> io::Result<Self> {
        let chain = Chain::new(&servers.servers, servers.timeout).map_err(io::Error::other)?;
        let prover = Prover::new(&chain, anchors);
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let asker = Asker { chain, prover, tally: Mutex::default() };
        Ok(Self { asker: Arc::new(asker), runtime, answers: Answers::default() })
    }

    /// Whether something was asked, and no server has answered anything.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        let tally = self.asker.tally();
        !tally.answered && tally.failures > 0
    }

    /// Asks all of it, many at once, and returns each with its answer.
    fn ask<Q, A, F>(&self, questions: Vec<Q>, ask: impl Fn(Arc<Asker>, Q) -> F, tick: &mut dyn FnMut()) -> Vec<A>
    where
        F: Future<Output = A>,
    {
        let asker = &self.asker;
        self.runtime.block_on(async {
            let asked = questions.into_iter().map(|question| ask(Arc::clone(asker), question));
            let mut answers = Vec::new();
            let mut coming = std::pin::pin!(stream::iter(asked).buffer_unordered(AT_ONCE));
            while let Some(answer) = coming.next().await {
                answers.push(answer);
                tick();
            }
            answers
        })
    }
}

impl Source for DnsView {
    fn answers(&self) -> &Answers {
        &self.answers
    }

    fn forward(&mut self, names: Vec<HostName>, tick: &mut dyn FnMut()) {
        let names = without_localhost(names);
        let found = self.ask(names, |asker, name| async move { (asker.forward(&name).await, name) }, tick);
        self.answers.forward.extend(found.into_iter().map(|(forward, name)| (name, forward)));
    }

    fn reverse(&mut self, mut addresses: Vec<IpAddr>, tick: &mut dyn FnMut()) {
        addresses.retain(|address| !address.is_loopback());
        let found = self.ask(addresses, |asker, one| async move { (one, asker.reverse(one).await) }, tick);
        self.answers.reverse.extend(found);
    }

    fn fingerprints(&mut self, names: Vec<HostName>, tick: &mut dyn FnMut()) {
        let names = without_localhost(names);
        let found = self.ask(names, |asker, name| async move { (asker.fingerprints(&name).await, name) }, tick);
        self.answers.sshfp.extend(found.into_iter().map(|(fingerprints, name)| (name, fingerprints)));
    }
}

/// The DNS is not asked for names and addresses that every machine has ([RFC 6761 section 6.3]).
///
/// [RFC 6761 section 6.3]: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
fn without_localhost(mut names: Vec<HostName>) -> Vec<HostName> {
    names.retain(|name| name.as_str() != "localhost" && !name.as_str().ends_with(".localhost"));
    names
}

impl Asker {
    async fn forward(&self, name: &HostName) -> Forward {
        let Some(dns_name) = absolute(name) else {
            let nothing = || Answer::Failed(Failed::Malformed);
            return Forward { v4: nothing(), v6: nothing(), canonical: None, dnssec: None };
        };
        let (v4, v6) =
            future::join(self.look_up(&dns_name, RecordType::A), self.look_up(&dns_name, RecordType::AAAA)).await;
        let canonical = v4.canonical.as_ref().or(v6.canonical.as_ref()).map(as_text);
        let dnssec = Some(v4.state.clone().max(v6.state.clone()));
        let address = |record| match record {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        };
        Forward { v4: v4.answer(address), v6: v6.answer(address), canonical, dnssec }
    }

    async fn reverse(&self, address: IpAddr) -> Reverse {
        let found = self.look_up(&Name::from(address), RecordType::PTR).await;
        let dnssec = Some(found.state.clone());
        let name = |record| match record {
            RData::PTR(name) => Some(as_text(&name.0)),
            _ => None,
        };
        Reverse { names: found.answer(name), dnssec }
    }

    async fn fingerprints(&self, name: &HostName) -> Fingerprints {
        let Some(dns_name) = absolute(name) else {
            return Fingerprints { records: Answer::Failed(Failed::Malformed), dnssec: Dnssec::Unavailable };
        };
        let found = self.look_up(&dns_name, RecordType::SSHFP).await;
        let dnssec = found.state.clone();
        let record = |record| match record {
            RData::SSHFP(record) => Some(SshfpRecord {
                algorithm: record.algorithm.into(),
                digest: record.fingerprint_type.into(),
                fingerprint: record.fingerprint,
            }),
            _ => None,
        };
        Fingerprints { records: found.answer(record), dnssec }
    }

    /// Asks plainly, and then with signatures. Where those hold, what they cover counts and not the plain answer: somebody on
    /// the way could change one and let the other pass.
    async fn look_up(&self, name: &Name, kind: RecordType) -> Found {
        let Plain { records, canonical } = self.plain(name, kind).await;
        // A server that checks signatures says SERVFAIL of wrong ones: then we look at them.
        if records.failed().is_some_and(|failed| failed != Failed::ServFail) {
            return Found { records, canonical, state: Dnssec::Unavailable };
        }
        let proven = timeout(PROOF_LIMIT, self.prover.prove(name, kind)).await;
        let Proven { state, secure, at } = proven.unwrap_or_else(|_| Proven::of(Dnssec::Unavailable, name));
        if state != Dnssec::Secure {
            return Found { records, canonical, state };
        }
        let records = match records {
            _ if !secure.is_empty() => Answer::Found(secure),
            Answer::NoSuchName => Answer::NoSuchName,
            _ => Answer::NoData,
        };
        Found { records, canonical: (at != *name).then_some(at), state }
    }

    /// Asks, unless nobody has ever answered.
    async fn plain(&self, name: &Name, kind: RecordType) -> Plain {
        let zone = name.base_name();
        if self.tally().is_hopeless(&zone) {
            return Plain { records: Answer::Failed(Failed::NotAsked), canonical: None };
        }
        let plain = plain::look_up(&self.chain, name, kind).await;
        // A server that fails at once costs no time.
        let is_answered = !matches!(plain.records.failed(), Some(Failed::TimedOut | Failed::Unreachable));
        self.tally().count(zone, is_answered);
        plain
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one question gave.
struct Found {
    records: Answer<Vec<RData>>,
    canonical: Option<Name>,
    state: Dnssec,
}

impl Found {
    fn answer<T>(self, content: impl Fn(RData) -> Option<T>) -> Answer<Vec<T>> {
        match self.records {
            Answer::Found(records) => Answer::Found(records.into_iter().filter_map(content).collect()),
            Answer::NoSuchName => Answer::NoSuchName,
            Answer::NoData => Answer::NoData,
            Answer::Failed(failed) => Answer::Failed(failed),
        }
    }
}

/// With its final dot, so that no search list is tried.
fn absolute(name: &HostName) -> Option<Name> {
    let mut name = Name::from_ascii(name.as_str()).ok()?;
    name.set_fqdn(true);
    Some(name)
}

/// A name's text without its final dot, as the C library gives it.
fn as_text(name: &Name) -> Vec<u8> {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).as_bytes().to_vec()
}
