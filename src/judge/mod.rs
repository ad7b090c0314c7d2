//! Decides over hostbased requests on a machine: with its accounts, files, name services and clock.
//!
//! [`verify`] is pure, and everything that it looks at has to be fetched. A [`Judge`] fetches it as sshd does: the account and
//! its groups, the files of a [`TrustStore`], the account's own, the peer's name where the options ask for it. What is not
//! known refuses. For the rest, a server needs to keep each connection's [`Progress`].
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (payload, session_id, peer) = (&[0u8][..], &[0u8][..], "192.0.2.7:50000".parse()?);
//! use hostbased::judge::{Judge, Outcome};
//! use hostbased::store::Root;
//! use hostbased::store::trust::{TrustPaths, TrustStore};
//! use hostbased::verify::Policy;
//! use hostbased::wire::Request;
//!
//! // Once for the server; the options are those of sshd_config(5).
//! let mut policy = Policy::default();
//! policy.set("HostbasedAuthentication", "yes")?;
//! let judge = Judge::new(TrustStore::new(Root::system(), &TrustPaths::default()), policy);
//!
//! // For each connection, and for each of its requests; on a thread that may wait.
//! let mut progress = judge.start();
//! let request = Request::parse(payload)?;
//! let verdict = judge.decide(session_id, &request, peer, &progress);
//! eprintln!("{}: {}", verdict.code, verdict.reason);
//! match verdict.outcome {
//!     Outcome::Accepted(account) => println!("in as uid {}", account.uid),
//!     Outcome::Partial => println!("partial success"),
//!     Outcome::Refused => println!("refused"),
//! }
//! progress = verdict.progress;
//! # drop(progress);
//! # Ok(())
//! # }
//! ```
#![allow(clippy::disallowed_types, reason = "this room has the clock that decisions are told by")]

mod progress;
#[cfg(test)]
mod tests;
mod verdict;

use std::cell::OnceCell;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

pub use progress::Progress;
pub use verdict::{ACCEPTED, ACCOUNT_NOT_ASKED, Outcome, USER_NAME_INVALID, Verdict};

use crate::dns::{Resolver, SystemResolver, look_up};
use crate::name::{HostName, UserName};
use crate::shosts::Netgroups;
use crate::store::SystemNetgroups;
use crate::store::account::{AccountError, SystemAccount};
use crate::store::trust::TrustStore;
use crate::verify::{Account, Authenticated, Inputs, Peer, Policy, verify};
use crate::wire::Request;

/// The server's own last word on an account that everything else lets in: `Err` refuses, with a reason for the log.
type LastWord = dyn Fn(&SystemAccount) -> Result<(), String> + Send + Sync;

/// Decides, for as long as a server runs. It can be shared by threads.
pub struct Judge {
    store: TrustStore,
    policy: Policy,
    netgroups: Box<dyn Netgroups + Send + Sync>,
    resolver: Box<dyn Resolver + Send + Sync>,
    last_word: Box<LastWord>,
}

impl Judge {
    /// A judge by these files and options. Netgroups and names are asked of the system.
    ///
    /// The RevokedKeys of the policy must be among the store's paths
    /// ([`TrustPaths::with_revoked_keys`](crate::store::trust::TrustPaths::with_revoked_keys)), or everybody is refused.
    #[must_use]
    pub fn new(store: TrustStore, policy: Policy) -> Self {
        let (netgroups, resolver) = (Box::new(SystemNetgroups), Box::new(SystemResolver));
        Self { store, policy, netgroups, resolver, last_word: Box::new(|_| Ok(())) }
    }

    /// The same, with netgroups from elsewhere.
    #[must_use]
    pub fn with_netgroups(self, netgroups: impl Netgroups + Send + Sync + 'static) -> Self {
        Self { netgroups: Box::new(netgroups), ..self }
    }

    /// The same, with names of addresses from elsewhere.
    #[must_use]
    pub fn with_resolver(self, resolver: impl Resolver + Send + Sync + 'static) -> Self {
        Self { resolver: Box::new(resolver), ..self }
    }

    /// The same, with a last word of the server's own. It is asked only of accounts that everything else lets in, and can only
    /// refuse ([`Refusal::ApplicationDenies`](crate::verify::Refusal::ApplicationDenies)), with the reason that it gives.
    #[must_use]
    pub fn with_last_word(
        self,
        last_word: impl Fn(&SystemAccount) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { last_word: Box::new(last_word), ..self }
    }

    /// The files.
    #[must_use]
    pub const fn store(&self) -> &TrustStore {
        &self.store
    }

    /// The options.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Where a connection stands before anything has succeeded.
    #[must_use]
    pub fn start(&self) -> Progress {
        Progress::start(&self.policy)
    }

    /// Decides over a request that came from `peer`, on a connection that has come as far as `progress`. What it had come
    /// to as another user does not count.
    ///
    /// Blocks: it reads files, and asks name services.
    pub fn decide(&self, session_id: &[u8], request: &Request<'_>, peer: SocketAddr, progress: &Progress) -> Verdict {
        let progress = progress.of(request.user, &self.policy);
        let name = match UserName::new(request.user) {
            Ok(name) => name,
            Err(error) => return Verdict::not_asked(USER_NAME_INVALID, &error, progress),
        };
        let account = match self.account(&name) {
            Ok(account) => account,
            Err(error) => return Verdict::not_asked(ACCOUNT_NOT_ASKED, &error, progress),
        };
        let (snapshot, home) = (self.store.snapshot(), self.store.user_files(account.as_ref()));
        let sources = snapshot.sources();
        let files = sources.files(&*self.netgroups).with_user_files(&home);
        let (names, zone) = (self.names(peer), zone(peer));
        let peer = Peer { address: peer.ip().to_canonical(), zone: zone.as_deref(), names: &names };
        let entry = Account { name: &name, entry: account.as_ref().map(SystemAccount::entry) };
        let closed = OnceCell::new();
        let last_word = |_: &Authenticated<'_>| match account.as_ref().map(&self.last_word) {
            Some(Ok(())) => true,
            Some(Err(reason)) => {
                closed.get_or_init(|| reason);
                false
            }
            None => false,
        };
        let inputs = Inputs::new(session_id, *request, peer, entry, &self.policy, files, now())
            .after(progress.methods(), progress.keys())
            .with_application(&last_word);
        Verdict::of(&verify(&inputs), progress.clone(), account.clone(), closed.get().map(String::as_str))
    }

    /// The account of that name with its groups, as decisions take it; `None` where there is none. For a server's other
    /// methods, and for what comes after. Blocks.
    ///
    /// # Errors
    /// [`AccountError`]: nobody knows, so nobody may be let in.
    pub fn account(&self, name: &UserName) -> Result<Option<SystemAccount>, AccountError> {
        let root = self.store.root();
        let mut account = SystemAccount::look_up(root, name)?;
        if let Some(account) = &mut account {
            account.load_groups(root)?;
        }
        Ok(account)
    }

    /// The peer's confirmed name, where the options ask for it (UseDNS, RequireNameMatch): looking it up takes time, and
    /// tells its name servers. Blocks.
    #[must_use]
    pub fn names(&self, peer: SocketAddr) -> Vec<HostName> {
        if self.policy.use_dns || self.policy.require_name_match {
            look_up(&*self.resolver, peer.ip()).into_iter().collect()
        } else {
            Vec::new()
        }
    }
}

/// The interface of a link-local address, by which sshd looks it up. One that is gone has none, and matches nothing.
fn zone(peer: SocketAddr) -> Option<String> {
    match peer {
        SocketAddr::V6(peer) if peer.ip().is_unicast_link_local() => {
            let name = nix::net::if_::if_indextoname(peer.scope_id()).ok()?.into_string().ok()?;
            // nix takes the C library's "there is none" for an empty name.
            Some(name).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

/// Seconds since 1970. A clock before that lets no certificate be valid that has a beginning.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
