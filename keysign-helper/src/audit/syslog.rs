//! The protocol of syslog(3): a line with its priority, time and tag, on /dev/log.

use std::fmt::Write as _;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use hostbased_sys::LocalDate;
use nix::errno::Errno;
use nix::sys::socket::SockType;

use super::record::Outcome;
use super::socket::{connect_to, is_taken};
use super::{FACILITY, IDENTIFIER};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A connection to a syslogd.
#[derive(Debug)]
pub(super) struct Syslog {
    socket: OwnedFd,
    /// On a stream, a NUL ends each line (syslog-ng's default of old; glibc: misc/syslog.c).
    is_stream: bool,
    pid: u32,
}

impl Syslog {
    /// None where there is no syslogd, or it is not surely the system's.
    pub(super) fn connect(path: &Path, owner: u32, pid: u32) -> Option<Self> {
        let (socket, is_stream) = match connect_to(path, owner, SockType::Datagram) {
            Err(Errno::EPROTOTYPE) => (connect_to(path, owner, SockType::Stream).ok()?, true),
            datagram => (datagram.ok()?, false),
        };
        Some(Self { socket, is_stream, pid })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Whether the line was taken.
    pub(super) fn send(&self, outcome: Outcome<'_>, line: &str, date: Option<LocalDate>) -> bool {
        let priority = FACILITY.saturating_mul(8).saturating_add(outcome.severity());
        let end = if self.is_stream { "\0" } else { "" };
        is_taken(&self.socket, format!("<{priority}>{}{line}{end}", header(self.pid, date)).as_bytes())
    }
}

/// Time and tag (RFC 3164 sections 4.1.2 and 4.1.3). Without the date where there is none: the receiver then takes its own.
fn header(pid: u32, date: Option<LocalDate>) -> String {
    let mut header = String::new();
    if let Some(LocalDate { month, day, hour, minute, second }) = date
        && let Some(month) = usize::from(month).checked_sub(1).and_then(|index| MONTHS.get(index))
    {
        let _ = write!(header, "{month} {day:2} {hour:02}:{minute:02}:{second:02} ");
    }
    let _ = write!(header, "{IDENTIFIER}[{pid}]: ");
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_rfc_3164() {
        let date = |month, day| Some(LocalDate { month, day, hour: 3, minute: 4, second: 5 });
        assert_eq!(header(4711, date(1, 2)), "Jan  2 03:04:05 keysign[4711]: ");
        assert_eq!(header(1, date(12, 31)), "Dec 31 03:04:05 keysign[1]: ");
        assert_eq!(header(1, date(0, 31)), "keysign[1]: ");
        assert_eq!(header(1, date(13, 31)), "keysign[1]: ");
        assert_eq!(header(1, None), "keysign[1]: ");
    }
}
