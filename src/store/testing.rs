//! What tests share.

use std::io::Write as _;

/// Notes a test that could not run without root: never silently. With `CI=true` it fails instead.
pub(super) fn skipped(test: &str) {
    let line = format!("SKIPPED hostbased/units: store::{test}: needs root");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{line}");
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("HOSTBASED_SKIPS") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        // One write, for tests run beside each other.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}
