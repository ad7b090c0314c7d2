//! The files that sshd asks, as they are: who may write them is told, and keeps nobody from reading them, for sshd does not
//! care.

#![allow(clippy::disallowed_methods, reason = "what is wrong with a file is what is asked for")]

use crate::doctor::server::{FileFact, ServerFiles, State};
use crate::enroll::{OtherFiles, SystemFile};
use crate::known_hosts;
use crate::revoked::RevokedKeys;
use crate::shosts;
use crate::store::{self, FileKind, Problem, Root};

/// Where people put shosts.equiv, and sshd does not look (sshd(8) names the first).
const MISPLACED: [&str; 4] =
    ["/etc/shosts.equiv", "/etc/ssh/hosts.equiv", "/usr/local/etc/shosts.equiv", "/usr/local/etc/ssh/shosts.equiv"];

/// Files with host keys that ssh may read, and sshd does not.
const OTHERS: [&str; 6] = [
    "/etc/ssh/known_hosts",
    "/etc/ssh_known_hosts",
    "/etc/known_hosts",
    "/var/lib/sss/pubconf/known_hosts",
    "/usr/local/etc/ssh_known_hosts",
    "/root/.ssh/known_hosts",
];

/// Reads them all: RevokedKeys by these paths; and the further files that ssh's own configuration names.
pub(super) fn read(revoked_keys: &[String], of_ssh: &[String]) -> ServerFiles {
    let equiv = |path: &str| file(path, |bytes| Ok(shosts::Document::parse(bytes)));
    let known = |path: &str| file(path, |bytes| Ok(known_hosts::Document::parse(bytes)));
    let revoked = |path: &String| file(path, |bytes| RevokedKeys::parse(bytes).map_err(|error| error.to_string()));
    let found = |path: &str| match known(path).state {
        State::Read(document) => Some((path.to_owned(), document)),
        _ => None,
    };
    let read_anyway = [SystemFile::KnownHosts.path(), OtherFiles::KNOWN_HOSTS2];
    let mut others: Vec<&str> = OTHERS.to_vec();
    others.extend(of_ssh.iter().map(String::as_str).filter(|path| !read_anyway.contains(path)));
    ServerFiles {
        equiv: [equiv(OtherFiles::HOSTS_EQUIV), equiv(SystemFile::ShostsEquiv.path())],
        known_hosts: [known(SystemFile::KnownHosts.path()), known(OtherFiles::KNOWN_HOSTS2)],
        revoked_keys: revoked_keys.iter().map(revoked).collect(),
        misplaced_equiv: MISPLACED
            .iter()
            .filter_map(|path| match equiv(path).state {
                State::Read(document) => Some(((*path).to_owned(), document)),
                _ => None,
            })
            .collect(),
        other_known_hosts: others.into_iter().filter_map(found).collect(),
    }
}

fn file<T>(path: &str, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> FileFact<T> {
    let state = match store::inspect(&Root::system(), path) {
        Ok(seen) => match seen.file {
            None => State::Missing,
            Some((_, bytes)) => parse(&bytes).map_or_else(State::Unusable, State::Read),
        },
        Err(error) => match error.problem {
            Problem::NoFolder | Problem::NotAFolder(FileKind::Regular) => State::Missing,
            Problem::NotAFile(kind) => State::NotAFile(kind.to_string()),
            problem => State::Unusable(problem.to_string()),
        },
    };
    FileFact { path: path.to_owned(), state }
}

/// How netgroups are looked up (nsswitch.conf(5)).
pub(super) fn netgroup_services() -> Option<String> {
    let text = std::fs::read("/etc/nsswitch.conf").ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let line = text.lines().find_map(|line| line.trim().strip_prefix("netgroup:"))?;
    Some(line.split('#').next().unwrap_or_default().trim().to_owned())
}
