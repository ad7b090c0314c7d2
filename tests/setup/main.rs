//! `hostbased setup` on machines as a distribution installs them, with the real ssh, sshd, ssh-keygen and dpkg: each case
//! beside what it leaves alone, run twice, and taken back.

// These tests start processes and read files: that is what they are for.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]
// Test code may panic: that is how it fails. (clippy.toml allows it inside `#[test]` functions only.)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr
)]
#![allow(unreachable_pub, missing_docs)] // nothing outside this binary sees it

#[macro_use]
#[path = "../support/needs.rs"]
mod needs;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../openssh/keys.rs"]
mod keys;
#[path = "../support/pair/mod.rs"]
mod pair;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../support/run.rs"]
mod run;

mod client;
mod fixture;
mod helper;
mod host_keys;
mod image;
mod refusals;
mod server;
mod taken_back;
mod three_commands;
