//! A case: everything that a login and its server consist of, as plain data that can be printed.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hostbased::escape::escape;

use crate::material::Material;

/// One attempt to log in.
#[derive(Clone)]
pub(crate) struct Case {
    /// How it came to be: what was done to a login that works.
    pub(crate) name: String,
    /// Lines of sshd_config, before those of every case.
    pub(crate) options: Vec<String>,
    /// The files, by path. What is not here does not exist.
    pub(crate) files: BTreeMap<String, File>,
    /// The account on the server that is asked for.
    pub(crate) account: String,
    /// Where the client connects from.
    pub(crate) peer: Peer,
    /// What the client says that it is called.
    pub(crate) client_host: Vec<u8>,
    /// What the client says that the user is called there.
    pub(crate) client_user: Vec<u8>,
    /// The key or certificate: the name of a blob in [`Material`].
    pub(crate) key: String,
    /// The algorithm that it says it signs by.
    pub(crate) algorithm: String,
    /// How the signature is made.
    pub(crate) signature: Signature,
    /// What stands behind the request's last field.
    pub(crate) tail: Vec<u8>,
}

/// Where a client connects from, in the lab's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// The server's socket is of IPv6, and sees an IPv4 address as a mapped one.
    pub(crate) mapped: bool,
}

/// A file, folder or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) content: Content,
    pub(crate) uid: u32,
    pub(crate) mode: u32,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    Folder,
    /// A symbolic link to there.
    Link(String),
    /// A pipe that nobody writes to.
    Fifo,
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// By the key, over the request.
    Good,
    /// By another key of the same type.
    ByAnotherKey,
    /// For another connection.
    OfAnotherSession,
    /// For another account.
    ForAnotherAccount,
    /// For another host name.
    ForAnotherHost,
    /// With a byte changed.
    Damaged,
    /// With a byte behind it.
    TrailingByte,
    /// By SHA-1 or another hash than the algorithm says, where the key is RSA's; and said so.
    ByAnotherHash,
    /// For names that end before their NUL.
    WithoutTheNul,
    /// No bytes at all.
    Empty,
    /// By a token that nobody touched.
    NotTouched,
}

pub(crate) const HOSTS_EQUIV: &str = "/etc/hosts.equiv";
pub(crate) const SHOSTS_EQUIV: &str = "/etc/ssh/shosts.equiv";
pub(crate) const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";
pub(crate) const KNOWN_HOSTS2: &str = "/etc/ssh/ssh_known_hosts2";
pub(crate) const REVOKED_KEYS: &str = "/etc/ssh/revoked_keys";
/// Where a link in place of one of the system's files leads.
pub(crate) const LINK_TARGET: &str = "/etc/ssh/target";
pub(crate) const HOSTS: &str = "/etc/hosts";
pub(crate) const NETGROUP: &str = "/etc/netgroup";

/// The name that the client's address has, both ways.
pub(crate) const NODE: &str = "node1.cluster.test";
/// Where the client is.
pub(crate) const NODE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1));
/// Its other address.
pub(crate) const NODE_ADDRESS6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 1));

/// A server's names, as every case has them unless it says otherwise. Which of them count, and which name the reverse
/// lookup gives, is the order of the lines.
pub(crate) const USUAL_HOSTS: &str = "127.0.0.1 localhost\n\
    10.77.0.1 node1.cluster.test node1\n\
    fd77::1 node1.cluster.test\n\
    10.77.0.2 srv.cluster.test srv\n";

impl Case {
    /// A login that works: alice of the node, found by its address, with an Ed25519 key.
    pub(crate) fn good(material: &Material) -> Self {
        let mut case = Self {
            name: "good".into(),
            options: Vec::new(),
            files: BTreeMap::new(),
            account: "alice".into(),
            peer: Peer { address: NODE_ADDRESS, mapped: false },
            client_host: b"node1.cluster.test.".to_vec(),
            client_user: b"alice".to_vec(),
            key: "ed25519".into(),
            algorithm: "ssh-ed25519".into(),
            signature: Signature::Good,
            tail: Vec::new(),
        };
        case.write(HOSTS, USUAL_HOSTS);
        case.write(SHOSTS_EQUIV, "10.77.0.1\n");
        case.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", material.line("ed25519")));
        case
    }

    /// Sets an option of sshd, in place of what it was set to.
    pub(crate) fn set(&mut self, option: &str, value: &str) {
        self.options.retain(|line| line.split(' ').next() != Some(option));
        // In front: what stands behind a Match line belongs to its block.
        self.options.insert(0, format!("{option} {value}"));
    }

    /// What an option was set to.
    pub(crate) fn option(&self, option: &str) -> Option<&str> {
        self.options.iter().find_map(|line| line.strip_prefix(option)?.strip_prefix(' '))
    }

    /// Whether an option was set to this.
    pub(crate) fn is_set(&self, option: &str, value: &str) -> bool {
        self.option(option) == Some(value)
    }

    /// Writes a file of root's that everybody can read.
    pub(crate) fn write(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), File { content: Content::Bytes(bytes.into()), uid: 0, mode: 0o644 });
    }

    /// Writes a file of the account's below its home, and the home's folders where they are missing.
    pub(crate) fn write_at_home(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        let uid = crate::ground::uid_of(&self.account);
        if path.starts_with(".ssh/") {
            self.files.entry(self.home(".ssh")).or_insert(File { content: Content::Folder, uid, mode: 0o700 });
        }
        let file = File { content: Content::Bytes(bytes.into()), uid, mode: 0o600 };
        self.files.insert(self.home(path), file);
    }

    /// A path below the account's home; the home itself for no path.
    pub(crate) fn home(&self, path: &str) -> String {
        let home = crate::ground::home_of(&self.account);
        if path.is_empty() { home } else { format!("{home}/{path}") }
    }

    /// The text of a file that is one.
    pub(crate) fn text(&self, path: &str) -> Option<&[u8]> {
        match self.files.get(path) {
            Some(File { content: Content::Bytes(bytes), .. }) => Some(bytes),
            _ => None,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "case: {}", self.name)?;
        let from = if self.peer.mapped { ", seen as an IPv4-mapped one" } else { "" };
        writeln!(f, "  from {}{from}, into {:#}", self.peer.address, escape(self.account.as_bytes()))?;
        writeln!(f, "  client host {:#}, client user {:#}", escape(&self.client_host), escape(&self.client_user))?;
        writeln!(f, "  key {}, algorithm {}, signature {:?}", self.key, self.algorithm, self.signature)?;
        if !self.tail.is_empty() {
            writeln!(f, "  {} bytes behind the request", self.tail.len())?;
        }
        for line in &self.options {
            writeln!(f, "  sshd_config: {line}")?;
        }
        for (path, File { content, uid, mode }) in &self.files {
            writeln!(f, "  {path} (owner {uid}, mode {mode:04o}):{}", kind(content))?;
            if let Content::Bytes(bytes) = content {
                for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                    writeln!(f, "    {}", shortened(line))?;
                }
            }
        }
        Ok(())
    }
}

fn kind(content: &Content) -> String {
    match content {
        Content::Bytes(bytes) if bytes.is_empty() => " empty".into(),
        Content::Bytes(_) => String::new(),
        Content::Folder => " a folder".into(),
        Content::Link(target) => format!(" a link to {target}"),
        Content::Fifo => " a pipe".into(),
    }
}

/// A line as a string literal has it; of a long one its beginning and its end.
fn shortened(line: &[u8]) -> String {
    let text = line.escape_ascii().to_string();
    if text.len() <= 400 {
        return text;
    }
    format!("{} … ({} bytes) … {}", &text[..150], line.len(), &text[text.len() - 150..])
}
