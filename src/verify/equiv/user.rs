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
pub(super) fn ask<'a>(
    asking: &mut Asking<'a, '_>,
    entry: Option<&AccountEntry<'a>>,
) -> Result<Option<EquivAllows<'a>>, Refusal<'a>> {
    let policy = asking.inputs.policy;
    let by_policy = |file| Note::Ignored { file, by: "IgnoreRhosts" };
    if policy.ignore_rhosts == IgnoreRhosts::Yes {
        asking.note(by_policy("~/.shosts"));
        asking.note(by_policy("~/.rhosts"));
        return Ok(None);
    }
    let (Some(files), Some(entry)) = (asking.inputs.files.user, entry) else { return Ok(None) };
    let shosts = files.shosts();
    let rhosts = (policy.ignore_rhosts == IgnoreRhosts::No).then(|| files.rhosts());
    if shosts.stat.is_none() && rhosts.as_ref().is_none_or(|rhosts| rhosts.stat.is_none()) && !asking.found_any {
        return Ok(None);
    }
    let home = files.home().ok_or(Refusal::HomeMissing { home: entry.home })?;
    if policy.strict_modes && !home.is_safe_for(entry.uid) {
        return Err(Refusal::HomeModes { home: entry.home, stat: home });
    }
    if let Some(allows) = ask_file(asking, entry.uid, shosts) {
        return Ok(Some(allows));
    }
    let Some(rhosts) = rhosts else {
        asking.note(by_policy("~/.rhosts"));
        return Ok(None);
    };
    Ok(ask_file(asking, entry.uid, rhosts))
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
