//! Host-based authentication in programs built on russh: the examples `russh_server` and `russh_client`, run as people run
//! them, against stock OpenSSH, against AsyncSSH, and against clients that cheat.
//!
//! Most tests build a lab of their own (tests/openssh/lab), which takes root; without root, or without what else they need,
//! they say so and count as skipped. `KEYSIGN_UNDER_TEST` chooses the helper that signs for a stock `ssh`, as in
//! tests/openssh.

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
mod needs_lab;

#[path = "../openssh/keys.rs"]
#[allow(dead_code, reason = "shared with tests/openssh")]
mod keys;
#[path = "../openssh/lab/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with tests/openssh")]
mod lab;
#[path = "../openssh/register.rs"]
#[allow(dead_code, reason = "shared with tests/openssh")]
mod register;
#[path = "../openssh/session.rs"]
#[allow(dead_code, reason = "shared with tests/openssh")]
mod session;
#[path = "../openssh/under_test.rs"]
#[allow(dead_code, reason = "shared with tests/openssh")]
mod under_test;

#[macro_use]
mod asyncssh;
mod asyncssh_client;
mod asyncssh_server;
mod example;
mod hostile;
mod load;
mod russh_client;
mod russh_client_words;
mod russh_server;
mod russh_server_channels;
mod russh_server_limits;

mod stock_ssh;
mod stock_ssh_certificates;
mod stock_ssh_methods;
mod stock_ssh_minimal;
mod stock_ssh_programs;
mod stock_ssh_refused;
mod stock_ssh_running;
mod stock_sshd;
mod stock_sshd_refused;
mod stock_sshd_server_key;
