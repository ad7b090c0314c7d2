//! Something that is wrong with a machine, what shows it, and what mends it.

use std::fmt;

use crate::failures::Id;
use crate::severity::Severity;

/// Which of both machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// The one that a user comes from.
    Client,
    /// The one that is logged in to.
    Server,
}

impl Machine {
    /// A word for programs. It stays.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whose rights a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rights {
    /// Root's.
    Root,
    /// Those of the user who wants to log in.
    User,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's path, escaped.
    pub file: String,
    /// The line's number, counted from 1; none for the file as a whole.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// What mends it. Of several, one is enough unless the finding says otherwise; the first is the one to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// A program to run, exactly so: no shell is needed, and none is used.
    Command {
        /// On which machine.
        machine: Machine,
        /// With whose rights.
        rights: Rights,
        /// The program and its arguments.
        argv: Vec<String>,
        /// Whether `--fix` may run it: it admits nobody who was not admitted, takes nothing away from anybody, and can be run again.
        is_safe: bool,
    },
    /// A line to write, or to change.
    Line {
        /// On which machine.
        machine: Machine,
        /// Into which file.
        file: String,
        /// The line as it should stand there.
        text: String,
        /// Where in the file: `above the first Host or Match`, `instead of line 7`.
        position: String,
    },
    /// What somebody must decide, or do elsewhere.
    Advice(String),
}

/// Something that is wrong. Texts are ready to be shown: what came from outside is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which entry of the catalogue.
    pub id: Id,
    /// How much it weighs here. An error makes the login fail, or gives a way in that nobody meant.
    pub severity: Severity,
    /// On which machine it was seen.
    pub machine: Machine,
    /// What was seen, with the value.
    pub seen: String,
    /// Where.
    pub place: Option<Place>,
    /// Why that refuses a login, or what it opens.
    pub why: String,
    /// What mends it, the best first.
    pub mends: Vec<Mend>,
}
