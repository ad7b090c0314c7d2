//! Everything that a decision looks at.

use std::net::IpAddr;

use super::account::Account;
use super::application::Application;
use super::files::Files;
use super::policy::{MethodsProgress, Policy};
use crate::key::PublicKey;
use crate::name::HostName;
use crate::wire::Request;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    /// Its address, of the socket.
    pub address: IpAddr,
    /// The interface of a link-local address (`eth0` in `fe80::1%eth0`), by which sshd looks it up. Without it, such an
    /// address matches no line with a whole address.
    pub zone: Option<&'a str>,
    /// The names that the address resolves to, *and that resolve back to it*; most have one or none. They count only
    /// where the policy says `UseDNS yes` or `RequireNameMatch yes`. sshd takes the first that the resolver gives.
    pub names: &'a [HostName],
}

impl<'a> Peer<'a> {
    /// A peer without a name.
    #[must_use]
    pub const fn new(address: IpAddr) -> Self {
        Self { address, zone: None, names: &[] }
    }

    /// The same, with names that were confirmed.
    #[must_use]
    pub const fn with_names(self, names: &'a [HostName]) -> Self {
        Self { names, ..self }
    }

    /// The same, with the interface of a link-local address.
    #[must_use]
    pub const fn with_zone(self, zone: &'a str) -> Self {
        Self { zone: Some(zone), ..self }
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
    /// How far the connection has come in AuthenticationMethods; `None` when nothing has succeeded yet.
    pub progress: Option<&'a MethodsProgress>,
    /// The keys by which it has come that far: none counts twice.
    pub keys_used: &'a [PublicKey],
    /// Whether the server asks PAM's account step (pam_acct_mgmt(3)) after this, as sshd does with UsePAM. Only then may PAM
    /// say whether an account is locked.
    pub asks_pam: bool,
    /// The application's own last word, if it wants one.
    pub application: Option<&'a dyn Application>,
}

impl<'a> Inputs<'a> {
    /// Puts the inputs together; each is explained at its field. No method has succeeded yet, and the application has no
    /// word of its own.
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
        Self {
            session_id,
            request,
            peer,
            account,
            policy,
            files,
            now,
            progress: None,
            asks_pam: false,
            keys_used: &[],
            application: None,
        }
    }

    /// The same, for a connection that has come this far, by these keys.
    #[must_use]
    pub const fn after(self, progress: &'a MethodsProgress, keys_used: &'a [PublicKey]) -> Self {
        Self { progress: Some(progress), keys_used, ..self }
    }

    /// The same, for a server that asks PAM's account step after this.
    #[must_use]
    pub const fn with_pam(self) -> Self {
        Self { asks_pam: true, ..self }
    }

    /// The same, with the application's own last word.
    #[must_use]
    pub const fn with_application(self, application: &'a dyn Application) -> Self {
        Self { application: Some(application), ..self }
    }
}
