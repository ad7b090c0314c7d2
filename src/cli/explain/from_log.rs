//! The attempt that a log tells of: the last one that fits what was said besides. A client may show several keys in one
//! connection, and sshd logs a line for each.

use std::io::{self, BufRead, BufReader, Read};

use thiserror::Error;

use super::key::is_logged;
use crate::cli::log_lines::{open, read_line};
use crate::doctor::log::{PeerAddress, ResultLine, ResultLineError};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::name::ClaimedHost;

/// Most lines of one connection that are looked at: sshd lets a client try as often as MaxAuthTries says, 6 by default.
const MAX_TRIES: usize = 32;

/// What the arguments say of the attempt: only lines that fit count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) user: Option<&'a [u8]>,
    pub(super) client_user: Option<&'a [u8]>,
    pub(super) client_host: Option<&'a [u8]>,
    pub(super) address: Option<&'a PeerAddress>,
    /// Where lines of this key fit as well, only they count.
    pub(super) key: Option<&'a PublicKey>,
}

/// A line, and its number, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) number: usize,
    pub(super) line: ResultLine,
}

/// Why a log tells of no attempt.
#[derive(Debug, Error)]
pub(in crate::cli) enum LogError {
    #[error("{}: cannot read the log: {error}", escape(.path))]
    Read { path: String, error: io::Error },
    #[error("{}:{number}: {error}\ntake this line out, or give its names by --user, --client-user, --client-host, --address and --key", escape(.path))]
    Line { path: String, number: usize, error: ResultLineError },
    #[error("{}:{number}: sshd says: {}\nthat refuses the account by any method; give --user, --client-user, --client-host, --address and --key for the way there", escape(.path), escape(.said))]
    Account { path: String, number: usize, said: Vec<u8> },
    #[error("{}: no line says that a hostbased login failed{}\nsshd logs one for each attempt with LogLevel VERBOSE; else only after half of MaxAuthTries", escape(.path), if *.narrowed { " for what the other arguments say" } else { "" })]
    None { path: String, narrowed: bool },
}

impl Wanted<'_> {
    const fn is_any(&self) -> bool {
        self.user.is_none() && self.client_user.is_none() && self.client_host.is_none() && self.address.is_none()
    }

    /// Whether the line is of such an attempt. Names that a line lacks may be any.
    fn fits(&self, line: &ResultLine) -> bool {
        let is = |wanted: Option<&[u8]>, logged: Option<&Vec<u8>>| {
            wanted.is_none_or(|wanted| logged.is_none_or(|logged| logged == wanted))
        };
        let host = self.client_host.map(|host| ClaimedHost::new(host).without_dot());
        let logged_host = line.client.as_ref().map(|(_, host)| ClaimedHost::new(host).without_dot());
        is(self.user, Some(&line.user))
            && is(self.client_user, line.client.as_ref().map(|(user, _)| user))
            && host.is_none_or(|host| logged_host.is_none_or(|logged| logged.eq_ignore_ascii_case(host)))
            && self.address.is_none_or(|address| *address == line.address)
    }
}

/// The lines of the last connection in the log that fits, in their order; `-` is standard input.
///
/// # Errors
/// [`LogError`]. Where a later line than that tells of a failed login and is not understood, it may be the one that is
/// meant, and is named.
pub(super) fn find(path: &str, wanted: &Wanted<'_>, input: &mut dyn Read) -> Result<Vec<Found>, LogError> {
    let cannot = |error| LogError::Read { path: path.to_owned(), error };
    let read = if path == "-" {
        Tail::read(&mut BufReader::new(input), wanted)
    } else {
        open(path).and_then(|file| Tail::read(&mut BufReader::new(file), wanted))
    };
    let Tail { lines, of_key, bad, account } = read.map_err(cannot)?;
    let lines = if of_key.is_empty() { lines } else { of_key };
    match (bad, account) {
        (Some((number, error)), _) => Err(LogError::Line { path: path.to_owned(), number, error }),
        (None, _) if !lines.is_empty() => Ok(lines),
        (None, Some((number, said))) => Err(LogError::Account { path: path.to_owned(), number, said }),
        (None, None) => Err(LogError::None { path: path.to_owned(), narrowed: !wanted.is_any() }),
    }
}

/// What the end of a log tells.
#[derive(Default)]
struct Tail {
    /// The lines of the last connection that fits.
    lines: Vec<Found>,
    /// Those of them, or of an earlier connection, that name the key that is meant.
    of_key: Vec<Found>,
    /// A line behind them that is not understood.
    bad: Option<(usize, ResultLineError)>,
    /// The last line that refuses an account whatever the method.
    account: Option<(usize, Vec<u8>)>,
}

impl Tail {
    fn read(log: &mut dyn BufRead, wanted: &Wanted<'_>) -> io::Result<Self> {
        let mut tail = Self::default();
        let mut number = 0_usize;
        let mut line = Vec::new();
        while read_line(log, &mut line)? {
            number = number.saturating_add(1);
            match ResultLine::parse(&line) {
                Some(Ok(line)) if wanted.fits(&line) => {
                    tail.bad = None;
                    let logged = line.key.as_ref();
                    let is_of_key = wanted.key.is_some_and(|key| logged.is_none_or(|logged| is_logged(key, logged)));
                    if is_of_key {
                        tail.of_key = vec![Found { number, line: line.clone() }];
                    }
                    add(&mut tail.lines, Found { number, line });
                }
                Some(Err(error)) => tail.bad = Some((number, error)),
                Some(Ok(_)) => {}
                None => {
                    if let Some(said) = ResultLine::account_refused(&line) {
                        tail.account = Some((number, said.to_vec()));
                    }
                }
            }
        }
        Ok(tail)
    }
}

/// Adds a line to those of its connection, or begins with it anew.
fn add(lines: &mut Vec<Found>, found: Found) {
    if lines.last().is_some_and(|last| !last.line.is_of_connection_of(&found.line)) {
        lines.clear();
    }
    if lines.len() < MAX_TRIES {
        lines.push(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::log_lines::MAX_LINE;

    const FORGED: &str = "Failed hostbased for a from b\n";

    fn line(user: &str, client_user: &str) -> String {
        format!(
            "x sshd[1]: Failed hostbased for {user} from 10.77.0.1 port 22 ssh2: ED25519 \
             SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU, client user \"{client_user}\", client host \"node1.\"\r\n"
        )
    }

    fn number(log: &str, wanted: &Wanted<'_>) -> Result<usize, String> {
        let found = find("-", wanted, &mut log.as_bytes());
        found.map(|found| found.last().unwrap().number).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_line_that_fits_counts() {
        let log = format!("{}other\n{}{}", line("alice", "alice"), line("alice", "bob"), line("carol", "carol"));
        let any = Wanted::default();
        assert_eq!(number(&log, &any), Ok(4));
        assert_eq!(number(&log, &Wanted { user: Some(b"alice"), ..any }), Ok(3));
        assert_eq!(number(&log, &Wanted { user: Some(b"alice"), client_user: Some(b"alice"), ..any }), Ok(1));
        assert_eq!(number(&log, &Wanted { client_host: Some(b"NODE1."), ..any }), Ok(4));
        assert_eq!(number(&log, &Wanted { client_host: Some(b"node1"), ..any }), Ok(4));
        let address: PeerAddress = "::ffff:10.77.0.1".parse().unwrap();
        assert_eq!(number(&log, &Wanted { address: Some(&address), ..any }), Ok(4));
        let other = "10.77.0.11".parse().unwrap();
        for near_miss in [
            Wanted { user: Some(b"alic"), ..any },
            Wanted { user: Some(b"alice"), client_user: Some(b"carol"), ..any },
            Wanted { client_host: Some(b"node11"), ..any },
            Wanted { address: Some(&other), ..any },
        ] {
            let said = number(&log, &near_miss).unwrap_err();
            assert!(said.contains("failed for what the other arguments say\n"), "{said}");
        }
        // Lines of one connection belong together, and those of another process or port do not.
        let lines = |log: &str| find("-", &any, &mut log.as_bytes()).unwrap().len();
        let one = line("alice", "alice");
        assert_eq!((lines(&one), lines(&one.repeat(3)), lines(&format!("{one}other\n{one}"))), (1, 3, 2));
        assert_eq!(lines(&format!("{one}{}", one.replace("sshd[1]", "sshd[2]"))), 1);
        assert_eq!(lines(&format!("{one}{}", one.replace("port 22 ", "port 23 "))), 1);
        assert_eq!(lines(&one.repeat(100)), MAX_TRIES);
        let said = number("nothing\n", &any).unwrap_err();
        assert!(said.contains("-: no line says that a hostbased login failed\n"), "{said}");
    }

    #[test]
    fn an_account_that_must_not_log_in_is_told() {
        let any = Wanted::default();
        for said in
            ["Invalid user bob from 10.0.0.1 port 22", "User bob from h not allowed because listed in DenyUsers"]
        {
            let told = number(&format!("x\nx sshd[1]: {said} [preauth]\n"), &any).unwrap_err();
            assert!(told.starts_with(&format!("-:2: sshd says: {said}\n")), "{told}");
            assert_eq!(number(&format!("{}x sshd[1]: {said}\n", line("a", "a")), &any), Ok(1));
        }
        assert!(number("x sshd[1]: User child is on pid 1\n", &any).unwrap_err().contains("no line says"));
    }

    #[test]
    fn a_line_behind_it_that_is_not_understood_is_named() {
        let any = Wanted::default();
        let log = format!("\n{}{FORGED}", line("alice", "alice"));
        assert!(number(&log, &any).unwrap_err().starts_with("-:3: it does not go on as sshd writes it\n"));
        let log = format!("{FORGED}{}", line("alice", "alice"));
        assert_eq!(number(&log, &any), Ok(2));
    }

    #[test]
    fn lines_without_end_are_passed_over() {
        let long = format!("Failed hostbased for {}\n", "a".repeat(MAX_LINE));
        assert_eq!(number(&format!("{long}{}", line("alice", "bob")), &Wanted::default()), Ok(2));
        assert_eq!(number(line("alice", "bob").trim_end(), &Wanted::default()), Ok(1));
    }

    #[test]
    fn a_log_that_cannot_be_read_is_named() {
        let said = find("/nonexistent/log", &Wanted::default(), &mut io::empty()).unwrap_err().to_string();
        assert!(said.starts_with("/nonexistent/log: cannot read the log: No such file"), "{said}");
    }
}
