//! Whether the user exists, and whether the server would take him for the same.

use super::facts::Facts;
use super::found::{Told, advice, found};
use crate::doctor::Finding;
use crate::failures::Id;
use crate::severity::Severity;

/// A user id without a name: nothing else can be told then.
pub(super) fn no_name(facts: &Facts) -> Option<Finding> {
    let account = &facts.account;
    account.name.is_none().then(|| {
        found(
            Id::UidNotInPasswd,
            Severity::Error,
            format!("user id {} has no name on this machine", account.uid),
            "`ssh` and its helper both ask the user database for the name of whoever runs them, and end without one",
        )
        .mended(advice(format!(
            "let the user database know it: `getent passwd {}` must print a line (nsswitch.conf(5): sss, ldap, files)",
            account.uid
        )))
    })
}

/// Another account on the server than here.
pub(super) fn another_account(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref()?;
    let (here, there) = (facts.account.name.as_deref()?, facts.options.value("user")?);
    (here != there).then(|| {
        found(
            Id::DifferentRemoteUser,
            Severity::Warning,
            format!("{here} here, {there} on {}", target.typed),
            "a line of shosts.equiv that names only a host admits the user of the same name and nobody else",
        )
        .mended(advice(format!("log in as {here}: say no other user, on the command line or by `User`")))
        .mended(advice(format!(
            "let {there} on the server name this host and {here} in ~/.shosts, where sshd has `IgnoreRhosts shosts-only`"
        )))
    })
}
