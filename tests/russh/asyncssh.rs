//! AsyncSSH in a lab: another implementation of SSH that knows hostbased, from PyPI. tests/run installs it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::lab::{Lab, SERVER, User};
use crate::under_test::UnderTest;

/// Where it is in a lab.
const PLACE: &str = "/run/lab/asyncssh";
/// What its server logs.
const LOG: &str = "/run/lab/asyncssh.log";

/// Builds a lab with AsyncSSH in it, or returns from the test when this machine cannot.
macro_rules! needs_asyncssh {
    () => {{
        needs!(crate::needs_lab::missing().or_else(crate::asyncssh::missing));
        let lab = crate::lab::Lab::new();
        lab.bring_asyncssh();
        lab
    }};
}

/// The environment that tests/run makes, beside the folder of the profile.
fn environment() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_hostbased")).ancestors().nth(2).unwrap().join("asyncssh")
}

/// Why there is no AsyncSSH here; `None` when there is.
pub fn missing() -> Option<String> {
    // tests/run copies its list there when all of it is installed.
    let installed = std::fs::read_to_string(environment().join("requirements.txt")).ok();
    (installed.as_deref() != Some(include_str!("asyncssh/requirements.txt"))).then(|| {
        format!("AsyncSSH, which tests/run installs from PyPI (KEYSIGN_UNDER_TEST={})", UnderTest::chosen().name())
    })
}

/// A running AsyncSSH server.
pub struct Server<'a> {
    lab: &'a Lab,
    /// Its address and port.
    pub port: u16,
}

impl Lab {
    pub fn bring_asyncssh(&self) {
        std::fs::create_dir(self.path(PLACE)).unwrap();
        let mount = self.as_root("mount").arg("--bind").args([&environment(), Path::new(PLACE)]).status().unwrap();
        assert!(mount.success());
        self.write("/run/lab/server.py", include_str!("asyncssh/server.py"));
        self.write("/run/lab/client.py", include_str!("asyncssh/client.py"));
    }

    /// AsyncSSH's client, run by root where no user is named: its options and command are still to come.
    pub fn asyncssh_client(&self, user: Option<User>) -> Command {
        let python = format!("{PLACE}/bin/python");
        let mut client = match user {
            Some(user) => self.as_user(user, &python),
            None => self.as_root(&python),
        };
        client.arg("/run/lab/client.py").stdin(Stdio::null());
        client
    }

    /// Starts AsyncSSH's server on the server's address, with that host key; it trusts the client hosts of
    /// `/etc/ssh/ssh_known_hosts`. It runs until the lab ends.
    pub fn start_asyncssh_server(&self, host_key: &str, options: &[&str]) -> Server<'_> {
        let mut command = self.as_root(&format!("{PLACE}/bin/python"));
        command.args(["/run/lab/server.py", "--address", "10.77.0.2", "--host-key", host_key]);
        command.args(["--known-client-hosts", "/etc/ssh/ssh_known_hosts"]).args(options);
        let log = std::fs::File::create(self.path(LOG)).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.daemons.borrow_mut().push(child);
        let port = line.trim().strip_prefix("listening on 10.77.0.2:").and_then(|port| port.parse().ok());
        Server { lab: self, port: port.unwrap_or_else(|| panic!("it says {line:?}\n{}", self.read(LOG))) }
    }
}

impl Server<'_> {
    /// Who it is, for a client.
    pub fn destination(&self, account: User) -> String {
        format!("{}@{SERVER}:{}", account.name, self.port)
    }

    /// What it has logged, once that text is in it.
    #[track_caller]
    pub fn log_with(&self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let log = self.lab.read(LOG);
            if log.contains(text) {
                return log;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "it did not say {text:?}\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
