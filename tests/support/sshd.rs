//! A stock sshd on loopback, with host keys of its own. It needs no root: nobody logs in to it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::needs::{find_program, is_root};
use crate::tool::tool;

/// Skips the test where there is no sshd, or one of these programs that it needs besides.
macro_rules! needs_sshd {
    ($($more:literal),*) => {
        needs!(crate::needs::missing_program(&["sshd", "ssh-keygen" $(, $more)*]))
    };
}

/// A running sshd; it ends with this value.
pub(crate) struct Sshd {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: TempDir,
}

impl Sshd {
    /// Without certificates, which cost it time at each connection: for [`start`](Self::start), and not for sshd.
    const NO_CERTIFICATES: &str = "HostCertificate=none";

    /// Starts one on this address and port, with a key of each type (`ssh-keygen -t`, `-b`), a certificate for each, and
    /// these options (`Keyword=value`).
    pub(crate) fn start(address: &str, port: u16, keys: &[(&str, &str)], options: &[&str]) -> Self {
        make_privilege_separation_folder();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let generate = |name: &str, kind: &str, bits: &str| {
            tool("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", "", "-f", &file(name)]);
        };
        generate("ca", "ed25519", "256");
        let mut command = sshd();
        command.args(["-D", "-e"]);
        let listen = format!("ListenAddress={address}:{port}");
        for option in [&listen, "PidFile=none", "UsePAM=no", "MaxStartups=1000"].iter().chain(options) {
            if *option == Self::NO_CERTIFICATES {
                continue;
            }
            command.args(["-o", option]);
        }
        // From 9.8 on sshd keeps away those who connect often without logging in.
        let no_penalties = ["-o", "PerSourcePenalties=no"];
        if sshd().args(["-t", "-h", &file("ca")]).args(no_penalties).output().unwrap().status.success() {
            command.args(no_penalties);
        }
        for (kind, bits) in keys {
            generate(kind, kind, bits);
            command.args(["-h", &file(kind)]);
            if !options.contains(&Self::NO_CERTIFICATES) {
                tool("ssh-keygen", &["-q", "-s", &file("ca"), "-h", "-I", "id", "-n", "localhost", &file(kind)]);
                command.args(["-o", &format!("HostCertificate={}-cert.pub", file(kind))]);
            }
        }
        let log = fs::File::create(file("log")).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut sshd = Self { child, port, folder };
        sshd.wait_until_it_answers(address);
        sshd
    }

    fn wait_until_it_answers(&mut self, address: &str) {
        let start = Instant::now();
        while TcpStream::connect((address, self.port)).is_err() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(self.child.try_wait().unwrap().is_none(), "sshd ended: {}", log());
            assert!(start.elapsed() < Duration::from_secs(20), "sshd does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its public key of that type, `type base64`.
    pub(crate) fn public_key(&self, kind: &str) -> String {
        let file = fs::read_to_string(self.folder.path().join(format!("{kind}.pub"))).unwrap();
        file.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// sshd by its full path, without which it does not start, and without the machine's configuration.
fn sshd() -> Command {
    let mut command = Command::new(find_program("sshd").unwrap());
    command.args(["-f", "/dev/null"]);
    command
}

/// Where root's sshd locks its unprivileged part in, and without which it does not even print its configuration. The
/// package makes it at each start of the service.
pub(crate) fn make_privilege_separation_folder() {
    if is_root() {
        fs::create_dir_all("/run/sshd").unwrap();
    }
}

/// A port that is free on all of loopback now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
