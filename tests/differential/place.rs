//! Puts a case's files where they belong, in the lab that this thread lives in.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use nix::sys::stat::Mode;

use crate::case::{
    Case, Content, File, HOSTS, HOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, LINK_TARGET, NETGROUP, REVOKED_KEYS,
    SHOSTS_EQUIV,
};
use crate::ground::homes;

const SYSTEM: [&str; 8] =
    [HOSTS_EQUIV, SHOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, REVOKED_KEYS, LINK_TARGET, HOSTS, NETGROUP];

/// Takes away what the case before left, and writes this one's files.
pub(crate) fn place(case: &Case) {
    for path in SYSTEM {
        remove(Path::new(path));
    }
    for home in fs::read_dir("/home").unwrap() {
        remove(&home.unwrap().path());
    }
    for (home, uid) in homes() {
        let home = Path::new(&home);
        fs::create_dir(home).unwrap();
        give(home, uid, 0o755);
    }
    // In the order of their paths, so that a folder comes before what is in it.
    for (path, file) in &case.files {
        put(Path::new(path), file);
    }
}

fn remove(path: &Path) {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    match if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) } {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{}: {error}", path.display()),
        _ => {}
    }
}

fn put(path: &Path, File { content, uid, mode }: &File) {
    if !path.parent().is_some_and(Path::is_dir) {
        // The case has something else in the place of the folder.
        return;
    }
    match content {
        Content::Bytes(bytes) => fs::write(path, bytes).unwrap(),
        // A home is there already.
        Content::Folder if path.is_dir() => {}
        Content::Folder => fs::create_dir(path).unwrap(),
        Content::Fifo => nix::unistd::mkfifo(path, Mode::S_IRWXU).unwrap(),
        Content::Link(target) => {
            remove(path);
            return symlink(target, path).unwrap();
        }
    }
    give(path, *uid, *mode);
}

fn give(path: &Path, uid: u32, mode: u32) {
    chown(path, Some(uid), Some(uid)).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
