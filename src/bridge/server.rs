//! From russh's hook to [`verify`](crate::verify::verify), and back.
//!
//! ```
//! use std::net::SocketAddr;
//! use std::sync::Arc;
//!
//! use hostbased::bridge::server::{Received, answer};
//! use hostbased::judge::{Judge, Outcome, Progress};
//! use hostbased::store::account::SystemAccount;
//! use russh_hostbased as russh;
//! use russh::server::{Auth, Handler, HostbasedRequest};
//!
//! struct Connection {
//!     judge: Arc<Judge>,
//!     peer: SocketAddr,
//!     progress: Progress,
//!     /// Whom the client was let in as. `request.user` is only what it asked for.
//!     account: Option<SystemAccount>,
//! }
//!
//! impl Handler for Connection {
//!     type Error = russh::Error;
//!
//!     async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, russh::Error> {
//!         // What is not formed as a request is refused; the reason is for the log.
//!         let Ok(received) = Received::read(&request) else { return Ok(Auth::reject()) };
//!         let (judge, peer, progress) = (self.judge.clone(), self.peer, self.progress.clone());
//!         // Files, accounts, netgroups and names may take their time: on a thread that may wait.
//!         let judged = tokio::task::spawn_blocking(move || received.judge(&judge, peer, &progress)).await;
//!         let Ok(verdict) = judged else { return Ok(Auth::reject()) };
//!         eprintln!("{}: {}", verdict.code, verdict.reason);
//!         let auth = answer(&verdict, self.judge.policy());
//!         self.progress = verdict.progress;
//!         if let Outcome::Accepted(account) = verdict.outcome {
//!             self.account = Some(*account);
//!         }
//!         Ok(auth)
//!     }
//! }
//! ```
//!
//! What the server's `Config` needs besides is in `examples/russh_minimal.rs`: [`methods`], and `auth_rejection_time_initial` zero,
//! for the question for the methods, with which clients begin, is no refusal that takes time. russh counts it among
//! `max_auth_attempts` all the same.

use std::net::SocketAddr;

use russh_hostbased::server::{Auth, HostbasedRequest};
use russh_hostbased::{MethodKind, MethodSet};

use crate::judge::{Judge, Outcome, Progress, Verdict};
use crate::verify::{Account, Decision, Files, Inputs, Method, MethodsProgress, Peer, Policy};
use crate::wire::{MAX_SIGNATURE_BYTES, Request, SignedData, WireError, WireErrorKind};

/// A hostbased request that russh has handed over, checked for its form and owned: it can go to another thread.
///
/// Everything in it is still what the client claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    session_id: Vec<u8>,
    user: Vec<u8>,
    algorithm: Vec<u8>,
    public_key: Vec<u8>,
    client_host: Vec<u8>,
    client_user: Vec<u8>,
    signature: Vec<u8>,
}

impl Received {
    /// Takes over the request, read once more from the very bytes that are signed, by the rules of [`Request::parse`].
    ///
    /// # Errors
    /// A [`WireError`] that names the field that is empty, too long, or holds a NUL. Such a request is refused.
    pub fn read(request: &HostbasedRequest<'_>) -> Result<Self, WireError> {
        let fields = SignedData::parse(request.signed_data)?;
        let length = request.signature.len();
        if length > MAX_SIGNATURE_BYTES {
            return Err(WireErrorKind::TooLong { length, max: MAX_SIGNATURE_BYTES }.of("signature"));
        }
        Ok(Self {
            session_id: fields.session_id.to_vec(),
            user: fields.user.to_vec(),
            algorithm: fields.algorithm.to_vec(),
            public_key: fields.public_key.to_vec(),
            client_host: fields.client_host.to_vec(),
            client_user: fields.client_user.to_vec(),
            signature: request.signature.to_vec(),
        })
    }

    /// The session identifier of the connection.
    #[must_use]
    pub fn session_id(&self) -> &[u8] {
        &self.session_id
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request {
            user: &self.user,
            algorithm: &self.algorithm,
            public_key: &self.public_key,
            client_host: &self.client_host,
            client_user: &self.client_user,
            signature: &self.signature,
        }
    }

    /// The judge's verdict over this request, as [`Judge::decide`]. Blocks.
    pub fn judge(&self, judge: &Judge, peer: SocketAddr, progress: &Progress) -> Verdict {
        judge.decide(&self.session_id, &self.request(), peer, progress)
    }

    /// The inputs of a decision over this request, for who fetches them himself; the parameters are those of [`Inputs::new`].
    #[must_use]
    pub fn inputs<'a>(
        &'a self,
        peer: Peer<'a>,
        account: Account<'a>,
        policy: &'a Policy,
        files: Files<'a>,
        now: u64,
    ) -> Inputs<'a> {
        Inputs::new(&self.session_id, self.request(), peer, account, policy, files, now)
    }
}

/// What russh is to answer to a verdict: success; failure with the methods unchanged, so that the client can try its next
/// key; or partial success, with the methods that AuthenticationMethods has next.
#[must_use]
pub fn answer(verdict: &Verdict, policy: &Policy) -> Auth {
    match verdict.outcome {
        Outcome::Accepted(_) => Auth::Accept,
        Outcome::Partial => partial(policy, verdict.progress.methods()),
        Outcome::Refused => Auth::reject(),
    }
}

/// What russh is to answer to a decision, as [`answer`].
#[must_use]
pub fn auth(decision: &Decision<'_>, policy: &Policy) -> Auth {
    match (decision.outcome(), decision.partial_success()) {
        (Ok(_), _) => Auth::Accept,
        (Err(_), Some((_, progress))) => partial(policy, progress),
        (Err(_), None) => Auth::reject(),
    }
}

fn partial(policy: &Policy, progress: &MethodsProgress) -> Auth {
    Auth::Reject { proceed_with_methods: Some(methods(policy, progress)), partial_success: true }
}

/// The methods that a client may use at this point, for [`Config::methods`](russh_hostbased::server::Config::methods)
/// (from `policy.methods().start()`) and after a partial success; `none` is never among them, as with sshd.
///
/// A server switches off in its policy what it does not implement (`PasswordAuthentication no`), or it offers it here.
#[must_use]
pub fn methods(policy: &Policy, progress: &MethodsProgress) -> MethodSet {
    let mut set = MethodSet::empty();
    for method in Method::ALL {
        let kind = match method {
            Method::None => continue,
            Method::PublicKey => MethodKind::PublicKey,
            Method::GssapiWithMic => MethodKind::GssapiWithMic,
            Method::Password => MethodKind::Password,
            Method::KeyboardInteractive => MethodKind::KeyboardInteractive,
            Method::Hostbased => MethodKind::HostBased,
        };
        if policy.is_enabled(method) && progress.may_try(method) {
            set.push(kind);
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(options: &[(&str, &str)]) -> Policy {
        let mut policy = Policy::default();
        for (option, value) in options {
            policy.set(option, value).unwrap();
        }
        policy
    }

    #[test]
    fn offers_what_is_switched_on_and_next() {
        let any = policy(&[("HostbasedAuthentication", "yes"), ("PasswordAuthentication", "no")]);
        let offered = methods(&any, &any.methods().start());
        assert_eq!(&*offered, [MethodKind::PublicKey, MethodKind::KeyboardInteractive, MethodKind::HostBased]);

        let two = policy(&[("HostbasedAuthentication", "yes"), ("AuthenticationMethods", "hostbased,publickey")]);
        assert_eq!(&*methods(&two, &two.methods().start()), [MethodKind::HostBased]);
    }

    #[test]
    fn a_verdict_is_answered_with_no_more_than_the_client_may_know() {
        let policy = policy(&[
            ("HostbasedAuthentication", "yes"),
            ("AuthenticationMethods", "hostbased,publickey hostbased,password"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::trust::TrustStore::new(crate::store::Root::new(folder.path()), &Default::default());
        let judge = Judge::new(store, policy);
        let request = Request {
            user: b"alice",
            algorithm: b"ssh-ed25519",
            public_key: b"",
            client_host: b"node1.",
            client_user: b"alice",
            signature: b"",
        };
        let peer = "192.0.2.7:22".parse().unwrap();
        let mut verdict = judge.decide(&[5; 32], &request, peer, &judge.start());
        assert_eq!(answer(&verdict, judge.policy()), Auth::reject());

        let crate::verify::AfterSuccess::Partial(left) = verdict.progress.methods().succeed(Method::Hostbased, None)
        else {
            panic!("nothing is left")
        };
        verdict.progress = verdict.progress.further(left, None);
        verdict.outcome = Outcome::Partial;
        let next = MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..]);
        let expected = Auth::Reject { proceed_with_methods: Some(next), partial_success: true };
        assert_eq!(answer(&verdict, judge.policy()), expected);
    }

    #[test]
    fn offers_nothing_that_is_switched_off() {
        let off = policy(&[]);
        assert!(!methods(&off, &off.methods().start()).contains(&MethodKind::HostBased));
    }
}
