//! A lab: one machine that is client and server at once, with two addresses, that exists for one test.
//!
//! | | name | address |
//! |---|---|---|
//! | client | `node1.cluster.test`, also the machine's host name | 10.77.0.1, fd77::1 |
//! | server | `srv.cluster.test` | 10.77.0.2 |
//!
//! Files inside are reached from the test through `/proc/PID/root` of the lab's first process.

mod files;
mod processes;

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::needs::find_program;
use crate::under_test;

pub use processes::{Finished, in_a_foreign_network};

/// The client's name, and the machine's.
pub const CLIENT: &str = "node1.cluster.test";
/// The client's address: what every connection to the server comes from.
pub const CLIENT_ADDRESS: &str = "10.77.0.1";
/// The server's name.
pub const SERVER: &str = "srv.cluster.test";

/// An account of the lab.
#[derive(Clone, Copy, Debug)]
pub struct User {
    pub name: &'static str,
    pub uid: u32,
    pub gid: u32,
}

/// Who logs in.
pub const ALICE: User = User { name: "alice", uid: 5001, gid: 5001 };
/// Somebody else.
pub const BOB: User = User { name: "bob", uid: 5002, gid: 5002 };
/// A group that nobody is in by default: that of the key files where the helper is set-gid.
pub const SSH_KEYS_GID: u32 = 5900;

/// The lab. It ends, with all its processes, mounts and addresses, when this is dropped, or when the test dies.
pub struct Lab {
    /// `unshare`, whose only child is the lab's first process. `--kill-child` binds that one to it, and so does the
    /// pipe on its standard input.
    holder: Child,
    /// The lab's first process, by its number outside.
    pid: u32,
    /// What runs in it until it ends: `nsenter` processes, whose children are killed with the lab.
    pub daemons: RefCell<Vec<Child>>,
}

impl Lab {
    /// Builds a lab: namespaces, accounts, names, an empty `/etc/ssh` with a client configuration that uses hostbased
    /// alone, and the helper under test, set-uid root, where the stock `ssh` looks for it.
    pub fn new() -> Self {
        let mut holder = Command::new("unshare")
            .args(["-m", "-n", "-u", "-p", "--fork", "--kill-child", "--propagation", "private"])
            .args(["sh", "-c", include_str!("setup.sh")])
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HELPER", under_test::helper())
            .env("HELPER_PLACE", helper_place())
            .env("COMMAND", env!("CARGO_BIN_EXE_hostbased"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pid = line.trim().parse().expect("the lab's setup failed: see its message above");
        let lab = Self { holder, pid, daemons: RefCell::default() };
        lab.write_accounts();
        lab.write_names();
        lab.write_client_config("EnableSSHKeysign yes\n");
        lab
    }

    /// A path inside the lab, as it is reached from outside.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.pid))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.kill();
        let _ = self.holder.wait();
        for daemon in self.daemons.get_mut() {
            let _ = daemon.wait();
        }
    }
}

/// Where the stock `ssh` looks for its helper: the path is compiled in, so it stands in the binary.
pub fn helper_place() -> &'static Path {
    static PLACE: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    PLACE.get_or_init(|| {
        let ssh = std::fs::read(find_program("ssh").unwrap()).unwrap();
        let end = b"/ssh-keysign\0";
        let at = ssh.windows(end.len()).position(|window| window == end).expect("ssh names its helper");
        let start = ssh[..at].iter().rposition(|&byte| byte == 0).unwrap() + 1;
        PathBuf::from(String::from_utf8(ssh[start..at + end.len() - 1].to_vec()).unwrap())
    })
}
