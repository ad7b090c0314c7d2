//! What was found out about a client: values, gathered by the command.

mod host_keys;
mod target;

use std::net::IpAddr;

pub use host_keys::{HostKeyFiles, KeyFolder, Offer, PrivateKey, PublicFile};
pub use target::{Connection, KnownHostsFile, Target};

use super::options::Options;
use super::self_test::SelfTest;
use crate::config::Tree;

/// All that was found out. What could not be is empty, and no rule speaks of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who looks.
    pub account: Account,
    /// The programs that would run.
    pub programs: Programs,
    /// `ssh_config` for all users.
    pub global: Config,
    /// The user's own.
    pub user: Config,
    /// The one that is given in place of both.
    pub given: Option<Config>,
    /// What `ssh` makes of it all, for the server or for no host in particular.
    pub options: Options,
    /// What `ssh -G` says where it fails, line by line, escaped.
    pub ssh_fails: Vec<String>,
    /// The server that is meant, and the way there.
    pub target: Option<Target>,
    /// The host keys.
    pub keys: KeyFolder,
    /// The helper.
    pub helper: Helper,
    /// The system around it.
    pub system: System,
}

/// Who looks: the user who wants to log in, or root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The real user id.
    pub uid: u32,
    /// The real group id.
    pub gid: u32,
    /// The name of the user id; none where nobody has it.
    pub name: Option<String>,
    /// The group that the user database gives the user.
    pub primary_gid: Option<u32>,
}

impl Account {
    /// Whether this is root, who may read and run what others may not: for him the modes of files are looked at instead.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.uid == 0
    }
}

/// The programs that would run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    /// The `ssh` that comes first in PATH.
    pub ssh: Option<String>,
    /// The system's own, where the first is another one.
    pub system_ssh: Option<String>,
    /// What `ssh -V` says.
    pub version: Option<String>,
    /// The path of the helper that is compiled into it.
    pub helper: Option<String>,
    /// The path of the configuration that is compiled into it.
    pub config: Option<String>,
}

/// A configuration and its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The path of the main file.
    pub path: String,
    /// What stands in it and in what it includes.
    pub tree: Tree,
    /// The folder, the main file, and the files that it includes.
    pub files: Vec<FileFacts>,
}

impl Config {
    /// What is known of the file with this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileFacts> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Owner and mode of a file or folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Its path.
    pub path: String,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// The permission bits, set-uid and set-gid among them.
    pub mode: u32,
}

/// The helper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helper {
    /// Its path; none where `ssh` does not tell and none is where they usually are.
    pub path: Option<String>,
    /// Owner and mode; why it cannot be seen, escaped.
    pub file: Option<Result<FileFacts, String>>,
    /// Whether the user may run it.
    pub is_executable: bool,
    /// The mount that it is on.
    pub mount: Option<Mount>,
    /// Whether it is this project's.
    pub is_ours: bool,
    /// What Debian's list of modes to keep says of it.
    pub stat_override: Option<String>,
    /// What it says when it is asked nothing.
    pub self_test: Option<SelfTest>,
    /// What it says when it is asked for a signature, for each offer and, of the first offer, each connection.
    pub dry_runs: Vec<DryRun>,
    /// The same for a session id of 64 bytes, once.
    pub long_session: Option<Result<(), String>>,
}

/// Where a file is mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// The mount point, escaped.
    pub point: String,
    /// Whether set-uid bits count for nothing there.
    pub is_nosuid: bool,
    /// Whether nothing can be run there.
    pub is_noexec: bool,
}

/// A signature that nobody logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// Which of the offers.
    pub offer: usize,
    /// The name that was claimed, without the final dot.
    pub claimed: String,
    /// What came back.
    pub result: Signed,
}

/// What the helper made of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A signature of the key that was asked for, by the algorithm that was asked for.
    Good,
    /// A signature by another algorithm.
    OtherAlgorithm,
    /// A signature that is not the key's: why, escaped.
    Wrong(String),
    /// None: what the helper says, escaped.
    Refused(String),
}

/// The system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// The machine's own name, escaped.
    pub host_name: String,
    /// Its own addresses.
    pub addresses: Vec<IpAddr>,
    /// NoNewPrivs of prctl(2) is set.
    pub no_new_privs: bool,
    /// The user namespace has not all user ids: its map, as the kernel tells it.
    pub partial_uid_map: Option<String>,
    /// SELinux enforces, and its boolean `ssh_keysign` is this; none where it does not, or has no such boolean.
    pub selinux_keysign: Option<bool>,
    /// kernel.yama.ptrace_scope.
    pub ptrace_scope: Option<u32>,
    /// `uname -r`.
    pub kernel_release: String,
    /// `uname -v`.
    pub kernel_version: String,
    /// Names of groups that occur.
    pub groups: Vec<(u32, String)>,
    /// Whether dpkg is here.
    pub has_dpkg: bool,
}

impl System {
    /// The name of a group, or its number.
    #[must_use]
    pub fn group(&self, gid: u32) -> String {
        let named = self.groups.iter().find(|(number, _)| *number == gid);
        named.map_or_else(|| gid.to_string(), |(_, name)| name.clone())
    }
}
