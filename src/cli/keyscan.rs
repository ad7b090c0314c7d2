//! `hostbased keyscan`: ssh-keyscan(1), with proof, in input order, and with a reason for every host that gave nothing.

mod arguments;
mod format;
mod input;
mod json;
mod report;

use std::io;

use thiserror::Error;

pub(super) use arguments::Args;
pub(super) use format::sshfp_line;
use input::Inputs;

use super::scanning::{Hosts, ScanningError, scan_each};
use super::{Console, Outcome};
use crate::escape::escape;
use crate::scan::{HostReport, Input, Range, Target};

/// Why nothing was scanned, or not all of it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(super) enum KeyscanError {
    /// A file of hosts that cannot be read.
    #[error("{}: cannot read the hosts to scan: {error}", escape(.path))]
    File {
        /// Its path.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// A file of hosts that is larger than any list of hosts.
    #[error("{}: has more than {} MiB: give the hosts in several files", escape(.0), input::MAX_FILE_BYTES >> 20)]
    FileTooLarge(String),
    /// A range of more addresses than allowed.
    #[error("{range} has {count} addresses, more than {max}\nif all of them are meant, say so: --max-hosts {count}")]
    RangeTooLarge {
        /// The range.
        range: Range,
        /// The number of its addresses.
        count: u128,
        /// The number that is allowed.
        max: u128,
    },
    /// The kernel gives no random numbers for a salt.
    #[error("no random numbers for the salt of a hashed name: {0}")]
    Random(getrandom::Error),
    /// Not all hosts were scanned.
    #[error(transparent)]
    Scanning(#[from] ScanningError),
    /// The output cannot be written, or there is no way to wait for the network.
    #[error("cannot go on: {0}")]
    Io(#[from] io::Error),
}

impl KeyscanError {
    pub(super) fn io_kind(&self) -> io::ErrorKind {
        match self {
            Self::File { error, .. } if error.kind() != io::ErrorKind::BrokenPipe => error.kind(),
            Self::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        }
    }
}

/// What came of all hosts.
#[derive(Debug, Default)]
struct Tally {
    hosts: usize,
    /// Those that gave a key, and everything that was asked for by name.
    complete: usize,
    /// Those that gave no key.
    failed: usize,
    keys: usize,
}

impl Tally {
    fn add(&mut self, report: &HostReport, complete: bool) {
        let keys = report.keys().count();
        self.hosts = self.hosts.saturating_add(1);
        self.complete = self.complete.saturating_add(usize::from(complete));
        self.failed = self.failed.saturating_add(usize::from(keys == 0));
        self.keys = self.keys.saturating_add(keys);
    }
}

/// Scans what the arguments ask for and prints keys as they come.
///
/// Good when every host gave a key and every type that was asked for by name was there, and every line was understood.
///
/// # Errors
/// [`KeyscanError`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, KeyscanError> {
    let Inputs { hosts, mut all_read } = input::read(args, console)?;
    if hosts.is_empty() {
        console.note("hostbased keyscan: no host to scan");
        return Ok(Outcome::Refused);
    }
    let total = hosts.iter().fold(0_u128, |sum, host| sum.saturating_add(count(host)));
    let ports = hosts.iter().map(port).collect();
    let mut tally = Tally::default();
    let hosts = Hosts { targets: hosts.into_iter().flat_map(targets), total, ports };
    scan_each(hosts, &args.options(), &args.scan, console, |report, console| {
        let complete = show(args, &report, console)?;
        all_read &= complete;
        tally.add(&report, complete);
        Ok::<(), KeyscanError>(())
    })?;
    if args.json {
        console.line(&json::run_line(&tally)?)?;
    }
    Ok(if all_read { Outcome::Good } else { Outcome::Refused })
}

fn port(input: &Input) -> u16 {
    match input {
        Input::Host(target) => target.port(),
        Input::Range(range) => range.port(),
    }
}

fn count(input: &Input) -> u128 {
    match input {
        Input::Host(_) => 1,
        Input::Range(range) => range.count(),
    }
}

fn targets(input: Input) -> Box<dyn Iterator<Item = Target>> {
    match input {
        Input::Host(target) => Box::new(std::iter::once(target)),
        Input::Range(range) => Box::new(range.targets()),
    }
}

/// Prints a host's keys and tells what is missing; whether nothing is.
fn show(args: &Args, report: &HostReport, console: &mut Console) -> Result<bool, KeyscanError> {
    let mut complete = report::tell(report, args.types.is_some(), args.verbose, console);
    if args.json {
        console.line(&json::line(report)?)?;
    } else {
        for line in lines(args, report, &mut complete, console)? {
            console.line(&line)?;
        }
    }
    console.flush()?;
    Ok(complete)
}

/// The lines of a host: for each connection what the server says it is, then its key.
fn lines(
    args: &Args,
    report: &HostReport,
    complete: &mut bool,
    console: &mut Console,
) -> Result<Vec<String>, KeyscanError> {
    let (names, port) = (report.target.names(), report.target.port());
    let mut lines = Vec::new();
    for result in &report.results {
        for attempt in result.earlier.iter().chain([&result.last]) {
            if let (Some(identification), false) = (&attempt.identification, args.quiet) {
                let sign = if args.sshfp { ';' } else { '#' };
                let comment = format::comment_line(sign, &attempt.name, port, identification);
                // A second try at the same server tells nothing new.
                if lines.last() != Some(&comment) {
                    lines.push(comment);
                }
            }
        }
        let Ok(proven) = &result.last.outcome else { continue };
        let key = proven.key();
        if args.sshfp {
            match format::sshfp_lines(names, port, key, &args.digests()) {
                Some(records) => lines.extend(records),
                None => {
                    *complete = false;
                    console.note(&report::complaint(
                        report,
                        Some(result.kind.name()),
                        "SSHFP has no number for this type",
                    ));
                }
            }
        } else if args.certificates {
            // As ssh-keyscan prints it: a certificate is no known_hosts entry, its authority's key is.
            lines.push(key.to_line());
        } else {
            lines.extend(format::known_hosts_lines(names, port, key, args.hash.then_some(fresh_salt))?);
        }
    }
    Ok(lines)
}

fn fresh_salt() -> Result<[u8; 20], KeyscanError> {
    let mut salt = [0; 20];
    getrandom::fill(&mut salt).map_err(KeyscanError::Random)?;
    Ok(salt)
}
