//! `examples/russh_client` in a lab.

use std::process::{Command, Stdio};

use crate::example::example;
use crate::lab::{Lab, SERVER, User, helper_place};
use crate::session::Login;

/// Where the example is in a lab.
const PLACE: &str = "/run/lab/russh_client";

/// Who signs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer<'a> {
    /// The helper under test, run by an ordinary user.
    Helper,
    /// Another helper, run by an ordinary user.
    HelperAt(&'a str),
    /// A private key file, read by root, who speaks for the user.
    KeyFile(&'a str),
}

impl Lab {
    /// Lets the user's `~/.ssh/known_hosts` know the lab's sshd by this key line.
    pub fn know_server(&self, user: User, key: &str) {
        self.write(&format!("/home/{}/.ssh/known_hosts", user.name), format!("{SERVER} {key}\n"));
    }

    /// The example client to `destination`, by that signer, for `user`: its options and command are still to come.
    pub fn russh_client(&self, destination: &str, signer: Signer<'_>, user: User) -> Command {
        if !self.path(PLACE).exists() {
            self.bring(&example("russh_client"), PLACE);
        }
        let mut client = match signer {
            Signer::Helper | Signer::HelperAt(_) => self.as_user(user, PLACE),
            Signer::KeyFile(_) => self.as_root(PLACE),
        };
        client.stdin(Stdio::null()).arg(destination);
        match signer {
            Signer::Helper => client.arg("--helper").arg(helper_place()),
            Signer::HelperAt(path) => client.args(["--helper", path]),
            // Root speaks for the user, and goes by the user's known_hosts.
            Signer::KeyFile(file) => {
                client.env("HOME", format!("/home/{}", user.name));
                client.args(["--key-file", file, "--client-user", user.name])
            }
        };
        client
    }

    /// Logs in with it to the lab's sshd, and runs `whoami` there.
    pub fn russh_log_in(&self, signer: Signer<'_>, user: User, account: User, options: &[&str]) -> Login {
        let destination = format!("{}@{SERVER}", account.name);
        self.watch(self.russh_client(&destination, signer, user).args(options).args(["--", "whoami"]))
    }
}
