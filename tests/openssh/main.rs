//! The proof on real OpenSSH: a stock `ssh`, a stock `sshd`, and our set-uid helper between them, in a lab of their own.
//!
//! Each test builds its own lab ([`lab::Lab`]): private mount, network, host name and process namespaces, in which `/etc`,
//! `/home`, `/run` and the helper's place are the test's. Nothing of the machine changes, and everything is gone with
//! the lab. That takes root; without root, or without OpenSSH, each test says what it lacks and counts as skipped
//! ([`needs_lab`]).
//!
//! `KEYSIGN_UNDER_TEST=theirs` runs the same tests with OpenSSH's own helper, so that the tests themselves are proven;
//! `ours` is the default. Where the two differ on purpose, the expectation says so for both ([`under_test::Expect`]).

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
mod needs_lab;

mod check;
mod enroll;
mod explain;
mod helper;
mod helper_config;
mod helper_descriptor;
mod helper_frame;
mod helper_keys;
mod helper_privileges;
mod helper_request;
mod helper_state;
mod helper_surroundings;
mod keys;
mod lab;
mod login;
mod login_certificate;
mod refused_by_client;
mod refused_by_server;
mod register;
mod session;
mod under_test;
