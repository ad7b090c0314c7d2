//! The commands `enroll`, `list` and `remove` as an administrator runs them: the real binary, real files below a
//! temporary root, and, where a scan is needed, a real sshd on loopback.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    reason = "tests run programs and write files"
)]
#![allow(unreachable_pub, reason = "a test binary has no public side")]

#[macro_use]
mod needs;

mod at_once;
mod failing;
mod fixture;
mod killed;
mod listing;
mod matched_names;
mod registering;
mod removing;
mod scanning;
mod sshd;
mod trusting;
