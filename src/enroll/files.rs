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

    pub(super) fn set(&mut self, file: SystemFile, bytes: &[u8]) {
        match file {
            SystemFile::KnownHosts => self.known_hosts = known_hosts::Document::parse(bytes),
            SystemFile::ShostsEquiv => self.shosts = shosts::Document::parse(bytes),
        }
    }
}
