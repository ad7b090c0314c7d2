//! Registering the lab's client at its server: what an administrator does.

use std::process::Stdio;

use crate::keys;
use crate::lab::{ALICE, CLIENT, CLIENT_ADDRESS, Finished, Lab};

/// Our command, as the lab's setup puts it there.
pub const COMMAND: &str = "/run/lab/hostbased";

/// Where the server's known host keys are.
pub const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";
/// Where the server's trusted hosts are.
pub const SHOSTS_EQUIV: &str = "/etc/ssh/shosts.equiv";

/// How the running sshd names a client: what must stand in both files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// `UseDNS no`, the default.
    Address,
    /// `UseDNS yes`.
    Name,
}

impl NamedBy {
    /// The line of sshd_config.
    pub const fn sshd_config(self) -> &'static str {
        match self {
            Self::Address => "UseDNS no\n",
            Self::Name => "UseDNS yes\n",
        }
    }

    /// The client, as sshd names it.
    pub const fn client(self) -> &'static str {
        match self {
            Self::Address => CLIENT_ADDRESS,
            Self::Name => CLIENT,
        }
    }
}

/// Makes the lab's client a registered one, which logs in.
pub fn registered(lab: &Lab) {
    lab.install_key(keys::ed25519());
    lab.start_sshd(NamedBy::Name.sshd_config());
    lab.register(NamedBy::Name);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

impl Lab {
    /// Registers the client, its keys being scanned from its own sshd, which must run: in both files, by what that sshd
    /// goes by.
    pub fn register(&self, named_by: NamedBy) {
        let enrolled = self.enroll(&["--trust-scan"]);
        assert_eq!(enrolled.code, Some(0), "{enrolled:?}");
        assert_eq!(self.read(SHOSTS_EQUIV), format!("{}\n", named_by.client()));
    }

    /// Runs `hostbased enroll` for the client's name and address.
    pub fn enroll(&self, options: &[&str]) -> Finished {
        let host = format!("{CLIENT},{CLIENT_ADDRESS}");
        self.finish(self.as_root(COMMAND).args(["enroll", "--yes"]).args(options).arg(host).stdin(Stdio::null()))
    }

    /// Runs another of our commands that changes both files, and writes unasked.
    pub fn change(&self, arguments: &[&str]) -> Finished {
        self.finish(self.as_root(COMMAND).args(arguments).arg("--yes").stdin(Stdio::null()))
    }

    /// Removes the client's registration again.
    pub fn unregister(&self) {
        let removed = self.finish(self.as_root(COMMAND).args(["remove", "--yes", CLIENT]).stdin(Stdio::null()));
        assert_eq!(removed.code, Some(0), "{removed:?}");
    }
}
