//! What tests share.

use std::io::Write as _;

/// Notes a test that could not run: never silently. With `CI=true` it fails instead.
#[allow(clippy::disallowed_methods, reason = "the environment says how tests are run")]
pub(crate) fn skipped(test: &str) {
    let line = format!("SKIPPED keysign-helper/units: {test}: needs root");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{line}");
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("HOSTBASED_SKIPS") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        // One write, for tests run beside each other.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}
