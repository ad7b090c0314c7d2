//! The patterns of AllowUsers and DenyUsers: `user` or `user@host,host…` (OpenSSH: match.c `match_user`,
//! `match_host_and_ip`).

use super::address;
use crate::pattern::{Case, ListMatch, matches, matches_list};

/// A pattern that sshd does not take: the hosts hold nothing between two commas, or a network that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadPattern;

/// Whether sshd would start with this pattern.
pub(in crate::verify) fn is_valid(pattern: &str) -> bool {
    match pattern.rsplit_once('@') {
        Some((_, hosts)) => address::check_list(hosts).is_ok(),
        None => !pattern.is_empty(),
    }
}

/// Who comes from where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    pub(super) user: &'a [u8],
    pub(super) host: &'a str,
    pub(super) address: &'a str,
}

impl Client<'_> {
    /// Whether this pattern fits. What stands before the last `@` is one pattern for the user's name, without `!` or
    /// commas; behind it stands a list for the host.
    pub(super) fn matches(&self, pattern: &str) -> Result<bool, BadPattern> {
        match pattern.rsplit_once('@') {
            None => Ok(matches(self.user, pattern.as_bytes())),
            Some((user, hosts)) if matches(self.user, user.as_bytes()) => self.comes_from(hosts),
            Some(_) => Ok(false),
        }
    }

    /// Whether the list fits the address or the name, and no negated element fits either.
    fn comes_from(&self, hosts: &str) -> Result<bool, BadPattern> {
        let by_address = address::matches_list(self.address, hosts)?;
        if by_address == ListMatch::Negated {
            return Ok(false);
        }
        match matches_list(self.host.as_bytes(), hosts.as_bytes(), Case::Fold) {
            ListMatch::Negated => Ok(false),
            ListMatch::Yes => Ok(true),
            ListMatch::No => Ok(by_address == ListMatch::Yes),
        }
    }
}
