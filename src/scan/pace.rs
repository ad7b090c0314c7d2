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

/// So few are no burden: when it gets late with them, others keep the machine busy.
pub(super) const FEW: usize = 64;

#[derive(Debug)]
pub(super) struct Pace {
    /// How many may be begun now.
    left: usize,
    /// When there will be more.
    next: Instant,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { left: AT_ONCE, next: Instant::now() }
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
