//! One machine of a pair: its namespaces, and what stands in its files.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::helper_place;
use super::names::NameServer;
use crate::keys::KeyPair;

/// A machine. It ends, with all its processes, mounts and addresses, when this is dropped, or when the test dies.
pub struct Machine {
    /// `unshare`, whose only child is the machine's first process. `--kill-child` binds that one to it, and so does the
    /// pipe on its standard input.
    holder: Child,
    /// The machine's first process, by its number outside.
    pub(super) pid: u32,
    /// What answers questions about names.
    pub(super) name_server: RefCell<Option<NameServer>>,
}

impl Machine {
    /// How many processes a machine has that does nothing: its first, and what waits for the test's end.
    pub const IDLE: usize = 2;

    /// Builds machines with these host names, and without any network but an interface `lo` that is down.
    pub(super) fn start<const N: usize>(names: [&str; N]) -> [Self; N] {
        let begun = names.map(|name| {
            Command::new("unshare")
                .args(["-m", "-n", "-u", "-p", "--fork", "--kill-child", "--propagation", "private"])
                .args(["sh", "-c", include_str!("machine.sh")])
                .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .env("NAME", name)
                .env("HELPERS", helper_place().parent().unwrap())
                .env("COMMAND", env!("CARGO_BIN_EXE_hostbased"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        });
        begun.map(|mut holder| {
            let mut line = String::new();
            BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let pid = line.trim().parse().expect("the machine's setup failed: see its message above");
            Self { holder, pid, name_server: RefCell::default() }
        })
    }

    /// A path inside the machine, as it is reached from outside. Links that are absolute lead out of the machine.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.pid))
    }

    /// Whether something is there.
    pub fn has(&self, inside: &str) -> bool {
        self.path(inside).symlink_metadata().is_ok()
    }

    /// A file's text; empty where there is none.
    pub fn read(&self, inside: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(inside)).unwrap_or_default()).into_owned()
    }

    /// Writes a file that belongs to root and that everybody may read.
    pub fn write(&self, inside: &str, content: impl AsRef<[u8]>) {
        self.write_with_mode(inside, content, 0o644);
    }

    /// Writes a file that belongs to root.
    pub fn write_with_mode(&self, inside: &str, content: impl AsRef<[u8]>, mode: u32) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.set_mode(inside, mode);
    }

    /// Writes a file into a user's home, which belongs to that user.
    pub fn write_as(&self, user: super::User, inside: &str, content: impl AsRef<[u8]>) {
        let new_folder = self.path(inside).parent().filter(|folder| !folder.exists()).map(ToOwned::to_owned);
        self.write(inside, content);
        self.set_owner(inside, user.uid, user.gid);
        if let Some(folder) = new_folder {
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
            chown(folder, Some(user.uid), Some(user.gid)).unwrap();
        }
    }

    /// Writes more at a file's end.
    pub fn append(&self, inside: &str, more: &str) {
        self.write(inside, self.read(inside) + more);
    }

    /// Puts something before what a file says.
    pub fn prepend(&self, inside: &str, first: &str) {
        self.write(inside, first.to_owned() + &self.read(inside));
    }

    /// Says something else in a file, which must have said this. Owner and mode stay.
    #[track_caller]
    pub fn replace(&self, inside: &str, old: &str, new: &str) {
        let text = self.read(inside);
        assert!(text.contains(old), "{inside} has no {old:?}:\n{text}");
        fs::write(self.path(inside), text.replace(old, new)).unwrap();
    }

    /// Takes a file away.
    #[track_caller]
    pub fn remove(&self, inside: &str) {
        fs::remove_file(self.path(inside)).unwrap();
    }

    /// Gives a file another name.
    #[track_caller]
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Changes a file's mode.
    #[track_caller]
    pub fn set_mode(&self, inside: &str, mode: u32) {
        fs::set_permissions(self.path(inside), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Changes a file's owner and group. That clears the set-uid and set-gid bits.
    #[track_caller]
    pub fn set_owner(&self, inside: &str, uid: u32, gid: u32) {
        chown(self.path(inside), Some(uid), Some(gid)).unwrap();
    }

    /// Installs a key pair as one of the machine's host keys.
    pub fn install_key(&self, key: &KeyPair) {
        self.write_with_mode(&key.private_path(), &key.private, 0o600);
        self.write(&format!("{}.pub", key.private_path()), format!("{}\n", key.public));
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
