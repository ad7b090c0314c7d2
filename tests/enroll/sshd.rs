//! A real sshd on loopback, with host keys of its own: the client host that is to be registered.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::fixture::{is_root, tool};
use crate::needs::SSHD;

/// Ends with its value.
pub struct Sshd {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A port that is free on all of loopback now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Sshd {
    /// With a key of each type (`ed25519`, or `rsa` and its bits) on this address, at this port.
    pub fn start(address: &str, port: u16, types: &[(&str, &str)]) -> Self {
        if is_root() {
            // Where sshd locks its unprivileged part in; the package makes it at each start.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let mut config = format!("ListenAddress {address}\nPort {port}\nPidFile none\nUsePAM no\n");
        for (kind, bits) in types {
            let path = folder.path().join(kind);
            let path = path.to_str().unwrap();
            tool("ssh-keygen", &["-q", "-N", "", "-t", kind, "-b", bits, "-f", path]);
            config.push_str(&format!("HostKey {path}\n"));
        }
        let file = folder.path().join("sshd_config");
        std::fs::write(&file, config).unwrap();
        let child = Command::new(SSHD)
            .args(["-D", "-e", "-f", file.to_str().unwrap()])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sshd = Self { child, folder, port };
        let start = Instant::now();
        while TcpStream::connect((address, port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "sshd does not answer");
            sleep(Duration::from_millis(20));
        }
        sshd
    }

    /// `type base64` of its key of that type.
    pub fn public_key(&self, kind: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(format!("{kind}.pub"))).unwrap();
        text.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    /// As ssh-keygen prints it on that host.
    pub fn fingerprint(&self, kind: &str) -> String {
        let file = self.folder.path().join(format!("{kind}.pub"));
        tool("ssh-keygen", &["-lf", file.to_str().unwrap()]).split(' ').nth(1).unwrap().to_owned()
    }
}
