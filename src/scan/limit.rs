//! How many hosts are scanned at once: as many as the system has descriptors and ports for, found out as it goes.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Most hosts at once unless told otherwise. A stalled one takes some 50 KB, and firewalls between keep count of each.
pub const DEFAULT_PARALLEL: usize = 1024;

/// Descriptors for the rest of the process: its files, and the resolver's sockets. A quarter of all, within these bounds.
const SPARE: (usize, usize) = (8, 256);

/// From so many connections on, a lack of local addresses can be one of local ports: Linux has 28,000 of them
/// (ip(7), ip_local_port_range), and keeps each for a minute after its connection has ended.
const MANY_CONNECTIONS: u64 = 4096;

/// Raises the number of files that this process may have open to the most that it may ask for (getrlimit(2)), and says
/// how many hosts can be scanned at once with it; [`DEFAULT_PARALLEL`] at most.
pub(super) fn by_descriptors() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return DEFAULT_PARALLEL };
    let raised = soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    let files = usize::try_from(if raised { hard } else { soft }).unwrap_or(usize::MAX);
    let spare = files.div_ceil(4).clamp(SPARE.0, SPARE.1);
    files.saturating_sub(spare).clamp(1, DEFAULT_PARALLEL)
}

/// The number of hosts at once, which falls when the system runs short and rises again slowly.
#[derive(Debug)]
pub(super) struct Limit(Mutex<State>);

#[derive(Debug)]
struct State {
    allowed: usize,
    most: usize,
    /// Connections that are open.
    open: usize,
    /// Connections that were opened, ever.
    opened: u64,
    /// Hosts that were done since the limit last changed.
    done: usize,
    /// How long a key takes from connecting to the proof: lately, and at best.
    lately: Duration,
    best: Duration,
}

/// An open connection, counted while this lives.
#[derive(Debug)]
pub(super) struct Counted(Arc<Limit>);

impl Drop for Counted {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.open = state.open.saturating_sub(1);
    }
}

impl Limit {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self(Mutex::new(State {
            allowed: most,
            most,
            open: 0,
            opened: 0,
            done: 0,
            lately: Duration::ZERO,
            best: Duration::MAX,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn allowed(&self) -> usize {
        self.lock().allowed
    }

    /// Counts a connection that is open now.
    pub(super) fn opened(self: &Arc<Self>) -> Counted {
        let mut state = self.lock();
        state.open = state.open.saturating_add(1);
        state.opened = state.opened.saturating_add(1);
        drop(state);
        Counted(Arc::clone(self))
    }

    /// Whether no connection could be made because this machine has nothing left to make one with. Then the limit falls
    /// to what is open: so much there is.
    pub(super) fn is_short(&self, error: &io::Error) -> bool {
        let mut state = self.lock();
        let short = match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM) => true,
            // Of few connections it is what it says: no address of ours reaches there.
            Some(Errno::EADDRNOTAVAIL) => state.opened >= MANY_CONNECTIONS,
            _ => false,
        };
        if short {
            state.allowed = state.allowed.min(state.open).max(1);
            state.done = 0;
        }
        short
    }

    /// A key took so long, from connecting to the proof.
    pub(super) fn took(&self, time: Duration) {
        let mut state = self.lock();
        state.best = state.best.min(time);
        // Each counts for a sixteenth of what comes next.
        state.lately = state.lately.mul_f64(15.0 / 16.0).saturating_add(time.mul_f64(1.0 / 16.0));
    }

    /// Whether hosts keep each other waiting, here or where they are: a key takes several times as long as at best, and
    /// a good part of the time that a connection has.
    pub(super) fn is_crowded(&self, timeout: Duration) -> bool {
        let state = self.lock();
        state.lately > timeout.mul_f64(0.2) && state.lately > state.best.saturating_mul(4)
    }

    /// A host is done: after as many as there are at once, without a shortage, one more is tried.
    pub(super) fn one_done(&self) {
        let mut state = self.lock();
        state.done = state.done.saturating_add(1);
        if state.allowed < state.most && state.done >= state.allowed {
            state.allowed = state.allowed.saturating_add(1);
            state.done = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(errno: Errno) -> io::Error {
        io::Error::from_raw_os_error(errno as i32)
    }

    #[test]
    fn a_shortage_lowers_the_limit_to_what_is_open_and_it_rises_by_one_a_round() {
        let limit = Arc::new(Limit::new(100));
        let mut open: Vec<_> = (0..10).map(|_| limit.opened()).collect();
        assert!(!limit.is_short(&failed(Errno::ECONNREFUSED)));
        assert_eq!(limit.allowed(), 100);
        for errno in [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM] {
            assert!(limit.is_short(&failed(errno)));
            assert_eq!(limit.allowed(), 10);
        }
        (0..9).for_each(|_| limit.one_done());
        assert_eq!(limit.allowed(), 10);
        limit.one_done();
        assert_eq!(limit.allowed(), 11);
        (0..10).for_each(|_| limit.one_done());
        assert_eq!(limit.allowed(), 11);
        // A shortage starts the count anew.
        assert!(limit.is_short(&failed(Errno::EMFILE)));
        limit.one_done();
        assert_eq!(limit.allowed(), 10);
        open.clear();
        assert!(limit.is_short(&failed(Errno::EMFILE)));
        assert_eq!(limit.allowed(), 1);
        let limit = Limit::new(0);
        limit.one_done();
        assert_eq!(limit.allowed(), 1);
    }

    #[test]
    fn it_is_crowded_when_keys_take_much_of_their_time_and_took_less_before() {
        let timeout = Duration::from_secs(5);
        let after = |times: &[(u32, u64)]| {
            let limit = Limit::new(100);
            for &(count, milliseconds) in times {
                (0..count).for_each(|_| limit.took(Duration::from_millis(milliseconds)));
            }
            limit.is_crowded(timeout)
        };
        assert!(!after(&[]));
        assert!(after(&[(10, 100), (100, 1100)]));
        assert!(!after(&[(10, 100), (100, 900)]), "in good time");
        assert!(!after(&[(10, 300), (100, 1100)]), "they are as slow by themselves");
        assert!(!after(&[(10, 100), (1, 4900)]), "one is no crowd");
        assert!(!after(&[(10, 100), (100, 1100), (20, 100)]), "no longer");
    }

    #[test]
    fn a_lack_of_addresses_is_one_of_ports_after_many_connections_only() {
        let limit = Arc::new(Limit::new(100));
        (1..MANY_CONNECTIONS).for_each(|_| drop(limit.opened()));
        assert!(!limit.is_short(&failed(Errno::EADDRNOTAVAIL)));
        drop(limit.opened());
        assert!(limit.is_short(&failed(Errno::EADDRNOTAVAIL)));
    }
}
