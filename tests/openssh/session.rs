//! The stock sshd in a lab, and a login to it with the stock ssh.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::lab::{Finished, Lab, SERVER, User};
use crate::under_test::Expect;

pub const LOG: &str = "/run/lab/sshd.log";

/// Longest wait for a line in sshd's log. Far more than it takes: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a login came to.
pub struct Login {
    /// What the client printed: ssh's reasons are in its standard error, with `-v`.
    pub client: Finished,
    /// What sshd logged during it, at DEBUG3.
    pub server: String,
}

impl fmt::Debug for Login {
    /// Both sides' words, line by line: what one wants to read when a test fails.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the client exits with {:?} and prints {:?}", self.client.code, self.client.text())?;
        for (side, text) in [("client", &self.client.stderr), ("sshd", &self.server)] {
            for line in text.lines() {
                writeln!(f, "  {side}: {}", line.trim_end())?;
            }
        }
        Ok(())
    }
}

impl Login {
    /// The login worked: `whoami` came back, by hostbased.
    #[track_caller]
    pub fn assert_is(&self, user: User) {
        assert_eq!((self.client.code, self.client.text()), (Some(0), user.name.to_owned()), "{self:?}");
        self.assert_server_said(&format!("Accepted hostbased for {} from 10.77.0.1 port ", user.name));
    }

    /// The server refused every request, and said this.
    #[track_caller]
    pub fn assert_server_refused(&self, reason: &str) {
        self.assert_nothing_ran();
        assert!(self.client.stderr.contains(": Permission denied (hostbased)."), "{self:?}");
        self.assert_server_said(reason);
    }

    /// The client never got as far as a signed request, because its helper said this line.
    ///
    /// How ssh ends with OpenSSH's helper is a race: where that is gone before ssh has written its request, ssh ends at
    /// once ("couldn't send request"); else it tries its other methods, of which there are none here. Ours reads the
    /// request first.
    #[track_caller]
    pub fn assert_helper_refused(&self, line: &str) {
        self.assert_nothing_ran();
        assert!(self.client.lines().contains(&line), "no line {line:?}\n{self:?}");
        let ends = [": Permission denied (hostbased).", "ssh_keysign: couldn't send request"];
        let ends = Expect::differ(&ends[..1], &ends[..]).here();
        assert!(ends.iter().any(|end| self.client.stderr.contains(end)), "{self:?}");
        assert_eq!(self.times_server_said(" service ssh-connection method hostbased"), 0, "{self:?}");
        // The log is that of this login: it does begin with one.
        assert_ne!(self.times_server_said(" service ssh-connection method none"), 0, "{self:?}");
    }

    /// ssh failed, and ran nothing.
    #[track_caller]
    fn assert_nothing_ran(&self) {
        assert_eq!((self.client.code, self.client.text()), (Some(255), String::new()), "{self:?}");
    }

    /// sshd's log has this text.
    #[track_caller]
    pub fn assert_server_said(&self, text: &str) {
        assert_ne!(self.times_server_said(text), 0, "sshd did not say {text:?}\n{self:?}");
    }

    /// How many lines of sshd's log have this text.
    pub fn times_server_said(&self, text: &str) -> usize {
        self.server.lines().filter(|line| line.contains(text)).count()
    }
}

impl Lab {
    /// Starts sshd on port 22 of all addresses, with all host keys of `/etc/ssh` and these further lines of
    /// configuration (the first value of an option counts, so they come first). It runs until the lab ends.
    pub fn start_sshd(&self, first_lines: &str) {
        let mut config = first_lines.to_owned();
        for family in ["ed25519", "ecdsa", "rsa"] {
            let key = format!("/etc/ssh/ssh_host_{family}_key");
            if self.path(&key).exists() {
                config += &format!("HostKey {key}\n");
            }
        }
        config += "HostbasedAuthentication yes\nPubkeyAuthentication no\nPasswordAuthentication no\n\
                   KbdInteractiveAuthentication no\nIgnoreRhosts yes\nLogLevel DEBUG3\nPidFile none\n";
        // Since 9.8 a client that is refused often is locked out for a while.
        let penalties = "PerSourcePenalties no\n";
        self.write("/etc/ssh/sshd_config", format!("{config}{penalties}"));
        if self.as_root("sshd").arg("-t").output().unwrap().status.code() != Some(0) {
            self.write("/etc/ssh/sshd_config", config);
        }
        let log = std::fs::File::create(self.path(LOG)).unwrap();
        // sshd must be started by its full path, to start itself again for each connection.
        let mut command = self.as_root("sh");
        command
            .args(["-c", "exec \"$(command -v sshd)\" -D -e"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.daemons.borrow_mut().push(command.spawn().unwrap());
        self.await_log(0, |log| log.contains("Server listening on 0.0.0.0 port 22."));
    }

    /// Logs in to the lab's sshd and runs `whoami` there: `account` on the server, `user` on the client.
    pub fn log_in(&self, user: User, account: User, options: &[&str]) -> Login {
        let mut ssh = self.as_user(user, "ssh");
        ssh.arg("-v").args(options).arg(format!("{}@{SERVER}", account.name)).arg("whoami").stdin(Stdio::null());
        self.watch(&mut ssh)
    }

    /// Runs a client that connects to the lab's sshd once, and keeps what that logged meanwhile.
    pub fn watch(&self, client: &mut Command) -> Login {
        let before = self.read(LOG).len();
        let client = self.finish(client);
        // The last thing that sshd says of a connection; what its unprivileged part said comes before, in order.
        let ends = ["Connection closed by ", "Disconnected from ", "Connection reset by ", "Disconnecting "];
        let server = self.await_log(before, |log| ends.iter().any(|end| log.contains(end)));
        Login { client, server }
    }

    fn await_log(&self, from: usize, enough: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let log = self.read(LOG).split_off(from);
            if enough(&log) {
                return log;
            }
            assert!(start.elapsed() < PATIENCE, "sshd's log does not go on: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
