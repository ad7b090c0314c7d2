//! What a lab needs, and what happens where it is missing: the test is skipped, never silently.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Programs without which no lab can be built, and the Debian package each comes from.
const PROGRAMS: [(&str, &str); 8] = [
    ("ssh", "openssh-client"),
    ("ssh-keygen", "openssh-client"),
    ("sshd", "openssh-server"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("openssl", "openssl"),
];

/// Builds a lab, or returns from the test when this machine cannot: `let lab = needs_root_and_sshd!();`
macro_rules! needs_root_and_sshd {
    () => {{
        fn here() {}
        if let Some(missing) = crate::needs::missing() {
            crate::needs::skip(std::any::type_name_of_val(&here), missing);
            return;
        }
        crate::lab::Lab::new()
    }};
}

/// Why this machine cannot build a lab; `None` when it can.
pub fn missing() -> Option<&'static str> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    MISSING.get_or_init(look).as_deref()
}

fn look() -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return Some("root".to_owned());
    }
    if let Some((program, package)) = PROGRAMS.iter().find(|(program, _)| find_program(program).is_none()) {
        return Some(format!("{program} (package {package})"));
    }
    let unshared = Command::new("unshare")
        .args(["-m", "-n", "-u", "-p", "--fork", "--propagation", "private", "true"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (!unshared.status.success())
        .then(|| format!("private namespaces: {}", String::from_utf8_lossy(&unshared.stderr).trim()))
}

/// Where a program is: `PATH`, then the folders of the administrator's programs, where `sshd` and `ip` are.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let admin = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(admin).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Says that a test was skipped, counts it in the file that `HOSTBASED_SKIPS` names, and fails where `CI` is `true`.
pub fn skip(function: &str, missing: &str) {
    let test = function.trim_end_matches("::here");
    let line = format!("SKIPPED {test}: needs {missing}");
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{line}");
    eprintln!("{line}");
    if let Some(file) = std::env::var_os("HOSTBASED_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}
