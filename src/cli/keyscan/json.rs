//! `--json`: one object a line for each host, in input order, and one for the run.

use std::io;

use serde::Serialize;

use super::Tally;
use crate::escape::escape;
use crate::scan::{Attempt, HostReport, ScanError, TypeResult};

#[derive(Serialize)]
struct Host<'a> {
    record: &'static str,
    names: &'a str,
    addresses: &'a [String],
    port: u16,
    results: Vec<Type<'a>>,
}

#[derive(Serialize)]
struct Run {
    record: &'static str,
    command: &'static str,
    hosts: usize,
    complete: usize,
    failed: usize,
    keys: usize,
}

#[derive(Serialize)]
struct Type<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    last: Try<'a>,
    earlier: Vec<Try<'a>>,
}

#[derive(Serialize)]
struct Try<'a> {
    /// The element of the address list that was tried.
    name: &'a str,
    /// The socket address, `null` when there was none to try.
    address: Option<String>,
    /// What the server says it is, escaped.
    banner: Option<String>,
    algorithm: Option<&'static str>,
    /// `TYPE BASE64`, without names.
    key: Option<String>,
    /// Of a certificate: that of the key inside.
    fingerprint: Option<String>,
    error: Option<Reason>,
}

#[derive(Serialize)]
struct Reason {
    code: &'static str,
    text: String,
}

/// The object of a host, on one line.
pub(super) fn line(report: &HostReport) -> io::Result<String> {
    let host = Host {
        record: "host",
        names: report.target.names(),
        addresses: report.target.addresses(),
        port: report.target.port(),
        results: report.results.iter().map(of_type).collect(),
    };
    Ok(serde_json::to_string(&host)?)
}

/// The object of the whole run, the last line.
pub(super) fn run_line(tally: &Tally) -> io::Result<String> {
    let &Tally { hosts, complete, failed, keys } = tally;
    Ok(serde_json::to_string(&Run { record: "run", command: "keyscan", hosts, complete, failed, keys })?)
}

fn of_type(result: &TypeResult) -> Type<'_> {
    Type {
        r#type: result.kind.name(),
        last: of_attempt(&result.last),
        earlier: result.earlier.iter().map(of_attempt).collect(),
    }
}

fn of_attempt(attempt: &Attempt) -> Try<'_> {
    let proven = attempt.outcome.as_ref().ok();
    let reason = |error: &ScanError| Reason { code: error.code(), text: error.to_string() };
    Try {
        name: &attempt.name,
        address: attempt.address.map(|address| address.to_string()),
        banner: attempt.identification.as_ref().map(|banner| escape(banner).to_string()),
        algorithm: proven.map(|proven| proven.algorithm().name()),
        key: proven.map(|proven| proven.key().to_line()),
        fingerprint: proven.map(|proven| proven.key().fingerprint().to_string()),
        error: attempt.outcome.as_ref().err().map(reason),
    }
}
