//! Accounts of an image: `etc/passwd`, `etc/shadow` and `etc/group` below its root (passwd(5), shadow(5), group(5)).
//!
//! Lines that are not understood are passed over, as the C library does, and so are those that ask another service
//! (`+`, `-`): an image has none.

use hostbased_sys::ShadowEntry;
use nix::errno::Errno;
use zeroize::Zeroizing;

use super::{AccountError, SystemAccount};
use crate::name::UserName;
use crate::store::error::{Problem, StoreError};
use crate::store::read::read;
use crate::store::root::Root;

pub(super) fn look_up(root: &Root, name: &UserName) -> Result<Option<SystemAccount>, AccountError> {
    let passwd = lines_of(root, "/etc/passwd")?;
    let found = lines(&passwd).find_map(|line| match fields(line).as_slice() {
        &[account, password, uid, gid, _, home, shell] if account == name.as_bytes() => {
            Some((password, id(uid)?, id(gid)?, home, shell))
        }
        _ => None,
    });
    let Some((password, uid, gid, home, shell)) = found else { return Ok(None) };
    let account = SystemAccount::new(name.clone(), uid, gid, &String::from_utf8_lossy(home));
    Ok(Some(account.with_rest(shell, password, shadow(root, name)?)))
}

/// None where there is no entry, or where this process may not read the file: what getspnam(3) says then.
fn shadow(root: &Root, name: &UserName) -> Result<Option<ShadowEntry>, StoreError> {
    match lines_of(root, "/etc/shadow") {
        Ok(file) => Ok(shadow_in(&file, name)),
        Err(StoreError { problem: Problem::System { errno: Errno::EACCES, .. }, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The account's entry in a file of shadow(5).
pub(super) fn shadow_in(file: &[u8], name: &UserName) -> Option<ShadowEntry> {
    lines(file).find_map(|line| match fields(line).as_slice() {
        &[account, password, _, _, _, _, _, last_day, _] if account == name.as_bytes() => {
            let last_day = if last_day.is_empty() { None } else { Some(number(last_day)?) };
            Some(ShadowEntry { is_locked: password.starts_with(b"!"), last_day })
        }
        _ => None,
    })
}

/// The primary group, then those that name the account.
pub(super) fn group_ids(root: &Root, account: &SystemAccount) -> Result<Vec<u32>, StoreError> {
    Ok(group_ids_in(&lines_of(root, "/etc/group")?, account))
}

/// The same, of a file of group(5).
pub(super) fn group_ids_in(file: &[u8], account: &SystemAccount) -> Vec<u32> {
    let mut ids = vec![account.gid];
    for (_, id, members) in groups(file) {
        if members.split(|&byte| byte == b',').any(|member| member == account.name.as_bytes()) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The names of those that have one.
pub(super) fn group_names(root: &Root, ids: &[u32]) -> Result<Vec<Vec<u8>>, StoreError> {
    let file = lines_of(root, "/etc/group")?;
    Ok(ids.iter().filter_map(|&id| group_name_in(&file, id)).collect())
}

/// The name of a group in a file of group(5).
pub(super) fn group_name_in(file: &[u8], id: u32) -> Option<Vec<u8>> {
    groups(file).find(|&(_, found, _)| found == id).map(|(name, ..)| name.to_vec())
}

/// The groups of a file: name, number, members.
fn groups(file: &[u8]) -> impl Iterator<Item = (&[u8], u32, &[u8])> {
    lines(file).filter_map(|line| match fields(line).as_slice() {
        &[name, _, number, members] => Some((name, id(number)?, members)),
        _ => None,
    })
}

/// A file's bytes, wiped when they go: they may hold hashes of passwords. None is the same as an empty one.
fn lines_of(root: &Root, path: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    Ok(Zeroizing::new(read(root, path)?.unwrap_or_default()))
}

/// The lines that may hold an entry.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_entry = |line: &&[u8]| !matches!(line.first(), None | Some(b'#' | b'+' | b'-'));
    file.split(|&byte| byte == b'\n').filter(is_entry)
}

fn fields(line: &[u8]) -> Vec<&[u8]> {
    line.split(|&byte| byte == b':').collect()
}

fn id(digits: &[u8]) -> Option<u32> {
    number(digits).and_then(|number| u32::try_from(number).ok()).filter(|&id| id != u32::MAX)
}

fn number(digits: &[u8]) -> Option<i64> {
    str::from_utf8(digits).ok()?.parse().ok()
}
