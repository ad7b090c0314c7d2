//! What the rules are given.

use crate::enroll::{Files, Names, OtherFiles};
use crate::key::{AlgorithmList, PublicKey};
use crate::shosts::Netgroups;
use crate::{known_hosts, shosts};

use super::finding::File;

/// What the rules are given. A file that does not exist is empty; one that is `None` is not judged, nor are the rules
/// that need it.
#[derive(Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// `ssh_known_hosts`
    pub known_hosts: Option<&'a known_hosts::Document>,
    /// `ssh_known_hosts2`
    pub known_hosts2: Option<&'a known_hosts::Document>,
    /// `shosts.equiv`
    pub shosts: Option<&'a shosts::Document>,
    /// `hosts.equiv`
    pub hosts_equiv: Option<&'a shosts::Document>,
    /// What sshd looks up, where that is known.
    pub names: Option<Names>,
    /// Seconds since 1970, for what expires.
    pub now: Option<u64>,
    /// Who is in which netgroup, where that can be asked.
    pub netgroups: Option<&'a dyn Netgroups>,
    /// What sshd accepts of clients, where that is known.
    pub accepted: Option<Accepted<'a>>,
    /// Host certificates to be judged beside the files, each with where it comes from, escaped.
    pub certificates: &'a [(String, PublicKey)],
    /// Owners and modes of the files, and of the folders above them.
    pub about: &'a [About],
    /// Whom a file may belong to besides root.
    pub runner: u32,
}

impl<'a> Inputs<'a> {
    /// Both files and nothing else.
    #[must_use]
    pub fn of_files(files: &'a Files, names: Option<Names>) -> Self {
        Self { known_hosts: Some(&files.known_hosts), shosts: Some(&files.shosts), names, ..Self::default() }
    }

    /// The same with what sshd asks besides.
    #[must_use]
    pub const fn and_others(self, others: &'a OtherFiles) -> Self {
        Self { known_hosts2: Some(&others.known_hosts2), hosts_equiv: Some(&others.hosts_equiv), ..self }
    }

    /// The files of the hosts.equiv family that are judged, in the order of findings.
    pub(super) fn equivs(&self) -> impl Iterator<Item = (File, &'a shosts::Document)> {
        let equivs = [(File::ShostsEquiv, self.shosts), (File::HostsEquiv, self.hosts_equiv)];
        equivs.into_iter().filter_map(|(file, document)| Some((file, document?)))
    }

    /// The known_hosts files that are judged.
    pub(super) fn all_known_hosts(&self) -> impl Iterator<Item = (File, &'a known_hosts::Document)> {
        let files = [(File::KnownHosts, self.known_hosts), (File::KnownHosts2, self.known_hosts2)];
        files.into_iter().filter_map(|(file, document)| Some((file, document?)))
    }
}

/// What sshd accepts of clients (sshd_config(5)).
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// HostbasedAcceptedAlgorithms.
    pub algorithms: &'a AlgorithmList,
    /// RequiredRSASize, in bits.
    pub rsa_bits: usize,
}

/// A file or folder as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its path, escaped.
    pub path: String,
    /// Which of the files it is; `None` for a folder, and for a file that sshd does not read.
    pub file: Option<File>,
    /// What is there.
    pub found: Found,
}

/// What is in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A file or folder.
    There {
        /// Whose it is.
        owner: u32,
        /// Its permission bits.
        mode: u32,
        /// What it is, where it is neither a regular file nor a folder in its own place.
        wrong_kind: Option<String>,
    },
    /// A file that sshd does not read, by a name that it does not look for.
    Unread,
    /// Something that cannot be read, and why.
    Unreadable(String),
}
