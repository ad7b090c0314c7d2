//! Whether the sshd that runs has read its configuration as it stands.

use super::Facts;
use super::say::{With, counted, error, reload, warning};
use crate::doctor::{Finding, Id};
use crate::escape::escape;

/// Options without which hostbased is refused, or by which it is judged.
const OURS: [&str; 6] =
    ["hostbased", "ignorerhosts", "ignoreuserknownhosts", "usedns", "authenticationmethods", "permitrootlogin"];

/// Files that changed since sshd read them.
pub(super) fn judge(facts: &Facts<'_>) -> Option<Finding> {
    let daemon = facts.daemon.as_ref()?;
    let latest = daemon.changed_since.first()?;
    let sets_ours = |path: &String| {
        let mut lines = facts.tree.directives.iter().filter(|line| line.file == *path);
        lines.any(|line| OURS.iter().any(|ours| line.keyword.starts_with(ours)))
    };
    let seen = format!(
        "{} changed after process {} read {}: {}",
        counted(daemon.changed_since.len(), "file"),
        daemon.pid,
        if daemon.changed_since.len() == 1 { "it" } else { "them" },
        daemon.changed_since.iter().map(|path| escape(path).to_string()).collect::<Vec<_>>().join(", ")
    );
    let why = "sshd reads its configuration when it starts and when it is told to reload: what sshd -T says is not yet \
               what counts";
    let found = if daemon.changed_since.iter().any(sets_ours) {
        error(Id::DaemonNotReloaded, seen, why)
    } else {
        warning(Id::DaemonNotReloaded, seen, why)
    };
    Some(found.at(latest, None).mended_by(reload()))
}
