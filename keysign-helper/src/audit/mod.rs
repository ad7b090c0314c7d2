//! The audit line: one for each signature and each refusal, to journald and syslog (facility authpriv).
//!
//! Everything that needs a right or a system call of some size is done by [`Log::connect`]: sockets, the time zone, the
//! process id. A [`Log::write`] is sendto(2) on connected sockets, and the clock, so it works in the sandbox's second
//! stage. It never waits and never fails: a line that nobody takes is counted, and later lines show how many there were.
//!
//! The line is sent with the rights of the caller, who can send such lines himself. So it proves nothing against him; that
//! there is one for each signature is what it is for. journald's own field `_UID` tells who sent it.

mod counter;
mod journal;
pub(crate) mod parent;
mod record;
mod socket;
mod syslog;

use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hostbased_sys::{LocalDate, local_date};

pub(crate) use self::counter::Counter;
use self::journal::Journal;
pub(crate) use self::record::{Outcome, Record};
use self::syslog::Syslog;
use crate::ROOT;
use crate::privilege::RealUser;

/// What the lines are tagged with.
const IDENTIFIER: &str = "keysign";

/// LOG_AUTHPRIV (syslog.h).
const FACILITY: u8 = 10;

/// Where lines go.
#[derive(Debug)]
struct Places<'a> {
    /// journald's own protocol (systemd's "Native Journal Protocol").
    journal: &'a Path,
    /// Whoever plays syslogd.
    syslog: &'a Path,
    /// What is journald's lies in here, whatever other names lead to it.
    journal_folder: &'a Path,
    /// Whose all of these must be.
    owner: u32,
}

/// Where audit lines go.
#[derive(Debug)]
pub(crate) struct Log {
    journal: Option<Journal>,
    syslog: Option<Syslog>,
    counter: Option<Counter>,
    /// How many lines nobody took before this process.
    unlogged: u32,
}

impl Log {
    /// Connects to those that there are; sends nothing. Only sockets count to which root alone has set the path.
    pub(crate) fn connect(_proof: &RealUser, counter: Option<Counter>) -> Self {
        let places = Places {
            journal: Path::new("/run/systemd/journal/socket"),
            syslog: Path::new("/dev/log"),
            journal_folder: Path::new("/run/systemd/journal"),
            owner: ROOT,
        };
        Self::connect_to(&places, counter)
    }

    fn connect_to(places: &Places<'_>, counter: Option<Counter>) -> Self {
        let pid = std::process::id();
        // The zone's file is read now, the first time, and not when a line is written.
        let _ = now();
        let journal = Journal::connect(places.journal, places.owner, pid);
        // Not twice to the same: journald is syslogd on most machines.
        let is_journals =
            std::fs::canonicalize(places.syslog).is_ok_and(|path| path.starts_with(places.journal_folder));
        let syslog =
            if journal.is_some() && is_journals { None } else { Syslog::connect(places.syslog, places.owner, pid) };
        let unlogged = counter.as_ref().map_or(0, Counter::count);
        Self { journal, syslog, counter, unlogged }
    }

    /// The descriptors that [`Self::write`] calls sendto(2) on, without an address.
    pub(crate) fn sent_to(&self) -> Vec<BorrowedFd<'_>> {
        let journal = self.journal.iter().map(Journal::descriptor);
        journal.chain(self.syslog.iter().map(Syslog::descriptor)).collect()
    }

    /// Sends the line, or counts it where nobody takes it.
    pub(crate) fn write(&self, record: &Record, outcome: Outcome<'_>) {
        let fields = record.fields(outcome, self.unlogged);
        let line = record::line(outcome, &fields);
        let by_journal = self.journal.as_ref().is_some_and(|journal| journal.send(outcome, &line, &fields));
        let by_syslog = self.syslog.as_ref().is_some_and(|syslog| syslog.send(outcome, &line, now()));
        if !by_journal
            && !by_syslog
            && let Some(counter) = &self.counter
        {
            counter.add();
        }
    }
}

/// What clocks show. A caller may keep the helper waiting, so this is not what they showed when it connected.
fn now() -> Option<LocalDate> {
    local_date(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(test)]
mod tests;
