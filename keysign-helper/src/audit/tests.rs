//! Lines on their way to receivers of each kind.

use std::fs::{self, Permissions};
use std::io::Read as _;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::PathBuf;
use std::time::Duration;

use super::*;

/// A folder with places for logs in it.
struct Lab {
    folder: tempfile::TempDir,
    owner: u32,
}

const REFUSED: Outcome<'static> = Outcome::Refused { code: "not-enabled" };

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("journal")).unwrap();
        let owner = fs::metadata(folder.path()).unwrap().uid();
        Self { folder, owner }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn receiver(&self, name: &str) -> UnixDatagram {
        let receiver = UnixDatagram::bind(self.path(name)).unwrap();
        receiver.set_nonblocking(true).unwrap();
        receiver
    }

    fn counter(&self) -> Option<Counter> {
        Counter::open_in(self.folder.path(), self.owner)
    }

    fn log(&self) -> Log {
        let places = Places {
            journal: &self.path("journal/socket"),
            syslog: &self.path("log"),
            journal_folder: &self.path("journal"),
            owner: self.owner,
        };
        Log::connect_to(&places, self.counter())
    }

    fn counted(&self) -> u32 {
        self.counter().unwrap().count()
    }
}

/// What came, none when nothing did.
fn received(receiver: &UnixDatagram) -> Option<String> {
    let mut bytes = [0; 8192];
    let length = receiver.recv(&mut bytes).ok()?;
    Some(String::from_utf8(bytes[..length].to_vec()).unwrap())
}

/// The text without its date, which must be one of now.
fn without_date(text: &str, priority: u8) -> String {
    let rest = text.strip_prefix(&format!("<{priority}>")).unwrap();
    let (date, line) = rest.split_at(16);
    let now = || std::process::Command::new("date").arg("+%b %e %H:%M").env("LC_ALL", "C").output().unwrap().stdout;
    let now = String::from_utf8(now()).unwrap();
    assert_eq!(date[..7], now[..7], "the day (not around midnight)");
    line.to_owned()
}

fn line(text: &str) -> String {
    format!("keysign[{}]: {text} user=- key=- sandbox=- parent=- local=- peer=- name=- algorithm=- server-user=-", {
        std::process::id()
    })
}

#[test]
fn a_datagram_socket_gets_one_line_each() {
    let lab = Lab::new();
    let receiver = lab.receiver("log");
    let log = lab.log();
    assert_eq!(received(&receiver), None, "nothing is sent when connecting");
    log.write(&Record::of(5), Outcome::Signed);
    log.write(&Record::of(5), REFUSED);
    let text = received(&receiver).unwrap();
    assert_eq!(without_date(&text, 86), line("signed reason=signed uid=5"));
    let text = received(&receiver).unwrap();
    assert_eq!(without_date(&text, 85), line("refused reason=not-enabled uid=5"));
    assert_eq!(received(&receiver), None);
    assert_eq!(lab.counted(), 0);
}

/// A caller may keep the helper waiting.
#[test]
fn the_time_is_that_of_the_line() {
    let lab = Lab::new();
    let receiver = lab.receiver("log");
    let log = lab.log();
    let time = || {
        log.write(&Record::of(5), Outcome::Signed);
        received(&receiver).unwrap()[4..19].to_owned()
    };
    let first = time();
    std::thread::sleep(Duration::from_millis(1100));
    assert_ne!(time(), first);
}

#[test]
fn a_stream_socket_gets_lines_ended_by_nul() {
    let lab = Lab::new();
    let listener = UnixListener::bind(lab.path("log")).unwrap();
    let log = lab.log();
    log.write(&Record::of(5), Outcome::Signed);
    log.write(&Record::of(6), Outcome::Signed);
    drop(log);
    let mut text = String::new();
    listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.split_terminator('\0').collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(without_date(lines[1], 86), line("signed reason=signed uid=6"));
    assert_eq!(lab.counted(), 0);
}

#[test]
fn journald_is_told_once_also_where_it_plays_syslogd() {
    let lab = Lab::new();
    let (journal, own_log) = (lab.receiver("journal/socket"), lab.receiver("journal/dev-log"));
    symlink("journal/dev-log", lab.path("log")).unwrap();
    let log = lab.log();
    log.write(&Record::of(5), Outcome::Signed);
    assert!(received(&journal).unwrap().starts_with("MESSAGE=signed reason=signed uid=5 "));
    assert_eq!(received(&own_log), None);
    // Where its own protocol is not spoken, as syslogd.
    drop(log);
    fs::remove_file(lab.path("journal/socket")).unwrap();
    lab.log().write(&Record::of(5), Outcome::Signed);
    assert_eq!(without_date(&received(&own_log).unwrap(), 86), line("signed reason=signed uid=5"));
    // Another syslogd beside it gets the line too.
    fs::remove_file(lab.path("log")).unwrap();
    let (journal, other) = (lab.receiver("journal/socket"), lab.receiver("log"));
    lab.log().write(&Record::of(5), Outcome::Signed);
    assert!(received(&journal).is_some() && received(&other).is_some());
    assert_eq!(lab.counted(), 0);
}

#[test]
fn what_nobody_takes_is_counted_and_shown_later() {
    let lab = Lab::new();
    lab.log().write(&Record::of(5), Outcome::Signed);
    assert_eq!(lab.counted(), 1);
    // A socket that nobody listens on, and a receiver that goes away.
    drop(lab.receiver("log"));
    lab.log().write(&Record::of(5), Outcome::Signed);
    assert_eq!(lab.counted(), 2);
    fs::remove_file(lab.path("log")).unwrap();
    let receiver = lab.receiver("log");
    let log = lab.log();
    drop(receiver);
    log.write(&Record::of(5), REFUSED);
    assert_eq!(lab.counted(), 3);
    fs::remove_file(lab.path("log")).unwrap();
    let receiver = lab.receiver("log");
    lab.log().write(&Record::of(5), Outcome::Signed);
    let text = received(&receiver).unwrap();
    assert!(text.contains(" sandbox=- unlogged=3 parent=- "), "{text}");
    assert_eq!(lab.counted(), 3);
    // Without a counter the line is lost, and nothing else.
    let (log, _) = (Log { counter: None, ..lab.log() }, drop(receiver));
    log.write(&Record::of(5), Outcome::Signed);
    assert_eq!(lab.counted(), 3);
}

/// Any user may fill the queue of a receiver that is busy.
#[test]
fn a_full_queue_is_not_waited_for() {
    let lab = Lab::new();
    let receiver = lab.receiver("log");
    let log = lab.log();
    let other = UnixDatagram::unbound().unwrap();
    other.set_nonblocking(true).unwrap();
    while other.send_to(b"x", lab.path("log")).is_ok() {}
    log.write(&Record::of(5), Outcome::Signed);
    assert_eq!(lab.counted(), 1);
    while received(&receiver).is_some() {}
    log.write(&Record::of(5), Outcome::Signed);
    assert_eq!(lab.counted(), 1);
    assert!(received(&receiver).is_some());
    // A stream whose reader does not read, and one whose backlog is full.
    drop(log);
    fs::remove_file(lab.path("log")).unwrap();
    let listener = UnixListener::bind(lab.path("log")).unwrap();
    let log = lab.log();
    let mut written = 0;
    while lab.counted() == 1 {
        log.write(&Record::of(5), Outcome::Signed);
        written += 1;
        assert!(written < 1_000_000);
    }
    assert!(written > 1 && lab.counted() == 2);
    let mut connections = Vec::new();
    loop {
        let log = lab.log();
        if log.syslog.is_none() {
            break;
        }
        connections.push(log);
        assert!(connections.len() < 10_000);
    }
    drop(listener);
}

#[test]
fn the_sandbox_is_told_which_descriptors_are_used() {
    let lab = Lab::new();
    let (_journal, _log) = (lab.receiver("journal/socket"), lab.receiver("log"));
    let log = lab.log();
    let sockets: Vec<i32> = log.sent_to().iter().map(AsRawFd::as_raw_fd).collect();
    assert_eq!(sockets.len(), 2);
    assert!(sockets.iter().all(|&number| number > 2));
    let empty = Log { journal: None, syslog: None, counter: None, unlogged: 0 };
    assert!(empty.sent_to().is_empty());
}

#[test]
fn a_socket_that_others_could_have_put_there_is_not_used() {
    if !nix::unistd::geteuid().is_root() {
        return crate::test_support::skipped("a_socket_that_others_could_have_put_there_is_not_used");
    }
    let lab = Lab::new();
    let (receiver, journal) = (lab.receiver("log"), lab.receiver("journal/socket"));
    let is_used = || {
        lab.log().write(&Record::of(5), Outcome::Signed);
        (received(&receiver).is_some(), received(&journal).is_some())
    };
    assert_eq!(is_used(), (true, true));
    chown(lab.path("log"), Some(12_345), None).unwrap();
    assert_eq!(is_used(), (false, true));
    chown(lab.path("journal"), Some(12_345), None).unwrap();
    assert_eq!(is_used(), (false, false));
    assert_eq!(lab.counted(), 1);
    chown(lab.path("journal"), Some(0), None).unwrap();
    fs::set_permissions(lab.path("journal"), Permissions::from_mode(0o777)).unwrap();
    assert_eq!(is_used(), (false, false));
    assert_eq!(lab.counted(), 2);
}

#[test]
fn nothing_is_waited_for_where_a_reader_sleeps() {
    let lab = Lab::new();
    let receiver = lab.receiver("log");
    let log = lab.log();
    let begin = std::time::Instant::now();
    for _ in 0..2000 {
        log.write(&Record::of(5), Outcome::Signed);
    }
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert!(lab.counted() > 0);
    drop(receiver);
}
