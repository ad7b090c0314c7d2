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
mod names;
mod server;
mod table;
mod users;

pub use entry::{Entry, Side, Step};
pub use id::{Id, UnknownId};

#[cfg(test)]
mod tests;
