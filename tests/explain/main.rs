//! The command `explain` as an administrator runs it: the real binary on real files below a temporary root, keys and
//! certificates of ssh-keygen, and the options of a real sshd. Nobody logs in, and no terminal is there.

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
#[path = "../support/run.rs"]
mod run;
#[path = "../support/tool.rs"]
mod tool;
#[macro_use]
mod fixture;

mod accounts;
mod arguments;
mod certificates;
mod files;
mod keys;
mod log;
mod method_and_account;
mod names;
mod options;
mod ordinary_user;
mod output;
mod own_files;
