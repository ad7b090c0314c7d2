//! The files themselves: reading them with care, and changing them so that nothing is ever lost.
//!
//! All paths are taken below a [`Root`] (`/`, or the folder of an image), and no symlink leads out of it.
//!
//! ```text
//! read   walk to the file, checking every folder on the way -> open -> check what was opened -> capped bytes
//! trust  the files that decide, read once and again when they changed; an account's own, with its own rights
//! edit   lock -> read -> the caller's change -> write beside -> fsync -> link the old to NAME.old -> rename -> fsync the folder
//! ```
//!
//! What a change guarantees, whatever kills it: each file holds its old content or its new content, whole; what a replaced
//! file held before is kept beside it as `NAME.old`, the last one only, with its owner and mode. Two writers
//! that edit at once wait for each other. Owner and mode survive, and a symlinked file stays symlinked. POSIX ACLs and
//! extended attributes are *not* carried over: a replaced file has those that its folder gives to new files.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this is the room that the rest of the crate leaves files, and the clock that bounds a wait, to"
)]

#[cfg(feature = "verify")]
pub mod account;
mod attempt;
mod backup;
mod check;
mod descriptors;
mod edit;
mod error;
mod inspect;
mod lock;
mod netgroups;
mod owner;
mod program;
mod read;
mod replace;
mod rewrite;
mod root;
#[cfg(feature = "verify")]
pub mod trust;
#[cfg(feature = "verify")]
mod user_path;
#[cfg_attr(not(feature = "verify"), allow(dead_code, reason = "only `trust` asks which way was walked"))]
mod walk;

pub use attempt::{Attempt, Meanwhile};
pub use edit::{EditError, PairChange, PairRewrite, edit, edit_pair, rewrite_pair};
pub use error::{FileKind, Problem, StoreError};
pub use inspect::{Inspected, Seen, inspect};
pub use lock::LOCK_WAIT;
pub use netgroups::SystemNetgroups;
pub use owner::{Ownership, folder_ownership, ownership, set_folder_mode, set_ownership};
pub use program::{Staged, delete, link, link_target, rename};
pub use read::{MAX_FILE_BYTES, read};
pub use rewrite::Rewrite;
pub use root::Root;

#[cfg(test)]
#[cfg(feature = "verify")]
mod testing;
#[cfg(test)]
mod tests;
