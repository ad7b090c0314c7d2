//! The `keysign` helper.

fn main() {}
