//! A server's files below a temporary root, and the command run on them.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

pub use crate::run::Run;
use crate::tool::tool;

pub const KNOWN_HOSTS: &str = "etc/ssh/ssh_known_hosts";
pub const SHOSTS_EQUIV: &str = "etc/ssh/shosts.equiv";
pub const ADDRESS: &str = "10.77.0.1";
pub const NAME: &str = "node1.cluster.test";

/// Skips the test where there is no ssh-keygen.
macro_rules! needs_keygen {
    () => {
        needs!(crate::needs::missing_program(&["ssh-keygen"]))
    };
}

/// Skips the test where there is no sshd either.
macro_rules! needs_sshd {
    () => {
        needs!(crate::needs::missing_program(&["sshd", "ssh-keygen"]));
        // Without it root's sshd does not even print its configuration; the package makes it at each start.
        if crate::needs::is_root() {
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
    };
}

/// A server that lets alice of node1 in by its address.
pub struct Site {
    folder: TempDir,
}

impl Run {
    /// The login would be let in.
    #[track_caller]
    pub fn accepted(self) -> Self {
        assert_eq!((self.code, self.error.as_str()), (Some(0), ""), "{self:?}");
        let json = self.json();
        assert_eq!((&json["decision"], &json["reason"]), (&"accept".into(), &serde_json::Value::Null), "{self:?}");
        assert!(json["steps"].as_array().unwrap().iter().all(|step| step["result"] != "no"), "{self:?}");
        self
    }

    /// It would be refused, by this code.
    #[track_caller]
    pub fn refused(self, code: &str) -> Self {
        assert_eq!((self.code, self.error.as_str()), (Some(1), ""), "{code}: {self:?}");
        let json = self.json();
        assert_eq!((&json["decision"], &json["reason"]), (&"refuse".into(), &code.into()), "{self:?}");
        let count = json["steps"].as_array().unwrap().iter().filter(|step| step["result"] == "no").count();
        assert_eq!(count, 1, "one step refuses: {self:?}");
        assert!(!json["hint"].as_str().unwrap().is_empty(), "{self:?}");
        self
    }

    /// It could not be told, for this reason.
    #[track_caller]
    pub fn failed(self, reason: &str) -> Self {
        assert_eq!((self.code, self.output.as_str()), (Some(2), ""), "{self:?}");
        assert!(self.error.contains(reason), "{reason}: {self:?}");
        self
    }

    /// One of the notes says this.
    #[track_caller]
    pub fn notes(self, text: &str) -> Self {
        let json = self.json();
        let notes = json["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note.as_str().unwrap().contains(text)), "no note {text:?}: {notes:#?}");
        self
    }

    /// The place of the step that refused.
    #[track_caller]
    pub fn refused_at(&self) -> (String, Option<u64>) {
        let json = self.json();
        let step = json["steps"].as_array().unwrap().iter().find(|step| step["result"] == "no").unwrap().clone();
        (step["file"].as_str().unwrap_or_default().to_owned(), step["line"].as_u64())
    }
}

impl Site {
    /// The files, with the key [`host_key`] known for address and name.
    pub fn new() -> Self {
        let site = Self::empty();
        site.write(KNOWN_HOSTS, format!("{NAME},{ADDRESS} {}\n", host_key().public));
        site.write(SHOSTS_EQUIV, format!("{ADDRESS}\n"));
        site
    }

    /// No files at all.
    pub fn empty() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["", "etc", "etc/ssh", "home", "home/alice", "home/alice/.ssh"] {
            fs::create_dir_all(site.path(folder)).unwrap();
            set_mode(&site.path(folder), 0o755);
        }
        site
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(below);
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o644);
        path.to_str().unwrap().to_owned()
    }

    /// `explain --json` for alice, with these further arguments; those that may stand only once replace their like.
    pub fn explain(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// The same for the host's own key.
    pub fn explain_by_key(&self, arguments: &[&str]) -> Run {
        self.explain(&[&["--key", host_key().file()], arguments].concat())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let uid = self.uid();
        let usual = [
            ("--user", "alice"),
            ("--client-user", "alice"),
            ("--client-host", "node1.cluster.test."),
            ("--address", ADDRESS),
            ("--uid", uid.as_str()),
            ("--home", "/home/alice"),
        ];
        let mut command = self.bare(&["--json", "--set", "HostbasedAuthentication=yes"]);
        for (flag, value) in usual.into_iter().filter(|(flag, _)| !arguments.contains(flag)) {
            command.args([flag, value]);
        }
        command.args(arguments);
        command
    }

    /// `explain` with these arguments and the root only.
    pub fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
        command.args(["explain", "--root", self.folder.path().to_str().unwrap()]).args(arguments).stdin(Stdio::null());
        command
    }

    /// The owner of these files; not root.
    pub fn uid(&self) -> String {
        let uid = nix::unistd::geteuid().as_raw();
        (if uid == 0 { 1000 } else { uid }).to_string()
    }
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs the command with this on standard input.
pub fn with_input(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may end without reading all.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// A key pair of ssh-keygen's, in a folder that lives as long as the tests.
pub struct Pair {
    file: String,
    /// `type base64`
    pub public: String,
}

impl Pair {
    fn new(name: &str, kind: &str, bits: &str) -> Self {
        let file = folder().join(name).to_str().unwrap().to_owned();
        tool("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", &file]);
        let public = fs::read_to_string(format!("{file}.pub")).unwrap().trim_end().to_owned();
        Self { file: format!("{file}.pub"), public }
    }

    /// Its `.pub` file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// As ssh-keygen prints it.
    pub fn fingerprint(&self) -> String {
        tool("ssh-keygen", &["-lf", &self.file]).split(' ').nth(1).unwrap().to_owned()
    }

    /// The host certificate of this key by [`authority`], made with these options of ssh-keygen; its file.
    pub fn certificate(&self, name: &str, options: &[&str]) -> String {
        let copy = folder().join(name).to_str().unwrap().to_owned();
        fs::copy(&self.file, format!("{copy}.pub")).unwrap();
        let authority = authority().file.trim_end_matches(".pub");
        let file = format!("{copy}.pub");
        let arguments = [&["-q", "-s", authority, "-I", "node1's"], options, &[&file]].concat();
        tool("ssh-keygen", &arguments);
        format!("{copy}-cert.pub")
    }
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

macro_rules! pair {
    ($name:ident, $kind:literal, $bits:literal, $what:literal) => {
        #[doc = $what]
        pub fn $name() -> &'static Pair {
            static PAIR: OnceLock<Pair> = OnceLock::new();
            PAIR.get_or_init(|| Pair::new(stringify!($name), $kind, $bits))
        }
    };
}

pair!(host_key, "ed25519", "256", "The client host's key.");
pair!(another_key, "ed25519", "256", "A key that is nobody's.");
pair!(rsa_key, "rsa", "2048", "The client host's RSA key.");
pair!(ecdsa_key, "ecdsa", "256", "The client host's ECDSA key.");
pair!(authority, "ed25519", "256", "What signs host certificates.");
