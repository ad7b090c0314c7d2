//! What is wrong with the file, where, and what to do.

use std::io;
use std::path::Path;

use hostbased::escape::escape;
use hostbased::key::AlgorithmListError;
use hostbased::pattern::MAX_PATTERN_BYTES;
use thiserror::Error;

use super::MAX_BYTES;
use crate::admin_file::{FileProblem, reason, shown};

/// Most bytes of a word of the file that are shown.
const MAX_SHOWN: usize = 64;

/// Why the settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{place}: {trouble}")]
pub(crate) struct SettingsError {
    /// The file's name, escaped.
    file: String,
    /// `:LINE` and the keyword, escaped, where a line is at fault.
    place: String,
    trouble: Trouble,
}

impl SettingsError {
    pub(super) fn of_file(path: &Path, trouble: Trouble) -> Self {
        Self { file: shown(path), place: String::new(), trouble }
    }

    /// Lines count from 1; the keyword, in lower case, may be empty.
    pub(super) fn of_line(path: &Path, line: usize, keyword: &[u8], problem: LineProblem) -> Self {
        let keyword = if keyword.is_empty() { String::new() } else { format!(": {}", cut(keyword)) };
        Self { file: shown(path), place: format!(":{line}{keyword}"), trouble: Trouble::Line(problem) }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Trouble {
    #[error("cannot be read: {0}")]
    Io(String),
    #[error("cannot be read with the caller's rights (chmod 644, and 755 for the folder)")]
    Closed,
    #[error("belongs to user {0}, not to root (chown root)")]
    Owner(u32),
    #[error("mode {0:04o} lets others write it (chmod go-w)")]
    Mode(u32),
    #[error("not a regular file")]
    NotRegular,
    #[error("larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("is a link, or lies in a folder, that others than root can change")]
    NotChosenByRoot,
    #[error("{0}")]
    Line(LineProblem),
}

impl From<FileProblem> for Trouble {
    fn from(problem: FileProblem) -> Self {
        match problem {
            FileProblem::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => Self::Closed,
            FileProblem::Io(error) => Self::Io(reason(&error)),
            FileProblem::OwnerOrMode { mode, .. } if mode & 0o022 != 0 => Self::Mode(mode),
            FileProblem::OwnerOrMode { owner, .. } => Self::Owner(owner),
            FileProblem::NotRegular => Self::NotRegular,
            FileProblem::TooLarge(_) => Self::TooLarge,
        }
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum LineProblem {
    #[error("holds a NUL byte")]
    Nul,
    #[error("a quote is never closed")]
    OpenQuote,
    #[error(
        "unknown keyword (known: AcceptedAlgorithms, AllowUsers, AllowGroups, AllowServerUsers, StrictSandbox, Audit)"
    )]
    UnknownKeyword,
    #[error("stands twice; line {0} has it too")]
    Twice(usize),
    #[error("needs an argument")]
    NoArgument,
    #[error("takes one argument; \"{}\" is one too many", cut(.0))]
    ExtraArgument(Vec<u8>),
    #[error("\"{}\" is neither yes nor no", cut(.0))]
    Flag(Vec<u8>),
    #[error("an empty pattern matches nobody")]
    EmptyPattern,
    #[error("a pattern of {MAX_PATTERN_BYTES} bytes or more")]
    LongPattern,
    #[error("has only patterns with \"!\", so nobody is allowed (add \"*\" for everybody else)")]
    OnlyNegated,
    #[error("{0}")]
    Algorithms(String),
    #[error("{0} is never signed by: SHA-1 is broken (take it out)")]
    NeverSigned(&'static str),
}

impl From<AlgorithmListError> for LineProblem {
    fn from(error: AlgorithmListError) -> Self {
        Self::Algorithms(match &error {
            AlgorithmListError::Unknown(name) => {
                format!("\"{}\" is no algorithm and no pattern that fits one", cut(name.as_bytes()))
            }
            AlgorithmListError::Negated(name) => {
                format!("\"{}\" means something only in a list that begins with \"-\"", cut(name.as_bytes()))
            }
            other => other.to_string(),
        })
    }
}

fn cut(word: &[u8]) -> String {
    escape(word).capped(MAX_SHOWN).to_string()
}
