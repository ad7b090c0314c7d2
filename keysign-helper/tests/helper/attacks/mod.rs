//! Attacks on the helper by the user who calls it. `docs/keysign-tests.md` has a row for each, with what OpenSSH's
//! helper does.

#[macro_use]
mod ground;
mod differences;
mod flips;
mod input;
mod random;
