//! What a lab needs.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::needs::{is_root, missing_program};
use crate::under_test::UnderTest;

/// Builds a lab, or returns from the test when this machine cannot: `let lab = needs_root_and_sshd!();`
macro_rules! needs_root_and_sshd {
    () => {{
        needs!(crate::needs_lab::missing());
        crate::lab::Lab::new()
    }};
}

/// Why this machine cannot build a lab, and for whose helper, for the same tests run for both; `None` when it can.
pub fn missing() -> Option<String> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let missing = MISSING.get_or_init(look).as_deref()?;
    Some(format!("{missing} (KEYSIGN_UNDER_TEST={})", UnderTest::chosen().name()))
}

fn look() -> Option<String> {
    if !is_root() {
        return Some("root".to_owned());
    }
    let programs = ["ssh", "ssh-keygen", "sshd", "ip", "unshare", "nsenter", "setpriv", "openssl"];
    if let Some(missing) = missing_program(&programs) {
        return Some(missing);
    }
    let unshared = Command::new("unshare")
        .args(["-m", "-n", "-u", "-p", "--fork", "--propagation", "private", "true"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (!unshared.status.success())
        .then(|| format!("private namespaces: {}", String::from_utf8_lossy(&unshared.stderr).trim()))
}
