//! Both files.

use std::fmt;

use crate::{known_hosts, shosts};

/// One of the two files of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemFile {
    /// `/etc/ssh/ssh_known_hosts`: which key belongs to which host.
    KnownHosts,
    /// `/etc/ssh/shosts.equiv`: whose word for its users counts.
    ShostsEquiv,
}

impl SystemFile {
    /// Where it is, below the root.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::KnownHosts => "/etc/ssh/ssh_known_hosts",
            Self::ShostsEquiv => "/etc/ssh/shosts.equiv",
        }
    }
}

impl fmt::Display for SystemFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}

/// The content of both files.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// `ssh_known_hosts`
    pub known_hosts: known_hosts::Document,
    /// `shosts.equiv`
    pub shosts: shosts::Document,
}

/// What sshd asks besides both files (OpenSSH: auth-rhosts.c `auth_rhosts2`, auth2-hostbased.c `hostbased_key_allowed`).
/// These are only read; users' own files are not looked at.
#[derive(Clone, Debug, Default)]
pub struct OtherFiles {
    /// `/etc/hosts.equiv`, which counts as much as `shosts.equiv`.
    pub hosts_equiv: shosts::Document,
    /// `/etc/ssh/ssh_known_hosts2`, which is asked where `ssh_known_hosts` knows nothing of a host.
    pub known_hosts2: known_hosts::Document,
}

impl OtherFiles {
    /// Where `hosts_equiv` is, below the root.
    pub const HOSTS_EQUIV: &'static str = "/etc/hosts.equiv";
    /// Where `known_hosts2` is, below the root.
    pub const KNOWN_HOSTS2: &'static str = "/etc/ssh/ssh_known_hosts2";

    /// Reads both; a file that does not exist is empty.
    #[must_use]
    pub fn parse(hosts_equiv: &[u8], known_hosts2: &[u8]) -> Self {
        Self {
            hosts_equiv: shosts::Document::parse(hosts_equiv),
            known_hosts2: known_hosts::Document::parse(known_hosts2),
        }
    }
}

impl Files {
    /// Reads both; a file that does not exist is empty.
    #[must_use]
    pub fn parse(known_hosts: &[u8], shosts: &[u8]) -> Self {
        Self { known_hosts: known_hosts::Document::parse(known_hosts), shosts: shosts::Document::parse(shosts) }
    }

    /// The bytes of one.
    #[must_use]
    pub fn bytes(&self, file: SystemFile) -> Vec<u8> {
        match file {
            SystemFile::KnownHosts => self.known_hosts.to_bytes(),
            SystemFile::ShostsEquiv => self.shosts.to_bytes(),
        }
    }
}
