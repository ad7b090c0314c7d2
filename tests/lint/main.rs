//! `hostbased lint` and `hostbased shosts` as an administrator runs them: the real binary, real files below a temporary
//! root; and ssh-keygen beside our rules for known_hosts.

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
#[allow(dead_code, reason = "shared with tests that need more")]
#[path = "../support/needs.rs"]
mod needs;
#[allow(dead_code, reason = "these commands print several objects")]
#[path = "../support/run.rs"]
mod run;

mod files;
mod fixing;
mod fixture;
mod openssh;
mod shosts;
mod speed;
mod terminal;
