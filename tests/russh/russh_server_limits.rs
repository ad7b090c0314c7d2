//! What the example server refuses to start with, and what it lets nobody do to it.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::example::example;
use crate::keys;
use crate::lab::{ALICE, BOB, CLIENT_ADDRESS};
use crate::russh_server::{HOST_KEY, decisions};

/// A root with a host key.
fn root() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("etc/ssh");
    fs::create_dir_all(&folder).unwrap();
    write_key(&folder.join("ssh_host_ed25519_key"), 0o600);
    root
}

fn write_key(file: &Path, mode: u32) {
    fs::write(file, &keys::ed25519().private).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

fn command(root: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(example("russh_server"));
    command.args(["--listen", "127.0.0.1:0", "--root"]).arg(root).args(options).stdin(Stdio::null());
    command
}

#[test]
fn what_it_does_not_start_with() {
    let root = root();
    let elsewhere = root.path().join("none");
    let refused = |command: &mut Command, why: &str| {
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{said}");
        assert!(said.lines().next().unwrap().contains(why), "{said}");
    };
    for (options, why) in [
        (&["--verbose", "x"][..], "there is no option \"--verbose\""),
        (&["--set"], "--set needs a value"),
        (&["--set", "UseDNS"], "\"UseDNS\" is no OPTION=VALUE"),
        (&["--set", "UseDNS=maybe"], "--set: "),
        (&["--set", "PasswordAuthentication=yes"], "this server has no PasswordAuthentication"),
        (&["--set", "UsePAM=yes"], "this server has no UsePAM"),
        (&["--set", "AuthenticationMethods=password"], "no methods that are switched on"),
        (&["--max-auth-tries", "0"], "\"0\" is no number above 0"),
        (&["--login-grace-time", "soon"], "\"soon\" is no number above 0"),
        (&["--listen", "localhost:22"], "\"localhost:22\" is no ADDRESS:PORT, with an IP address"),
        (&["--listen", "192.0.2.1:1"], "192.0.2.1:1: "),
        (&["--host-key", "/no/such/key.pub"], "host key /no/such/key.pub: a public key; the private one is needed"),
        (&["--root", "/proc/self/fdinfo/0"], "/proc/self/fdinfo/0/etc/ssh: Not a directory"),
    ] {
        refused(&mut command(root.path(), options), why);
    }
    let no_key = command(root.path(), &["--host-key", "/no/such/key"]).output().unwrap().stderr;
    let line = "russh_server: host key /no/such/key: No such file or directory (os error 2)\n";
    assert!(no_key.starts_with(line.as_bytes()), "{}", String::from_utf8_lossy(&no_key));
    for option in ["--help", "-h"] {
        let help = command(root.path(), &[option]).output().unwrap();
        assert!(help.status.success() && help.stdout.starts_with(b"Usage: russh_server "), "{help:?}");
        // Nobody reads it.
        let (_, closed) = std::io::pipe().unwrap();
        assert!(command(root.path(), &[option]).stdout(closed).status().unwrap().success());
    }
    refused(&mut command(&elsewhere, &[]), "/none/etc/ssh: No such file");
    refused(&mut Command::new(example("russh_server")), "--listen is missing");
    write_key(&root.path().join("etc/ssh/ssh_host_rsa_key"), 0o644);
    refused(&mut command(root.path(), &[]), "ssh_host_rsa_key: others may use it (mode 0644)");
    fs::remove_dir_all(root.path().join("etc/ssh")).unwrap();
    fs::create_dir_all(root.path().join("etc/ssh")).unwrap();
    refused(&mut command(root.path(), &[]), &format!("; ssh-keygen -A -f {} makes them", root.path().display()));
}

/// A running server, with this address.
struct Running(Child, SocketAddr);

impl Running {
    fn start(root: &Path, options: &[&str]) -> Self {
        let mut child = command(root, options).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("it starts").parse().unwrap();
        Self(child, address)
    }

    /// A client that says nothing. It waits for the server's word no longer than a busy machine may need.
    fn silent_client(&self) -> TcpStream {
        let stream = TcpStream::connect(self.1).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Stops it; all that it has logged.
    fn log(mut self) -> String {
        assert!(Command::new("kill").arg(self.0.id().to_string()).status().unwrap().success());
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How the server greets; nothing when it closes without a word.
fn greeting(mut stream: &TcpStream) -> String {
    let mut greeting = [0; 8];
    let length = stream.read(&mut greeting).unwrap_or_default();
    String::from_utf8_lossy(&greeting[..length]).into_owned()
}

#[test]
fn a_client_that_does_not_log_in_is_cut() {
    let root = root();
    let server = Running::start(root.path(), &["--login-grace-time", "1"]);
    let start = Instant::now();
    let mut silent = server.silent_client();
    // One that goes further, to the key exchange, and stays there.
    let mut stalls = server.silent_client();
    std::io::Write::write_all(&mut stalls, b"SSH-2.0-stalls\r\n").unwrap();
    for stream in [&mut silent, &mut stalls] {
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert!(all.starts_with(b"SSH-2.0-"), "{all:?}");
    }
    let taken = start.elapsed();
    assert!(taken > Duration::from_millis(900) && taken < Duration::from_secs(15), "{taken:?}");
    // One that just leaves is nothing to tell.
    drop(server.silent_client());
    let log = server.log();
    assert_eq!(log.matches("connection ended").count(), 2, "{log}");
    assert_eq!(log.matches("error=\"no login within --login-grace-time\"").count(), 2, "{log}");
}

#[test]
fn only_so_many_may_be_about_to_log_in() {
    let root = root();
    let server = Running::start(root.path(), &[]);
    let mut clients: Vec<_> = (0..100).map(|_| server.silent_client()).collect();
    for client in &clients {
        assert_eq!(greeting(client), "SSH-2.0-");
    }
    assert_eq!(greeting(&server.silent_client()), "");
    // Where one goes, there is room for another.
    clients.pop();
    let start = Instant::now();
    while greeting(&server.silent_client()).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

/// A server that is not root: it can be nobody else, so nobody else comes in.
#[test]
fn an_ordinary_user_serves_himself() {
    let lab = needs_root_and_sshd!();
    drop(lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]));
    lab.set_owner(HOST_KEY, ALICE.uid, ALICE.gid);
    let mut server = lab.as_user(ALICE, "/run/lab/russh_server");
    server.args(["--listen", "0.0.0.0:2222", "--host-key", HOST_KEY]).stdin(Stdio::null());
    let mut server = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.stdout.as_mut().unwrap()), &mut line).unwrap();
    assert_eq!(line, "listening on 0.0.0.0:2222\n");
    let log_in = |user: crate::lab::User| {
        let mut ssh = lab.as_user(user, "ssh");
        ssh.args(["-p", "2222", &format!("{}@{}", user.name, crate::lab::SERVER), "whoami"]).stdin(Stdio::null());
        crate::lab::Finished::from(ssh.output().unwrap()).text()
    };
    assert_eq!((log_in(ALICE), log_in(BOB)), ("alice".to_owned(), String::new()));
    let _ = server.kill();
    // `nsenter` is gone; the server has its end of the pipe until the lab ends.
    drop(lab);
    let output = server.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let said: Vec<_> = decisions(&log, "hostbased").iter().map(|fields| fields["code"].clone()).collect();
    assert_eq!(said, ["accepted", "application-denies"], "{log}");
}
