//! Whether sshd and the library agree on a case, and how it is told where they do not.

use std::fmt::Write as _;

use crate::case::Case;
use crate::deviations::{self, Deviation};
use crate::judge::Judgement;
use crate::ours::Decision;
use crate::words;

/// How the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// sshd lets in whom we refuse.
    WeRefuse,
    /// We let in whom sshd refuses.
    WeAccept,
    /// They decide alike, but sshd does not say what we say that it says.
    OtherWords,
}

/// A case that both have decided.
pub(crate) struct Judged<'a> {
    pub(crate) case: &'a Case,
    pub(crate) judgement: &'a Judgement,
    pub(crate) decision: &'a Decision,
}

/// What came of the comparison.
pub(crate) enum Outcome {
    /// They agree.
    Agree,
    /// They differ, as a row of the deviations says.
    Known(&'static Deviation),
    /// They differ, and nobody knows why; the whole case, to be read.
    Differ(String),
}

impl Judged<'_> {
    /// Compares them.
    pub(crate) fn compare(&self) -> Outcome {
        let Some(difference) = self.difference() else { return Outcome::Agree };
        match deviations::known(self, difference) {
            Some(deviation) => Outcome::Known(deviation),
            None => Outcome::Differ(self.tell(difference)),
        }
    }

    /// How they differ; `None` where they agree.
    pub(crate) fn difference(&self) -> Option<Difference> {
        let message = self.decision.message.as_deref();
        match (self.judgement.accepts(), &self.decision.code) {
            _ if !self.is_name_told() => Some(Difference::OtherWords),
            (true, None) => None,
            (true, Some(_)) => Some(Difference::WeRefuse),
            (false, None) => Some(Difference::WeAccept),
            (false, Some(code)) => {
                let said = message.is_none_or(|message| words::are_said(code, message, &self.judgement.log));
                (!said).then_some(Difference::OtherWords)
            }
        }
    }

    /// Whether sshd says what we say of the peer's name, where it looked for one.
    fn is_name_told(&self) -> bool {
        let log = &self.judgement.log;
        let message = self.decision.not_confirmed.as_deref().filter(|_| log.contains("Trying to reverse map address"));
        message.is_none_or(|message| log.contains(message))
    }

    fn tell(&self, difference: Difference) -> String {
        let Self { case, judgement, decision } = self;
        let mut told = format!("{difference:?}\n{case}\nsshd: {:?}\n", judgement.answer);
        for line in judgement.log.lines().filter(|line| words::tells_something(line)) {
            writeln!(told, "  {line}").unwrap();
        }
        writeln!(told, "ours: {}", decision.code.as_deref().unwrap_or("accept")).unwrap();
        for message in [&decision.message, &decision.not_confirmed].into_iter().flatten() {
            writeln!(told, "  sshd should say: {message}").unwrap();
        }
        for line in decision.steps.lines() {
            writeln!(told, "  {line}").unwrap();
        }
        told
    }
}
