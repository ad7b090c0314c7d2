//! The proof that the equiv files let this user of that host in (OpenSSH: auth-rhosts.c `auth_rhosts2`).

mod system;
mod user;

use super::account::AccountEntry;
use super::files::Content;
use super::inputs::Inputs;
use super::names::Lookup;
use super::refusal::Refusal;
use super::step::{Note, Step, StepResult, Trail};
use crate::known_hosts::Place;
use crate::shosts::{Equiv, EquivMatch, Query};

/// A line of the equiv files lets this user of that host into this account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquivAllows<'a> {
    place: Place<'a>,
}

impl<'a> EquivAllows<'a> {
    /// The line that lets them in.
    #[must_use]
    pub const fn place(&self) -> Place<'a> {
        self.place
    }

    /// Asks the system's files, then the account's own. A negative line ends its own file only.
    pub(super) fn check(
        inputs: &Inputs<'a>,
        entry: &AccountEntry<'a>,
        lookup: &Lookup,
        trail: &mut Trail<'a>,
    ) -> Result<Self, Refusal<'a>> {
        let query = Query {
            host: &lookup.host,
            address: &lookup.address,
            client_user: inputs.request.client_user,
            server_user: inputs.account.name.as_bytes(),
        };
        let mut asking = Asking { inputs, query, trail, found_any: false, refusal: None };
        if let Some(allows) = system::ask(&mut asking, entry.uid == 0) {
            return Ok(allows);
        }
        if let Some(allows) = user::ask(&mut asking, entry) {
            return Ok(allows);
        }
        let nothing = if asking.found_any { Refusal::EquivNoMatch } else { Refusal::EquivNoFiles };
        Err(asking.refusal.unwrap_or(nothing))
    }
}

/// One round through the files.
struct Asking<'a, 'q> {
    inputs: &'q Inputs<'a>,
    query: Query<'q>,
    trail: &'q mut Trail<'a>,
    /// Whether there was any file at all.
    found_any: bool,
    /// The best reason so far, should nothing let them in.
    refusal: Option<Refusal<'a>>,
}

impl<'a> Asking<'a, '_> {
    /// Asks one file.
    fn ask(&mut self, file: &'a str, content: Content<'a, dyn Equiv + 'a>) -> Option<EquivAllows<'a>> {
        let document = match content {
            Content::Missing => {
                self.note(Note::Missing(file));
                return None;
            }
            Content::Unreadable(why) => {
                self.found_any = true;
                self.note(Note::Unreadable(file, why));
                self.because(Refusal::EquivUnreadable { file, why });
                return None;
            }
            Content::Read(document) => document,
        };
        self.found_any = true;
        let place = |line| Place { file, line };
        match document.check(&self.query, self.inputs.files.netgroups) {
            EquivMatch::Allow { line } => {
                self.trail.at(Step::Equiv, StepResult::Ok, Note::Allows, place(line));
                Some(EquivAllows { place: place(line) })
            }
            EquivMatch::Deny { line } => {
                self.trail.at(Step::Equiv, StepResult::Skipped, Note::Denies, place(line));
                self.because(Refusal::EquivDenies(place(line)));
                None
            }
            EquivMatch::NoMatch => {
                self.note(Note::NoMatch(file));
                None
            }
        }
    }

    fn note(&mut self, note: Note<'a>) {
        self.trail.skip(Step::Equiv, note);
    }

    /// Keeps the reason that says most; of two that say as much, the first.
    fn because(&mut self, refusal: Refusal<'a>) {
        let weight = |refusal: &Refusal<'_>| match refusal {
            Refusal::EquivDenies(_) => 2,
            Refusal::RootIgnoresSystemFiles => 0,
            _ => 1,
        };
        if self.refusal.as_ref().is_none_or(|known| weight(known) < weight(&refusal)) {
            self.refusal = Some(refusal);
        }
    }
}
