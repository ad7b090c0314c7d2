//! What is to change in both files, and why.

use std::fmt;

use super::files::{Files, SystemFile};
use super::names::Names;
use super::refusal::Refused;
use crate::escape::escape;
use crate::lines::EditError;
use crate::name::HostText;

/// A change of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// In which file.
    pub file: SystemFile,
    /// The line's number, counted from 1: of the old file, or, where a line is added, of the new one.
    pub line: usize,
    /// What happens to it.
    pub edit: Edit,
    /// Why.
    pub why: Why,
}

/// What happens to a line. Texts are without line end, and as bytes: old ones come from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It is put behind all others.
    Add {
        /// Its text.
        new: Vec<u8>,
    },
    /// Another text takes its place.
    Replace {
        /// The text that was there.
        old: Vec<u8>,
        /// The text that will be.
        new: Vec<u8>,
    },
    /// It goes.
    Remove {
        /// The text that was there.
        old: Vec<u8>,
    },
}

/// Why a line changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The key was not known for the host.
    NewKey,
    /// The key was known for some of the host's names and addresses only.
    MoreNames,
    /// sshd looks the host up by this, and no line admitted it.
    Admits(Names),
    /// A host that is to be removed stands on the line.
    Names(HostText),
    /// The key on the line is one that was registered for a host that is to be removed.
    KeyOf(HostText),
    /// The line admits a name or address that was registered with the key of a host that is to be removed.
    AdmittedWith(HostText),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewKey => f.write_str("this key was not registered for the host"),
            Self::MoreNames => f.write_str("this key was not registered for all of the host's names and addresses"),
            Self::Admits(names) => write!(f, "sshd matches {names}"),
            Self::Names(host) => write!(f, "names {host}"),
            Self::KeyOf(host) => write!(f, "holds a key of {host}"),
            Self::AdmittedWith(host) => write!(f, "was registered with a key of {host}"),
        }
    }
}

/// Something that is left as it is, and that whoever reads the plan should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A line of known_hosts with wildcards holds a key of a host that is to be removed, or matches that host.
    PatternStays {
        /// The line.
        line: usize,
        /// The host.
        host: HostText,
    },
    /// An authority vouches for a host that is to be removed.
    AuthorityStays {
        /// The line.
        line: usize,
        /// The host.
        host: HostText,
    },
    /// A line of shosts.equiv shuts out a host that is to be removed; taking it away could only let somebody in.
    DenialStays {
        /// The line.
        line: usize,
        /// What it shuts out.
        host: Vec<u8>,
    },
    /// A line of shosts.equiv is so long that sshd reads it as several, of which one admits a host that is to be removed.
    LongLineStays {
        /// The line.
        line: usize,
        /// The host.
        host: HostText,
    },
    /// Nothing in either file names this host.
    NotRegistered {
        /// The host.
        host: HostText,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (known_hosts, equiv) = (SystemFile::KnownHosts, SystemFile::ShostsEquiv);
        match self {
            Self::PatternStays { line, host } => {
                write!(
                    f,
                    "{known_hosts}:{line}: stays: a line with patterns that matches {host} or holds its key; edit it by hand"
                )
            }
            Self::AuthorityStays { line, host } => {
                write!(f, "{known_hosts}:{line}: stays: an authority for {host}; its certificates are still trusted")
            }
            Self::DenialStays { line, host } => {
                write!(f, "{equiv}:{line}: stays: it shuts {} out", escape(host))
            }
            Self::LongLineStays { line, host } => {
                write!(
                    f,
                    "{equiv}:{line}: stays: sshd reads this long line as several, one of which admits {host}; edit it by hand"
                )
            }
            Self::NotRegistered { host } => write!(f, "{host} stands in neither file"),
        }
    }
}

/// What is to change in both files, and why; who was refused; and what stays though one might think otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Plan {
    pub(super) changes: Vec<Change>,
    pub(super) refused: Vec<Refused>,
    pub(super) notes: Vec<Note>,
    pub(super) gone: Vec<HostText>,
}

impl Plan {
    /// The changes, in the order in which they are to be made.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The hosts for which nothing is changed, because of what is wrong with them.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// What stays.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// After a removal: the names and addresses that no line should admit any more.
    #[must_use]
    pub fn gone(&self) -> &[HostText] {
        &self.gone
    }

    /// Whether nothing is to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Carries the changes out.
    ///
    /// # Errors
    /// [`EditError`] when the files are not those that the plan was made for.
    pub fn apply_to(&self, files: &mut Files) -> Result<(), EditError> {
        for change in &self.changes {
            change.apply_to(files)?;
        }
        // Removed last and at once, because that renumbers.
        let removed = |file| {
            let in_file = self.changes.iter().filter(move |change| change.file == file);
            in_file.filter(|change| matches!(change.edit, Edit::Remove { .. })).map(|change| change.line)
        };
        files.known_hosts.remove(&removed(SystemFile::KnownHosts).collect::<Vec<_>>())?;
        files.shosts.remove(&removed(SystemFile::ShostsEquiv).collect::<Vec<_>>())
    }
}

impl Change {
    /// Carries out a change that does not renumber other lines.
    pub(super) fn apply_to(&self, files: &mut Files) -> Result<(), EditError> {
        match (&self.edit, self.file) {
            (Edit::Add { new }, SystemFile::KnownHosts) => files.known_hosts.append(new).map(drop),
            (Edit::Add { new }, SystemFile::ShostsEquiv) => files.shosts.append(new).map(drop),
            (Edit::Replace { new, .. }, SystemFile::KnownHosts) => files.known_hosts.replace(self.line, new),
            (Edit::Replace { new, .. }, SystemFile::ShostsEquiv) => files.shosts.replace(self.line, new),
            (Edit::Remove { .. }, _) => Ok(()),
        }
    }
}
