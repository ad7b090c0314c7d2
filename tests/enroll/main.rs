//! The commands `enroll`, `list` and `remove` as an administrator runs them: the real binary, real files below a
//! temporary root, and, where a scan is needed, a real sshd on loopback.

#![allow(unreachable_pub, missing_docs)] // nothing outside this binary sees it
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, run programs and write files"
)]

#[macro_use]
#[path = "../support/needs.rs"]
mod needs;
#[macro_use]
#[path = "../support/sshd.rs"]
mod sshd;
#[path = "../support/run.rs"]
mod run;
#[path = "../support/tool.rs"]
mod tool;

mod at_once;
mod authority;
mod confirming;
mod failing;
mod fixture;
mod hashing;
mod killed;
mod large;
mod listing;
mod matched_names;
mod refresh;
mod registering;
mod removing;
mod revoke;
mod scanning;
mod sync;
mod trusting;
