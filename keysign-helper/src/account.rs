//! Who calls, as the system's user database has it.

use std::os::unix::ffi::OsStrExt;

use nix::unistd::User;

use crate::privilege::RealUser;
use crate::quiet::quietly;

/// The passwd entry of the real user id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// The login name: the client user name of a request must be this.
    pub(crate) name: Vec<u8>,
    /// The home folder.
    pub(crate) home: Vec<u8>,
    /// The real user id.
    pub(crate) uid: u32,
    /// The group of the passwd entry.
    pub(crate) gid: u32,
}

impl Account {
    /// Looks the real user id up (getpwuid(3), through nsswitch.conf(5)); none when it has no entry.
    ///
    /// A name that is not UTF-8 counts as none: nix replaces its odd bytes, and two names must not become one.
    pub(crate) fn of(user: &RealUser) -> Option<Self> {
        let entry = quietly(|| User::from_uid(user.uid())).ok()??;
        if entry.name.is_empty() || entry.name.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        Some(Self {
            name: entry.name.into_bytes(),
            home: entry.dir.as_os_str().as_bytes().to_vec(),
            uid: user.uid().as_raw(),
            gid: entry.gid.as_raw(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_real_user_id() {
        let account = Account::of(&RealUser::drop_privileges().unwrap()).unwrap();
        let id = std::process::Command::new("id").arg("-run").output().unwrap();
        assert_eq!(account.name, id.stdout.trim_ascii());
        assert_eq!(account.uid, nix::unistd::getuid().as_raw());
    }
}
