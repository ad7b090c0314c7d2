//! The decisions. They read files and ask name services: on threads that may wait.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};
use std::{fs, io};

use hostbased::bridge::server::{Received, answer, methods};
use hostbased::judge::{Judge, Outcome, Progress};
use hostbased::key::PublicKey;
use hostbased::store::Root;
use hostbased::store::account::SystemAccount;
use hostbased::store::trust::{Snapshot, TrustPaths, TrustStore};
use hostbased::verify::{AfterSuccess, Policy};
use russh::server::Auth;
use russh_hostbased as russh;

use crate::starts::Starts;
use crate::{audit, public_key};

/// What all connections share.
pub struct Server {
    pub judge: Judge,
    /// One file for all accounts, instead of each one's own.
    pub authorized_keys: Option<PathBuf>,
    pub starts: Starts,
    /// Whom this runs as. An ordinary user lets in nobody but himself.
    pub own_uid: u32,
    /// The files whose troubles have been logged last, and these.
    logged: Mutex<(Weak<Snapshot>, Vec<String>)>,
}

/// What was decided, for the connection.
pub struct Decided {
    /// What the client is told: never why.
    pub auth: Auth,
    pub progress: Progress,
    /// The account that the client is let into.
    pub account: Option<SystemAccount>,
}

impl Server {
    pub fn new(root: Root, policy: Policy, authorized_keys: Option<PathBuf>) -> Self {
        let own_uid = nix::unistd::geteuid().as_raw();
        let paths = TrustPaths::default().with_revoked_keys(&policy.revoked_keys);
        let judge = Judge::new(TrustStore::new(root.clone(), &paths), policy)
            .with_last_word(move |account| is_open_to(account, &root, own_uid).map_err(str::to_owned));
        Self { judge, authorized_keys, starts: Starts::default(), own_uid, logged: Mutex::default() }
    }

    /// Decides over a hostbased request.
    pub fn hostbased(&self, received: &Received, peer: SocketAddr, progress: &Progress) -> Decided {
        self.log_troubles();
        let verdict = received.judge(&self.judge, peer, progress);
        audit::hostbased(&verdict, &received.request(), peer);
        let auth = answer(&verdict, self.judge.policy());
        Decided::new(auth, verdict.outcome, verdict.progress)
    }

    /// Decides over a key of the user's own. That the client holds the private half russh has verified, or will have where
    /// this is only an offer: nobody is let in by that.
    pub fn public_key(&self, key: &PublicKey, peer: SocketAddr, progress: Progress, is_offer: bool) -> Decided {
        let log = |outcome, code| audit::public_key(outcome, code, progress.user(), Some(key), peer);
        let judged = public_key::judge(self, key, peer, &progress);
        let (outcome, auth, code, next) = match judged {
            Ok(_) if is_offer => return Decided { auth: Auth::Accept, progress, account: None },
            Ok((account, AfterSuccess::Complete)) => {
                (Outcome::Accepted(Box::new(account)), Auth::Accept, "accepted", progress.clone())
            }
            Ok((_, AfterSuccess::Partial(left))) => {
                let proceed_with_methods = Some(methods(self.judge.policy(), &left));
                let auth = Auth::Reject { proceed_with_methods, partial_success: true };
                (Outcome::Partial, auth, "partial-success", progress.further(left, Some(key.clone())))
            }
            Ok((_, AfterSuccess::NotListed)) => {
                (Outcome::Refused, Auth::reject(), "method-not-listed", progress.clone())
            }
            Err(code) => (Outcome::Refused, Auth::reject(), code, progress.clone()),
        };
        log(&outcome, code);
        Decided::new(auth, outcome, next)
    }

    /// Tells what is wrong with the files, once: not again at each look at them.
    pub fn log_troubles(&self) {
        let snapshot = self.judge.store().snapshot();
        // Another decision may be at it.
        let Ok(mut logged) = self.logged.try_lock() else { return };
        let (last, told) = &*logged;
        if last.ptr_eq(&Arc::downgrade(&snapshot)) {
            return;
        }
        let files = snapshot.troubles().map(|trouble| format!("cannot be read: {trouble}"));
        let lines = snapshot.line_troubles().into_iter().map(|trouble| format!("line is skipped: {trouble}"));
        let troubles: Vec<_> = files.chain(lines).collect();
        for trouble in troubles.iter().filter(|trouble| !told.contains(trouble)) {
            tracing::warn!("{trouble}");
        }
        *logged = (Arc::downgrade(&snapshot), troubles);
    }
}

impl Decided {
    fn new(auth: Auth, outcome: Outcome, progress: Progress) -> Self {
        let account = match outcome {
            Outcome::Accepted(account) => Some(*account),
            Outcome::Partial | Outcome::Refused => None,
        };
        Self { auth, progress, account }
    }
}

/// Whether anybody may come in as this account now, whatever he proves.
///
/// # Errors
/// Why not.
pub fn is_open_to(account: &SystemAccount, root: &Root, own_uid: u32) -> Result<(), &'static str> {
    if own_uid != 0 && account.uid != own_uid {
        return Err("the server does not run as root: it lets in nobody but its own user");
    }
    // nologin(5). Without PAM it is the server's own to look at.
    let nologin = fs::metadata(root.join("/etc/nologin"));
    let is_there = !matches!(nologin, Err(error) if error.kind() == io::ErrorKind::NotFound);
    if is_there && account.uid != 0 { Err("/etc/nologin is there") } else { Ok(()) }
}
