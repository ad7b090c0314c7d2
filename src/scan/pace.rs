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
const FEW: usize = 64;

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
            if running < FEW || self.next.elapsed() < LATE {
                self.left = AT_ONCE;
            } else {
                self.wait();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether more may be begun within a moment, when the timer goes off so late.
    async fn goes_on(running: usize, late: Duration) -> bool {
        let mut pace = Pace::new();
        (0..AT_ONCE).for_each(|_| pace.begun());
        assert!(!pace.allows());
        std::thread::sleep(EVERY + late);
        let mut once = std::pin::pin!(pace.more(running));
        std::future::poll_fn(|context| std::task::Poll::Ready(once.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn a_busy_scan_begins_nothing_new_until_it_has_caught_up() {
        assert!(goes_on(FEW - 1, LATE * 2).await);
        assert!(!goes_on(FEW, LATE * 2).await);
        // A loaded machine makes this late, too, but hardly five times in a row.
        let mut punctual = false;
        for _ in 0..5 {
            punctual |= goes_on(FEW, Duration::from_millis(1)).await;
        }
        assert!(punctual);
        let mut pace = Pace::new();
        (0..AT_ONCE).for_each(|_| pace.begun());
        std::thread::sleep(LATE * 2);
        tokio::time::timeout(Duration::from_secs(60), pace.more(FEW)).await.unwrap();
        assert!(pace.allows());
    }
}
