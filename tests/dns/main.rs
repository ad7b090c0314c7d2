//! `hostbased check` and `hostbased sshfp` as processes, beside name servers in this one: zones that are signed well, badly
//! and not at all, and servers with every fault.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests start processes and name servers, and fail by panicking"
)]

#[macro_use]
#[path = "../support/needs.rs"]
mod needs;
#[macro_use]
#[path = "../support/sshd.rs"]
mod sshd;
#[allow(dead_code, unreachable_pub, reason = "other tests use more of it")]
#[path = "../support/run.rs"]
mod run;
#[path = "../support/tool.rs"]
mod tool;

mod answers;
mod dnssec;
mod fingerprints;
mod fixture;
mod server;
mod trusting;
mod zones;
