//! Attacks on the helper by the user who calls it. `docs/keysign-tests.md` has a row for each, with what OpenSSH's
//! helper does.

#[macro_use]
pub(crate) mod ground;
mod attacker;
mod children;
mod cores;
mod descriptors;
mod differences;
mod environment;
mod faults;
mod files;
mod flips;
mod input;
mod limits;
mod outputs;
mod patience;
mod random;
mod rows;
mod signals;
mod table;
mod theft;
pub(crate) mod trace;
mod tracing;
