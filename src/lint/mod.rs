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

/// What is wrong with shosts.equiv and hosts.equiv alone, which is all that a change of shosts.equiv can change; and, of the
/// lines `wanted` says yes to, whether a key is known for whom they admit. Much faster than [`lint()`] where known_hosts is long.
#[must_use]
pub fn lint_equiv(inputs: &Inputs<'_>, wanted: impl Fn(&shosts::Entry) -> bool) -> Vec<Finding> {
    let alone = Inputs { known_hosts: None, known_hosts2: None, certificates: &[], about: &[], ..*inputs };
    let mut found = lint(&alone);
    let admitting = inputs.shosts.into_iter().flat_map(shosts::Document::entries);
    for (line, entry) in admitting.filter(|(_, entry)| wanted(entry) && !equiv::denies(entry)) {
        if let Some(host) = equiv::host_name(entry) {
            found.extend(hosts::no_key_of(inputs, (File::ShostsEquiv, line, 0..host.len()), host));
        }
    }
    found
}

/// Before which line of shosts.equiv a denial belongs, so that no line before it admits whom it means; `None` when any place
/// will do.
#[must_use]
pub fn position_of_denial(document: &shosts::Document, denial: &shosts::Entry) -> Option<usize> {
    equiv::position_of_denial(document, denial)
}
