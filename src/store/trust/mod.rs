//! The files that decide, for a server that runs for long: read once, and again when they changed.
//!
//! ```text
//! TrustStore -> snapshot() -> Arc<Snapshot> -> sources() -> files(netgroups) -> verify
//! ```
//!
//! What is guaranteed:
//!
//! - A [`Snapshot`] holds each file whole, as it was at one moment; the files may be of different moments. It never
//!   changes; a newer one takes its place at once, for those who ask from then on.
//! - A change that was complete before [`TrustStore::snapshot`] was called is in what it returns. Where another thread reads
//!   the files at that moment and does not get done within [`RELOAD_WAIT`], the files that have changed, or may have, are
//!   [`Unreadable::Changing`] in it, and the others are as they were.
//!   A change is noticed by inode, size, mtime and ctime of the file, and of the folders and symlinks on the way by
//!   what they are, whose they are, and their modes. A file whose ctime is within the last two seconds is read anew at
//!   each look, because a second change within the same tick of the clock shows nowhere; so is one whose ctime is in
//!   the future, for as long as it is.
//! - A file that changes while it is read is read again, and after five times it is [`Unreadable::Changing`].
//! - A file that was just changed and ends in the middle of a line, or is empty where it was not, is
//!   [`Unreadable::HalfWritten`] until it is complete, or two seconds old.
//! - A known_hosts file that has been read, and is gone, is [`Unreadable::Vanished`] until it is back: its `@revoked`
//!   lines are lost, and `ssh_known_hosts2` would speak where it did. To be rid of one for good, leave an empty file,
//!   or start the server anew. An equiv file that is gone is as good as an empty one: its negative lines end only the
//!   search of the file itself, so that less is let in, never more. A RevokedKeys file that is not there refuses every
//!   key in any case.
//! - Files and all folders above them must be root's, or the server's own user's, and written by nobody else (sshd
//!   looks at neither). A FIFO in their place blocks nobody.
//! - Everything recovers by itself: what could not be read is tried again at each look.
//!
//! What is not:
//!
//! - A file that is written in place, and was cut at the end of a line when it was read, cannot be told from a complete
//!   one, until its writer goes on. Replace files as a whole (rename(2)), as [`edit`](crate::store::edit()) does.
//! - Writes through shared memory (mmap(2)) show when the kernel brings them to the file's times.
//! - On a file system of another machine, the two seconds are measured between its clock and ours, and a change shows
//!   when that machine tells of it (nfs(5), attribute caching).
//! - While a changed file is read, its old content is kept too, and for as long as somebody holds a snapshot with it.
//!
//! [`Unreadable::Changing`]: crate::verify::Unreadable::Changing
//! [`Unreadable::HalfWritten`]: crate::verify::Unreadable::HalfWritten
//! [`Unreadable::Vanished`]: crate::verify::Unreadable::Vanished

mod gate;
mod held;
mod kind;
mod mark;
mod paths;
mod reading;
mod snapshot;
mod user;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub use paths::TrustPaths;
pub use snapshot::{FileTrouble, LineTrouble, Snapshot, Sources};
pub use user::{HomeFiles, MAX_ALL_READS, MAX_EQUIV_BYTES, MAX_KNOWN_HOSTS_BYTES, MAX_READS, PLACE_WAIT, READ_WAIT};

use self::gate::Gate;
use self::user::Reads;
use super::account::SystemAccount;
use super::root::Root;

/// How long after a change a file is not trusted to be complete, and a further change not to show. Some file systems
/// count whole seconds, FAT two.
pub const SETTLING_TIME: Duration = Duration::from_secs(2);

/// How long one who asks waits while another thread reads the files anew; then what may have changed is not known to him.
/// A million lines of known_hosts take about one. The very first reading is always waited for.
pub const RELOAD_WAIT: Duration = Duration::from_secs(2);

/// The system's files, for many threads.
#[derive(Debug)]
pub struct TrustStore {
    root: Root,
    settling: Duration,
    current: RwLock<Current>,
    gate: Gate,
    reads: Arc<Reads>,
}

#[derive(Clone, Debug)]
struct Current {
    snapshot: Arc<Snapshot>,
    /// Whether anything was looked at yet.
    is_read: bool,
}

impl TrustStore {
    /// A store of these files below the root. Nothing is read before the first [`snapshot`](Self::snapshot).
    #[must_use]
    pub fn new(root: Root, paths: &TrustPaths) -> Self {
        let current = Current { snapshot: Arc::new(Snapshot::unseen(paths)), is_read: false };
        Self {
            root,
            settling: SETTLING_TIME,
            current: RwLock::new(current),
            gate: Gate::default(),
            reads: Arc::default(),
        }
    }

    /// The same, with another time than [`SETTLING_TIME`]. With none, each file counts as it stands, half-written ones
    /// too, as for sshd; and a change within the same tick of the clock as the one before is lost.
    #[must_use]
    pub fn danger_with_settling_time(self, settling: Duration) -> Self {
        Self { settling, ..self }
    }

    /// The root below which the files are.
    #[must_use]
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// The files as they are now. When nothing has changed, that costs a stat call for each file and for each folder
    /// above them.
    ///
    /// Never fails: a file that cannot be read says so in the snapshot, and decisions refuse by it.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let asked = Instant::now();
        let deadline = asked.checked_add(RELOAD_WAIT).unwrap_or(asked);
        loop {
            let Current { snapshot, is_read } = self.current();
            if is_read && (snapshot.began() >= asked || snapshot.is_current()) {
                return snapshot;
            }
            if let Some(_turn) = self.gate.enter() {
                // Another may have been here between our look and our turn.
                let last = self.current();
                if last.is_read && last.snapshot.began() >= asked {
                    return last.snapshot;
                }
                let snapshot = Arc::new(last.snapshot.look_again(&self.root, self.settling));
                let current = Current { snapshot: snapshot.clone(), is_read: true };
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
                return snapshot;
            }
            let now = Instant::now();
            if is_read && now >= deadline {
                return Arc::new(snapshot.unless_changed());
            }
            self.gate.wait(if is_read { deadline } else { now.checked_add(Gate::ROUND).unwrap_or(now) });
        }
    }

    /// The account's own files, for one attempt: [`HomeFiles`] tells how they are read. Nothing is read before a decision
    /// asks for it.
    ///
    /// Without an account they are those of a stand-in that has none: to look for them takes the same threads and about
    /// the same time, so that a client does not learn which accounts there are.
    #[must_use]
    pub fn user_files(&self, account: Option<&SystemAccount>) -> HomeFiles {
        match account {
            Some(account) => HomeFiles::new(&self.root, account, &self.reads),
            None => HomeFiles::new(&self.root, &SystemAccount::stand_in(), &self.reads),
        }
    }

    fn current(&self) -> Current {
        // Nobody panics while holding it; and what is in it is always whole.
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests;
