//! What came of a change, for people: hosts and changes have been shown before.

use std::io;

use super::{Change, Done, Host};
use crate::cli::Console;
use crate::cli::confirm::Answer;
use crate::cli::report::{NOT_CONFIRMED, change_lines, outcome_line};
use crate::enroll::Status;

impl Change<'_> {
    pub(super) fn tell(&self, done: &Done, console: &mut Console) -> io::Result<()> {
        if done.replaced {
            console.line("another writer was there at the same time; this is what was changed:")?;
            let lines = change_lines(&done.plan, console);
            console.lines(lines)?;
        }
        console.lines(done.plan.notes().iter().map(ToString::to_string))?;
        console.lines(self.notes.iter().cloned())?;
        let refused = self.hosts.iter().any(|host| !host.refused.is_empty());
        console.line(match done.answer {
            Answer::Declined if done.asked_for_trust => "nothing was written: the keys were not confirmed",
            Answer::Declined => NOT_CONFIRMED,
            _ if done.plan.is_empty() && refused => "nothing was written",
            _ => outcome_line(&done.plan, self.confirm.dry_run),
        })?;
        console.lines(self.hosts.iter().filter(|host| self.are_few() || !host.is_good()).flat_map(Host::outcome))?;
        if !self.confirm.dry_run && done.answer != Answer::Declined {
            console.lines(done.plan.still_admitted().iter().map(ToString::to_string))?;
        }
        if self.hosts.len() > 1 {
            console.line(&self.summary())?;
        }
        console.flush()
    }

    /// How many hosts came to what: `2 added, 1 refused`.
    fn summary(&self) -> String {
        let counts = ALL.iter().map(|status| (status, self.count(*status))).filter(|(_, count)| *count > 0);
        counts.map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
    }

    /// Whether each host is told of; of many only those of which there is more to say than which number they add to.
    pub(super) fn are_few(&self) -> bool {
        self.hosts.len() <= FEW
    }

    pub(super) fn count(&self, status: Status) -> usize {
        self.hosts.iter().filter(|host| host.status() == status).count()
    }
}

/// As many hosts as one likes to read about.
const FEW: usize = 16;

const ALL: [Status; 6] =
    [Status::Added, Status::Changed, Status::Removed, Status::Unchanged, Status::Refused, Status::Unreachable];
