//! Threads that read what users have, and are not waited for for ever.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::errno::Errno;

use crate::store::read::errno_of;

/// How long one who asks for a file waits for it. A local disk needs milliseconds; a server of files that is down, or a
/// file system that the user runs himself, may never answer.
pub const READ_WAIT: Duration = Duration::from_secs(10);

/// Most threads that read, or hang, for one account at a time. Each attempt to log in needs one at a time, for moments.
pub const MAX_READS: usize = 32;

/// How many threads read for which account.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    running: Mutex<HashMap<u32, usize>>,
}

/// One thread's place among them, until dropped.
struct Place {
    reads: Arc<Reads>,
    uid: u32,
}

/// The rights that a thread shall have over files.
#[derive(Clone, Debug)]
pub(super) enum Rights {
    /// Those of this process.
    Own,
    /// Those of an account.
    Of { uid: u32, gid: u32, groups: Vec<u32> },
}

impl Reads {
    /// Runs `work` on a thread with these rights, for this account, and waits for what it gives.
    ///
    /// # Errors
    /// `EBUSY` when too many threads hang already, `ETIMEDOUT` when this one does, `EPERM` where the rights cannot be had;
    /// and what the system says when no thread can be started.
    pub(super) fn run<T: Send + 'static>(
        self: &Arc<Self>,
        uid: u32,
        rights: Rights,
        wait: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Errno> {
        let place = self.enter(uid)?;
        let (sender, receiver) = sync_channel(1);
        let work = move || {
            let _place = place;
            // Nobody may be waiting any more.
            let _ = sender.send(work());
        };
        let thread = start(rights, work).map_err(|error| errno_of(&error))?;
        match receiver.recv_timeout(wait) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Timeout) => Err(Errno::ETIMEDOUT),
            // The work was not begun, or it panicked.
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Ok(Err(error)) => Err(errno_of(&error)),
                Ok(Ok(())) | Err(_) => Err(Errno::EIO),
            },
        }
    }

    fn enter(self: &Arc<Self>, uid: u32) -> Result<Place, Errno> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(uid).or_default();
        if *count >= MAX_READS {
            return Err(Errno::EBUSY);
        }
        *count = count.saturating_add(1);
        Ok(Place { reads: self.clone(), uid })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.reads.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.uid) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                running.remove(&self.uid);
            }
        }
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
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_thread_that_hangs_is_not_waited_for_and_counts_until_it_ends() {
        let reads = Arc::new(Reads::default());
        let mut hanging = Vec::new();
        for _ in 0..MAX_READS {
            let (end, ended) = channel::<()>();
            let work = move || {
                let _ = ended.recv();
            };
            assert_eq!(reads.run(1000, Rights::Own, Duration::from_millis(1), work), Err(Errno::ETIMEDOUT));
            hanging.push(end);
        }
        let read = |uid| reads.run(uid, Rights::Own, READ_WAIT, || "read");
        assert_eq!(read(1000), Err(Errno::EBUSY));
        assert_eq!(read(1001), Ok("read"), "another account's are not in the way");
        drop(hanging);
        while read(1000) == Err(Errno::EBUSY) {
            thread::yield_now();
        }
        assert_eq!(read(1000), Ok("read"));
    }

    #[test]
    fn rights_that_cannot_be_had_run_nothing() {
        let reads = Arc::new(Reads::default());
        let rights = Rights::Of { uid: u32::MAX, gid: 0, groups: vec![] };
        let result = reads.run(1000, rights, READ_WAIT, || panic!("this was run"));
        assert_eq!(result, Err::<(), _>(Errno::EINVAL));
        assert!(reads.running.lock().unwrap().is_empty());
    }
}
