//! What lines of shosts.equiv do.

use crate::shosts::Entry;

/// Whether the entry shuts out whom it matches.
pub(super) fn denies(entry: &Entry) -> bool {
    entry.host().negative || entry.user().is_some_and(|user| user.negative)
}
