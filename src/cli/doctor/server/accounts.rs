//! The account, and what shadow(5) and group(5) say of it.

#![allow(clippy::disallowed_methods, reason = "what the account databases say besides")]

use crate::cli::failure::Failure;
use crate::cli::instant::now;
use crate::doctor::server::Account;
use crate::name::UserName;
use crate::store::Root;
use crate::store::account::SystemAccount;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Looks the account up, with its groups.
///
/// # Errors
/// [`Failure::Account`], when it is not known whether there is one.
pub(super) fn find(user: &UserName) -> Result<Option<Account>, Failure> {
    let root = Root::system();
    let Some(mut found) = SystemAccount::look_up(&root, user)? else { return Ok(None) };
    found.load_groups(&root)?;
    Ok(Some(Account { password_is_over: password_is_over(user), is_alone_in_group: is_alone_in_group(&found), found }))
}

/// Whether the password must be changed first: it is marked so, or older than it may be.
fn password_is_over(user: &UserName) -> bool {
    let Ok(shadow) = std::fs::read("/etc/shadow") else { return false };
    let line = shadow.split(|&byte| byte == b'\n').find_map(|line| {
        let rest = line.strip_prefix(user.as_bytes())?.strip_prefix(b":")?;
        Some(String::from_utf8_lossy(rest).into_owned())
    });
    let Some(line) = line else { return false };
    let mut fields = line.split(':').skip(1).map(|field| field.parse::<u64>().ok());
    let changed = fields.next().flatten();
    let longest = fields.nth(1).flatten();
    let today = now() / DAY;
    match (changed, longest) {
        (Some(0), _) => true,
        (Some(changed), Some(longest)) => changed.saturating_add(longest) < today,
        _ => false,
    }
}

/// Whether nobody else is in its primary group, as Debian's sshd looks (user-group-modes.patch).
fn is_alone_in_group(account: &SystemAccount) -> bool {
    let read = |path| std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let gid = account.gid.to_string();
    let name = account.name.to_string();
    let others_by_primary = read("/etc/passwd").lines().any(|line| {
        let mut fields = line.split(':');
        let other = fields.next();
        fields.nth(2) == Some(gid.as_str()) && other != Some(name.as_str())
    });
    let group = read("/etc/group");
    let line = group.lines().find(|line| line.split(':').nth(2) == Some(gid.as_str()));
    let members = line.and_then(|line| line.split(':').nth(3)).unwrap_or_default();
    !others_by_primary && members.split(',').all(|member| member.is_empty() || member == name)
}
