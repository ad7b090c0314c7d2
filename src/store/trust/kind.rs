//! The kinds of files that are watched, and what each is read into.

use super::reading::Trouble;
use crate::known_hosts;
use crate::revoked::{self, RevokedKeys};
use crate::shosts;
use crate::verify::Unreadable;

/// What a file is read into.
pub(super) trait Kind: Sized {
    /// Most bytes that are read.
    const MAX_BYTES: u64;
    /// Whether something is let in that the file would have shut out, when it is gone and taken for empty.
    const SHUTS_OUT: bool;

    fn parse(bytes: Vec<u8>) -> Result<Self, Trouble>;

    /// The very bytes that it was read from.
    fn bytes(&self) -> &[u8];

    /// What is wrong with single lines, each with its number. Reads the whole file.
    fn line_problems(&self) -> Vec<(usize, String)>;

    /// Whether bytes that end like this may be the front of a file that is still being written.
    fn may_be_cut(bytes: &[u8]) -> bool {
        !bytes.ends_with(b"\n")
    }
}

/// A known_hosts file.
#[derive(Debug)]
pub(super) struct KnownHostsFile(pub(super) known_hosts::Index);

impl Kind for KnownHostsFile {
    /// 1,000,000 lines with RSA keys of 2048 bits take about 450 MB.
    const MAX_BYTES: u64 = 1 << 30;
    /// By `@revoked` lines; and a line in it for a host keeps the host's keys in `ssh_known_hosts2` from counting.
    const SHUTS_OUT: bool = true;

    fn parse(bytes: Vec<u8>) -> Result<Self, Trouble> {
        Ok(Self(known_hosts::Index::new(bytes)))
    }

    fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    fn line_problems(&self) -> Vec<(usize, String)> {
        let skipped = self.0.problems().map(|(line, problem)| (line, problem.to_string()));
        let irregular = self.0.irregular().map(|(line, problem)| {
            (line, format!("OpenSSH skips this @revoked line and accepts the key; it counts here: {problem}"))
        });
        skipped.chain(irregular).collect()
    }
}

/// A file of the hosts.equiv family.
#[derive(Debug)]
pub(super) struct EquivFile(pub(super) shosts::Index);

impl Kind for EquivFile {
    const MAX_BYTES: u64 = 128 << 20;
    /// A negative line ends the search of its own file only, so an empty file lets in less than any other.
    const SHUTS_OUT: bool = false;

    fn parse(bytes: Vec<u8>) -> Result<Self, Trouble> {
        Ok(Self(shosts::Index::new(&bytes)))
    }

    fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    fn line_problems(&self) -> Vec<(usize, String)> {
        self.0.problems().map(|(line, problem)| (line, problem.to_string())).collect()
    }
}

/// A RevokedKeys file.
#[derive(Debug)]
pub(super) struct RevokedFile {
    pub(super) keys: RevokedKeys,
    bytes: Vec<u8>,
}

impl Kind for RevokedFile {
    const MAX_BYTES: u64 = revoked::MAX_FILE_BYTES as u64;
    /// Not by being gone: then every key is refused anyway.
    const SHUTS_OUT: bool = false;

    fn parse(bytes: Vec<u8>) -> Result<Self, Trouble> {
        match RevokedKeys::parse(&bytes) {
            Ok(keys) => Ok(Self { keys, bytes }),
            Err(error) => Err(Trouble { why: Unreadable::Malformed, detail: Some(error.to_string()) }),
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// None: a list with a bad line is no list.
    fn line_problems(&self) -> Vec<(usize, String)> {
        Vec::new()
    }

    /// A KRL ends in no line end. One that is cut inside a section is malformed; between two, nobody can tell.
    fn may_be_cut(bytes: &[u8]) -> bool {
        !bytes.ends_with(b"\n") && !bytes.starts_with(b"SSHKRL\n\0")
    }
}
