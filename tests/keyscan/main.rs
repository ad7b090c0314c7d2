//! `hostbased keyscan` beside the real ssh-keyscan, before a real sshd, and before servers that cheat.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests start processes, keep files and sockets, and fail by panicking"
)]

mod cheat;
mod hostile;
mod inputs;
mod run;
mod sshd;
mod stock;
