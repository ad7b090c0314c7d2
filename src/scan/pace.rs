//! How fast hosts are begun: no faster than their keys can be checked.
//!
//! A key exchange is mostly computing. Begun all at once, a thousand of them would wait for each other for longer than a
//! host may take, and hosts that are well would seem too slow. How late a timer goes off tells how much there is to
//! compute.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How often some more are begun, and how many: 3,200 a second, at most.
const EVERY: Duration = Duration::from_millis(5);
const AT_ONCE: usize = 16;

/// How late it may get: a small part of the time that a host has.
const LATE: Duration = Duration::from_millis(20);

/// How many a second may be added to those that are under way, beside one for each that is done: how long keys take with
/// some is known before there are many, and dead hosts do not hold up the others.
const MORE_A_SECOND: u128 = 64;

/// So few are no burden: when it gets late with them, others keep the machine busy.
pub(super) const FEW: usize = 64;

#[derive(Debug)]
pub(super) struct Pace {
    /// How many may be begun now.
    left: usize,
    /// When there will be more.
    next: Instant,
    start: Instant,
    /// Hosts that are done.
    done: usize,
}

impl Pace {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { left: AT_ONCE, next: now, start: now, done: 0 }
    }

    /// How many may be under way by now.
    pub(super) fn under_way(&self) -> usize {
        let more = self.start.elapsed().as_millis().saturating_mul(MORE_A_SECOND).checked_div(1000).unwrap_or_default();
        FEW.saturating_add(self.done).saturating_add(usize::try_from(more).unwrap_or(usize::MAX))
    }

    /// One is done.
    pub(super) fn one_done(&mut self) {
        self.done = self.done.saturating_add(1);
    }

    /// Whether one more may be begun now.
    pub(super) const fn allows(&self) -> bool {
        self.left > 0
    }

    /// One was begun.
    pub(super) fn begun(&mut self) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.wait();
        }
    }

    fn wait(&mut self) {
        let now = Instant::now();
        self.next = now.checked_add(EVERY).unwrap_or(now);
    }

    /// Waits until more may be begun beside so many. It may be given up and called again.
    pub(super) async fn more(&mut self, running: usize) {
        while self.left == 0 {
            sleep_until(self.next).await;
            self.refill(running, self.next.elapsed());
        }
    }

    fn refill(&mut self, running: usize, late: Duration) {
        if running < FEW || late < LATE {
            self.left = AT_ONCE;
        } else {
            self.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_that_is_done_makes_room_for_one_more() {
        let mut pace = Pace::new();
        let at_first = pace.under_way();
        assert!((FEW..FEW + 60).contains(&at_first), "{at_first}");
        (0..1000).for_each(|_| pace.one_done());
        assert!(pace.under_way() >= FEW + 1000);
        let mut later = Pace::new();
        later.start -= Duration::from_secs(10);
        assert!(later.under_way() >= FEW + 640);
    }

    #[tokio::test]
    async fn a_busy_scan_begins_nothing_new_until_it_has_caught_up() {
        let mut pace = Pace::new();
        (0..AT_ONCE).for_each(|_| pace.begun());
        assert!(!pace.allows());
        pace.refill(FEW, LATE);
        assert!(!pace.allows());
        pace.refill(FEW, LATE - Duration::from_millis(1));
        assert!(pace.allows());
        (0..AT_ONCE).for_each(|_| pace.begun());
        pace.refill(FEW - 1, LATE * 100);
        assert!(pace.allows());
        (0..AT_ONCE).for_each(|_| pace.begun());
        let start = Instant::now();
        pace.more(0).await;
        assert!(pace.allows() && start.elapsed() >= EVERY - Duration::from_millis(2));
    }
}
