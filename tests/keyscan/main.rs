//! `hostbased keyscan` beside the real ssh-keyscan, before a real sshd, and before servers that cheat.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests start processes, keep files and sockets, and fail by panicking"
)]

#[macro_use]
#[path = "../support/needs.rs"]
mod needs;
#[macro_use]
#[path = "../support/sshd.rs"]
mod sshd;
#[path = "../support/tool.rs"]
mod tool;

mod cheat;
mod fleet;
mod going_on;
mod hostile;
mod inputs;
mod run;
mod sparing;
mod stock;
