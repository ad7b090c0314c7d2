//! Many questions to the system's resolver at once, each with a time limit: its calls block, and end when they like.

#![allow(clippy::disallowed_types, reason = "the time limits of lookups")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Questions that are open at one time.
const WORKERS: usize = 48;

/// How long an answer may take: what glibc gives two tries of one server (resolv.conf(5), `timeout` and `attempts`).
const LIMIT: Duration = Duration::from_secs(10);

/// After this many time-outs the resolver is known to be slow or dead: `/etc/hosts` still answers within [`SHORT_LIMIT`].
const PATIENCE: usize = WORKERS;

const SHORT_LIMIT: Duration = Duration::from_secs(1);

/// Threads that may wait for an answer that nobody wants any more; from then on nothing is asked.
const MAX_STUCK: usize = 512;

/// A thread that only calls the C library's resolver, which keeps its large buffers elsewhere.
const STACK_BYTES: usize = 512 << 10;

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked<A> {
    Answered(A),
    TimedOut,
    /// Too many had timed out before.
    Not,
}

/// How long, and how many.
#[derive(Clone, Copy)]
struct Limits {
    workers: usize,
    limit: Duration,
    patience: usize,
    short_limit: Duration,
    max_stuck: usize,
}

enum Event<A> {
    Started(usize),
    Done(usize, A),
}

struct Shared<Q> {
    waiting: VecDeque<(usize, Q)>,
    /// Questions whose answers nobody waits for any more.
    given_up: BTreeSet<usize>,
}

/// Asks everything, and returns what became of each question, in order. The time for all of it is bounded, whatever the
/// resolver does: after [`MAX_STUCK`] time-outs nothing more is asked.
pub(super) fn ask_all<Q, A>(questions: Vec<Q>, ask: fn(&Q) -> A, tick: &mut dyn FnMut()) -> Vec<Asked<A>>
where
    Q: Send + 'static,
    A: Send + 'static,
{
    let limits =
        Limits { workers: WORKERS, limit: LIMIT, patience: PATIENCE, short_limit: SHORT_LIMIT, max_stuck: MAX_STUCK };
    ask_within(limits, questions, ask, tick)
}

fn ask_within<Q, A>(limits: Limits, questions: Vec<Q>, ask: fn(&Q) -> A, tick: &mut dyn FnMut()) -> Vec<Asked<A>>
where
    Q: Send + 'static,
    A: Send + 'static,
{
    let total = questions.len();
    let mut asked: Vec<Asked<A>> = (0..total).map(|_| Asked::Not).collect();
    let waiting = questions.into_iter().enumerate().collect();
    let shared = Arc::new(Mutex::new(Shared { waiting, given_up: BTreeSet::new() }));
    let (sender, receiver) = mpsc::channel();
    let mut workers: usize = 0;
    for _ in 0..limits.workers.min(total) {
        workers = workers.saturating_add(usize::from(start(&shared, &sender, ask)));
    }
    let mut running: BTreeMap<usize, Instant> = BTreeMap::new();
    let (mut open, mut timed_out) = (total, 0_usize);
    while open > 0 && workers > 0 {
        let limit = if timed_out < limits.patience { limits.limit } else { limits.short_limit };
        // Questions start in their order, so that the first is overdue first; but the limit may have become shorter.
        let oldest = running.values().min().copied();
        let wait = oldest.map_or(limit, |since| limit.saturating_sub(since.elapsed()));
        match receiver.recv_timeout(wait) {
            Ok(Event::Started(index)) => {
                running.insert(index, Instant::now());
            }
            Ok(Event::Done(index, answer)) => {
                // One that was given up is answered too late.
                if running.remove(&index).is_some() {
                    if let Some(asked) = asked.get_mut(index) {
                        *asked = Asked::Answered(answer);
                    }
                    open = open.saturating_sub(1);
                    tick();
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let overdue: Vec<usize> =
                    running.iter().filter(|(_, since)| since.elapsed() >= limit).map(|(&index, _)| index).collect();
                for index in overdue {
                    running.remove(&index);
                    lock(&shared).given_up.insert(index);
                    if let Some(asked) = asked.get_mut(index) {
                        *asked = Asked::TimedOut;
                    }
                    open = open.saturating_sub(1);
                    timed_out = timed_out.saturating_add(1);
                    tick();
                    // Its thread still waits, and another takes its place.
                    workers = workers.saturating_sub(1);
                    if timed_out < limits.max_stuck {
                        workers = workers.saturating_add(usize::from(start(&shared, &sender, ask)));
                    }
                }
            }
        }
    }
    lock(&shared).waiting.clear();
    asked
}

fn lock<Q>(shared: &Mutex<Shared<Q>>) -> std::sync::MutexGuard<'_, Shared<Q>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread that asks until there is nothing left, or until nobody waits for it any more; whether it could.
fn start<Q, A>(shared: &Arc<Mutex<Shared<Q>>>, sender: &Sender<Event<A>>, ask: fn(&Q) -> A) -> bool
where
    Q: Send + 'static,
    A: Send + 'static,
{
    let (shared, sender) = (Arc::clone(shared), sender.clone());
    let work = move || {
        loop {
            let next = lock(&shared).waiting.pop_front();
            let Some((index, question)) = next else { return };
            if sender.send(Event::Started(index)).is_err() {
                return;
            }
            let answer = ask(&question);
            let is_given_up = lock(&shared).given_up.remove(&index);
            if sender.send(Event::Done(index, answer)).is_err() || is_given_up {
                return;
            }
        }
    };
    thread::Builder::new().name("resolver".to_owned()).stack_size(STACK_BYTES).spawn(work).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        workers: 4,
        limit: Duration::from_millis(300),
        patience: 2,
        short_limit: Duration::from_millis(50),
        max_stuck: 8,
    };

    /// Answers a number, late where it is odd.
    fn ask(question: &usize) -> usize {
        if question % 2 == 1 {
            thread::sleep(Duration::from_secs(5));
        }
        question.saturating_mul(10)
    }

    #[test]
    fn every_question_has_its_answer_in_order() {
        let mut ticks = 0;
        let asked = ask_within(LIMITS, (0..100).map(|number| number * 2).collect(), ask, &mut || ticks += 1);
        assert_eq!(asked, (0..100).map(|number| Asked::Answered(number * 20)).collect::<Vec<_>>());
        assert_eq!(ticks, 100);
        assert_eq!(ask_within(LIMITS, Vec::new(), ask, &mut || ()), []);
    }

    #[test]
    fn a_slow_one_holds_up_nobody_else() {
        let start = Instant::now();
        let asked = ask_within(LIMITS, vec![1, 2, 3, 4, 6, 8, 10, 12], ask, &mut || ());
        assert_eq!(asked.iter().filter(|asked| **asked == Asked::TimedOut).count(), 2);
        assert_eq!(asked[7], Asked::Answered(120));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }

    #[test]
    fn a_dead_resolver_is_left_alone() {
        let start = Instant::now();
        let asked = ask_within(LIMITS, vec![1; 1000], ask, &mut || ());
        let timed_out = asked.iter().filter(|asked| **asked == Asked::TimedOut).count();
        assert!((8..=8 + LIMITS.workers).contains(&timed_out), "{timed_out}");
        assert!(asked.iter().all(|asked| matches!(asked, Asked::TimedOut | Asked::Not)));
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }
}
