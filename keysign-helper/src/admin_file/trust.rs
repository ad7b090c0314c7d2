//! Whose word a file is.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::sys::stat::Mode;

use crate::ROOT;

/// Most links on the way to a file (Linux: MAXSYMLINKS).
const MAX_LINKS: usize = 40;

/// Whether root or `owner` alone decides which file this path leads to: every folder and every link on the way, and the
/// file, is theirs, and no folder can be written by others, unless it is sticky (there they cannot replace what is not
/// theirs).
///
/// What cannot be looked at is not theirs alone.
pub(crate) fn is_chosen_by(path: &Path, owner: u32) -> bool {
    let mut at = PathBuf::from("/");
    let mut links = 0_usize;
    // Names still to go, the last first.
    let mut names = names_of(path);
    loop {
        let Ok(found) = fs::symlink_metadata(&at) else { return false };
        let writable_by_others = found.mode() & (Mode::S_IWGRP | Mode::S_IWOTH).bits() != 0;
        let sticky = found.mode() & Mode::S_ISVTX.bits() != 0;
        if ![ROOT, owner].contains(&found.uid()) || (found.is_dir() && writable_by_others && !sticky) {
            return false;
        }
        if found.is_symlink() {
            links = links.saturating_add(1);
            let Ok(target) = fs::read_link(&at) else { return false };
            if links > MAX_LINKS {
                return false;
            }
            at = if target.is_absolute() { PathBuf::from("/") } else { parent(&at) };
            names.extend(names_of(&target));
        }
        match names.pop() {
            None => return true,
            Some(name) if name == b".." => at = parent(&at),
            Some(name) => at.push(std::ffi::OsStr::from_bytes(&name)),
        }
    }
}

fn names_of(path: &Path) -> Vec<Vec<u8>> {
    let names = path.as_os_str().as_bytes().split(|&byte| byte == b'/');
    names.filter(|name| !name.is_empty() && *name != b".").rev().map(<[u8]>::to_vec).collect()
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_path_buf()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    #[test]
    fn every_step_of_the_way_counts() {
        if !nix::unistd::geteuid().is_root() {
            return crate::test_support::skipped("every_step_of_the_way_counts");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let theirs = 12_345;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for (name, mode) in [("ours", 0o755), ("theirs", 0o755), ("open", 0o777), ("sticky", 0o1777)] {
            fs::create_dir(path(name)).unwrap();
            fs::write(path(name).join("file"), "").unwrap();
            fs::set_permissions(path(name), Permissions::from_mode(mode)).unwrap();
        }
        chown(path("theirs"), Some(theirs), None).unwrap();
        fs::write(path("ours/of_theirs"), "").unwrap();
        chown(path("ours/of_theirs"), Some(theirs), None).unwrap();
        for (link, target) in [
            ("ours/link", "file"),
            ("ours/up", "../ours/./file"),
            ("ours/away", "../theirs/file"),
            ("ours/loop", "loop"),
            ("theirs/back", "../ours/file"),
            ("ours/there_and_back", "../theirs/back"),
            ("sticky/link_of_theirs", "file"),
        ] {
            symlink(target, path(link)).unwrap();
        }
        symlink(path("ours"), path("absolute")).unwrap();
        std::os::unix::fs::lchown(path("sticky/link_of_theirs"), Some(theirs), None).unwrap();
        for (name, expected) in [
            ("ours/file", true),
            ("ours/../ours//file", true),
            ("ours/link", true),
            ("ours/up", true),
            ("absolute/file", true),
            ("sticky/file", true),
            ("ours/of_theirs", false),
            ("ours/away", false),
            ("ours/loop", false),
            ("ours/absent", false),
            ("theirs/file", false),
            ("theirs/back", false),
            ("ours/there_and_back", false),
            ("theirs/../ours/file", false),
            ("open/file", false),
            ("sticky/link_of_theirs", false),
        ] {
            assert_eq!(is_chosen_by(&path(name), ROOT), expected, "{name}");
        }
        assert!(is_chosen_by(&path("theirs/back"), theirs));
    }
}
