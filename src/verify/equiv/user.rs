//! `~/.shosts` and `~/.rhosts`.

use super::{Asking, EquivAllows};
use crate::shosts::Equiv;
use crate::verify::account::AccountEntry;
use crate::verify::files::UserFile;
use crate::verify::policy::IgnoreRhosts;
use crate::verify::refusal::Refusal;
use crate::verify::step::Note;

/// Asks them in turn, those that IgnoreRhosts lets count. With `IgnoreRhosts yes`, sshd's default, nothing of the
/// user's is touched: sshd still complains of modes then, and refuses all the same.
pub(super) fn ask<'a>(asking: &mut Asking<'a, '_>, entry: &AccountEntry<'a>) -> Option<EquivAllows<'a>> {
    let policy = asking.inputs.policy;
    if policy.ignore_rhosts == IgnoreRhosts::Yes {
        asking.note(by_policy("~/.shosts"));
        asking.note(by_policy("~/.rhosts"));
        return None;
    }
    let files = asking.inputs.files.user?;
    let shosts = files.shosts();
    let rhosts = (policy.ignore_rhosts == IgnoreRhosts::No).then(|| files.rhosts());
    let has_own = shosts.stat.is_some() || rhosts.as_ref().is_some_and(|rhosts| rhosts.stat.is_some());
    if !has_own && !asking.found_any {
        return None;
    }
    match files.home() {
        None => {
            asking.because(Refusal::HomeMissing { home: entry.home });
            return None;
        }
        Some(stat) if policy.strict_modes && !stat.is_safe_for(entry.uid) => {
            asking.because(Refusal::HomeModes { home: entry.home, stat });
            return None;
        }
        Some(_) => {}
    }
    if let Some(allows) = ask_file(asking, entry.uid, shosts) {
        return Some(allows);
    }
    match rhosts {
        Some(rhosts) => ask_file(asking, entry.uid, rhosts),
        None => {
            asking.note(by_policy("~/.rhosts"));
            None
        }
    }
}

const fn by_policy(file: &'static str) -> Note<'static> {
    Note::Ignored { file, by: "IgnoreRhosts" }
}

fn ask_file<'a>(asking: &mut Asking<'a, '_>, uid: u32, file: UserFile<'a, dyn Equiv + 'a>) -> Option<EquivAllows<'a>> {
    let UserFile { path, stat, content } = file;
    let Some(stat) = stat else {
        asking.note(Note::Missing(path));
        return None;
    };
    if asking.inputs.policy.strict_modes && !stat.is_safe_for(uid) {
        asking.found_any = true;
        asking.note(Note::UnsafeModes(path));
        asking.because(Refusal::EquivModes { file: path, stat });
        return None;
    }
    asking.ask(path, content)
}
