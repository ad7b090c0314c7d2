//! A stock sshd on a loopback port of its own, with keys of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const SSHD: &str = "/usr/sbin/sshd";

/// A running sshd; it ends with this value.
pub(crate) struct Sshd {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: TempDir,
}

impl Sshd {
    /// Starts one with keys of these types (`ssh-keygen -t`, `-b`), each with a host certificate, and these options;
    /// `None` when that is impossible here, after saying so.
    pub(crate) fn start(test: &str, keys: &[(&str, &str)], options: &[&str]) -> Option<Self> {
        if let Some(reason) = impossible() {
            skip(test, &reason);
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(SSHD);
        command.args(["-D", "-e", "-f", "/dev/null"]);
        let pid_file = folder.path().join("pid");
        for option in [
            &format!("ListenAddress=0.0.0.0:{port}"),
            &format!("PidFile={}", pid_file.display()),
            "UsePAM=no",
            "MaxStartups=1000",
        ]
        .iter()
        .map(ToString::to_string)
        .chain(options.iter().map(ToString::to_string))
        {
            command.args(["-o", &option]);
        }
        // From 9.8 on sshd keeps away those who connect often without logging in.
        if knows(folder.path(), "PerSourcePenalties=no") {
            command.args(["-o", "PerSourcePenalties=no"]);
        }
        let authority = generate(folder.path(), "ca", "ed25519", "256");
        for (kind, bits) in keys {
            let key = generate(folder.path(), &format!("{kind}{bits}"), kind, bits);
            keygen(&["-q", "-s", text(&authority), "-h", "-I", "id", "-n", "localhost", text(&key)]);
            command.args(["-h", text(&key)]);
            command.args(["-o", &format!("HostCertificate={}-cert.pub", key.display())]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let sshd = Self { child, port, folder };
        sshd.wait();
        Some(sshd)
    }

    fn wait(&self) {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(start.elapsed() < Duration::from_secs(20), "sshd does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The public key of that type as its file has it, without the comment.
    pub(crate) fn public_key(&self, kind: &str, bits: &str) -> String {
        let file = fs::read_to_string(self.folder.path().join(format!("{kind}{bits}.pub"))).unwrap();
        file.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The usual keys.
pub(crate) const USUAL: &[(&str, &str)] = &[("rsa", "2048"), ("ecdsa", "256"), ("ed25519", "256")];

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Skips are told, counted, and a failure in CI.
pub(crate) fn skip(test: &str, reason: &str) {
    let line = format!("SKIPPED {test}: {reason}");
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("HOSTBASED_SKIPS") {
        use std::io::Write;
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{line}");
}

fn impossible() -> Option<String> {
    for needed in [SSHD, "/usr/bin/ssh-keyscan", "/usr/bin/ssh-keygen"] {
        if !Path::new(needed).exists() {
            return Some(format!("{needed} is not installed (openssh-server, openssh-client)"));
        }
    }
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout.trim_ascii() != b"0" {
        return Some("sshd starts as root only".to_owned());
    }
    // Debian makes it when the service starts.
    fs::create_dir_all("/run/sshd").err().map(|error| format!("/run/sshd: {error}"))
}

/// Whether this release of sshd has the option.
fn knows(folder: &Path, option: &str) -> bool {
    let key = generate(folder, "any", "ed25519", "256");
    let output = Command::new(SSHD).args(["-t", "-f", "/dev/null", "-h", text(&key), "-o", option]).output().unwrap();
    output.status.success()
}

fn generate(folder: &Path, name: &str, kind: &str, bits: &str) -> PathBuf {
    let path = folder.join(name);
    keygen(&["-q", "-t", kind, "-b", bits, "-N", "", "-f", text(&path)]);
    path
}

fn keygen(arguments: &[&str]) {
    let output = Command::new("ssh-keygen").args(arguments).output().unwrap();
    assert!(output.status.success(), "ssh-keygen {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
