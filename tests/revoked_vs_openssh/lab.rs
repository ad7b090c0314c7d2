//! Keys and certificates, and what `ssh-keygen` and we say of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hostbased::key::{PublicKey, encode_base64, parse_public_key_file};
use hostbased::revoked::RevokedKeys;

/// What a file says of some keys: which are revoked, or nothing, for it cannot be read.
pub(crate) type Verdicts = Option<Vec<bool>>;

/// Keys, and certificates of them, in a folder that vanishes.
pub(crate) struct Lab {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) keys: Vec<(PathBuf, PublicKey)>,
}

/// Certificates: authority, key, serial number, key id.
const CERTIFICATES: [(&str, &str, u64, &str); 11] = [
    ("ca1", "ed25519", 0, "none"),
    ("ca1", "ed25519", 1, "one"),
    ("ca1", "ed25519", 2, "two words"),
    ("ca1", "ecdsa", 7, "seven"),
    ("ca1", "ed25519", 8, "eight"),
    ("ca1", "ed25519", 100, "a hundred"),
    ("ca1", "ed25519", 1 << 32, "many"),
    ("ca1", "ed25519", u64::MAX, "most"),
    ("ca2", "ed25519", 7, "other"),
    ("ca2", "rsa", 0, "none"),
    ("ca2", "ed25519", 200, "one"),
];

impl Lab {
    pub(crate) fn new() -> Self {
        let mut lab = Self { folder: tempfile::tempdir().unwrap(), keys: Vec::new() };
        for (name, arguments) in [
            ("ca1", "-t ed25519"),
            ("ca2", "-t ecdsa -b 384"),
            ("ed25519", "-t ed25519"),
            ("ecdsa", "-t ecdsa"),
            ("rsa", "-t rsa -b 2048"),
            ("other", "-t ed25519"),
        ] {
            let path = lab.path(name);
            let arguments: Vec<_> = arguments.split(' ').chain(["-q", "-N", "", "-C", name, "-f"]).collect();
            succeeds(ssh_keygen(&arguments).arg(&path));
            lab.add(&path.with_extension("pub"));
        }
        for (number, (authority, key, serial, id)) in CERTIFICATES.into_iter().enumerate() {
            let copy = lab.path(&format!("{number}.pub"));
            std::fs::copy(lab.path(&format!("{key}.pub")), &copy).unwrap();
            let arguments = ["-q", "-h", "-n", "node1", "-I", id, "-z", &serial.to_string(), "-s"];
            succeeds(ssh_keygen(&arguments).arg(lab.path(authority)).arg(copy));
            // The private key beside the certificate, for signing with it.
            std::fs::copy(lab.path(key), lab.path(&number.to_string())).unwrap();
            lab.add(&lab.path(&format!("{number}-cert.pub")));
        }
        lab
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn add(&mut self, path: &Path) {
        self.keys.push((path.to_owned(), parse_public_key_file(&std::fs::read(path).unwrap()).unwrap()));
    }

    pub(crate) fn key(&self, name: &str) -> &PublicKey {
        let path = self.path(name);
        &self.keys.iter().find(|(of, _)| *of == path).unwrap().1
    }

    pub(crate) fn line(&self, name: &str) -> String {
        self.key(name).to_line()
    }

    pub(crate) fn ours(&self, file: &[u8]) -> Verdicts {
        let revoked = RevokedKeys::parse(file).ok()?;
        Some(self.keys.iter().map(|(_, key)| revoked.check(key).is_some()).collect())
    }

    /// What `ssh-keygen -Qf` says of a KRL.
    pub(crate) fn theirs(&self, file: &[u8]) -> Verdicts {
        let path = self.path("krl");
        std::fs::write(&path, file).unwrap();
        let output = run(ssh_keygen(&["-Q", "-f"]).arg(path).args(self.keys.iter().map(|(path, _)| path)));
        if output.status.code() == Some(255) {
            return None;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let verdict = |line: &str| match line.rsplit_once(": ").unwrap().1 {
            "REVOKED" => true,
            "ok" => false,
            other => panic!("{other}"),
        };
        let verdicts: Vec<bool> = text.lines().map(verdict).collect();
        assert_eq!(verdicts.len(), self.keys.len(), "{text}");
        assert_eq!(output.status.code(), Some(i32::from(verdicts.contains(&true))));
        Some(verdicts)
    }

    /// Compares what both say of a KRL, and returns how many keys it revokes.
    pub(crate) fn same(&self, file: &[u8]) -> Option<usize> {
        let theirs = self.theirs(file);
        assert_eq!(self.ours(file), theirs, "{}", encode_base64(file));
        theirs.map(|verdicts| verdicts.into_iter().filter(|&revoked| revoked).count())
    }

    /// Makes a KRL by `ssh-keygen -k`, or changes the one that is there with `-u`.
    pub(crate) fn make(&self, krl: &str, options: &[&str], spec: &str) -> Vec<u8> {
        let (path, spec_path) = (self.path(krl), self.path("spec"));
        std::fs::write(&spec_path, spec).unwrap();
        succeeds(ssh_keygen(&["-q", "-k", "-f"]).arg(&path).args(options).arg(spec_path).current_dir(&self.folder));
        std::fs::read(path).unwrap()
    }
}

pub(crate) fn ssh_keygen(arguments: &[&str]) -> Command {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("ssh-keygen cannot be run: install it (Debian: openssh-client, Fedora: openssh)")
}

pub(crate) fn succeeds(command: &mut Command) {
    let output = run(command);
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
