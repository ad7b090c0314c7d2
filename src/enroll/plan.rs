//! What is to change in both files, and why.

use std::fmt;

use super::admission::NotAdmitted;
use super::files::{Files, SystemFile};
use super::host::HostSpec;
use super::names::Names;
use super::refusal::{Refusal, Refused};
use super::still::StillAdmitted;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::lines::{EditError, Patch};
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

/// Who says that a changed key is the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Whoever runs the command, for this host, whatever key it shows.
    Accepted,
    /// Somebody who knows this very key.
    Vouched,
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
    /// The host has another key of this type now, and somebody says that it is the host's.
    NewKeyInstead(By),
    /// The host is not in the inventory.
    NotInInventory,
    /// The key is not to be accepted any more.
    Revoked,
    /// The key of the host is not to be accepted any more, so the host is not to be admitted either.
    RevokedHost(HostText),
    /// The authority was not known for these hosts.
    NewAuthority,
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
            Self::NewKeyInstead(By::Accepted) => f.write_str("the host has another key of this type: --accept-changed"),
            Self::NewKeyInstead(By::Vouched) => {
                f.write_str("the host has another key of this type, and it is vouched for")
            }
            Self::NotInInventory => f.write_str("not in the inventory"),
            Self::Revoked => f.write_str("the key is to be refused"),
            Self::RevokedHost(host) => write!(f, "a key of {host} is revoked"),
            Self::NewAuthority => f.write_str("this authority was not known for these hosts"),
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
    /// A host does not show a key any more that is known for it.
    NotShown {
        /// The line.
        line: usize,
        /// The host.
        host: HostSpec,
        /// The key.
        key: Box<PublicKey>,
    },
    /// A host shows a key of a type of which none is known for it, beside one that is; nobody vouches for it.
    NotRegisteredKey {
        /// The host.
        host: HostSpec,
        /// The key.
        key: Box<PublicKey>,
    },
    /// An authority is known now, and no host is admitted by that alone.
    AuthorityAdmitsNobody,
    /// A key is refused under these names, and still accepted under others.
    RevokedForNamesOnly {
        /// The key.
        key: Box<PublicKey>,
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
            Self::NotShown { line, host, key } => {
                write!(f, "{known_hosts}:{line}: stays: {host} does not show the key {key} any more")
            }
            Self::NotRegisteredKey { host, key } => {
                write!(
                    f,
                    "{host} shows the key {key} too, which is not registered and stays so: to register it, say that it is \
                     the host's (--fingerprint)"
                )
            }
            Self::AuthorityAdmitsNobody => {
                write!(f, "the authority vouches for keys only: each host needs its own line in {equiv} too")
            }
            Self::RevokedForNamesOnly { key } => {
                write!(
                    f,
                    "the key {key} is refused for the names on its line only; --everywhere refuses it for every host"
                )
            }
        }
    }
}

/// What a plan does with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is new in the files.
    Added,
    /// Its lines change.
    Changed,
    /// It goes.
    Removed,
    /// All is as it should be.
    Unchanged,
    /// Nothing of it changes, because of what is wrong with it.
    Refused,
    /// Nothing of it changes, because it did not answer.
    Unreachable,
}

impl Status {
    /// A word for programs. It stays.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the host is as whoever asked for the plan wants it.
    #[must_use]
    pub const fn is_good(self) -> bool {
        !matches!(self, Self::Refused | Self::Unreachable)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a plan does for one [`Task`](super::Task).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPlan {
    /// What becomes of the host.
    pub status: Status,
    /// Why it is refused.
    pub reasons: Vec<Refusal>,
    /// Which of [`Plan::changes`] are for it.
    pub changes: Vec<usize>,
    /// The keys that are written on nobody's word but a scan's.
    pub unvouched: Vec<PublicKey>,
    /// Once the plan is carried out: why the host would not be admitted by a key that is registered for it.
    pub gaps: Vec<NotAdmitted>,
}

/// What is to change in both files, and why; what becomes of each host; and what stays though one might think otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Plan {
    pub(super) changes: Vec<Change>,
    pub(super) hosts: Vec<HostPlan>,
    pub(super) refused: Vec<Refused>,
    pub(super) notes: Vec<Note>,
    pub(super) gone: Vec<HostText>,
    pub(super) still: Vec<StillAdmitted>,
}

impl From<Vec<Change>> for Plan {
    /// A plan of these changes, for no host in particular.
    fn from(changes: Vec<Change>) -> Self {
        Self { changes, ..Self::default() }
    }
}

impl Plan {
    /// What becomes of the host of each task, in the order of the tasks.
    #[must_use]
    pub fn hosts(&self) -> &[HostPlan] {
        &self.hosts
    }

    /// Which of the names and addresses that no line should admit any more would still be admitted, once the plan is carried
    /// out.
    #[must_use]
    pub fn still_admitted(&self) -> &[StillAdmitted] {
        &self.still
    }

    /// The files in the order in which they are to be written, so that a crash in between admits nobody: coming, a host's key
    /// is known before the host is admitted; going, the host is shut out before its keys, by which its other names are
    /// found, are forgotten.
    #[must_use]
    pub fn order(&self) -> [SystemFile; 2] {
        let adds = self.changes.iter().any(|change| !matches!(change.edit, Edit::Remove { .. }));
        match adds {
            true => [SystemFile::KnownHosts, SystemFile::ShostsEquiv],
            false => [SystemFile::ShostsEquiv, SystemFile::KnownHosts],
        }
    }

    /// The changes of one file.
    #[must_use]
    pub fn patch(&self, file: SystemFile) -> Patch {
        let mut patch = Patch::default();
        for change in self.changes.iter().filter(|change| change.file == file) {
            match &change.edit {
                Edit::Add { new } => patch.added.push(new.clone()),
                Edit::Replace { new, .. } => drop(patch.changed.insert(change.line, Some(new.clone()))),
                Edit::Remove { .. } => drop(patch.changed.insert(change.line, None)),
            }
        }
        patch
    }

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
    fn apply_to(&self, files: &mut Files) -> Result<(), EditError> {
        match (&self.edit, self.file) {
            (Edit::Add { new }, SystemFile::KnownHosts) => files.known_hosts.append(new).map(drop),
            (Edit::Add { new }, SystemFile::ShostsEquiv) => files.shosts.append(new).map(drop),
            (Edit::Replace { new, .. }, SystemFile::KnownHosts) => files.known_hosts.replace(self.line, new),
            (Edit::Replace { new, .. }, SystemFile::ShostsEquiv) => files.shosts.replace(self.line, new),
            (Edit::Remove { .. }, _) => Ok(()),
        }
    }
}
