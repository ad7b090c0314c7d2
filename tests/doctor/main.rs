//! The proof of `hostbased doctor` on real OpenSSH: a working pair of machines, broken in each way that the catalogue of
//! failures knows.

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
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../openssh/keys.rs"]
mod keys;
#[path = "../support/pair/mod.rs"]
mod pair;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../support/run.rs"]
mod run;

mod case;
mod cases;
mod ground;
mod play;
mod summary;
mod told;
