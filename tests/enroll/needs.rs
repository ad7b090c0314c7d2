//! What some tests need, and what happens where it is missing: they are skipped, never silently.

use std::io::Write;
use std::path::Path;

pub const SSHD: &str = "/usr/sbin/sshd";

/// Returns from the test when there is no sshd.
macro_rules! needs_sshd {
    () => {{
        fn here() {}
        if !std::path::Path::new(crate::needs::SSHD).exists() {
            crate::needs::skip(std::any::type_name_of_val(&here), "sshd (package openssh-server)");
            return;
        }
    }};
}

/// Returns from the test when there is no script(1), which gives a program a terminal.
macro_rules! needs_script {
    () => {{
        fn here() {}
        if !crate::needs::has_script() {
            crate::needs::skip(std::any::type_name_of_val(&here), "script (package bsdutils)");
            return;
        }
    }};
}

pub fn has_script() -> bool {
    ["/usr/bin/script", "/bin/script"].iter().any(|path| Path::new(path).exists())
}

/// Says that a test was skipped, counts it in the file that `HOSTBASED_SKIPS` names, and fails where `CI` is `true`.
pub fn skip(function: &str, missing: &str) {
    let line = format!("SKIPPED {}: needs {missing}", function.trim_end_matches("::here"));
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{line}");
    eprintln!("{line}");
    if let Some(file) = std::env::var_os("HOSTBASED_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}
