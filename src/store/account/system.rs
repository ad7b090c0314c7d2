//! Accounts of the running system, by its name services, and by its files where those could hide something.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use hostbased_sys::ShadowEntry;
use nix::errno::Errno;
use nix::unistd::{Gid, Group, User, getgrouplist};

use super::{AccountError, SystemAccount, direct, files};
use crate::name::UserName;
use crate::store::descriptors;
use crate::store::read::errno_of;

pub(super) fn look_up(name: &UserName) -> Result<Option<SystemAccount>, AccountError> {
    let Ok(text) = str::from_utf8(name.as_bytes()) else { return Ok(None) };
    let user = User::from_name(text).or_else(unknown).map_err(AccountError::System)?;
    let Some(user) = user else { return prove_descriptors().map(|()| None) };
    if !is_named(&user, text) {
        return Ok(None);
    }
    let shadow = shadow(name)?;
    let home = user.dir.to_string_lossy();
    let account = SystemAccount::new(name.clone(), user.uid.as_raw(), user.gid.as_raw(), &home);
    Ok(Some(account.with_rest(user.shell.as_os_str().as_bytes(), user.passwd.to_bytes(), shadow)))
}

/// A "no" of the name services is believed only then.
fn prove_descriptors() -> Result<(), AccountError> {
    descriptors::are_left().map_err(AccountError::Descriptors)
}

/// Whether a name service has found the very name, not one that it takes for the same: the files have one spelling.
pub(super) fn is_named(user: &User, name: &str) -> bool {
    user.name == name
}

/// What getpwnam(3) and getgrgid(3) may say of a name or number that is not found, besides success.
fn unknown<T>(errno: Errno) -> Result<Option<T>, Errno> {
    match errno {
        Errno::ENOENT | Errno::ESRCH | Errno::EBADF | Errno::EPERM => Ok(None),
        errno => Err(errno),
    }
}

/// Its shadow entry: that of `/etc/shadow`, and of the name services only where that has none.
pub(super) fn shadow(name: &UserName) -> Result<Option<ShadowEntry>, AccountError> {
    if let Some(entry) = files::shadow_in(&direct::shadow()?, name) {
        return Ok(Some(entry));
    }
    let asked = hostbased_sys::shadow_entry(name.as_bytes());
    let found = asked.map_err(|error| AccountError::System(errno_of(&error)))?;
    if found.is_none() {
        prove_descriptors()?;
    }
    Ok(found)
}

/// The numbers that the name services give, and those of `/etc/group`.
pub(super) fn group_ids(account: &SystemAccount) -> Result<Vec<u32>, AccountError> {
    // A name with a NUL byte is none.
    let name = CString::new(account.name.as_bytes()).map_err(|_| AccountError::System(Errno::EINVAL))?;
    let groups = getgrouplist(&name, Gid::from_raw(account.gid)).map_err(AccountError::System)?;
    // It says nothing of services that could not be asked.
    prove_descriptors()?;
    let mut ids: Vec<u32> = groups.into_iter().map(Gid::as_raw).collect();
    for id in files::group_ids_in(&direct::group()?, account) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The names of those that have one.
pub(super) fn group_names(ids: &[u32]) -> Result<Vec<Vec<u8>>, AccountError> {
    let file = direct::group()?;
    let name = |&id| match Group::from_gid(Gid::from_raw(id)).or_else(unknown) {
        Ok(Some(group)) => Some(Ok(group.name.into_bytes())),
        Ok(None) => match prove_descriptors() {
            Ok(()) => files::group_name_in(&file, id).map(Ok),
            Err(error) => Some(Err(error)),
        },
        Err(errno) => Some(Err(AccountError::System(errno))),
    };
    ids.iter().filter_map(name).collect()
}
