mod changing;
mod reasons;
mod threads;
mod user_files;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::known_hosts::KnownHosts;
use crate::verify::{Content, Unreadable};

const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";
const EQUIV: &str = "/etc/ssh/shosts.equiv";
const REVOKED: &str = "/etc/ssh/revoked";

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";

/// Older than any file of a test.
const SETTLED: Duration = Duration::ZERO;
/// Younger than none.
const YOUNG: Duration = Duration::from_secs(3600);

/// A root with an empty `etc/ssh` whose modes do not depend on the umask, and a store of it.
struct Site {
    folder: TempDir,
    store: TrustStore,
}

impl Site {
    fn new(settling: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("etc/ssh")).unwrap();
        for part in ["", "etc", "etc/ssh"] {
            mode(&folder.path().join(part), 0o755);
        }
        let paths = TrustPaths::default().with_revoked_keys(&[REVOKED.to_owned()]);
        let store = TrustStore::new(Root::new(folder.path()), &paths).danger_with_settling_time(settling);
        Self { folder, store }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    /// Writes in place.
    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(path), bytes).unwrap();
        mode(&self.path(path), 0o644);
    }

    /// Replaces as a whole.
    fn replace(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let beside = self.path("etc/ssh/beside");
        fs::write(&beside, bytes).unwrap();
        mode(&beside, 0o644);
        fs::rename(&beside, self.path(path)).unwrap();
    }

    fn known_hosts(&self) -> Seen {
        known_hosts(&self.store.snapshot())
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What was found of ssh_known_hosts: the lines for `host`.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Missing,
    Unreadable(Unreadable),
    Lines(Vec<usize>),
}

fn known_hosts(snapshot: &Snapshot) -> Seen {
    match snapshot.sources().known_hosts.content {
        Content::Missing => Seen::Missing,
        Content::Unreadable(why) => Seen::Unreadable(why),
        Content::Read(document) => Seen::Lines(lines_for(document, b"host")),
    }
}

fn lines_for(document: &dyn KnownHosts, name: &[u8]) -> Vec<usize> {
    let mut lines = Vec::new();
    document.for_each_matching(name, &mut |line, _| lines.push(line));
    lines
}

/// Whether both hold the very same content of ssh_known_hosts, parsed once.
fn share_known_hosts(one: &Snapshot, other: &Snapshot) -> bool {
    let content = |snapshot: &Snapshot| match snapshot.sources().known_hosts.content {
        Content::Read(document) => Some(std::ptr::from_ref(document).cast::<()>()),
        _ => None,
    };
    content(one).is_some() && content(one) == content(other)
}

fn entry(lines_before: usize) -> String {
    format!("{}host {KEY}\n", "# nothing\n".repeat(lines_before))
}
