//! Something that is wrong, where it is, and what would mend it.

use std::borrow::Cow;
use std::ops::Range;

use super::code::{Code, Severity};
use crate::enroll::{OtherFiles, SystemFile};

/// One of the files that sshd asks, in the order in which findings come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// `/etc/ssh/ssh_known_hosts`
    KnownHosts,
    /// `/etc/ssh/ssh_known_hosts2`
    KnownHosts2,
    /// `/etc/ssh/shosts.equiv`
    ShostsEquiv,
    /// `/etc/hosts.equiv`
    HostsEquiv,
}

impl File {
    /// All four, in their order.
    pub const ALL: [Self; 4] = [Self::KnownHosts, Self::KnownHosts2, Self::ShostsEquiv, Self::HostsEquiv];

    /// Where it is, below the root.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::KnownHosts => SystemFile::KnownHosts.path(),
            Self::KnownHosts2 => OtherFiles::KNOWN_HOSTS2,
            Self::ShostsEquiv => SystemFile::ShostsEquiv.path(),
            Self::HostsEquiv => OtherFiles::HOSTS_EQUIV,
        }
    }

    /// Whether a fix may change it: the other two are read only.
    #[must_use]
    pub const fn is_mended(self) -> bool {
        matches!(self, Self::KnownHosts | Self::ShostsEquiv)
    }
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file or folder, by its path.
    Path(String),
    /// A file as a whole.
    File(File),
    /// A line.
    Line {
        /// The file.
        file: File,
        /// The line's number, counted from 1.
        line: usize,
        /// The bytes of the line that are meant, counted from 0; the line end is none of them.
        start: usize,
        /// Where they end.
        end: usize,
    },
}

/// Something that is wrong. Texts are ready to be shown: what came from outside is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub text: Cow<'static, str>,
    /// What to do.
    pub mend: Cow<'static, str>,
    /// The one right answer, where there is one.
    pub fix: Option<Fix>,
}

/// What mends a finding without anybody being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In which file.
    pub file: File,
    /// What changes there.
    pub edits: Vec<Edit>,
    /// Whether somebody may be let in by it who was not before.
    pub admits: bool,
}

/// A change of a file. Lines are numbered from 1, as they are before any change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The line goes.
    Remove {
        /// Its number.
        line: usize,
    },
    /// These lines, without line ends, take the line's place.
    Replace {
        /// Its number.
        line: usize,
        /// The new lines; at least one.
        new: Vec<Vec<u8>>,
    },
    /// A line is put before another.
    Insert {
        /// The other's number.
        before: usize,
        /// The new line, without line end.
        new: Vec<u8>,
    },
    /// Every carriage return that stands before a line end goes.
    StripCarriageReturns,
}

impl Finding {
    /// A finding about some bytes of a line.
    pub(super) fn at(
        code: Code,
        (file, line, span): (File, usize, Range<usize>),
        text: impl Into<Cow<'static, str>>,
        mend: impl Into<Cow<'static, str>>,
    ) -> Self {
        let place = Place::Line { file, line, start: span.start, end: span.end };
        Self { code, severity: code.severity(), place, text: text.into(), mend: mend.into(), fix: None }
    }

    /// A finding about a file.
    pub(super) fn of_file(
        code: Code,
        place: Place,
        text: impl Into<Cow<'static, str>>,
        mend: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { code, severity: code.severity(), place, text: text.into(), mend: mend.into(), fix: None }
    }

    pub(super) fn weighs(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub(super) fn mended_by(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }

    /// The file and line it is about, where it is about one.
    #[must_use]
    pub const fn line(&self) -> Option<(File, usize)> {
        match self.place {
            Place::Line { file, line, .. } => Some((file, line)),
            Place::Path(_) | Place::File(_) => None,
        }
    }
}
