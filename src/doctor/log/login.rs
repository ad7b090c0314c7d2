//! The lines of one connection.

use super::event::{Event, Fact, Means};
use super::{Finding, Machine, Mend, Place};
use crate::doctor::{Release, known};
use crate::escape::escape;
use crate::failures::{Entry, Id, Step};
use crate::severity::Severity;

/// Most events of one connection that are kept: sshd lets nobody try without end (auth2.c `input_userauth_request`: 1024), and
/// what comes late says what came before.
const MAX_EVENTS: usize = 400;

/// How much of a line is shown, in characters.
const SHOWN: usize = 200;

/// What lines of one connection, from one side, mean.
#[derive(Debug, Default)]
pub(super) struct Login {
    pub(super) events: Vec<Event>,
}

impl Login {
    pub(super) fn add(&mut self, event: Event) {
        if self.events.len() < MAX_EVENTS {
            self.events.push(event);
        }
    }

    /// The events of a fact.
    pub(super) fn all(&self, fact: Fact) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter().filter(move |event| event.means == Means::Fact(fact))
    }

    pub(super) fn first(&self, fact: Fact) -> Option<&Event> {
        self.all(fact).next()
    }

    pub(super) fn last(&self, fact: Fact) -> Option<&Event> {
        self.all(fact).next_back()
    }

    pub(super) fn has(&self, fact: Fact) -> bool {
        self.first(fact).is_some()
    }

    /// The lines that are causes by themselves, each id once.
    pub(super) fn causes(&self) -> Vec<(Id, &Event)> {
        self.once(|means| match means {
            Means::Cause(id) => Some(id),
            _ => None,
        })
    }

    /// Each id that is picked once, with its first line.
    pub(super) fn once(&self, pick: impl Fn(Means) -> Option<Id>) -> Vec<(Id, &Event)> {
        let mut found: Vec<(Id, &Event)> = Vec::new();
        for event in &self.events {
            if let Some(id) = pick(event.means).filter(|id| found.iter().all(|(other, _)| other != id)) {
                found.push((id, event));
            }
        }
        found
    }
}

/// What a login tells, in the order of its steps.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
}

impl Told {
    /// A cause, with its usual weight.
    pub(super) fn sure(&mut self, id: Id, event: &Event) {
        self.add(id, Entry::of(id).severity, event, Entry::of(id).cause.to_owned(), vec![mend(id)]);
    }

    /// One that does not decide.
    pub(super) fn weaker(&mut self, id: Id, severity: Severity, event: &Event) {
        self.add(id, severity, event, Entry::of(id).cause.to_owned(), vec![mend(id)]);
    }

    /// Ids between which the line does not decide, the likeliest first. One of them alone is sure.
    pub(super) fn one_of(&mut self, ids: &[Id], event: &Event) {
        if let [id] = ids {
            return self.sure(*id, event);
        }
        for &id in ids {
            let why = format!("Perhaps (one of these {}): {}", ids.len(), Entry::of(id).cause);
            let check = Mend::Advice(format!("see whether it is this: {}", Entry::of(id).check));
            self.add(id, Severity::Warning, event, why, vec![check, mend(id)]);
        }
    }

    /// A finding of less weight, with a mend of its own in front.
    pub(super) fn advised(&mut self, id: Id, severity: Severity, event: &Event, advice: &str) {
        self.with_mends(id, severity, event, vec![Mend::Advice(advice.to_owned())]);
    }

    /// A finding with mends of its own in front.
    pub(super) fn with_mends(&mut self, id: Id, severity: Severity, event: &Event, mends: Vec<Mend>) {
        let mends = mends.into_iter().chain([mend(id)]).collect();
        self.add(id, severity, event, Entry::of(id).cause.to_owned(), mends);
    }

    fn add(&mut self, id: Id, severity: Severity, event: &Event, why: String, mends: Vec<Mend>) {
        if self.findings.iter().any(|finding| finding.id == id) {
            return;
        }
        let who = match event.machine {
            Machine::Client => "ssh",
            Machine::Server => "sshd",
        };
        let seen = format!("{who} says: {}", shown(&event.text));
        let place = Some(Place { file: String::new(), line: Some(event.line) });
        self.findings.push(Finding { id, severity, machine: event.machine, seen, place, why, mends });
    }

    /// Says that all that was found so far is to be mended on this machine, whoever's line tells it.
    pub(super) fn is_on(&mut self, machine: Machine) {
        self.findings.iter_mut().for_each(|finding| finding.machine = machine);
    }

    pub(super) fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// A line of the log, escaped and cut. Its double quotes stay: nothing here stands between such.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN).collect();
    let dots = if cut.len() < text.len() { "..." } else { "" };
    let pieces: Vec<String> = cut.split('"').map(|piece| escape(piece).to_string()).collect();
    format!("{}{dots}", pieces.join("\""))
}

/// Releases on both sides that cannot do hostbased, and programs that are no OpenSSH, as far as the lines of this side name
/// them.
pub(super) fn releases(login: &Login, machine: Machine, told: &mut Told) {
    const OTHERS: &[&str] = &["SSH Tectia", "SSH Secure Shell", "Sun_SSH"];
    let other = match machine {
        Machine::Client => Machine::Server,
        Machine::Server => Machine::Client,
    };
    for (fact, machine) in [(Fact::Banner, machine), (Fact::Peer, other)] {
        let Some(event) = login.first(fact) else { continue };
        if let Some(release) = Release::parse(&event.text) {
            let broken = known(&release, machine).filter(|known| known.severity == Severity::Error);
            broken.for_each(|known| told.sure(known.id, event));
        } else if event.word(1).is_some_and(|version| OTHERS.iter().any(|other| version.contains(other))) {
            told.weaker(Id::CommercialOrSunPeer, Severity::Warning, event);
        }
    }
}

/// What the catalogue says that mends it.
fn mend(id: Id) -> Mend {
    let words = Entry::of(id).mend.iter().find_map(|step| match step {
        Step::Say(text) => Some(*text),
        _ => None,
    });
    Mend::Advice(format!("{} (hostbased explain-id {id})", words.unwrap_or_default().trim_end_matches('.')))
}
