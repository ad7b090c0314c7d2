//! The `keysign` helper.
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "this program reads the system's files")]
#![allow(dead_code)]
mod config;
#[cfg(test)]
mod test_support;
fn main() {}
