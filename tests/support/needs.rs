//! What tests need of a machine, and what happens where it is missing: they are skipped, never silently. Included by
//! each test binary that can skip.

use std::io::Write;
use std::path::PathBuf;

/// Programs that tests run, and the Debian package each comes from. tests/run installs them: its list is the same.
const PACKAGES: [(&str, &str); 16] = [
    ("ssh", "openssh-client"),
    ("ssh-add", "openssh-client"),
    ("ssh-agent", "openssh-client"),
    ("ssh-keygen", "openssh-client"),
    ("ssh-keyscan", "openssh-client"),
    ("sshd", "openssh-server"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("prlimit", "util-linux"),
    ("script", "bsdutils"),
    ("setcap", "libcap2-bin"),
    ("openssl", "openssl"),
    ("strace", "strace"),
    ("cc", "gcc"),
];

/// Takes what is missing here, an `Option` of text. Where there is some, the test is skipped and returns.
macro_rules! needs {
    ($missing:expr) => {{
        fn here() {}
        if let Some(missing) = $missing {
            crate::needs::skip(std::any::type_name_of_val(&here), &missing);
            return;
        }
    }};
}

/// The first of these programs that is not here, and its package; `None` when all are.
pub(crate) fn missing_program(programs: &[&str]) -> Option<String> {
    let missing = programs.iter().find(|program| find_program(program).is_none())?;
    let (_, package) = PACKAGES.iter().find(|(program, _)| program == missing).unwrap();
    Some(format!("{missing} (package {package})"))
}

/// Where a program is: `PATH`, then the folders of the administrator's programs, where `sshd` and `ip` are.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let admin = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(admin).map(|folder| folder.join(name)).find(|file| file.is_file())
}

pub(crate) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Says that a test was skipped, counts it in the file that `HOSTBASED_SKIPS` names, and fails where `CI` is `true`.
/// `function` is the type name of an item in the test: `BINARY::MODULE::TEST::here`. Package and binary are told apart
/// from the test, for names of tests are free to repeat.
pub(crate) fn skip(function: &str, missing: &str) {
    let (binary, test) = function.trim_end_matches("::here").split_once("::").unwrap();
    let line = format!("SKIPPED {}/{binary}: {test}: needs {missing}", env!("CARGO_PKG_NAME"));
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{line}");
    eprintln!("{line}");
    if let Some(file) = std::env::var_os("HOSTBASED_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        // In one write, so that lines of tests that run at once do not mix.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}
