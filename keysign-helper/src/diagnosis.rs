//! Why no key file could be opened: the commonest trouble with such a helper, and OpenSSH's message for it says nothing.

use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use hostbased::escape::escape;
use nix::sys::stat::Mode;

use crate::privilege::Ids;

/// What keeps this helper from having privileges; none when it had them, or was called by root. `no_new_privs` says whether
/// the caller had forbidden new privileges.
pub(crate) fn missing_privileges(before: Ids, no_new_privs: bool) -> Option<String> {
    let path = std::env::current_exe().unwrap_or_else(|_| Path::new("this helper").to_path_buf());
    let file = std::fs::metadata(&path).ok();
    explain(before, no_new_privs, &path, file.as_ref())
}

fn explain(before: Ids, no_new_privs: bool, path: &Path, file: Option<&Metadata>) -> Option<String> {
    let (user, group) = (before.user, before.group);
    if user.real.is_root() || user.effective.is_root() {
        return None;
    }
    let shown = escape(path.as_os_str().as_bytes());
    if group.effective != group.real {
        let group = group.effective;
        return Some(format!("{shown} is set-gid: the key files must be readable for group {group} (chmod 640)"));
    }
    if user.effective != user.real {
        let owner = user.effective;
        return Some(format!(
            "{shown} is set-uid, but belongs to user {owner} (chown root {shown}; chmod 4711 {shown})"
        ));
    }
    let bits = (Mode::S_ISUID | Mode::S_ISGID).bits();
    if file.is_some_and(|file| file.permissions().mode() & bits == 0) {
        return Some(format!("{shown} has no set-uid bit (chown root {shown}; chmod 4711 {shown})"));
    }
    if no_new_privs {
        let where_from = "NoNewPrivileges= of a unit, --security-opt no-new-privileges of a container";
        return Some(format!("no_new_privs is set, so the set-uid bit of {shown} has no effect ({where_from})"));
    }
    // A set-uid file of one's own gives nothing either.
    if let Some(owner) = file.map(MetadataExt::uid).filter(|&owner| owner != 0) {
        return Some(format!(
            "{shown} is set-uid, but belongs to user {owner} (chown root {shown}; chmod 4711 {shown})"
        ));
    }
    Some(format!(
        "the set-uid bit of {shown} has no effect: its file system is mounted nosuid, or this is a user namespace"
    ))
}

#[cfg(test)]
mod tests {
    use nix::unistd::{Gid, ResGid, ResUid, Uid};

    use super::*;

    fn ids(real: u32, effective: u32, real_group: u32, effective_group: u32) -> Ids {
        let (real, effective) = (Uid::from_raw(real), Uid::from_raw(effective));
        let (real_group, effective_group) = (Gid::from_raw(real_group), Gid::from_raw(effective_group));
        Ids {
            user: ResUid { real, effective, saved: effective },
            group: ResGid { real: real_group, effective: effective_group, saved: effective_group },
        }
    }

    #[test]
    fn each_cause_has_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keysign");
        std::fs::write(&path, "").unwrap();
        let with_mode = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            std::fs::metadata(&path).unwrap()
        };
        let shown = path.display();
        let plain = ids(1000, 1000, 100, 100);
        let text = |ids, no_new_privs, mode| explain(ids, no_new_privs, &path, Some(&with_mode(mode)));
        let no_bit = Some(format!("{shown} has no set-uid bit (chown root {shown}; chmod 4711 {shown})"));
        assert_eq!(text(plain, false, 0o711), no_bit);
        assert_eq!(text(plain, true, 0o711), no_bit);
        assert!(text(plain, true, 0o4711).unwrap().starts_with("no_new_privs is set"));
        if with_mode(0o4711).uid() == 0 {
            assert!(text(plain, false, 0o4711).unwrap().contains("mounted nosuid"));
        } else {
            assert!(text(plain, false, 0o4711).unwrap().contains("belongs to user"));
        }
        assert!(text(ids(1000, 1001, 100, 100), false, 0o4711).unwrap().contains("belongs to user 1001"));
        assert!(text(ids(1000, 1000, 100, 42), false, 0o2711).unwrap().contains("readable for group 42"));
        assert_eq!(text(ids(1000, 0, 100, 100), false, 0o4711), None);
        assert_eq!(text(ids(0, 0, 0, 0), true, 0o711), None);
    }
}
