//! What was found out about a client: values, gathered by the command.

use std::net::IpAddr;

use super::options::Options;
use super::self_test::SelfTest;
use crate::config::Tree;
use crate::key::{Algorithm, PublicKey};

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

/// The server that is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The name as it was typed.
    pub typed: String,
    /// What `ssh` says with the configuration for all users alone.
    pub global_only: Option<Options>,
    /// What `ssh` says without the given configuration.
    pub without_given: Option<Options>,
    /// Other names of the server, and whether host-based authentication is on for them.
    pub other_names: Vec<(String, bool)>,
    /// Whether the server's key is known.
    pub known: Vec<KnownHostsFile>,
    /// From where this machine would come, for each address in the order in which `ssh` tries them.
    pub connections: Vec<Connection>,
    /// Why the name has no address, escaped.
    pub not_resolved: Option<String>,
    /// Whether a master connection stands open.
    pub has_master: bool,
    /// Whether `ssh` can ask anybody: this session has a terminal.
    pub can_ask: bool,
}

/// A file that the server's key is looked for in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownHostsFile {
    /// Its path.
    pub path: String,
    /// Whether it is for all users.
    pub is_global: bool,
    /// How many lines name the server.
    pub lines: usize,
    /// Why it cannot be read, escaped.
    pub unreadable: Option<String>,
    /// Owner and mode, where it is there.
    pub file: Option<FileFacts>,
}

/// A way to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The server's address; none for the other end of a proxy command's pipe.
    pub server: Option<IpAddr>,
    /// Our own address.
    pub source: Option<IpAddr>,
    /// The name of our own address, escaped; none where it has none.
    pub source_name: Option<String>,
    /// The name that is claimed, without the final dot.
    pub claimed: String,
}

/// Where host keys are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFolder {
    /// Its path.
    pub path: String,
    /// The keys at the places that `ssh` and its helper look at.
    pub keys: Vec<HostKeyFiles>,
    /// What would be offered, in the order of `ssh`.
    pub offers: Vec<Offer>,
    /// Seconds since 1970, for the life of certificates.
    pub now: u64,
}

/// A host key's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeyFiles {
    /// The path of the private key.
    pub path: String,
    /// The private key.
    pub private: PrivateKey,
    /// The file with `.pub` behind it.
    pub public: PublicFile,
    /// The file with `-cert.pub` behind it.
    pub certificate: PublicFile,
}

/// A private key's file, which is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKey {
    /// Not there.
    Missing,
    /// Not to be seen: why, escaped.
    Hidden(String),
    /// There.
    There(FileFacts),
}

/// A file with a public key or a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicFile {
    /// Not there.
    Missing,
    /// Not to be read: why, escaped.
    Unreadable(String),
    /// It holds something else: what is wrong, escaped.
    Damaged(String),
    /// A key, and the mode of its file.
    Key(Box<PublicKey>, u32),
}

impl PublicFile {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Key(key, _) => Some(key),
            _ => None,
        }
    }
}

/// A key that would be offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The file that it stands in.
    pub path: String,
    /// The key or certificate.
    pub key: PublicKey,
    /// The algorithm that would be asked for.
    pub algorithm: Algorithm,
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
