//! The proof beside the real sshd: logins, each decided by a real sshd and by our library, which must agree.
//!
//! A [`Case`](case::Case) is everything that a login and its server consist of. It is played in a lab (the one of
//! tests/openssh): its files are written, one sshd is run for it on a connection from its address, and a client of our own
//! ([`raw_ssh`]) sends its request there. Then the library decides over the same request, with the lab's files as a server
//! keeps them, and with sshd's own reading of its configuration (`sshd -T`). Both verdicts must be the same, and where both
//! refuse, sshd's log must have the message that the library has for the refusal. Where they differ on purpose, a row of
//! docs/deviations.md says so ([`deviations`]), and some case must show it.
//!
//! The cases: [`directed`], each trap by hand and by name; and [`generated`], 300 of a fixed seed, or as many as
//! `HOSTBASED_DIFFERENTIAL_CASES` says (`tests/run --all`).
//!
//! All of it takes root and OpenSSH; without them each test says what it lacks and counts as skipped.

// These tests start processes, open sockets and read files: that is what they are for.
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
#[macro_use]
#[path = "../openssh/needs_lab.rs"]
#[allow(unused_macros, reason = "these labs are made by `ground`")]
mod needs_lab;

#[path = "../openssh/keys.rs"]
#[allow(dead_code, reason = "what the lab itself needs, and tests/openssh more")]
mod keys;
#[path = "../openssh/lab/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with tests/openssh")]
mod lab;
#[path = "../support/raw_ssh/mod.rs"]
mod raw_ssh;
#[path = "../support/tool.rs"]
mod tool;

mod case;
mod compare;
mod deviations;
mod directed;
mod generate;
mod generated;
mod ground;
mod judge;
mod material;
mod ours;
mod place;
mod random;
mod recipes;
mod release;
mod request;
mod resolver;
mod run;
mod under_test;
mod words;
