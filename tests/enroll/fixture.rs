//! A temporary root, the command run on it, and keys.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hostbased::key::{Fingerprint, encode_base64, parse_public_key_line};
use tempfile::TempDir;

pub use crate::run::Run;
use crate::sshd::Sshd;
use crate::tool::tool;

pub const BINARY: &str = env!("CARGO_BIN_EXE_hostbased");
pub const KNOWN_HOSTS: &str = "etc/ssh/ssh_known_hosts";
pub const SHOSTS_EQUIV: &str = "etc/ssh/shosts.equiv";

/// The commands that ask before they write.
const WRITING: [&str; 5] = ["enroll", "refresh", "remove", "revoke", "sync"];

/// The commands that check names and addresses.
const CHECKING: [&str; 2] = ["enroll", "sync"];

/// A root with an empty `etc/ssh`.
pub struct Root {
    folder: TempDir,
}

impl Run {
    #[track_caller]
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    pub fn refused(self, reason: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.output.contains(reason), "{reason}: {self:?}");
        self
    }

    #[track_caller]
    pub fn failed(self, reason: &str) -> Self {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert!(self.error.contains(reason), "{reason}: {self:?}");
        assert!(!self.output.contains("both files admit it"), "{self:?}");
        self
    }
}

impl Root {
    pub fn new() -> Self {
        let root = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(root.path("etc/ssh")).unwrap();
        for part in ["", "etc", "etc/ssh"] {
            set_mode(&root.path(part), 0o755);
        }
        root
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(below);
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o644);
        path
    }

    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_default()
    }

    /// Both files: known_hosts, shosts.equiv.
    pub fn files(&self) -> [String; 2] {
        [self.read(KNOWN_HOSTS), self.read(SHOSTS_EQUIV)]
    }

    /// What lies in `etc/ssh`, but for the lock files and backups, which stay.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("etc/ssh")).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.ends_with(".hostbased-lock") && !name.ends_with(".old"));
        names.sort();
        names
    }

    /// The command on this root, without a terminal; what would ask whether to write is told `--yes`, and what checks names
    /// and addresses is told to let short names and loopback pass, unless the test says itself what passes.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let arguments: Vec<OsString> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        let writes = arguments.first().is_some_and(|first| WRITING.iter().any(|command| first == command));
        let mut command = self.unconfirmed(&arguments);
        if writes && !arguments.iter().any(|argument| argument == "--dry-run") {
            command.arg("--yes");
        }
        let checks = arguments.first().is_some_and(|first| CHECKING.iter().any(|command| first == command));
        if checks && !arguments.iter().any(|argument| argument == "--allow" || argument == "--certificate-authority") {
            command.args(["--allow", "not-fully-qualified", "--allow", "special-address"]);
        }
        command
    }

    /// The same without `--yes`.
    pub fn unconfirmed<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments).arg("--root").arg(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// `enroll HOST --names both` with the key of that number.
    pub fn enroll_key(&self, host: &str, key: usize, more: &[&str]) -> Run {
        let file = self.write(&format!("key{key}.pub"), public_key(key));
        let arguments = ["enroll", host, "--key-file", file.to_str().unwrap(), "--names", "both"];
        self.run(&[&arguments, more].concat())
    }
}

/// An ed25519 public key, `ssh-ed25519 base64`, another one for each number. Nobody has the private half.
pub fn public_key(number: usize) -> String {
    let mut point = [0x5a; 32];
    point[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let blob = [&[0, 0, 0, 11], b"ssh-ed25519".as_slice(), &[0, 0, 0, 32], &point].concat();
    format!("ssh-ed25519 {}", encode_base64(&blob))
}

pub fn fingerprint(public_key: &str) -> Fingerprint {
    parse_public_key_line(public_key.as_bytes()).unwrap().0.fingerprint()
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

impl Sshd {
    /// Of its key of that type, as ssh-keygen prints it on that host.
    pub fn fingerprint(&self, kind: &str) -> String {
        let file = self.folder.path().join(format!("{kind}.pub"));
        tool("ssh-keygen", &["-lf", file.to_str().unwrap()]).split(' ').nth(1).unwrap().to_owned()
    }
}
