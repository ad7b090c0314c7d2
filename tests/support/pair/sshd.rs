//! The stock sshd of the server, and logins to it with the stock ssh of the client.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Machine, Pair, SERVER, User};
use crate::run::Run;

/// Where sshd logs to.
pub const LOG: &str = "/var/log/sshd.log";
/// What it writes when it listens, and removes when it is told to read its configuration again.
const PID_FILE: &str = "/run/sshd.pid";

/// Longest wait for sshd. Far more than it takes: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a login came to.
pub struct Login {
    /// What the client printed: ssh's reasons are in its standard error, as with `-vvv`.
    pub client: Run,
    /// What sshd logged during it.
    pub server: String,
}

impl fmt::Debug for Login {
    /// Both sides' words, line by line: what one wants to read when a test fails.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the client exits with {:?} and prints {:?}", self.client.code, self.client.output)?;
        for (side, text) in [("client", &self.client.error), ("sshd", &self.server)] {
            for line in text.lines() {
                writeln!(f, "  {side}: {}", line.trim_end())?;
            }
        }
        Ok(())
    }
}

impl Login {
    /// The login worked: `whoami` came back, by hostbased.
    pub fn is(&self, user: User) -> bool {
        self.client.code == Some(0) && self.client.output.trim() == user.name
    }
}

impl Pair {
    /// Starts sshd as it is configured. Whether it listens; it runs until the pair ends.
    pub fn start_sshd(&self) -> bool {
        self.stop_sshd();
        // Started by its full path, to start itself again for each connection.
        let mut command = self.server.as_root("sh");
        command.args(["-c", &format!("exec \"$(command -v sshd)\" -D -E {LOG}")]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        *self.sshd.borrow_mut() = Some(command.spawn().unwrap());
        self.await_sshd()
    }

    /// Starts an sshd on the client, too, with its host keys: then it can be scanned.
    pub fn start_clients_sshd(&self) {
        let mut command = self.client.as_root("sh");
        assert!(command.args(["-c", "exec \"$(command -v sshd)\""]).status().unwrap().success());
        let start = Instant::now();
        while self.client.read(PID_FILE).is_empty() {
            assert!(start.elapsed() < PATIENCE, "the client's sshd does not start");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Makes the running sshd read its configuration again. Whether it still listens.
    pub fn reload_sshd(&self) -> bool {
        let Ok(pid) = self.server.read(PID_FILE).trim().parse::<u32>() else { return self.start_sshd() };
        // So that the next one is that of the new configuration.
        self.server.remove(PID_FILE);
        self.server.root_runs(&format!("kill -HUP {pid}"));
        self.await_sshd()
    }

    fn await_sshd(&self) -> bool {
        let mut child = self.sshd.borrow_mut();
        let start = Instant::now();
        while self.server.read(PID_FILE).is_empty() {
            if child.as_mut().unwrap().try_wait().unwrap().is_some() {
                return false;
            }
            assert!(start.elapsed() < PATIENCE, "sshd does not start: {}", self.server.read(LOG));
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// Ends sshd, and with it nothing else.
    pub fn stop_sshd(&self) {
        if let Some(mut child) = self.sshd.borrow_mut().take() {
            // Where the configuration gives no file, it ends with the machine.
            if let Ok(pid) = self.server.read(PID_FILE).trim().parse::<u32>() {
                let _ = self.server.as_root("kill").arg(pid.to_string()).status();
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Logs in to the server and runs `whoami` there: `account` on the server, `user` on the client.
    pub fn log_in(&self, user: User, account: User, options: &[&str]) -> Login {
        let mut ssh = self.client.as_user(user, "ssh");
        ssh.args(options).args(["-l", account.name, SERVER]);
        self.watch(&mut ssh)
    }

    /// Runs ssh, told so far where to and as whom, and keeps what sshd logged meanwhile: once, without questions, and
    /// `whoami` there.
    pub fn watch(&self, ssh: &mut Command) -> Login {
        let before = self.server.read(LOG).len();
        let client = ssh.args(["-vvv", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "whoami"]);
        let client = Run::from(client.stdin(Stdio::null()).output().unwrap());
        // What serves a connection ends a moment later, with its last words. Those that stay: the machine's first, and sshd.
        let start = Instant::now();
        while self.server.processes().len() > Machine::IDLE + 1 && start.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(2));
        }
        Login { client, server: self.server.read(LOG).split_off(before) }
    }
}
