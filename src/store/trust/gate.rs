//! One at a time, and the others do not wait for ever.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A gate that one thread passes at a time.
#[derive(Debug, Default)]
pub(super) struct Gate {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// The right to be behind the gate, until dropped.
pub(super) struct Turn<'a> {
    gate: &'a Gate,
}

impl Gate {
    /// Passes, if nobody is behind it.
    pub(super) fn enter(&self) -> Option<Turn<'_>> {
        let mut taken = self.taken();
        if *taken {
            return None;
        }
        *taken = true;
        Some(Turn { gate: self })
    }

    /// Waits until nobody is behind it, or the time is over. Another may have passed meanwhile.
    pub(super) fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        let _ = self.freed.wait_timeout_while(self.taken(), left, |taken| *taken);
    }

    fn taken(&self) -> MutexGuard<'_, bool> {
        // A thread that panicked behind the gate has left the flag alone, and its turn was dropped.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A time long enough to look again whether it is free.
    pub(super) const ROUND: Duration = Duration::from_secs(1);
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.gate.taken() = false;
        self.gate.freed.notify_all();
    }
}
