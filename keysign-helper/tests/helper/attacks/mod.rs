//! Attacks on the helper by the user who calls it. `docs/keysign-tests.md` has a row for each, with what OpenSSH's
//! helper does.

#[macro_use]
mod ground;
mod descriptors;
mod differences;
mod faults;
mod flips;
mod input;
mod random;
mod trace;
