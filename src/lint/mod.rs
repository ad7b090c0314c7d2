//! What is wrong with `ssh_known_hosts` and `shosts.equiv`, and with both together: every line that does not do what it
//! seems to do, who may write where he should not, and what mends it.
//!
//! ```text
//! Inputs (documents, owners and modes, what sshd looks up, the time)  --lint-->  findings, in order
//!                                                                     --mend-->  both files without those of one right answer
//! ```
//!
//! Everything here is pure. The time grows with the lines, not with their square: a million take seconds.
//!
//! ```
//! use hostbased::enroll::Files;
//! use hostbased::lint::{Code, Inputs, lint};
//!
//! let files = Files::parse(b"", b"node1.test # rack 3\n");
//! let found = lint(&Inputs::of_files(&files, None));
//! assert_eq!(found[0].code, Code::TrailingComment);
//! ```

mod address;
mod certificates;
mod code;
mod date;
mod equiv;
mod files;
mod finding;
mod hosts;
mod inputs;
mod known_hosts;
mod mend;
mod words;

#[cfg(test)]
mod tests;

pub use code::{Code, Severity, UnknownCode};
pub use finding::{Edit, File, Finding, Fix, Place};
pub use hosts::{EquivLine, HostOverview, OtherEntry, Overview};
pub use inputs::{About, Accepted, Found, Inputs};
pub use mend::{Mended, Rewritten, RewrittenLine, mend, rewrite};

use crate::shosts;

/// Everything that is wrong, in the order of the files and their lines; the same for the same inputs.
#[must_use]
pub fn lint(inputs: &Inputs<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    files::find(inputs, &mut found);
    known_hosts::find(inputs, &mut found);
    equiv::find(inputs, &mut found);
    hosts::find(inputs, &mut found);
    certificates::find(inputs, &mut found);
    found.sort_by(|a, b| (&a.place, a.code, &a.text).cmp(&(&b.place, b.code, &b.text)));
    found
}

/// Before which line of shosts.equiv a denial belongs, so that no line before it admits whom it means; `None` when any place
/// will do.
#[must_use]
pub fn position_of_denial(document: &shosts::Document, denial: &shosts::Entry) -> Option<usize> {
    equiv::position_of_denial(document, denial)
}
