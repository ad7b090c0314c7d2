//! Both files as bytes.

use super::files::{Files, SystemFile};

/// Both files as bytes, of which nothing is read before it is asked for: what plans are made from, because they are about a
/// few hosts and the files may hold a million.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// `ssh_known_hosts`
    pub known_hosts: Vec<u8>,
    /// `shosts.equiv`
    pub shosts: Vec<u8>,
}

impl Texts {
    /// One of them.
    #[must_use]
    pub fn bytes(&self, file: SystemFile) -> &[u8] {
        match file {
            SystemFile::KnownHosts => &self.known_hosts,
            SystemFile::ShostsEquiv => &self.shosts,
        }
    }

    /// Reads every line of both.
    #[must_use]
    pub fn parse(&self) -> Files {
        Files::parse(&self.known_hosts, &self.shosts)
    }
}

impl From<&Files> for Texts {
    fn from(files: &Files) -> Self {
        Self { known_hosts: files.known_hosts.to_bytes(), shosts: files.shosts.to_bytes() }
    }
}
