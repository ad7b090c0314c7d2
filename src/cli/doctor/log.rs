//! `hostbased doctor --log`: what lines of `ssh -v` and of sshd's log tell.

use std::io::{self, BufRead, BufReader};

use super::super::log_lines::{open, read_line};
use super::report::Told;
use super::{Console, Failure, Outcome};
use crate::doctor::log::{Reader, Report};
use crate::escape::escape;

#[derive(Debug, clap::Args)]
#[group(skip)] // else a second group of the name "Args"
pub(super) struct Args {
    /// Say what lines of `ssh -v` and of sshd's log mean ("-": standard input)
    #[arg(long, value_name = "FILE")]
    log: Option<String>,

    /// Print JSON: one object a line for each finding, then one for the run
    #[arg(long, requires = "log")]
    json: bool,
}

/// Says what a log means. Good when nothing in it weighs as much as a warning.
///
/// # Errors
/// When the log cannot be read, or no line of it is ssh's or sshd's.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let path = args.log.as_deref().unwrap_or("-");
    let shown = if path == "-" { "standard input".to_owned() } else { escape(path).to_string() };
    let report = read(path, console).map_err(|error| Failure::Log(format!("{shown}: cannot read the log: {error}")))?;
    if report.events == 0 {
        return Err(Failure::Log(format!(
            "{shown}: no line of it is one by which ssh or sshd tells of hostbased\ngive what `ssh -v` prints, or what sshd \
             logs with LogLevel VERBOSE or deeper"
        )));
    }
    let Report { mut findings, mut notes, logins, .. } = report;
    for finding in &mut findings {
        if let Some(place) = &mut finding.place {
            place.file.clone_from(&shown);
        }
    }
    if logins == 0 {
        notes.push("no connection in it tried hostbased".to_owned());
    }
    let told = Told { side: "log", findings: &findings, notes: &notes, json: args.json };
    let outcome = told.outcome();
    outcome.after_telling(told.tell(console), false)
}

fn read(path: &str, console: &mut Console) -> io::Result<Report> {
    if path == "-" { lines(&mut BufReader::new(console.input())) } else { lines(&mut BufReader::new(open(path)?)) }
}

fn lines(log: &mut dyn BufRead) -> io::Result<Report> {
    let mut reader = Reader::default();
    let mut line = Vec::new();
    let mut number = 0_usize;
    while read_line(log, &mut line)? {
        number = number.saturating_add(1);
        reader.read(number, &String::from_utf8_lossy(&line));
    }
    Ok(reader.report())
}
