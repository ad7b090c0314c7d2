//! Giving up what the set-uid or set-gid bit gave, for good (OpenSSH: uidswap.c `permanently_set_uid`).

use nix::errno::Errno;
use nix::unistd::{
    Gid, ResGid, ResUid, Uid, getresgid, getresuid, setegid, seteuid, setgid, setresgid, setresuid, setuid,
};
use thiserror::Error;

/// The ids of the process: real, effective and saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) user: ResUid,
    pub(crate) group: ResGid,
}

impl Ids {
    fn now() -> Result<Self, DropError> {
        Ok(Self { user: getresuid().map_err(DropError::Ids)?, group: getresgid().map_err(DropError::Ids)? })
    }
}

/// Why the privileges could not be given up, or are not surely gone. The texts are OpenSSH's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum DropError {
    #[error("getresuid: {}", .0.desc())]
    Ids(Errno),
    #[error("setresgid {group}: {}", .errno.desc())]
    SetGroup {
        /// The real group id.
        group: Gid,
        /// What the kernel said.
        errno: Errno,
    },
    #[error("setresuid {user}: {}", .errno.desc())]
    SetUser {
        /// The real user id.
        user: Uid,
        /// What the kernel said.
        errno: Errno,
    },
    #[error("cannot drop capabilities: {}", .0.desc())]
    Capabilities(Errno),
    #[error("permanently_set_uid: was able to restore old [e]gid")]
    GroupCameBack,
    #[error("permanently_set_uid: was able to restore old [e]uid")]
    UserCameBack,
    #[error("permanently_set_uid: egid incorrect gid:{} egid:{} (should be {wanted})", .found.real, .found.effective)]
    GroupLeft {
        /// The ids that the process has.
        found: ResGid,
        /// The real group id at the start.
        wanted: Gid,
    },
    #[error("permanently_set_uid: euid incorrect uid:{} euid:{} (should be {wanted})", .found.real, .found.effective)]
    UserLeft {
        /// The ids that the process has.
        found: ResUid,
        /// The real user id at the start.
        wanted: Uid,
    },
}

/// The one who called. That there is such a value proves that this process has no more rights than he has: whatever
/// parses anything takes one.
#[derive(Debug)]
pub(crate) struct RealUser {
    before: Ids,
}

impl RealUser {
    /// Sets every user id to the real one and every group id to the *real* one, and proves that the others are gone:
    /// reads the ids again, and tries to get the old ones back. The capabilities go too: a change of ids takes them along
    /// only when they came from user 0, and not when whoever started the caller set `SECBIT_NO_SETUID_FIXUP`.
    ///
    /// OpenSSH takes the group of the passwd entry instead, which fails for a set-gid helper after newgrp(1). The
    /// supplementary groups are the caller's own and stay.
    ///
    /// # Errors
    /// [`DropError`]; the process must end then.
    pub(crate) fn drop_privileges() -> Result<Self, DropError> {
        let before = Ids::now()?;
        let (user, group) = (before.user.real, before.group.real);
        // The group first: without the user id 0 it could not be changed any more.
        setresgid(group, group, group).map_err(|errno| DropError::SetGroup { group, errno })?;
        setresuid(user, user, user).map_err(|errno| DropError::SetUser { user, errno })?;
        // Root may become anyone, and nothing was taken from him.
        if !user.is_root() {
            hostbased_sys::drop_capabilities()
                .map_err(|error| DropError::Capabilities(Errno::from_raw(error.raw_os_error().unwrap_or_default())))?;
            prove_groups_are_gone(&before)?;
            prove_users_are_gone(&before)?;
        }
        let after = Ids::now()?;
        if after.group != (ResGid { real: group, effective: group, saved: group }) {
            return Err(DropError::GroupLeft { found: after.group, wanted: group });
        }
        if after.user != (ResUid { real: user, effective: user, saved: user }) {
            return Err(DropError::UserLeft { found: after.user, wanted: user });
        }
        Ok(Self { before })
    }

    /// The real user id.
    pub(crate) const fn uid(&self) -> Uid {
        self.before.user.real
    }

    /// The ids that the process started with.
    pub(crate) const fn before(&self) -> Ids {
        self.before
    }
}

fn prove_groups_are_gone(before: &Ids) -> Result<(), DropError> {
    let real = before.group.real;
    for old in [before.group.effective, before.group.saved] {
        if old != real && (setgid(old).is_ok() || setegid(old).is_ok()) {
            return Err(DropError::GroupCameBack);
        }
    }
    Ok(())
}

fn prove_users_are_gone(before: &Ids) -> Result<(), DropError> {
    let real = before.user.real;
    // Zero even when it was never ours: a capability to change ids must not be left either.
    for old in [before.user.effective, before.user.saved, Uid::from_raw(0)] {
        if old != real && (setuid(old).is_ok() || seteuid(old).is_ok()) {
            return Err(DropError::UserCameBack);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_opensshs() {
        let (user, group) = (Uid::from_raw(1000), Gid::from_raw(100));
        let errno = Errno::EPERM;
        assert_eq!(DropError::SetGroup { group, errno }.to_string(), "setresgid 100: Operation not permitted");
        assert_eq!(DropError::SetUser { user, errno }.to_string(), "setresuid 1000: Operation not permitted");
        let found = ResUid { real: user, effective: Uid::from_raw(0), saved: user };
        let text = "permanently_set_uid: euid incorrect uid:1000 euid:0 (should be 1000)";
        assert_eq!(DropError::UserLeft { found, wanted: user }.to_string(), text);
    }

    #[test]
    fn a_program_without_privileges_has_none_to_drop() {
        let before = Ids::now().unwrap();
        let user = RealUser::drop_privileges().unwrap();
        assert_eq!(user.before(), before);
        assert_eq!(user.uid(), nix::unistd::getuid());
        assert_eq!(Ids::now(), Ok(before));
    }

    /// Says which half of the test below a child process does.
    const CHILD: &str = "KEYSIGN_TEST_PRIVILEGES_LEFT";

    /// What the proofs find, with these ids as they are left behind: in a process of its own, as there is no way back.
    fn found(left: &str) -> Result<(), DropError> {
        let root = Ids::now()?;
        let (user, group) = (Uid::from_raw(65_534), Gid::from_raw(65_534));
        let before = Ids { user: ResUid { real: user, ..root.user }, group: ResGid { real: group, ..root.group } };
        match left {
            "user" => setresuid(user, user, Uid::from_raw(0)).unwrap(),
            "group" => {
                setresgid(group, group, Gid::from_raw(0)).unwrap();
                setresuid(user, user, user).unwrap();
            }
            _ => {
                setresgid(group, group, group).unwrap();
                setresuid(user, user, user).unwrap();
            }
        }
        prove_users_are_gone(&before)?;
        prove_groups_are_gone(&before)
    }

    #[test]
    fn a_way_back_is_found() {
        if let Some(left) = std::env::var_os(CHILD) {
            let (left, expected) = match left.to_str().unwrap() {
                "user" => ("user", Err(DropError::UserCameBack)),
                "group" => ("group", Err(DropError::GroupCameBack)),
                _ => ("nothing", Ok(())),
            };
            assert_eq!(found(left), expected);
            return;
        }
        if !nix::unistd::geteuid().is_root() {
            return crate::test_support::skipped("a_way_back_is_found");
        }
        for left in ["user", "group", "nothing"] {
            let output = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "privilege::tests::a_way_back_is_found"])
                .env(CHILD, left)
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && text.contains("1 passed"), "{left}: {text}");
        }
    }
}
