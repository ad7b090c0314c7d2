//! One host: which of its addresses is asked, how often, for which types, and when enough is enough.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use super::error::{Phase, ScanError};
use super::exchange::{Answer, Question};
use super::kind::ScanType;
use super::limit::Limit;
use super::options::Options;
use super::proposal::Proposal;
use super::report::{Attempt, TypeResult};
use super::resolve::Resolver;
use super::target::Target;

/// The wait before the first retry; it doubles with each. An sshd that turned us away (sshd_config(5), MaxStartups) has
/// got rid of some others then.
const BACK_OFF: Duration = Duration::from_millis(500);

/// The longest wait before a retry.
const MAX_BACK_OFF: Duration = Duration::from_secs(30);

/// The waits for a free descriptor or port: the first, which doubles, and the longest.
const SHORTAGE_WAIT: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// How long all of them may take for one connection. Ports come back after a minute.
const MAX_SHORTAGE: Duration = Duration::from_secs(90);

/// Longer than any scan.
const FAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// What all hosts of a scan share.
#[derive(Debug)]
pub(super) struct Shared {
    options: Options,
    questions: Vec<(ScanType, Question)>,
    resolver: Resolver,
    limit: Arc<Limit>,
}

impl Shared {
    pub(super) fn new(options: &Options, limit: Arc<Limit>) -> Self {
        let question = |&kind: &ScanType| (kind, Question::new(kind, options.certificates));
        Self {
            options: options.clone(),
            questions: options.types.iter().map(question).collect(),
            resolver: Resolver::new(),
            limit,
        }
    }
}

/// Scans a host: one result for each type, in the order of the options.
///
/// One connection at a time. The first shows which types the host offers; a type that it does not offer needs no
/// connection of its own, nor does any type when no address answers.
pub(super) async fn scan_host(target: Target, shared: Arc<Shared>) -> Vec<TypeResult> {
    let mut host = Host {
        target: &target,
        shared: &shared,
        places: Vec::new(),
        unresolved: target.addresses().iter(),
        at: 0,
        deadline: None,
        proposal: None,
    };
    let mut results = Vec::with_capacity(shared.questions.len());
    let mut lost: Option<Attempt> = None;
    for (kind, question) in &shared.questions {
        let (earlier, last) = if question.algorithms().is_empty() {
            (Vec::new(), host.unasked(ScanError::TypeUnsupported))
        } else if let Some(lost) = &lost {
            (Vec::new(), Attempt { identification: None, ..lost.clone() })
        } else if host.lacks(question) {
            (Vec::new(), host.unasked(ScanError::TypeNotOffered))
        } else {
            let Asked { mut attempts, met } = host.ask(question).await;
            let last = attempts.pop().unwrap_or_else(|| host.unasked(ScanError::Internal));
            // A host that never came to its proposal does not know yet which type is wanted.
            if !met || matches!(last.outcome, Err(ScanError::NothingInCommon(_))) {
                lost = Some(last.clone());
            }
            (attempts, last)
        };
        results.push(TypeResult { kind: *kind, earlier, last });
    }
    results
}

/// Where a host may answer, or why it cannot there.
#[derive(Clone)]
struct Place<'a> {
    /// The element of the target's address list.
    name: &'a str,
    address: Result<SocketAddr, ScanError>,
}

/// What asking for one type has given so far.
#[derive(Default)]
struct Asked {
    attempts: Vec<Attempt>,
    /// Whether any connection came as far as the server's proposal.
    met: bool,
}

/// What a try came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// It counts.
    Answered,
    /// Nobody answered there, but may yet.
    MayPass,
    /// Nobody will answer there.
    Failed,
    /// There is no time left.
    Late,
}

struct Host<'a> {
    target: &'a Target,
    shared: &'a Shared,
    places: Vec<Place<'a>>,
    unresolved: std::slice::Iter<'a, String>,
    /// The place that is asked first: the one that answered last. Those before it did not.
    at: usize,
    /// Set with the first connection.
    deadline: Option<Instant>,
    /// What the host at that place offers.
    proposal: Option<Proposal>,
}

impl<'a> Host<'a> {
    /// What is known without a connection.
    fn unasked(&self, error: ScanError) -> Attempt {
        let first = || self.target.addresses().first().map_or("", String::as_str);
        let place = self.places.get(self.at);
        let address = place.and_then(|place| place.address.clone().ok());
        Attempt::without_connection(place.map_or_else(first, |place| place.name), address, error)
    }

    fn lacks(&self, question: &Question) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| !proposal.offers_any(question.algorithms()))
    }

    /// The place of that number; names are resolved when it is their turn. `None` after the last.
    async fn place(&mut self, number: usize) -> Option<Place<'a>> {
        let Shared { options, resolver, .. } = self.shared;
        while self.places.len() <= number {
            let name = self.unresolved.next()?;
            match resolver.addresses(name, self.target.port(), options.family, options.timeout).await {
                Ok(found) => self.places.extend(found.into_iter().map(|address| Place { name, address: Ok(address) })),
                Err(error) => self.places.push(Place { name, address: Err(error) }),
            }
        }
        self.places.get(number).cloned()
    }

    /// Asks for a type: at every address from the one that answered last, and then again where nobody answered but may.
    async fn ask(&mut self, question: &Question) -> Asked {
        let mut asked = Asked::default();
        let mut again = Vec::new();
        let mut number = self.at;
        while let Some(place) = self.place(number).await {
            match self.try_place(question, number, place, &mut asked).await {
                Tried::Answered | Tried::Late => return asked,
                Tried::MayPass => again.push(number),
                Tried::Failed => {}
            }
            number = number.saturating_add(1);
        }
        for retry in 1..=self.shared.options.retries {
            if again.is_empty() || !self.back_off(retry).await {
                break;
            }
            for number in std::mem::take(&mut again) {
                let Some(place) = self.place(number).await else { continue };
                match self.try_place(question, number, place, &mut asked).await {
                    Tried::Answered | Tried::Late => return asked,
                    Tried::MayPass => again.push(number),
                    Tried::Failed => {}
                }
            }
        }
        asked
    }

    async fn try_place(&mut self, question: &Question, number: usize, place: Place<'a>, asked: &mut Asked) -> Tried {
        let Place { name, address } = place;
        let answer = match &address {
            Ok(address) => self.connect(question, *address).await,
            Err(error) => Answer::without(error.clone()),
        };
        let Answer { identification, proposal, outcome } = answer;
        let tried = match &outcome {
            Err(ScanError::HostTimeout) => Tried::Late,
            Err(error) if error.may_pass() => Tried::MayPass,
            Err(error) if error.is_no_answer() => Tried::Failed,
            _ => Tried::Answered,
        };
        if proposal.is_some() {
            (self.proposal, asked.met) = (proposal, true);
        }
        if asked.met || tried == Tried::Answered {
            self.at = number;
        }
        // What a host did tells more than that its time was up then.
        if tried != Tried::Late || asked.attempts.is_empty() {
            asked.attempts.push(Attempt { name: name.to_owned(), address: address.ok(), identification, outcome });
        }
        tried
    }

    /// Waits before a retry; whether there is time for one.
    async fn back_off(&self, retry: u32) -> bool {
        let doubled = 2_u32.saturating_pow(retry.saturating_sub(1));
        let mut wait = BACK_OFF.saturating_mul(doubled).min(MAX_BACK_OFF);
        // Up to half as much again, by chance: hosts that were turned away together do not come back together.
        let mut hasher = DefaultHasher::new();
        (self.target.names(), self.at, retry).hash(&mut hasher);
        let share = f64::from(u16::try_from(hasher.finish() % 500).unwrap_or_default()) / 1000.0;
        wait = wait.saturating_add(wait.mul_f64(share));
        let end = Instant::now().checked_add(wait);
        if end.is_none() || self.deadline.is_some_and(|deadline| end >= Some(deadline)) {
            return false;
        }
        sleep(wait).await;
        true
    }

    /// Connects and asks. Both together have the time of a connection, or what the host has left of its own.
    async fn connect(&mut self, question: &Question, address: SocketAddr) -> Answer {
        let Shared { options, limit, .. } = self.shared;
        let first = Instant::now();
        let mut wait = SHORTAGE_WAIT.0;
        loop {
            let start = Instant::now();
            let host_end = match self.deadline {
                Some(end) => Some(end),
                None => start.checked_add(options.host_limit()),
            };
            let own_end = start.checked_add(options.timeout);
            // A limit beyond the end of time is none; a year is as good.
            let far = start.checked_add(FAR).unwrap_or(start);
            let (host_end, own_end) = (host_end.unwrap_or(far), own_end.unwrap_or(far));
            self.deadline = Some(host_end);
            if start >= host_end {
                return Answer::without(ScanError::HostTimeout);
            }
            let end = own_end.min(host_end);
            let late = |phase| if host_end < own_end { ScanError::HostTimeout } else { ScanError::Timeout(phase) };
            let counted = limit.opened();
            let error = match timeout_at(end, TcpStream::connect(address)).await {
                Err(_) => return Answer::without(late(Phase::Connecting)),
                Ok(Ok(stream)) => {
                    let mut answer = question.ask(stream, end).await;
                    if answer.outcome.is_ok() {
                        limit.took(start.elapsed());
                    }
                    if let Err(ScanError::Timeout(phase)) = answer.outcome {
                        answer.outcome = Err(late(phase));
                    }
                    return answer;
                }
                Ok(Err(error)) => error,
            };
            drop(counted);
            if !limit.is_short(&error) || first.elapsed() > MAX_SHORTAGE {
                return Answer::without(no_connection(&error));
            }
            sleep(wait).await;
            wait = wait.saturating_mul(2).min(SHORTAGE_WAIT.1);
            // It is not the host that was slow.
            self.deadline = host_end.checked_add(start.elapsed());
        }
    }
}
/// A host that nobody listens on refuses; a reset comes from a connection that was there, and was closed before anyone
/// looked at it.
fn no_connection(error: &io::Error) -> ScanError {
    match error.kind() {
        io::ErrorKind::ConnectionReset => ScanError::ClosedEarly { said: None },
        _ => ScanError::Connect(error.into()),
    }
}
