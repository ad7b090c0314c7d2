//! Whether a file believes a host's word for a user.

use std::borrow::Borrow;
use std::fmt;

use super::Document;
use super::entry::{Entry, Field, Who};

/// Whether a netgroup has a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Membership {
    /// It has.
    Member,
    /// It has not.
    NotMember,
    /// Nobody could be asked. An entry that denies then denies, and one that allows does not: a system in trouble lets in
    /// nobody whom it would shut out otherwise.
    Unknown,
}

/// What somebody says who knows.
impl From<bool> for Membership {
    fn from(is_member: bool) -> Self {
        if is_member { Self::Member } else { Self::NotMember }
    }
}

/// Netgroups, which only the system knows (innetgr(3)).
pub trait Netgroups {
    /// Whether the netgroup has a member with this host and this user; `None` stands for any. The domain is not asked
    /// for. The group's name is never empty.
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership;
}

/// A system without netgroups: no member anywhere, so that a negative netgroup denies nobody, as in an sshd that was
/// built without innetgr(3).
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNetgroups;

impl Netgroups for NoNetgroups {
    fn contains(&self, _group: &[u8], _host: Option<&[u8]>, _user: Option<&[u8]>) -> Membership {
        Membership::NotMember
    }
}

/// What a file is asked.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The client host's name as resolved, or as claimed where that counts; the address's text where neither does.
    pub host: &'a [u8],
    /// Its address as text; the claimed name again where that counts.
    pub address: &'a [u8],
    /// The user on the client host.
    pub client_user: &'a [u8],
    /// The account on the server.
    pub server_user: &'a [u8],
}

/// What a file says. A denial ends this file only: sshd asks the next file all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum EquivMatch {
    /// The first entry that matches allows.
    Allow {
        /// Its line, counted from 1.
        line: usize,
    },
    /// The first entry that matches denies.
    Deny {
        /// Its line, counted from 1.
        line: usize,
    },
    /// No entry matches.
    NoMatch,
}

/// What can be asked whether it believes a host: a [`Document`], an [`Index`](super::Index) where the file is long and
/// asked often, or a [`Scan`](super::Scan) where it is asked once.
pub trait Equiv: fmt::Debug {
    /// Asks the file. The first entry whose host and user both match decides; netgroups are asked for the entries before
    /// it, and for none behind it.
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch;
}

impl Equiv for Document {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        first_match(self.entries(), query, netgroups)
    }
}

/// The first of these entries, in the order of the file, that matches.
pub(super) fn first_match(
    entries: impl Iterator<Item = (usize, impl Borrow<Entry>)>,
    query: &Query<'_>,
    netgroups: &dyn Netgroups,
) -> EquivMatch {
    for (line, entry) in entries {
        match verdict(entry.borrow(), query, netgroups) {
            Some(true) => return EquivMatch::Allow { line },
            Some(false) => return EquivMatch::Deny { line },
            None => {}
        }
    }
    EquivMatch::NoMatch
}

fn verdict(entry: &Entry, query: &Query<'_>, netgroups: &dyn Netgroups) -> Option<bool> {
    // An entry without user is read as if the account's name stood there, signs and all.
    let account;
    let user = match &entry.user {
        Some(user) => user,
        None => {
            account = Field::read(query.server_user).filter(|account| !account.is_empty_netgroup())?;
            &account
        }
    };
    let denies = entry.host.negative || user.negative;
    let has = |group: &[u8], host, user| match netgroups.contains(group, host, user) {
        Membership::Member => true,
        Membership::NotMember => false,
        Membership::Unknown => denies,
    };
    let host_matches = match &entry.host.who {
        Who::Netgroup(group) => [query.host, query.address].iter().any(|host| has(group, Some(host), None)),
        Who::Name(name) => name.eq_ignore_ascii_case(query.host) || name == query.address,
    };
    let user_matches = || match &user.who {
        Who::Netgroup(group) => has(group, None, Some(query.client_user)),
        Who::Name(name) => name == query.client_user,
    };
    (host_matches && user_matches()).then_some(!denies)
}
