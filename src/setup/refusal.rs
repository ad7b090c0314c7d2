//! Why nothing is planned.

use thiserror::Error;

use crate::escape::escape;

/// Why nothing is planned: what stands in the way and, on a second line, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The main file of the configuration is not there.
    #[error("there is no {0}\ninstall the package that it comes with: {1}")]
    NoConfiguration(&'static str, &'static str),
    /// A file of the configuration cannot be read, or a line of it not be understood.
    #[error("{}{}: {what}\nmend that first: nothing can be said of a configuration that is not understood", escape(.file), line.map(|line| format!(":{line}")).unwrap_or_default())]
    NotUnderstood {
        /// The file.
        file: String,
        /// The line, where it is one.
        line: Option<usize>,
        /// What is wrong, ready to be shown.
        what: String,
    },
    /// The comments around our lines do not pair.
    #[error(
        "{}:{line}: the comments around the lines of hostbased setup do not pair\ndelete those that are left over, by \
         hand", escape(.file)
    )]
    Unpaired {
        /// The file.
        file: String,
        /// The line.
        line: usize,
    },
    /// Our lines were changed, and would have to be written anew.
    #[error(
        "{}:{line}: these lines of hostbased setup were changed since they were written\ntake what was changed out of \
         them, to a place of its own, and both comments away; then run this again", escape(.file)
    )]
    Changed {
        /// The file.
        file: String,
        /// The line of the first comment.
        line: usize,
    },
    /// No place is early enough.
    #[error("{}:{line}: `{text}` counts before anything that could be written here\nchange that line", escape(.file))]
    NoPlace {
        /// The file.
        file: String,
        /// The line that wins.
        line: usize,
        /// What it says, escaped.
        text: String,
    },
    /// No place is early enough, and nothing that could be named is in the way.
    #[error("no place in {0} makes these lines count\nwrite them by hand: hostbased setup --help says which")]
    NoPlaceAtAll(&'static str),
    /// Nobody says by which names hosts are looked up.
    #[error(
        "say by which names this server knows its clients: --names dns, address or packet\ndns: the name of the client's \
         address, as the DNS or /etc/hosts has it, confirmed both ways; address: the address itself; packet: the name \
         that the client claims"
    )]
    NoDecision,
    /// There is no helper, and none to put there.
    #[error("there is no {place}, which signs for ssh\n{remedy}")]
    NoHelper {
        /// Where it should be.
        place: String,
        /// What to do.
        remedy: String,
    },
    /// A way of packaging that stands in the way.
    #[error("{0}")]
    Helper(String),
}
