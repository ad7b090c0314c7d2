//! The attempt that a log tells of: the last one that fits what was said besides.

#![allow(clippy::disallowed_types, reason = "logs lie anywhere, and come through pipes")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use thiserror::Error;

use super::address::PeerAddress;
use super::result_line::{ResultLine, ResultLineError};
use crate::escape::escape;
use crate::name::ClaimedHost;

/// Longest line that sshd logs, in bytes: its own 1024 (log.c `MSGBUFSIZ`), each as `\ooo`, and what a log writes in front.
const MAX_LINE: usize = 8 << 10;

/// What the arguments say of the attempt: only lines that fit count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) user: Option<&'a [u8]>,
    pub(super) client_user: Option<&'a [u8]>,
    pub(super) client_host: Option<&'a [u8]>,
    pub(super) address: Option<&'a PeerAddress>,
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

/// The last line of the log that fits; `-` is standard input.
///
/// # Errors
/// [`LogError`]. Where a later line than that tells of a failed login and is not understood, it may be the one that is
/// meant, and is named.
pub(super) fn find(path: &str, wanted: &Wanted<'_>, input: &mut dyn Read) -> Result<Found, LogError> {
    let cannot = |error| LogError::Read { path: path.to_owned(), error };
    let last = if path == "-" {
        find_last(&mut BufReader::new(input), wanted)
    } else {
        File::open(path).and_then(|file| find_last(&mut BufReader::new(file), wanted))
    };
    match last.map_err(cannot)? {
        Some((number, Ok(line))) => Ok(Found { number, line }),
        Some((number, Err(error))) => Err(LogError::Line { path: path.to_owned(), number, error }),
        None => Err(LogError::None { path: path.to_owned(), narrowed: !wanted.is_any() }),
    }
}

type Last = Option<(usize, Result<ResultLine, ResultLineError>)>;

fn find_last(log: &mut dyn BufRead, wanted: &Wanted<'_>) -> io::Result<Last> {
    let mut last: Last = None;
    let mut number = 0_usize;
    let mut line = Vec::new();
    while read_line(log, &mut line)? {
        number = number.saturating_add(1);
        match ResultLine::parse(&line) {
            Some(Ok(line)) if wanted.fits(&line) => last = Some((number, Ok(line))),
            Some(Err(error)) => last = Some((number, Err(error))),
            Some(Ok(_)) | None => {}
        }
    }
    Ok(last)
}

/// The next line, cut behind [`MAX_LINE`]; false at the end.
fn read_line(log: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let cap = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    if log.take(cap).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') {
        // The rest of a line that is none of sshd's, whatever it begins with.
        let at_end = log.fill_buf()?.is_empty();
        if !at_end {
            line.clear();
            log.skip_until(b'\n')?;
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORGED: &str = "Failed hostbased for a from b\n";

    fn line(user: &str, client_user: &str) -> String {
        format!(
            "x sshd[1]: Failed hostbased for {user} from 10.77.0.1 port 22 ssh2: ED25519 \
             SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU, client user \"{client_user}\", client host \"node1.\"\r\n"
        )
    }

    fn number(log: &str, wanted: &Wanted<'_>) -> Result<usize, String> {
        let found = find("-", wanted, &mut log.as_bytes());
        found.map(|found| found.number).map_err(|error| error.to_string())
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
        let said = number("nothing\n", &any).unwrap_err();
        assert!(said.contains("-: no line says that a hostbased login failed\n"), "{said}");
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
