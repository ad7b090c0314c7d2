//! Registering the lab's client at its server: what an administrator does.

use crate::lab::{CLIENT, CLIENT_ADDRESS, Lab};

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

impl Lab {
    /// Registers the client, its keys being scanned from its own sshd, which must run.
    pub fn register(&self, named_by: NamedBy) {
        self.register_by_hand(named_by);
    }

    /// Registers the client as the administrator's guides do: `ssh-keyscan` and an editor.
    fn register_by_hand(&self, named_by: NamedBy) {
        let names = format!("{CLIENT},{CLIENT_ADDRESS}");
        let scanned = self.as_root("ssh-keyscan").arg(&names).output().unwrap();
        assert!(scanned.status.success(), "{}", String::from_utf8_lossy(&scanned.stderr));
        self.write(KNOWN_HOSTS, scanned.stdout);
        self.write(SHOSTS_EQUIV, format!("{}\n", named_by.client()));
    }

    /// Removes the client's registration again.
    pub fn unregister(&self) {
        self.write(SHOSTS_EQUIV, "");
        self.write(KNOWN_HOSTS, "");
    }
}
