//! One file, from look to look.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::kind::Kind;
use super::mark::Mark;
use super::reading::{Outcome, Reading, Trouble};
use crate::store::root::Root;
use crate::verify::Unreadable;

/// A file, what it said at the last look, and what must be unchanged for that to hold.
#[derive(Debug)]
pub(super) struct Held<K> {
    file: Arc<str>,
    found: Found<K>,
    /// What it said when it could last be read: `None` when it never could.
    last: Option<Last>,
    marks: Option<Arc<[Mark]>>,
}

#[derive(Debug)]
pub(super) enum Found<K> {
    Missing,
    Unreadable(Trouble),
    Read(Arc<K>),
}

#[derive(Clone, Copy, Debug)]
struct Last {
    was_empty: bool,
}

impl<K> Clone for Held<K> {
    fn clone(&self) -> Self {
        Self { file: self.file.clone(), found: self.found.clone(), last: self.last, marks: self.marks.clone() }
    }
}

impl<K> Clone for Found<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Missing => Self::Missing,
            Self::Unreadable(trouble) => Self::Unreadable(trouble.clone()),
            Self::Read(content) => Self::Read(content.clone()),
        }
    }
}

impl<K: Kind> Held<K> {
    /// A file that nobody has looked at yet.
    pub(super) fn unseen(file: &str) -> Self {
        Self { file: file.into(), found: Found::Missing, last: None, marks: None }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) const fn found(&self) -> &Found<K> {
        &self.found
    }

    /// What must be unchanged for this to hold; `None` where it must be looked at again.
    pub(super) fn marks(&self) -> Option<&[Mark]> {
        self.marks.as_deref()
    }

    /// The same file as it is now.
    pub(super) fn look_again(&self, root: &Root, settling: Duration) -> Self {
        if self.marks().is_some_and(|marks| marks.iter().all(Mark::holds)) {
            return self.clone();
        }
        let expected = match &self.found {
            Found::Read(content) => Some(content.bytes()),
            Found::Missing | Found::Unreadable(_) => None,
        };
        let reading = Reading::of(root, Path::new(&*self.file), K::MAX_BYTES, expected, settling);
        let Reading { outcome, marks, is_young } = reading;
        let (found, last) = match outcome {
            // It was found whole before, so it is whole.
            Outcome::Same => (self.found.clone(), self.last),
            Outcome::Missing if K::SHUTS_OUT && self.last.is_some() => {
                (Found::Unreadable(Unreadable::Vanished.into()), self.last)
            }
            Outcome::Missing => (Found::Missing, self.last),
            Outcome::Unreadable(trouble) => (Found::Unreadable(trouble), self.last),
            Outcome::Bytes(bytes) if is_young && self.is_half_written(&bytes) => {
                (Found::Unreadable(Unreadable::HalfWritten.into()), self.last)
            }
            Outcome::Bytes(bytes) => {
                let last = Some(Last { was_empty: bytes.is_empty() });
                let found = K::parse(bytes).map_or_else(Found::Unreadable, |content| Found::Read(Arc::new(content)));
                (found, last)
            }
        };
        Self { file: self.file.clone(), found, last, marks: marks.map(Into::into) }
    }

    /// The same for who cannot wait for another look: what may have changed is not known.
    pub(super) fn unless_changed(&self) -> Self {
        let holds = self.marks().is_some_and(|marks| marks.iter().all(Mark::holds));
        match self.found {
            Found::Missing | Found::Read(_) if !holds => {
                Self { found: Found::Unreadable(Unreadable::Changing.into()), marks: None, ..self.clone() }
            }
            _ => self.clone(),
        }
    }

    /// Whether somebody who writes the file in place may have come this far and no further.
    fn is_half_written(&self, bytes: &[u8]) -> bool {
        if bytes.is_empty() { self.last.is_some_and(|last| !last.was_empty) } else { K::may_be_cut(bytes) }
    }
}
