//! Whose netgroups count: those of the running system, and for its own files only. What another machine's name services
//! say cannot be asked from here.

use crate::enroll::{Files, SystemFile, Texts};
use crate::shosts::{Draft, Entry, Netgroups, NoNetgroups, Who};
use crate::store::{Root, SystemNetgroups};

/// The netgroups to ask for the files below this root.
pub(super) fn of_root(root: &Root) -> &'static dyn Netgroups {
    if root.is_system() { &SystemNetgroups } else { &NoNetgroups }
}

/// What must be said when shosts.equiv names netgroups and nobody asks for their members.
pub(super) fn not_asked(files: &Files) -> Option<String> {
    let is_netgroup = |entry: &Entry| matches!(entry.host().who, Who::Netgroup(_));
    let (line, _) = files.shosts.entries().find(|(_, entry)| is_netgroup(entry))?;
    let file = SystemFile::ShostsEquiv;
    Some(format!("{file}:{line}: netgroups are not asked: whom they admit or shut out is not known here"))
}

/// The same of the files as bytes.
pub(super) fn not_asked_of(texts: &Texts) -> Option<String> {
    let line = Draft::new(&texts.shosts, []).first_netgroup()?;
    let file = SystemFile::ShostsEquiv;
    Some(format!("{file}:{line}: netgroups are not asked: whom they admit or shut out is not known here"))
}
