//! The server that is meant, and the way there.

use std::net::IpAddr;

use super::FileFacts;
use crate::doctor::client::Options;

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
    /// Where the server is this machine: whether a line of its own shosts.equiv or hosts.equiv may be for it; none where that
    /// cannot be told.
    pub is_its_own_client: Option<bool>,
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
