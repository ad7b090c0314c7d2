//! What the catalogue says of a failure.

use super::Id;
use crate::severity::Severity;

/// Where a failure lies, which is where it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// On the machine that a user comes from.
    Client,
    /// On the machine that is logged in to.
    Server,
    /// Between them: names, addresses, routes.
    Network,
    /// In how one side fits the other.
    Both,
}

impl Side {
    /// A word for programs. It stays.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Network => "network",
            Self::Both => "both",
        }
    }
}

/// A step of a mend. Names and addresses in it are examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What to do, in words.
    Say(&'static str),
    /// A command for root.
    Root(&'static str),
    /// A command for the user who wants to log in.
    User(&'static str),
    /// A line to have in a file.
    Line {
        /// The file's path.
        file: &'static str,
        /// The line.
        text: &'static str,
    },
}

/// One failure. Texts are whole sentences, with what is typed or printed in backquotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Id,
    /// Where it lies.
    pub side: Side,
    /// How much it usually weighs: an error makes logins fail, or gives a way in that nobody meant.
    pub severity: Severity,
    /// What is wrong, in one line without a full stop.
    pub title: &'static str,
    /// What the client prints and what the server logs, and from which level on.
    pub symptom: &'static str,
    /// Why that refuses a login, or what it opens.
    pub cause: &'static str,
    /// How to see it before anybody logs in.
    pub check: &'static str,
    /// What mends it. Where several steps do, the first is the one to take, unless the words say otherwise.
    pub mend: &'static [Step],
    /// Where this is known from: OpenSSH's file and function, a manual page, a commit, a public thread.
    pub source: &'static str,
    /// Which releases it concerns, where that matters.
    pub releases: Option<&'static str>,
}
