//! The groups of the one who calls, by name, as the system's group database has them, and as his process has them.

use std::ffi::CString;
use std::fs::File;
use std::io;

use nix::errno::Errno;
use nix::unistd::{Gid, getgid, getgrouplist, getgroups};
use thiserror::Error;

use crate::account::Account;
use crate::quiet::quietly;

/// How many descriptors must be to spare before the group database is asked: name services open files and sockets, and
/// getgrouplist(3) says of one that could not be asked the same as of one that knows no group.
const SPARE_DESCRIPTORS: usize = 16;

/// Why the groups are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum GroupsError {
    #[error("the caller left too few descriptors to look groups up ({})", .0.desc())]
    Descriptors(Errno),
    #[error("the user's name holds a NUL byte")]
    Name,
    #[error("getgrouplist: {}", .0.desc())]
    List(Errno),
    #[error("getgroups: {}", .0.desc())]
    Process(Errno),
    #[error("getgrgid {group}: {}", .errno.desc())]
    Lookup {
        /// The group id.
        group: Gid,
        /// What the C library said.
        errno: Errno,
    },
}

/// The caller's groups, by name. A group without a name is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Groups {
    /// Those of the database: the one of the passwd entry and those that list the user (getgrouplist(3)).
    pub(crate) of_the_user: Vec<Vec<u8>>,
    /// Those that the calling process happens to have. They give nothing, for newgrp(1) adds to them. But the kernel alone
    /// knows them, and takes none away from a user: what he makes fail, by a limit that he sets for this very process
    /// (prlimit(2)) while it looks, does not hide them, as it hides groups of the database.
    pub(crate) of_the_process: Vec<Vec<u8>>,
}

/// The groups of the account and of this process.
///
/// # Errors
/// [`GroupsError`]: a group that is not seen may be the one that is shut out.
pub(crate) fn of(account: &Account) -> Result<Groups, GroupsError> {
    are_descriptors_to_spare()?;
    let name = CString::new(account.name.clone()).map_err(|_| GroupsError::Name)?;
    let mut process = getgroups().map_err(GroupsError::Process)?;
    process.push(getgid());
    process.sort_unstable_by_key(|group| group.as_raw());
    process.dedup();
    quietly(|| {
        let of_the_user = getgrouplist(&name, Gid::from_raw(account.gid)).map_err(GroupsError::List)?;
        process.retain(|group| !of_the_user.contains(group));
        Ok(Groups { of_the_user: names(of_the_user)?, of_the_process: names(process)? })
    })
}

fn names(groups: Vec<Gid>) -> Result<Vec<Vec<u8>>, GroupsError> {
    let names = groups.into_iter().map(|group| {
        let error = |error| GroupsError::Lookup { group, errno: number(&error) };
        hostbased_sys::group_name(group.as_raw()).map_err(error)
    });
    names.filter_map(Result::transpose).collect()
}

/// The caller chooses how many descriptors are free, by what he leaves open.
fn are_descriptors_to_spare() -> Result<(), GroupsError> {
    let spare: io::Result<Vec<File>> = (0..SPARE_DESCRIPTORS).map(|_| File::open("/dev/null")).collect();
    spare.map(drop).map_err(|error| GroupsError::Descriptors(number(&error)))
}

fn number(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use nix::sys::resource::{Resource, setrlimit};

    use super::*;
    use crate::privilege::RealUser;

    #[test]
    fn they_are_those_of_the_database() {
        let account = Account::of(&RealUser::drop_privileges().unwrap()).unwrap();
        let mut groups = of(&account).unwrap().of_the_user;
        groups.sort();
        // With the name, id(1) asks the database and not the process.
        let name = str::from_utf8(&account.name).unwrap();
        let output = std::process::Command::new("id").args(["-Gnz", name]).output().unwrap().stdout;
        let mut expected: Vec<Vec<u8>> = output.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
        expected.retain(|name| !name.is_empty());
        expected.sort();
        assert_eq!(groups, expected);
    }

    #[test]
    fn an_account_of_the_callers_making_has_its_own_groups() {
        let account = |name: &[u8], gid| Account { name: name.to_vec(), home: Vec::new(), uid: 1, gid };
        let of_the_user = |account: &Account| of(account).unwrap().of_the_user;
        assert_eq!(of_the_user(&account(b"nosuchuser", 0)), [b"root".to_vec()]);
        // No group has this number.
        assert!(of_the_user(&account(b"nosuchuser", 4_000_000_001)).is_empty());
        assert_eq!(of(&account(b"a\0b", 0)), Err(GroupsError::Name));
    }

    /// Says that the test below is the child process.
    const CHILD: &str = "KEYSIGN_TEST_FEW_DESCRIPTORS";

    /// In a process of its own, as the limit is for all.
    #[test]
    fn nobody_is_asked_with_too_few_descriptors_to_spare() {
        if std::env::var_os(CHILD).is_some() {
            setrlimit(Resource::RLIMIT_NOFILE, 100, 100).unwrap();
            let mut open: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
            let account = Account { name: b"nosuchuser".to_vec(), home: Vec::new(), uid: 1, gid: 0 };
            open.truncate(open.len() - 15);
            assert_eq!(of(&account), Err(GroupsError::Descriptors(Errno::EMFILE)));
            open.pop();
            assert_eq!(of(&account).unwrap().of_the_user, [b"root".to_vec()]);
            return;
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "groups::tests::nobody_is_asked_with_too_few_descriptors_to_spare"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }
}
