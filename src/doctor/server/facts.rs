//! What was found out about a server, and about the client that somebody comes from: values, over which the rules judge.

use crate::doctor::Release;
use std::net::IpAddr;

use super::printed::Printed;
use crate::config::Tree;
use crate::dns::{Failed, NotConfirmed};
use crate::key::{Algorithm, PublicKey};
use crate::known_hosts;
use crate::name::{HostName, UserName, address_text};
use crate::revoked::RevokedKeys;
use crate::shosts::{self, Netgroups};
use crate::store::account::SystemAccount;
use crate::verify::{Policy, UserFiles};

/// Everything that the rules look at.
#[derive(Clone)]
pub struct Facts<'a> {
    /// What the sshd that is installed says of its configuration, when it would not start with it.
    pub complaint: Option<String>,
    /// Its release, where that is known.
    pub release: Option<Release>,
    /// Its configuration, line by line.
    pub tree: Tree,
    /// What it says where no `Match` block counts; `None` where it does not say.
    pub general: Option<Printed>,
    /// The one that runs, where it was found.
    pub daemon: Option<Daemon>,
    /// The account that is asked for.
    pub user: UserName,
    /// The user on the client.
    pub client_user: Vec<u8>,
    /// What is known of the account; `None` when there is none.
    pub account: Option<Account>,
    /// The account step of PAM's configuration for sshd, included files in their place.
    pub pam: Vec<PamLine>,
    /// Whether `/etc/nologin` exists.
    pub nologin: bool,
    /// The files that all accounts have in common.
    pub files: ServerFiles,
    /// The account's own.
    pub own_files: Option<&'a dyn UserFiles>,
    /// Who is in which netgroup.
    pub netgroups: &'a dyn Netgroups,
    /// How `/etc/nsswitch.conf` has netgroups looked up; `None` when it does not say.
    pub netgroup_services: Option<String>,
    /// What the client is called, and at which addresses its names are.
    pub client: Client,
    /// From where it may come, the likeliest first.
    pub approaches: Vec<Approach>,
    /// The keys that it would offer, in its order; empty when that is not known.
    pub offers: Vec<Offer>,
    /// What [`lint`](crate::lint::lint()) finds in the files.
    pub lint: Vec<crate::lint::Finding>,
    /// Seconds since 1970.
    pub now: u64,
}

/// An sshd that waits for connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daemon {
    /// Its process.
    pub pid: u32,
    /// When it read its configuration, in milliseconds since 1970: when it was started, or written its PID file again.
    pub read_at: u64,
    /// The files and folders of its configuration that changed since, the latest first.
    pub changed_since: Vec<String>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// As the name services and shadow(5) have it, with its groups.
    pub found: SystemAccount,
    /// Whether its password must be changed before anything else, by shadow(5).
    pub password_is_over: bool,
    /// Whether nobody else is in its primary group: Debian's sshd lets such a group write.
    pub is_alone_in_group: bool,
}

/// A line of the account step of PAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PamLine {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// `required`, `[success=1 default=ignore]`.
    pub control: String,
    /// The module's file name, without its folder.
    pub module: String,
    /// What stands behind.
    pub arguments: Vec<String>,
}

/// What stands where a file should be.
#[derive(Clone, Debug)]
pub enum State<T> {
    /// Nothing.
    Missing,
    /// A folder, a FIFO, a device: what it is.
    NotAFile(String),
    /// It cannot be read, or not be understood: why, escaped.
    Unusable(String),
    /// What it says.
    Read(T),
}

/// A file.
#[derive(Clone, Debug)]
pub struct FileFact<T> {
    /// Its path.
    pub path: String,
    /// What stands there.
    pub state: State<T>,
}

impl<T> FileFact<T> {
    /// What it says, where it was read.
    pub const fn content(&self) -> Option<&T> {
        match &self.state {
            State::Read(content) => Some(content),
            _ => None,
        }
    }
}

/// The files that all accounts have in common.
#[derive(Clone, Debug)]
pub struct ServerFiles {
    /// `/etc/hosts.equiv` and `/etc/ssh/shosts.equiv`, in the order in which sshd asks them.
    pub equiv: [FileFact<shosts::Document>; 2],
    /// `/etc/ssh/ssh_known_hosts` and `/etc/ssh/ssh_known_hosts2`.
    pub known_hosts: [FileFact<known_hosts::Document>; 2],
    /// RevokedKeys.
    pub revoked_keys: Vec<FileFact<RevokedKeys>>,
    /// Files of the hosts.equiv family in places where sshd does not look.
    pub misplaced_equiv: Vec<(String, shosts::Document)>,
    /// Files with keys of hosts that sshd does not read, and ssh may.
    pub other_known_hosts: Vec<(String, known_hosts::Document)>,
}

impl ServerFiles {
    /// `/etc/ssh/shosts.equiv`
    pub(super) const fn shosts(&self) -> &FileFact<shosts::Document> {
        let [_, shosts] = &self.equiv;
        shosts
    }
}

/// The client, as it was named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its names: the one that was given, the one that it claims, its own.
    pub names: Vec<HostName>,
    /// The addresses of these names, as the server's resolver has them.
    pub addresses: Vec<IpAddr>,
    /// Which of these names has which of these addresses there.
    pub resolved: Vec<(HostName, IpAddr)>,
    /// The file with its key, where one was given.
    pub key_files: Vec<String>,
}

impl Client {
    /// A name that has this address by the server's own resolver: what a client says of itself is no name to register it by,
    /// for it may say another host's.
    #[must_use]
    pub fn name_at(&self, address: IpAddr) -> Option<&HostName> {
        self.resolved.iter().find(|(_, its)| *its == address).map(|(name, _)| name)
    }
}

/// A way on which the client may come.
#[derive(Clone, Debug)]
pub struct Approach {
    /// Its address, as the server sees it.
    pub address: IpAddr,
    /// The interface of a link-local address.
    pub zone: Option<String>,
    /// The name that the client claims.
    pub claimed: Vec<u8>,
    /// What the server's resolver says of the address.
    pub lookup: Lookup,
    /// What sshd does with such a connection.
    pub policy: Policy,
    /// The same as it prints it.
    pub printed: Printed,
}

impl Approach {
    /// The address as sshd writes it.
    #[must_use]
    pub fn text(&self) -> String {
        let address = address_text(self.address);
        self.zone.as_ref().map_or_else(|| address.clone(), |zone| format!("{address}%{zone}"))
    }

    /// The claimed name without its final dot.
    #[must_use]
    pub fn claimed(&self) -> &[u8] {
        crate::name::ClaimedHost::new(&self.claimed).without_dot()
    }
}

/// What the server's resolver says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The name that counts, or why there is none.
    pub name: Result<HostName, NotConfirmed>,
    /// Why nobody could be asked, where that is so.
    pub failed: Option<Failed>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// The names that the DNS has for the address, in its order; `None` when it was not asked or does not answer.
    pub dns: Option<Vec<Vec<u8>>>,
    /// The line of `/etc/hosts` for the address: its number and names.
    pub hosts_line: Option<(usize, Vec<String>)>,
}

/// A key that the client would offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// By which algorithm.
    pub algorithm: Algorithm,
    /// The key, in its certificate where it has one.
    pub key: PublicKey,
}
