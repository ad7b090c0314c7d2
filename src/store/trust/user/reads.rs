//! Threads that read what users have, and are not waited for for ever.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;

use crate::store::read::errno_of;

/// How long one who asks for a file waits for it. A local disk needs milliseconds; a server of files that is down, or a
/// file system that the user runs himself, may never answer.
pub const READ_WAIT: Duration = Duration::from_secs(10);

/// How much of that time is waited for a place among the threads below, before it is said that there is none.
pub const PLACE_WAIT: Duration = Duration::from_secs(1);

/// Most threads that read, or hang, for one account at a time. Each attempt to log in needs one at a time, for moments.
pub const MAX_READS: usize = 32;

/// Most threads that read, or hang, for all accounts together: eight accounts whose file systems never answer.
pub const MAX_ALL_READS: usize = 256;

/// How many threads read for which account.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    running: Mutex<Running>,
    /// Told whenever a thread gives its place back.
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Running {
    of: HashMap<u32, usize>,
    all: usize,
}

impl Running {
    fn is_full_for(&self, uid: u32) -> bool {
        self.all >= MAX_ALL_READS || self.of.get(&uid).is_some_and(|&count| count >= MAX_READS)
    }
}

/// One thread's place among them, until dropped.
struct Place {
    reads: Arc<Reads>,
    uid: u32,
}

/// The rights that a thread shall have over files.
#[derive(Clone, Debug)]
pub(in crate::store::trust) enum Rights {
    /// Those of this process.
    Own,
    /// Those of an account.
    Of { uid: u32, gid: u32, groups: Vec<u32> },
}

impl Reads {
    /// Runs `work` on a thread with these rights, for this account, and waits for what it gives; for at most
    /// [`PLACE_WAIT`] of that time, until there is a place for it among the others.
    ///
    /// # Errors
    /// `EBUSY` when too many threads hang already, `ETIMEDOUT` when this one does, `EPERM` where the rights cannot be had;
    /// and what the system says when no thread can be started.
    pub(in crate::store::trust) fn run<T: Send + 'static>(
        self: &Arc<Self>,
        uid: u32,
        rights: Rights,
        wait: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Errno> {
        let asked = Instant::now();
        let place = self.enter(uid, wait.min(PLACE_WAIT))?;
        let (sender, receiver) = sync_channel(1);
        let work = move || {
            let result = work();
            // Before it is told: who asks for one file after the other must not be in his own way.
            drop(place);
            // Nobody may be waiting any more.
            let _ = sender.send(result);
        };
        let thread = start(rights, work).map_err(|error| errno_of(&error))?;
        match receiver.recv_timeout(wait.saturating_sub(asked.elapsed())) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Timeout) => Err(Errno::ETIMEDOUT),
            // The work was not begun, or it panicked.
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Ok(Err(error)) => Err(errno_of(&error)),
                Ok(Ok(())) | Err(_) => Err(Errno::EIO),
            },
        }
    }

    fn enter(self: &Arc<Self>, uid: u32, wait: Duration) -> Result<Place, Errno> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_timeout_while(running, wait, |running| running.is_full_for(uid));
        let (mut running, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if running.is_full_for(uid) {
            return Err(Errno::EBUSY);
        }
        let count = running.of.entry(uid).or_default();
        *count = count.saturating_add(1);
        running.all = running.all.saturating_add(1);
        Ok(Place { reads: self.clone(), uid })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.reads.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.all = running.all.saturating_sub(1);
        if let Some(count) = running.of.get_mut(&self.uid) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                running.of.remove(&self.uid);
            }
        }
        drop(running);
        // Which of those who wait it is for, only they know: places are also counted by account.
        self.reads.freed.notify_all();
    }
}

fn start(rights: Rights, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<io::Result<()>>> {
    match rights {
        Rights::Of { uid, gid, groups } => hostbased_sys::spawn_with_file_rights(uid, gid, groups, work),
        Rights::Own => thread::Builder::new().name("user-files".to_owned()).spawn(move || {
            work();
            Ok(())
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Threads that hang for this account until the senders are dropped.
    fn hang(reads: &Arc<Reads>, uid: u32, count: usize) -> Vec<Sender<()>> {
        let one = || {
            let (end, ended) = channel::<()>();
            let work = move || {
                let _ = ended.recv();
            };
            assert_eq!(reads.run(uid, Rights::Own, Duration::from_millis(1), work), Err(Errno::ETIMEDOUT));
            end
        };
        (0..count).map(|_| one()).collect()
    }

    fn read(reads: &Arc<Reads>, uid: u32) -> Result<&'static str, Errno> {
        reads.run(uid, Rights::Own, READ_WAIT, || "read")
    }

    #[test]
    fn a_thread_that_hangs_is_not_waited_for_and_counts_until_it_ends() {
        let reads = Arc::new(Reads::default());
        let hanging = hang(&reads, 1000, MAX_READS);
        let start = Instant::now();
        assert_eq!(read(&reads, 1000), Err(Errno::EBUSY));
        assert!(start.elapsed() >= PLACE_WAIT && start.elapsed() < PLACE_WAIT * 5, "{:?}", start.elapsed());
        assert_eq!(read(&reads, 1001), Ok("read"), "another account's are not in the way");
        drop(hanging);
        assert_eq!(read(&reads, 1000), Ok("read"));
    }

    #[test]
    fn a_place_is_waited_for() {
        let reads = Arc::new(Reads::default());
        let mut hanging = hang(&reads, 1000, MAX_READS);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| read(&reads, 1000));
            thread::sleep(PLACE_WAIT / 10);
            drop(hanging.pop());
            assert_eq!(waiting.join().unwrap(), Ok("read"));
        });
        // More than there are places, one file after the other.
        thread::scope(|scope| {
            let one = || (0..10).map(|_| read(&reads, 1001)).collect::<Vec<_>>();
            let all: Vec<_> = (0..2 * MAX_READS).map(|_| scope.spawn(one)).collect();
            for one in all {
                assert_eq!(one.join().unwrap(), [Ok("read"); 10]);
            }
        });
    }

    #[test]
    fn all_accounts_together_have_a_bound_too() {
        let reads = Arc::new(Reads::default());
        let each = u32::try_from(MAX_ALL_READS / MAX_READS).unwrap();
        let mut hanging: Vec<_> = (0..each).flat_map(|number| hang(&reads, number, MAX_READS)).collect();
        assert_eq!(hanging.len(), MAX_ALL_READS);
        assert_eq!(read(&reads, 1000), Err(Errno::EBUSY));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| read(&reads, 1000));
            thread::sleep(PLACE_WAIT / 10);
            drop(hanging.pop());
            assert_eq!(waiting.join().unwrap(), Ok("read"));
        });
    }

    #[test]
    fn the_place_is_given_back_before_the_answer() {
        let reads = Arc::new(Reads::default());
        for round in 0..2000 {
            assert_eq!(read(&reads, 1000), Ok("read"));
            let running = reads.running.lock().unwrap();
            assert!(running.of.is_empty() && running.all == 0, "{round}");
        }
    }

    #[test]
    fn rights_that_cannot_be_had_run_nothing() {
        let reads = Arc::new(Reads::default());
        let rights = Rights::Of { uid: u32::MAX, gid: 0, groups: vec![] };
        let result = reads.run(1000, rights, READ_WAIT, || panic!("this was run"));
        assert_eq!(result, Err::<(), _>(Errno::EINVAL));
        let running = reads.running.lock().unwrap();
        assert!(running.of.is_empty() && running.all == 0);
    }
}
