//! `/etc/hosts.equiv` and `/etc/ssh/shosts.equiv`.

use super::{Asking, EquivAllows};
use crate::verify::files::Content;
use crate::verify::refusal::Refusal;
use crate::verify::step::Note;

/// Asks them in turn; not for root.
pub(super) fn ask<'a>(asking: &mut Asking<'a, '_>, is_root: bool) -> Option<EquivAllows<'a>> {
    let sources = asking.inputs.files.equiv;
    if is_root {
        asking.found_any |= sources.iter().any(|source| !matches!(source.content, Content::Missing));
        asking.note(Note::RootIgnoresSystemFiles);
        asking.because(Refusal::RootIgnoresSystemFiles);
        return None;
    }
    sources.iter().find_map(|source| asking.ask(source.file, source.content))
}
