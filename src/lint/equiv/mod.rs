//! The rules for `shosts.equiv` and `hosts.equiv` (OpenSSH: auth-rhosts.c `check_rhosts_file`).

mod fixes;
mod host;
mod line;
mod netgroup;
mod order;
mod user;

pub(super) use order::position_of_denial;

use super::finding::{File, Finding};
use super::inputs::Inputs;
use crate::shosts::{Document, Entry, Who};

/// What is wrong with the files of this family.
pub(super) fn find(inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    for (file, document) in inputs.equivs() {
        line::find(file, document, inputs.names, found);
        order::find(file, document, inputs, found);
        netgroup::find(file, document, inputs.netgroups, found);
        found.extend(opens_rsh(file, document));
    }
}

/// The file is one of rsh's too (hosts.equiv(5)), where it needs no key.
fn opens_rsh(file: File, document: &Document) -> Option<Finding> {
    let (line, _) = document.entries().find(|(_, entry)| file == File::HostsEquiv && !denies(entry))?;
    let end = document.line(line).map_or(0, |line| line.text().len());
    let text = "rsh and rlogin, where they are installed, believe this file too, without any key";
    let mend = "move its lines to /etc/ssh/shosts.equiv, which sshd alone reads, and remove the file";
    Some(Finding::at(super::Code::HostsEquiv, (file, line, 0..end), text, mend))
}

/// Whether an entry shuts out whom it matches.
pub(super) fn denies(entry: &Entry) -> bool {
    entry.host().negative || entry.user().is_some_and(|user| user.negative)
}

/// The host of an entry that names one.
pub(super) fn host_name(entry: &Entry) -> Option<&[u8]> {
    match &entry.host().who {
        Who::Name(name) => Some(name),
        Who::Netgroup(_) => None,
    }
}
