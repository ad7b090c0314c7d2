//! Plays cases, in as many labs as there are processors, and counts what comes of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::case::Case;
use crate::compare::{Judged, Outcome};
use crate::judge::{Judgement, configure, judge};
use crate::material::Material;
use crate::ours::{Decision, Server};
use crate::{ground, place};

/// A case that was played.
pub(crate) struct Played {
    pub(crate) judgement: Judgement,
    pub(crate) decision: Decision,
    pub(crate) outcome: Outcome,
}

/// How often each end came.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts one more.
    pub(crate) fn count(&mut self, end: impl Into<String>) {
        *self.0.entry(end.into()).or_default() += 1;
    }

    /// How often this end came.
    pub(crate) fn of(&self, end: &str) -> usize {
        self.0.get(end).copied().unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ends: Vec<_> = self.0.iter().collect();
        ends.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        ends.into_iter().try_for_each(|(end, times)| writeln!(f, "  {times:5} {end}"))
    }
}

/// Plays the cases of these numbers, and hands each to `look`, in no order.
pub(crate) fn play_all(
    material: &Material,
    cases: usize,
    make: impl Fn(usize) -> Case + Sync,
    look: impl Fn(usize, &Case, Played) + Sync,
) {
    let next = AtomicUsize::new(0);
    let labs = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        ground::in_a_lab(|| {
            let mut server = Server::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= cases {
                    return;
                }
                let _named = Named(index);
                let case = make(index);
                look(index, &case, play(&case, material, &mut server));
            }
        });
    };
    thread::scope(|scope| {
        for _ in 0..labs {
            scope.spawn(work);
        }
    });
}

/// Names the case in which a thread panics, for its place alone tells little.
struct Named(usize);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("this was in case {}", self.0);
        }
    }
}

/// Plays one case, in the lab that this thread lives in.
fn play(case: &Case, material: &Material, server: &mut Server) -> Played {
    place::place(case);
    configure(case);
    let judgement = judge(case, material);
    let decision = server.decide(case, &judgement);
    let outcome = Judged { case, judgement: &judgement, decision: &decision }.compare();
    Played { judgement, decision, outcome }
}
