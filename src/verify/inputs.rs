//! Everything that a decision looks at.

use std::net::IpAddr;

use super::policy::Policy;
use crate::known_hosts;
use crate::name::{HostName, UserName};
use crate::revoked::RevokedKeys;
use crate::shosts;
use crate::wire::Request;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    /// Its address, of the socket. A link-local one (`fe80::/10`) matches no line with a whole address: sshd looks it up
    /// with its interface (`fe80::1%eth0`).
    pub address: IpAddr,
    /// The name that the address resolves to, *and that resolves back to it*; `None` when there is none. It counts only
    /// where the policy says `UseDNS yes`.
    pub resolved: Option<&'a HostName>,
}

/// The account on the server that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Its name.
    pub name: &'a UserName,
    /// Its number: 0 is root, for whom sshd ignores the system's equiv files.
    pub uid: u32,
}

/// A file of the hosts.equiv family, read.
#[derive(Clone, Copy, Debug)]
pub struct EquivSource<'a> {
    /// What it is called when a decision names it.
    pub file: &'a str,
    /// What it says.
    pub document: &'a dyn shosts::Equiv,
}

/// A RevokedKeys file, read.
#[derive(Clone, Copy, Debug)]
pub struct RevokedSource<'a> {
    /// What it is called when a decision names it.
    pub file: &'a str,
    /// What it revokes; `None` when it could not be read or parsed, and then every key is refused, as by sshd.
    pub keys: Option<&'a RevokedKeys>,
}

/// The files that decide, in sshd's order.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Files<'a> {
    /// RevokedKeys: none unless the configuration names some.
    pub revoked_keys: &'a [RevokedSource<'a>],
    /// `/etc/hosts.equiv` and `/etc/ssh/shosts.equiv`, those that exist.
    pub equiv: &'a [EquivSource<'a>],
    /// `/etc/ssh/ssh_known_hosts`, if it exists.
    pub known_hosts: &'a [known_hosts::Source<'a>],
    /// Who is in which netgroup.
    pub netgroups: &'a dyn shosts::Netgroups,
}

impl<'a> Files<'a> {
    /// The files that every server has; no RevokedKeys.
    #[must_use]
    pub const fn new(
        equiv: &'a [EquivSource<'a>],
        known_hosts: &'a [known_hosts::Source<'a>],
        netgroups: &'a dyn shosts::Netgroups,
    ) -> Self {
        Self { revoked_keys: &[], equiv, known_hosts, netgroups }
    }

    /// The same, with these RevokedKeys files.
    #[must_use]
    pub const fn with_revoked_keys(self, revoked_keys: &'a [RevokedSource<'a>]) -> Self {
        Self { revoked_keys, ..self }
    }
}

/// One attempt to log in, and what there is to judge it by.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Inputs<'a> {
    /// The session identifier: the exchange hash of the connection's first key exchange.
    pub session_id: &'a [u8],
    /// What the client sent.
    pub request: Request<'a>,
    /// Where it came from.
    pub peer: Peer<'a>,
    /// The account that it asks for.
    pub account: Account<'a>,
    /// The server's configuration.
    pub policy: &'a Policy,
    /// The files.
    pub files: Files<'a>,
    /// The time, in seconds since 1970: certificates begin and end.
    pub now: u64,
}

impl<'a> Inputs<'a> {
    /// Puts the inputs together; each is explained at its field.
    #[must_use]
    pub const fn new(
        session_id: &'a [u8],
        request: Request<'a>,
        peer: Peer<'a>,
        account: Account<'a>,
        policy: &'a Policy,
        files: Files<'a>,
        now: u64,
    ) -> Self {
        Self { session_id, request, peer, account, policy, files, now }
    }
}
