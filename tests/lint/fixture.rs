//! A temporary root and the command run on it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hostbased::key::encode_base64;
use tempfile::TempDir;

pub use crate::run::Run;

pub const BINARY: &str = env!("CARGO_BIN_EXE_hostbased");
pub const KNOWN_HOSTS: &str = "etc/ssh/ssh_known_hosts";
pub const SHOSTS_EQUIV: &str = "etc/ssh/shosts.equiv";
pub const HOSTS_EQUIV: &str = "etc/hosts.equiv";

/// A root with an empty `etc/ssh`.
pub struct Root {
    pub folder: TempDir,
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

    /// One with both files.
    pub fn with(known_hosts: impl AsRef<[u8]>, shosts: impl AsRef<[u8]>) -> Self {
        let root = Self::new();
        root.write(KNOWN_HOSTS, known_hosts);
        root.write(SHOSTS_EQUIV, shosts);
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

    /// The command on this root, without a terminal; sshd looks up names and addresses.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(BINARY);
        command.args(arguments).arg("--root").arg(self.folder.path()).stdin(Stdio::null());
        command.output().unwrap().into()
    }

    /// `lint --names both` with more.
    pub fn lint(&self, more: &[&str]) -> Run {
        self.run(&[&["lint", "--names", "both"], more].concat())
    }
}

impl Run {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.output.contains(text), "{text}: {self:?}");
        self
    }
}

/// An ed25519 public key, `ssh-ed25519 base64`, another one for each number. Nobody has the private half.
pub fn public_key(number: usize) -> String {
    let mut point = [0x5a; 32];
    point[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let blob = [&[0, 0, 0, 11], b"ssh-ed25519".as_slice(), &[0, 0, 0, 32], &point].concat();
    format!("ssh-ed25519 {}", encode_base64(&blob))
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}
