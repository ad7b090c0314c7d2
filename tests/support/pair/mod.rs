//! A pair: two machines on one cable, a client and a server, that exist for one test.
//!
//! | | name, also the machine's host name | addresses |
//! |---|---|---|
//! | client | `node1.cluster.test` | 10.77.0.1, fd77::1 |
//! | server | `srv.cluster.test` | 10.77.0.2, fd77::2 |
//!
//! Each has mount, network, host name and process namespaces of its own. `/etc`, `/home`, `/root`, `/run`, `/tmp`, `/var`,
//! `/usr/local/bin` (with our command in it) and the folder of the stock ssh's helper are the pair's; nothing of the machine
//! below changes, and everything is gone with the pair. Files are reached from the test through `/proc/PID/root`.
//!
//! Where a pair is as a distribution installs it ([`Pair::bare`]), that is Debian 12.
//!
//! A test binary that includes this also includes `tests/support/needs.rs`, `tests/support/run.rs` and `tests/openssh/keys.rs`, by these names; a
//! test begins with `needs!(crate::pair::missing())`.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

mod files;
mod machine;
mod names;
mod processes;
mod sshd;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

pub use files::{SSH_CONFIG, SSHD_CONFIG, client_keys, known_hosts, server_keys};
pub use machine::Machine;
pub use names::Answer;
pub use sshd::{LOG, Login};

use crate::needs::{find_program, is_root, missing_program};

/// The client's name.
pub const CLIENT: &str = "node1.cluster.test";
/// The client's address: what connections to the server come from.
pub const CLIENT_ADDRESS: &str = "10.77.0.1";
/// The server's name.
pub const SERVER: &str = "srv.cluster.test";
/// The server's address.
pub const SERVER_ADDRESS: &str = "10.77.0.2";

/// An account, the same on both machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    pub name: &'static str,
    pub uid: u32,
    pub gid: u32,
    pub home: &'static str,
}

/// Who logs in.
pub const ALICE: User = User { name: "alice", uid: 5001, gid: 5001, home: "/home/alice" };
/// Somebody else.
pub const BOB: User = User { name: "bob", uid: 5002, gid: 5002, home: "/home/bob" };
/// The superuser.
pub const ROOT: User = User { name: "root", uid: 0, gid: 0, home: "/root" };
/// A group that nobody is in: that of the key files where the helper is set-gid.
pub const SSH_KEYS_GID: u32 = 5900;

/// Two machines. They end, with all their processes, when this is dropped, or when the test dies.
pub struct Pair {
    pub client: Machine,
    pub server: Machine,
    /// The server's sshd, while it is meant to run: `nsenter`, whose child ends with the machine.
    sshd: RefCell<Option<Child>>,
}

impl Pair {
    /// Two machines as a distribution installs them, with accounts and names: default files of ssh and sshd, host keys on
    /// the server (of which the client knows nothing), none on the client, no sshd running.
    pub fn bare() -> Self {
        let [client, server] = Machine::start([CLIENT, SERVER]);
        let network = |addresses: [&str; 2]| {
            let [four, six] = addresses;
            format!(
                "link set lo up\nlink set eth0 up\naddress add {four}/24 dev eth0\n\
                 address add {six}/64 dev eth0 nodad\n"
            )
        };
        let cable = format!("link add eth0 type veth peer name eth0 netns {}\n", server.pid);
        client.ip(&(cable + &network([CLIENT_ADDRESS, "fd77::1"])));
        server.ip(&network([SERVER_ADDRESS, "fd77::2"]));
        let pair = Self { client, server, sshd: RefCell::default() };
        for machine in [&pair.client, &pair.server] {
            machine.write_accounts();
            machine.write_names();
            machine.write_defaults();
        }
        server_keys().iter().for_each(|key| pair.server.install_key(key));
        pair
    }

    /// Two machines between which hostbased works for alice and bob, by names (`UseDNS yes`, `/etc/hosts`), with sshd running
    /// on port 22 and logging at DEBUG3.
    pub fn healthy() -> Self {
        let pair = Self::stopped();
        pair.start_sshd();
        pair
    }

    /// [`healthy`](Self::healthy) before sshd was started.
    pub fn stopped() -> Self {
        let pair = Self::bare();
        pair.make_healthy();
        pair
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.stop_sshd();
    }
}

/// Why this machine cannot build a pair; `None` when it can.
pub fn missing() -> Option<String> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    MISSING.get_or_init(look).clone()
}

fn look() -> Option<String> {
    if !is_root() {
        return Some("root".to_owned());
    }
    let programs = ["ssh", "ssh-keygen", "sshd", "ip", "unshare", "nsenter", "setpriv"];
    if let Some(missing) = missing_program(&programs) {
        return Some(missing);
    }
    let try_it = "mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work && \
                  mount -t overlay -o lowerdir=/var,upperdir=/mnt/upper,workdir=/mnt/work overlay /var && \
                  ip link add eth0 type veth peer name eth1";
    let tried = Command::new("unshare")
        .args(["-m", "-n", "-u", "-p", "--fork", "--propagation", "private", "sh", "-c", try_it])
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&tried.stderr).trim().to_owned();
    (!tried.status.success()).then(|| format!("private namespaces with overlayfs and veth: {said}"))
}

/// Where the stock `ssh` looks for its helper: the path is compiled in, so it stands in the binary.
pub fn helper_place() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let ssh = std::fs::read(find_program("ssh").unwrap()).unwrap();
        let end = b"/ssh-keysign\0";
        let at = ssh.windows(end.len()).position(|window| window == end).expect("ssh names its helper");
        let start = ssh[..at].iter().rposition(|&byte| byte == 0).unwrap() + 1;
        PathBuf::from(String::from_utf8(ssh[start..at + end.len() - 1].to_vec()).unwrap())
    })
}
