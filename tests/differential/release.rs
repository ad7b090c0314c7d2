//! Which OpenSSH judges here.

use std::process::Command;
use std::sync::OnceLock;

/// The sshd of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// 9.2 is `(9, 2)`.
    pub(crate) number: (u32, u32),
    /// Whether Debian's changes are in it.
    pub(crate) is_debians: bool,
}

/// The release that is installed.
pub(crate) fn installed() -> Release {
    static INSTALLED: OnceLock<Release> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        // sshd does not say whose it is; ssh comes with it.
        let said = Command::new("ssh").arg("-V").output().unwrap().stderr;
        let said = String::from_utf8_lossy(&said).into_owned();
        let number = said.strip_prefix("OpenSSH_").and_then(|rest| rest.split_once('p')).unwrap().0;
        let (major, minor) = number.split_once('.').unwrap();
        let is_debians = said.contains("Debian") || said.contains("Ubuntu");
        Release { number: (major.parse().unwrap(), minor.parse().unwrap()), is_debians }
    })
}
