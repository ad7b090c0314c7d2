//! What is wrong with a configuration file, in OpenSSH's words where it has some.

use std::fmt::Write as _;
use std::path::Path;

use hostbased::escape::escape;
use thiserror::Error;

use super::criteria::MatchProblem;
use crate::admin_file::{FileProblem, reason, shown};

/// Most bad lines that are told one by one.
const MAX_TOLD: usize = 20;

/// Why a configuration file is refused. The texts have one line for each line of the file that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ConfigError {
    #[error("{text}{file}: terminating, {count} bad configuration options")]
    BadLines {
        /// The file's name, escaped.
        file: String,
        /// What is wrong, a line of text for each.
        text: String,
        /// How many lines are wrong.
        count: usize,
    },
    #[error("Bad owner or permissions on {file}")]
    OwnerOrMode {
        /// The file's name, escaped.
        file: String,
    },
    #[error("{file}: {reason}")]
    File {
        /// The file's name, escaped.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    #[error("Too many recursive configuration includes")]
    TooDeep,
    #[error("{file} line {line}: RefuseConnection: {message}")]
    RefuseConnection {
        /// The file's name, escaped.
        file: String,
        /// The line's number, from 1.
        line: usize,
        /// What the administrator wrote, escaped.
        message: String,
    },
}

impl ConfigError {
    pub(super) fn file(path: &Path, problem: &FileProblem) -> Self {
        let file = shown(path);
        match problem {
            FileProblem::OwnerOrMode { .. } => Self::OwnerOrMode { file },
            FileProblem::Io(error) => Self::File { file, reason: reason(error) },
            FileProblem::NotRegular | FileProblem::TooLarge(_) => Self::File { file, reason: problem.to_string() },
        }
    }

    /// None when no line is wrong.
    pub(super) fn lines(path: &Path, bad: &[(usize, Vec<u8>, LineProblem)]) -> Option<Self> {
        let file = shown(path);
        let mut text = String::new();
        for (line, keyword, problem) in bad.iter().take(MAX_TOLD) {
            let keyword = escape(keyword);
            let _ = match problem {
                // The only text that has a colon in front of "line".
                LineProblem::UnknownKeyword => {
                    writeln!(text, "{file}: line {line}: Bad configuration option: {keyword}")
                }
                LineProblem::NoArgument => {
                    writeln!(text, "{file} line {line}: no argument after keyword \"{keyword}\"")
                }
                LineProblem::ExtraArguments => {
                    writeln!(text, "{file} line {line}: keyword {keyword} extra arguments at end of line")
                }
                LineProblem::EmptyArgument => writeln!(text, "{file} line {line}: keyword {keyword} empty argument"),
                other => writeln!(text, "{file} line {line}: {other}"),
            };
        }
        if bad.is_empty() { None } else { Some(Self::BadLines { file, text, count: bad.len() }) }
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum LineProblem {
    #[error("Bad configuration option")]
    UnknownKeyword,
    #[error("no argument after keyword")]
    NoArgument,
    #[error("extra arguments at end of line")]
    ExtraArguments,
    #[error("empty argument")]
    EmptyArgument,
    #[error("invalid quotes")]
    InvalidQuotes,
    #[error("holds a NUL byte")]
    Nul,
    #[error("missing argument.")]
    MissingFlag,
    #[error("Missing argument.")]
    MissingArgument,
    #[error("unsupported option \"{}\".", escape(.0))]
    UnsupportedOption(Vec<u8>),
    #[error("Bad Match condition: {0}")]
    Match(#[from] MatchProblem),
    #[error("bad include path {}.", escape(.0))]
    IncludePath(Vec<u8>),
    #[error("glob failed for {}: {reason}", escape(.pattern))]
    Glob {
        /// What was looked for.
        pattern: Vec<u8>,
        /// Why it failed.
        reason: String,
    },
    #[error("Can't open user config file {file}: {reason}.")]
    Include {
        /// The file's name, escaped.
        file: String,
        /// Why it cannot be opened.
        reason: String,
    },
}
