//! What lines of `ssh -v` and of sshd's log mean, in the words of the catalogue.
//!
//! A line is read (`line`), compared with what OpenSSH prints (`table`), and put to the others of its connection; what they mean
//! together is said when the connection is over (`client`, `server`). Only few lines mean something alone.
//!
//! Names in a log were chosen by whoever connected. Texts are compared from their beginning to their end, and where a name
//! makes that a line can be read in two ways, its words count for nothing. In a log that sshd itself writes to a file or
//! terminal, a name with a line break can make a whole line of its own: syslog and the journal have no such lines (log.c
//! `do_log`).

mod address;
mod client;
mod event;
mod line;
mod login;
mod result_line;
mod server;
mod table;
mod template;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

pub(crate) use address::PeerAddress;
pub(crate) use result_line::{LoggedCertificate, LoggedKey, ResultLine, ResultLineError};

use super::{Finding, Machine, Mend, Place, Rights};
use event::{Event, Fact, Means};
use line::Line;
use login::Login;

/// Most connections that are kept open at once: what a log mixes is a few at a time.
const MAX_OPEN: usize = 256;

/// Most different findings, and most notes, that are told.
const MAX_TOLD: usize = 200;

/// Whose lines they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    /// ssh's.
    Client,
    /// Those of an sshd, by its process's number, where the log has it.
    Server(Option<u64>),
}

/// Reads a log line by line.
#[derive(Debug, Default)]
pub struct Reader {
    open: HashMap<Source, Login>,
    /// The open ones, the oldest first.
    order: VecDeque<Source>,
    findings: Vec<Told>,
    notes: Vec<String>,
    /// A connection that ended while it authenticated, without a reason, and what it said of names.
    silent: Option<(Event, Option<Event>)>,
    events: usize,
    logins: usize,
    let_in: usize,
}

#[derive(Debug)]
struct Told {
    finding: Finding,
    /// In how many connections.
    count: usize,
}

/// What a log tells.
#[derive(Debug)]
pub struct Report {
    /// What is wrong: of each connection the cause first, in the order of the log.
    pub findings: Vec<Finding>,
    /// What one should know besides.
    pub notes: Vec<String>,
    /// How many lines are ssh's or sshd's, and mean something.
    pub events: usize,
    /// How many connections had lines about hostbased.
    pub logins: usize,
}

impl Reader {
    /// The next line of the log, with its number.
    pub fn read(&mut self, number: usize, line: &str) {
        let Some(Line { process, text }) = Line::read(line) else { return };
        let Some(event) = failed(number, text).or_else(|| Event::of(number, text, process.is_some())) else { return };
        self.events = self.events.saturating_add(1);
        let source = match event.machine {
            Machine::Client => Source::Client,
            Machine::Server => Source::Server(process),
        };
        match event.means {
            Means::Fact(Fact::Banner | Fact::Begins) => self.close(source),
            Means::Harmless => return self.note(format!("line {number}: sshd only warns: {}", login::shown(text))),
            _ => {}
        }
        if !self.open.contains_key(&source) {
            if self.open.len() >= MAX_OPEN
                && let Some(oldest) = self.order.front().copied()
            {
                self.close(oldest);
            }
            self.order.push_back(source);
        }
        self.open.entry(source).or_default().add(event);
    }

    /// What the whole log tells.
    #[must_use]
    pub fn report(mut self) -> Report {
        while let Some(source) = self.order.front().copied() {
            self.close(source);
        }
        if let Some((closed, mismatch)) = self.silent.take().filter(|_| self.findings.is_empty() && self.let_in == 0) {
            self.tell(server::silent(&closed, mismatch.as_ref()).findings);
        }
        let Self { findings, notes, events, logins, .. } = self;
        let findings = findings.into_iter().map(Told::finding).collect();
        Report { findings, notes, events, logins }
    }

    /// Says what a connection means.
    fn close(&mut self, source: Source) {
        let Some(login) = self.open.remove(&source) else { return };
        self.order.retain(|other| *other != source);
        let told = match source {
            Source::Client => client::told(&login),
            Source::Server(_) => server::told(&login),
        };
        if let Some(event) = login.first(Fact::LetIn) {
            self.let_in = self.let_in.saturating_add(1);
            self.note(format!("line {}: let in by hostbased: {}", event.line, login::shown(&event.text)));
        } else if let Some(event) = login.first(Fact::Mismatch).filter(|_| told.findings.is_empty()) {
            self.note(format!("line {}: names that differ refuse nobody by themselves", event.line));
        }
        if is_about_hostbased(&login) || !told.findings.is_empty() {
            self.logins = self.logins.saturating_add(1);
        }
        // Where requests are logged, what is not there was not asked for.
        let is_mute = told.findings.is_empty() && !login.has(Fact::LetIn) && !login.has(Fact::Request);
        if source != Source::Client && is_mute && self.silent.is_none() {
            let mismatch = login.last(Fact::Mismatch).cloned();
            self.silent = login.first(Fact::Closed).map(|closed| (closed.clone(), mismatch));
        }
        let mut findings = told.findings;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.tell(findings);
    }

    fn tell(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            let same = |told: &&mut Told| {
                told.finding.id == finding.id
                    && told.finding.severity == finding.severity
                    && told.finding.machine == finding.machine
            };
            if let Some(told) = self.findings.iter_mut().find(same) {
                told.count = told.count.saturating_add(1);
            } else if self.findings.len() < MAX_TOLD {
                self.findings.push(Told { finding, count: 1 });
            }
        }
    }

    fn note(&mut self, note: String) {
        if self.notes.len() < MAX_TOLD {
            self.notes.push(note);
        }
    }
}

impl Told {
    fn finding(self) -> Finding {
        let Self { mut finding, count } = self;
        if count > 1 {
            finding.seen = format!("{} (the first of {count} connections)", finding.seen);
        }
        finding
    }
}

/// The line about a failed attempt, whose names are read as [`ResultLine`] does.
fn failed(number: usize, text: &str) -> Option<Event> {
    let line =
        Some(text).filter(|text| text.starts_with("Failed ")).and_then(|text| ResultLine::parse(text.as_bytes()))?;
    let lossy = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let words = match line {
        Ok(line) => {
            let (client_user, host) = line.client.unwrap_or_default();
            let kind = line.key.map(|key| key.kind).unwrap_or_default();
            vec![lossy(&line.user), lossy(&client_user), lossy(&host), kind]
        }
        Err(_) => Vec::new(),
    };
    let words = if words.get(1).is_some_and(String::is_empty) { Vec::new() } else { words };
    Some(Event {
        line: number,
        text: text.to_owned(),
        machine: Machine::Server,
        means: Means::Fact(Fact::Failed),
        words,
    })
}

fn is_about_hostbased(login: &Login) -> bool {
    let about = [
        Fact::Tries,
        Fact::Offers,
        Fact::Sent,
        Fact::NoMoreKeys,
        Fact::LetIn,
        Fact::Attempt,
        Fact::Failed,
        Fact::Mismatch,
        Fact::Refused,
        Fact::RefusedPacket,
        Fact::Algorithm,
    ];
    about.iter().any(|&fact| login.has(fact))
}
