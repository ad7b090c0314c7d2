//! Whether an account may log in at all, and from there (OpenSSH: auth.c `allowed_user`).

mod address;
mod refusal;
mod user_pattern;

#[cfg(test)]
mod tests;

pub use refusal::{GateRefusal, UserList};
pub(super) use user_pattern::is_valid as is_user_pattern;

use super::account::{AccountEntry, Shell};
use super::inputs::Peer;
use super::names::peer_text;
use super::policy::Policy;
use crate::name::{HostName, UserName};
use crate::pattern::matches;
use user_pattern::{BadPattern, Client};

/// Asks each rule in sshd's order: the account itself, its shell, DenyUsers, AllowUsers, its groups.
///
/// The client's host is a name that its address resolves to where UseDNS is yes and there is one, else its address. Of
/// several names sshd knows one; here DenyUsers is asked for each, and AllowUsers for the one that sshd takes.
///
/// A decision over hostbased asks it itself. It is public for a server's other methods, which sshd asks the same.
///
/// # Errors
/// The [`GateRefusal`] of the first rule that forbids.
pub fn check<'a>(
    policy: &'a Policy,
    name: &UserName,
    entry: &AccountEntry<'a>,
    peer: &Peer<'_>,
) -> Result<(), GateRefusal<'a>> {
    check_account(policy, entry)?;
    let address = peer_text(peer);
    let address = String::from_utf8_lossy(&address);
    let client = |host| Client { user: name.as_bytes(), host, address: &address };
    let names: Vec<&str> = peer.names.iter().filter(|_| policy.use_dns).map(HostName::as_str).collect();
    match names.split_first() {
        None => check_user(policy, &client(&address), &[])?,
        Some((first, others)) => {
            let others: Vec<_> = others.iter().map(|host| client(host)).collect();
            check_user(policy, &client(first), &others)?;
        }
    }
    check_groups(policy, entry.groups)
}

fn check_account<'a>(policy: &Policy, entry: &AccountEntry<'a>) -> Result<(), GateRefusal<'a>> {
    if !policy.use_pam && entry.locked {
        return Err(GateRefusal::Locked);
    }
    // A shell in a chroot is looked for there, when the session begins.
    match entry.shell {
        _ if policy.chroot_directory.is_some() => Ok(()),
        Shell::Usable => Ok(()),
        Shell::Missing(shell) => Err(GateRefusal::ShellMissing(shell)),
        Shell::NotExecutable(shell) => Err(GateRefusal::ShellNotExecutable(shell)),
    }
}

fn check_user<'a>(policy: &'a Policy, client: &Client<'_>, others: &[Client<'_>]) -> Result<(), GateRefusal<'a>> {
    for client in [client].into_iter().chain(others) {
        if let Some(pattern) = first_match(UserList::DenyUsers, &policy.deny_users, client)? {
            return Err(GateRefusal::UserDenied { pattern });
        }
    }
    let allowed = first_match(UserList::AllowUsers, &policy.allow_users, client)?;
    if allowed.is_none() && !policy.allow_users.is_empty() {
        return Err(GateRefusal::UserNotAllowed);
    }
    Ok(())
}

/// The first pattern that the client matches. A bad one before it ends the search, as it ends sshd.
fn first_match<'a>(
    list: UserList,
    patterns: &'a [String],
    client: &Client<'_>,
) -> Result<Option<&'a str>, GateRefusal<'a>> {
    for pattern in patterns {
        match client.matches(pattern) {
            Ok(true) => return Ok(Some(pattern)),
            Ok(false) => {}
            Err(BadPattern) => return Err(GateRefusal::BadUserPattern { list, pattern }),
        }
    }
    Ok(None)
}

/// Groups are matched by plain patterns: neither `!` nor a comma means anything there (groupaccess.c `ga_match`).
fn check_groups<'a>(policy: &'a Policy, groups: &'a [Vec<u8>]) -> Result<(), GateRefusal<'a>> {
    if policy.deny_groups.is_empty() && policy.allow_groups.is_empty() {
        return Ok(());
    }
    if groups.is_empty() {
        return Err(GateRefusal::NoGroup);
    }
    let listed_in = |patterns: &'a [String]| {
        groups.iter().find_map(|group| {
            let pattern = patterns.iter().find(|pattern| matches(group, pattern.as_bytes()))?;
            Some((group, pattern))
        })
    };
    if let Some((group, pattern)) = listed_in(&policy.deny_groups) {
        return Err(GateRefusal::GroupDenied { group, pattern });
    }
    if !policy.allow_groups.is_empty() && listed_in(&policy.allow_groups).is_none() {
        return Err(GateRefusal::GroupNotAllowed);
    }
    Ok(())
}
