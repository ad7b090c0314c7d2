//! Registering client hosts: what that changes in `ssh_known_hosts` and `shosts.equiv`, and carrying it out.
//!
//! ```text
//! HostSpec + keys + which names sshd matches  --Plan-->  lines to add, replace, remove, each with its reason
//!                                              apply ->  planned again under the lock, written, asked again
//! ```
//!
//! A [`Plan`] is a pure function of both files' content, so it can be shown before anything is written, and made anew
//! under the lock when it is applied: what another writer did meanwhile is kept, and counts.
//!
//! Adding, the key is registered before the host is admitted; removing, the host is shut out before its keys are
//! forgotten. So a crash in between never admits anybody, and the same command completes what it began.

mod add;
mod admission;
mod agree;
mod apply;
mod authority;
mod certified;
mod draft;
mod equiv;
mod files;
mod host;
mod make;
mod names;
mod plan;
mod prune;
mod refusal;
mod registered;
mod registration;
mod remove;
mod renew;
mod revoke;
mod scanned;
mod still;
mod survey;
mod task;
mod texts;

pub use admission::{Gap, NotAdmitted, not_admitted};
pub use agree::{Disagreement, Shown, agree};
pub use apply::{Applied, ApplyError, apply, read_files, read_other_files, read_texts};
pub use authority::Authority;
pub use certified::{certified, have_authority};
pub use files::{Files, OtherFiles, SystemFile};
pub use host::{HostSpec, HostSpecError};
pub use make::Ground;
pub use names::{Names, NamesError, is_switched_off};
pub use plan::{By, Change, Edit, HostPlan, Note, Plan, Status, Why};
pub use refusal::{MIN_RSA_BITS, Refusal, Refused};
pub use registered::{Inhabitants, Registered, Unmanaged, neighbours, neighbours_of_survey, registered};
pub use registration::{Registration, Salts, Trust};
pub use renew::Renewal;
pub use revoke::Revocation;
pub use scanned::{ScanRefusal, scanned_keys};
pub use still::{StillAdmitted, still_admitted};
pub use survey::Survey;
pub use task::{Stale, Task};
pub use texts::Texts;

#[cfg(test)]
mod tests;
