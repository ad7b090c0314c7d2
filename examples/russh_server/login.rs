//! The decisions over one connection's attempts. They read files and ask name services: on threads that may wait.

use std::fmt::Display;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use hostbased::bridge::server::{Received, auth, methods};
use hostbased::dns::{SystemResolver, look_up};
use hostbased::key::PublicKey;
use hostbased::name::{HostName, UserName};
use hostbased::store::SystemNetgroups;
use hostbased::store::account::SystemAccount;
use hostbased::store::trust::{Snapshot, TrustStore};
use hostbased::verify::{
    Account, AfterSuccess, Authenticated, Content, Method, MethodsProgress, Peer, PermitRootLogin, Policy,
    check_account, verify,
};
use russh::server::Auth;
use russh_hostbased as russh;

use crate::audit::{self, Outcome};
use crate::authorized_keys;

/// What all connections share.
pub struct Server {
    pub store: TrustStore,
    pub policy: Policy,
    pub authorized_keys: Option<PathBuf>,
    /// Whom this runs as. An ordinary user lets in nobody but himself.
    pub own_uid: u32,
    /// The files whose troubles have been logged last, and these.
    pub logged: Mutex<(Weak<Snapshot>, Vec<String>)>,
}

/// How far a connection has come, as one user.
#[derive(Clone)]
pub struct Progress {
    user: String,
    methods: MethodsProgress,
    /// The keys by which it has come that far.
    keys: Vec<PublicKey>,
}

impl Progress {
    /// Nothing has succeeded yet.
    pub fn start(user: &str, policy: &Policy) -> Self {
        Self { user: user.to_owned(), methods: policy.methods().start(), keys: Vec::new() }
    }

    /// This, or nothing where it is another user's: what one has proved says nothing of the next.
    pub fn of(&self, user: &str, policy: &Policy) -> Self {
        if self.user == user { self.clone() } else { Self::start(user, policy) }
    }
}

/// A decision, for the connection.
pub struct Verdict {
    /// What the client is told: never why.
    pub auth: Auth,
    pub progress: Progress,
    /// The account that the client is let into.
    pub account: Option<SystemAccount>,
}

impl Verdict {
    pub fn refused(progress: Progress) -> Self {
        Self { auth: Auth::reject(), progress, account: None }
    }
}

impl Server {
    /// Decides over a hostbased request, and logs the decision.
    pub fn hostbased(&self, received: &Received, address: IpAddr, progress: Progress) -> Verdict {
        let request = received.request();
        let refused = |code, detail: &dyn Display| {
            audit::hostbased(Outcome::Refused, code, detail, &request, address);
        };
        let name = match UserName::new(request.user) {
            Ok(name) => name,
            Err(error) => {
                refused("user-name-invalid", &error);
                return Verdict::refused(progress);
            }
        };
        let mut account = match self.account(&name) {
            Ok(account) => account,
            Err(error) => {
                refused("account-not-asked", &error);
                return Verdict::refused(progress);
            }
        };
        let names = self.names(address);
        let (snapshot, home) = (self.store.snapshot(), self.store.user_files(account.as_ref()));
        self.log_troubles(&snapshot);
        let closed = account.as_ref().and_then(|account| self.is_closed_to(account));
        let application = |_: &Authenticated<'_>| closed.is_none();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());

        let sources = snapshot.sources();
        let files = sources.files(&SystemNetgroups).with_user_files(&home);
        // A link-local address is another host's on each link: without its interface, which is not told here, it is in no line.
        let peer = Peer::new(address).with_names(&names);
        let entry = Account { name: &name, entry: account.as_ref().map(SystemAccount::entry) };
        let inputs = received
            .inputs(peer, entry, &self.policy, files, now)
            .after(&progress.methods, &progress.keys)
            .with_application(&application);
        let decision = verify(&inputs);

        let answer = auth(&decision, &self.policy);
        let mut next = progress.clone();
        match (decision.outcome(), decision.partial_success()) {
            (Ok(user), _) => audit::hostbased(Outcome::Accepted, "accepted", user, &request, address),
            (Err(refusal), Some((user, methods))) => {
                next.methods = methods.clone();
                next.keys.push(user.key().clone());
                audit::hostbased(Outcome::Partial, refusal.code(), user, &request, address);
            }
            (Err(refusal), None) => match closed {
                Some(why) if refusal.code() == "application-denies" => refused(refusal.code(), &why),
                _ => refused(refusal.code(), &refusal),
            },
        }
        let account = if answer == Auth::Accept { account.take() } else { None };
        Verdict { auth: answer, progress: next, account }
    }

    /// Decides over a key of the user's own. That the client holds the private half, russh has verified, or will have when
    /// this is only an `offer`: then nothing is logged but a refusal, and nobody is let in.
    pub fn public_key(&self, key: &PublicKey, address: IpAddr, progress: Progress, is_offer: bool) -> Verdict {
        let log = |outcome, code| audit::public_key(outcome, code, &progress.user, address, key);
        match self.judge_public_key(key, address, &progress) {
            Err(code) => {
                log(Outcome::Refused, code);
                Verdict::refused(progress)
            }
            Ok(_) if is_offer => Verdict { auth: Auth::Accept, progress, account: None },
            Ok((account, AfterSuccess::Complete)) => {
                log(Outcome::Accepted, "accepted");
                Verdict { auth: Auth::Accept, progress, account: Some(account) }
            }
            Ok((_, AfterSuccess::Partial(left))) => {
                log(Outcome::Partial, "partial-success");
                let next = Some(methods(&self.policy, &left));
                let auth = Auth::Reject { proceed_with_methods: next, partial_success: true };
                let mut progress = progress.clone();
                (progress.methods, _) = (left, progress.keys.push(key.clone()));
                Verdict { auth, progress, account: None }
            }
            Ok((_, AfterSuccess::NotListed)) => {
                log(Outcome::Refused, "method-not-listed");
                Verdict::refused(progress)
            }
        }
    }

    /// What sshd asks for a user's key, in its order (OpenSSH: auth2-pubkey.c), or the code of what refuses it.
    fn judge_public_key(
        &self,
        key: &PublicKey,
        address: IpAddr,
        progress: &Progress,
    ) -> Result<(SystemAccount, AfterSuccess), &'static str> {
        let policy = &self.policy;
        if !policy.is_enabled(Method::PublicKey) || !progress.methods.may_try(Method::PublicKey) {
            return Err("method-not-listed");
        }
        if policy.refuse_connection {
            return Err("connection-refused");
        }
        if key.rsa_bits().is_some_and(|bits| bits < policy.required_rsa_size) {
            return Err("rsa-too-small");
        }
        let name = UserName::new(progress.user.as_str()).map_err(|_| "user-name-invalid")?;
        let account = self.account(&name).map_err(|_| "account-not-asked")?.ok_or("account-unknown")?;
        let (snapshot, names) = (self.store.snapshot(), self.names(address));
        let peer = Peer::new(address).with_names(&names);
        check_account(policy, &name, &account.entry(), &peer).map_err(|refusal| refusal.code())?;
        if progress.keys.contains(key) {
            return Err("key-already-used");
        }
        for revoked in snapshot.sources().revoked_keys {
            match revoked.content {
                Content::Read(keys) if keys.check(key).is_none() => {}
                Content::Read(_) => return Err("key-revoked"),
                Content::Missing | Content::Unreadable(_) => return Err("revoked-keys-unreadable"),
            }
        }
        authorized_keys::check(self, &account, key)?;
        let root_may = matches!(policy.permit_root_login, PermitRootLogin::Yes | PermitRootLogin::ProhibitPassword);
        if account.uid == 0 && !root_may {
            return Err("root-not-permitted");
        }
        if self.is_closed_to(&account).is_some() {
            return Err("application-denies");
        }
        Ok((account, progress.methods.succeed(Method::PublicKey, None)))
    }

    /// The account of that name, with its groups: AllowGroups asks for them, and so does the session.
    fn account(&self, name: &UserName) -> Result<Option<SystemAccount>, impl Display> {
        let root = self.store.root();
        let mut account = SystemAccount::look_up(root, name)?;
        if let Some(account) = &mut account {
            account.load_groups(root)?;
        }
        Ok::<_, hostbased::store::account::AccountError>(account)
    }

    /// The confirmed name of the peer, only where it counts: to ask for it takes time, and tells its name servers.
    fn names(&self, address: IpAddr) -> Vec<HostName> {
        if self.policy.use_dns || self.policy.require_name_match {
            look_up(&SystemResolver, address).into_iter().collect()
        } else {
            Vec::new()
        }
    }

    /// Why nobody may come in as this account now, whatever he proves.
    fn is_closed_to(&self, account: &SystemAccount) -> Option<&'static str> {
        if self.own_uid != 0 && account.uid != self.own_uid {
            return Some("the server does not run as root: it lets in nobody but its own user");
        }
        // nologin(5). Without PAM it is the server's own to look at.
        let nologin = fs::metadata(self.store.root().join("/etc/nologin"));
        let is_there = !matches!(nologin, Err(error) if error.kind() == io::ErrorKind::NotFound);
        (is_there && account.uid != 0).then_some("/etc/nologin is there")
    }

    /// Tells what is wrong with the files, once: not again at each look at them.
    fn log_troubles(&self, snapshot: &Arc<Snapshot>) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, told) = &*logged;
        if last.ptr_eq(&Arc::downgrade(snapshot)) {
            return;
        }
        let files = snapshot.troubles().map(|trouble| format!("cannot be read: {trouble}"));
        let lines = snapshot.line_troubles().into_iter().map(|trouble| format!("line is skipped: {trouble}"));
        let troubles: Vec<_> = files.chain(lines).collect();
        for trouble in troubles.iter().filter(|trouble| !told.contains(trouble)) {
            tracing::warn!("{trouble}");
        }
        *logged = (Arc::downgrade(snapshot), troubles);
    }
}
