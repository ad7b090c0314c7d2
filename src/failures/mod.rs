//! The catalogue: every way in which host-based authentication is known to fail, with what is seen of it, why it is so, how to
//! see it beforehand, and what mends it. One table, from which `hostbased doctor`, `hostbased explain-id` and
//! `docs/failures.md` take their words.

mod addresses;
mod algorithms;
mod around;
mod certificates;
mod client;
mod dangers;
mod entry;
mod equiv;
mod helper;
mod host_keys;
mod id;
mod known_hosts;
mod markdown;
mod names;
mod near;
mod server;
mod table;
mod triage;
mod users;
mod wrap;

pub use entry::{Entry, Side, Step};
pub use id::{Id, UnknownId};
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub(crate) use wrap::wrapped;

#[cfg(test)]
mod tests;
