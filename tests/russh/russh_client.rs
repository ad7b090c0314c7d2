//! `examples/russh_client` in a lab.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

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

/// An example, built as these tests are: `cargo test` builds plain examples only where no target is named.
pub fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<bool> = OnceLock::new();
    let profile_folder = Path::new(env!("CARGO_BIN_EXE_hostbased")).parent().unwrap();
    let built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "-p", "hostbased", "--features", "russh", "--examples", "--manifest-path"]);
        cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        cargo.arg("--target-dir").arg(profile_folder.parent().unwrap());
        if profile_folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.status().unwrap().success()
    });
    assert!(built, "the examples do not build: see the compiler's message");
    profile_folder.join("examples").join(name)
}

impl Lab {
    /// Puts a program of the machine into the lab, where ordinary users reach it wherever the build folder is.
    pub fn bring(&self, program: &Path, place: &str) {
        self.write_with_mode(place, "", 0o755);
        let mount = self.as_root("mount").arg("--bind").args([program, Path::new(place)]).status().unwrap();
        assert!(mount.success(), "{}", program.display());
    }

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
