//! The names on a line: reading them, and rewriting them without touching marker, key and comment.

use thiserror::Error;

use super::entry::{Entry, Hosts};
use super::line::{Fields, LineContent};
use super::{Document, revoked};
use crate::lines::EditError;
use crate::name::HostText;
use crate::pattern::{self, Case, ListMatch};

/// What a change of names makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renamed {
    /// Nothing: the line has the added names, and has not the dropped ones.
    Same,
    /// The line's new text, without line end: for [`Document::replace`].
    Text(Vec<u8>),
    /// No name or pattern is left that matches anything: for [`Document::remove`].
    Gone,
}

/// Why a line's names cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RenameError {
    /// The document has no such line.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The line holds no entry, or an irregular `@revoked` one whose names cannot be told.
    #[error("line {line} has no list of names")]
    NoNames {
        /// The line's number.
        line: usize,
    },
    /// A hashed name cannot share its line.
    #[error("line {line} holds one hashed name; other names need lines of their own")]
    Hashed {
        /// The line's number.
        line: usize,
    },
    /// With the added name on it, the line would still not match it: a negated pattern on it does, or a pattern is too
    /// long.
    #[error("line {line} excludes a name that should be added to it")]
    Excluded {
        /// The line's number.
        line: usize,
    },
}

impl Entry {
    /// Whether it carries this name itself, in any case: among its literal names, or hashed.
    #[must_use]
    pub fn names(&self, name: &[u8]) -> bool {
        match &self.hosts {
            Hosts::Hashed(hashed) => revoked::matches_hashed(hashed, name),
            _ => self.literal_names().any(|literal| literal.eq_ignore_ascii_case(name)),
        }
    }

    /// The names and addresses that it carries itself: neither patterns nor negated, and none when they are hashed.
    /// `[name]:port` is one of them, though nobody's name in hostbased authentication.
    pub fn literal_names(&self) -> impl Iterator<Item = &[u8]> {
        let list = match &self.hosts {
            Hosts::Patterns(list) => list.as_slice(),
            Hosts::Hashed(_) | Hosts::Unclear(_) => &[],
        };
        elements(list).filter(|element| is_literal(element))
    }
}

impl Document {
    /// The text of an entry's line with some names added and others dropped; marker, key, comment, and every name that
    /// is not dropped, keep their bytes. Names are compared in any case; patterns are never dropped. Dropping the name
    /// of a hashed entry leaves nothing of it.
    ///
    /// # Errors
    /// [`RenameError`].
    pub fn rename(&self, number: usize, add: &[HostText], drop: &[&[u8]]) -> Result<Renamed, RenameError> {
        let lines = self.lines().count();
        let line = self.line(number).ok_or(EditError::NoSuchLine { number, lines })?;
        let LineContent::Entry(entry) = line.content() else { return Err(RenameError::NoNames { line: number }) };
        rename(number, line.text(), entry, add, drop)
    }
}

/// The same of an entry and the text of its line.
pub(super) fn rename(
    number: usize,
    text: &[u8],
    entry: &Entry,
    add: &[HostText],
    drop: &[&[u8]],
) -> Result<Renamed, RenameError> {
    let list = match &entry.hosts {
        Hosts::Unclear(_) => return Err(RenameError::NoNames { line: number }),
        Hosts::Hashed(_) if drop.iter().any(|name| entry.names(name)) && add.is_empty() => {
            return Ok(Renamed::Gone);
        }
        Hosts::Hashed(_) if add.iter().all(|name| entry.names(name.as_bytes())) => return Ok(Renamed::Same),
        Hosts::Hashed(_) => return Err(RenameError::Hashed { line: number }),
        Hosts::Patterns(list) => list.as_slice(),
    };
    let is = |element: &[u8], name: &[u8]| element.eq_ignore_ascii_case(name);
    let mut names: Vec<&[u8]> = elements(list).filter(|name| !drop.iter().any(|gone| is(name, gone))).collect();
    let dropped = names.len() != elements(list).count();
    let mut added = false;
    for name in add {
        if !names.iter().any(|known| is(known, name.as_bytes())) {
            names.push(name.as_bytes());
            added = true;
        }
    }
    if !added && !dropped {
        return Ok(Renamed::Same);
    }
    if names.iter().all(|name| name.starts_with(b"!")) {
        return Ok(Renamed::Gone);
    }
    let mut names = names.join(&b',');
    // Elsewhere in a list these are parts of names; in front they make a hashed name, a marker or a comment of the line. An
    // empty element, which matches nobody, keeps them from there.
    if matches!(names.first(), Some(b'|' | b'@' | b'#')) {
        names.insert(0, b',');
    }
    if add.iter().any(|name| pattern::matches_list(name.as_bytes(), &names, Case::Fold) != ListMatch::Yes) {
        return Err(RenameError::Excluded { line: number });
    }
    let (before, rest) = text.split_at_checked(entry.hosts_at).unwrap_or_default();
    Ok(Renamed::Text([before, &names, rest.split_field().1].concat()))
}

fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b',').filter(|element| !element.is_empty())
}

fn is_literal(element: &[u8]) -> bool {
    !element.starts_with(b"!") && !element.iter().any(|byte| matches!(byte, b'*' | b'?'))
}
