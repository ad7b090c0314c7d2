//! The catalogue: every way in which host-based authentication is known to fail, with what is seen of it, why it is so, how to
//! see it beforehand, and what mends it. One table, from which `hostbased doctor`, `hostbased explain-id` and
//! `docs/failures.md` take their words.

mod id;

pub use id::{Id, UnknownId};
