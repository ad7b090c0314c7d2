//! `examples/russh_server` in a lab, and a login to it with the stock ssh.

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::example::example;
use crate::keys::{self, KeyPair};
use crate::lab::{CLIENT_ADDRESS, Finished, Lab, SERVER, User};

/// Where the example is in a lab.
const PLACE: &str = "/run/lab/russh_server";
/// What it prints.
const OUTPUT: &str = "/run/lab/russh_server.out";
/// What it logs.
pub const LOG: &str = "/run/lab/russh_server.log";
/// The server's own key. The client's are in `/etc/ssh`, for they share the machine.
pub const HOST_KEY: &str = "/run/lab/server_key";

/// Where the server's known host keys are.
pub const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";
/// Where the server's trusted hosts are.
pub const SHOSTS_EQUIV: &str = "/etc/ssh/shosts.equiv";

/// Longest wait for the server. Far more than it takes: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends with its lab.
pub struct Server<'a> {
    lab: &'a Lab,
    /// `nsenter`, whose child it is.
    child: Child,
}

/// What a login came to.
pub struct Login {
    /// What ssh printed: the client's reasons are in its standard error, with `-v`.
    pub client: Finished,
    /// What the server logged during it.
    pub log: String,
}

impl fmt::Debug for Login {
    /// Both sides' words, line by line: what one wants to read when a test fails.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ssh exits with {:?} and prints {:?}", self.client.code, self.client.text())?;
        for (side, text) in [("ssh", &self.client.stderr), ("server", &self.log)] {
            for line in text.lines() {
                writeln!(f, "  {side}: {}", line.trim_end())?;
            }
        }
        Ok(())
    }
}

/// The fields of a decision's line in the log.
pub type Fields = BTreeMap<String, String>;

/// The fields, `name="value"`, of the lines with this message.
pub fn decisions(log: &str, method: &str) -> Vec<Fields> {
    let fields = |line: &str| {
        let (_, rest) = line.split_once(&format!(": {method} decision="))?;
        let mut fields = Fields::new();
        let mut rest = &line[line.len() - rest.len() - "decision=".len()..];
        while let Some((name, tail)) = rest.split_once("=\"") {
            let (value, tail) = tail.split_once('"').unwrap();
            fields.insert(name.trim().to_owned(), value.to_owned());
            rest = tail;
        }
        assert_eq!(rest, "", "{line}");
        Some(fields)
    };
    log.lines().filter_map(fields).collect()
}

impl Login {
    /// `decision code` of each decision over hostbased.
    pub fn hostbased(&self) -> Vec<String> {
        short(&decisions(&self.log, "hostbased"))
    }

    /// `decision code` of each decision over publickey.
    pub fn public_key(&self) -> Vec<String> {
        short(&decisions(&self.log, "publickey"))
    }

    /// The login worked, by hostbased at once: `whoami` came back, and the one line of the log says who it was.
    #[track_caller]
    pub fn assert_is(&self, user: User) {
        assert_eq!((self.client.code, self.client.text()), (Some(0), user.name.to_owned()), "{self:?}");
        assert_eq!(self.hostbased(), ["accepted accepted"], "{self:?}");
        self.assert_field("user", user.name);
        self.assert_field("address", CLIENT_ADDRESS);
    }

    /// Every request was refused, for this reason, and the client was not told so.
    #[track_caller]
    pub fn assert_refused(&self, code: &str) {
        self.assert_nothing_ran();
        let refused = self.hostbased();
        assert!(!refused.is_empty() && refused.iter().all(|short| *short == format!("refused {code}")), "{self:?}");
        assert!(!self.client.stderr.contains(code), "{self:?}");
    }

    /// ssh was not let in, and ran nothing.
    #[track_caller]
    pub fn assert_nothing_ran(&self) {
        assert_eq!((self.client.code, self.client.text()), (Some(255), String::new()), "{self:?}");
        assert!(self.client.stderr.contains(": Permission denied ("), "{self:?}");
    }

    /// The last decision's line has this value of this field.
    #[track_caller]
    pub fn assert_field(&self, name: &str, value: &str) {
        let fields = decisions(&self.log, "hostbased").pop().unwrap_or_default();
        assert_eq!(fields.get(name).map(String::as_str), Some(value), "{name} of {self:?}");
    }
}

fn short(decisions: &[Fields]) -> Vec<String> {
    decisions.iter().map(|fields| format!("{} {}", fields["decision"], fields["code"])).collect()
}

impl Lab {
    /// Starts the example on port 22 of all addresses, with these options.
    pub fn start_russh_server(&self, options: &[&str]) -> Server<'_> {
        if !self.path(PLACE).exists() {
            self.bring(&example("russh_server"), PLACE);
            self.write_with_mode(HOST_KEY, &keys::another_ed25519().private, 0o600);
        }
        let file = |path| std::fs::File::create(self.path(path)).unwrap();
        let mut command = self.as_root(PLACE);
        command.args(["--listen", "0.0.0.0:22", "--host-key", HOST_KEY]).args(options);
        let child = command.stdin(Stdio::null()).stdout(file(OUTPUT)).stderr(file(LOG)).spawn().unwrap();
        let mut server = Server { lab: self, child };
        server.wait_until(|server| {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", self.read(LOG));
            self.read(OUTPUT) == "listening on 0.0.0.0:22\n"
        });
        server
    }

    /// Starts the example for a client that has this one key, registered under this name in both files.
    pub fn serve(&self, key: &KeyPair, client: &str, options: &[&str]) -> Server<'_> {
        self.install_key(key);
        self.write(KNOWN_HOSTS, format!("{client} {}\n", key.public_without_comment()));
        self.write(SHOSTS_EQUIV, format!("{client}\n"));
        self.start_russh_server(options)
    }
}

impl Server<'_> {
    /// Logs in and runs `whoami` there: `account` on the server, `user` on the client.
    pub fn log_in(&self, user: User, account: User, options: &[&str]) -> Login {
        self.run(self.ssh(user, account, options).arg("whoami"))
    }

    /// The stock ssh; its command is still to come.
    pub fn ssh(&self, user: User, account: User, options: &[&str]) -> Command {
        let mut ssh = self.lab.as_user(user, "ssh");
        ssh.arg("-v").args(options).arg(format!("{}@{SERVER}", account.name)).stdin(Stdio::null());
        ssh
    }

    /// Runs a client, and keeps what the server logs meanwhile. A decision is logged before the client learns of it.
    pub fn run(&self, client: &mut Command) -> Login {
        let before = self.log().len();
        let client = Finished::from(client.output().unwrap());
        Login { client, log: self.log().split_off(before) }
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.lab.read(LOG)
    }

    /// Its own process's number, as this machine sees it.
    pub fn pid(&self) -> String {
        // The child of `nsenter`.
        let nsenter = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{nsenter}/task/{nsenter}/children")).unwrap();
        children.trim().to_owned()
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("sh").args(["-c", &format!("kill -s {name} {}", self.pid())]).status().unwrap();
        assert!(kill.success());
    }

    /// Waits until this is so.
    #[track_caller]
    pub fn wait_until(&mut self, mut is_so: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < PATIENCE, "the server does not go on: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for its end: its exit code.
    pub fn ended(mut self) -> Option<i32> {
        let mut ended: Option<ExitStatus> = None;
        self.wait_until(|server| {
            ended = server.child.try_wait().unwrap();
            ended.is_some()
        });
        assert_eq!(ended.unwrap().signal(), None);
        ended.unwrap().code()
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
