//! The library on the same case, the whole way: sshd's own reading of its configuration, the account of the lab's system,
//! the names, and the files as a long-running server keeps them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hostbased::name::{HostName, UserName};
use hostbased::store::account::SystemAccount;
use hostbased::store::trust::{TrustPaths, TrustStore};
use hostbased::store::{Root, SystemNetgroups};
use hostbased::verify::{Account, Explanation, Inputs, Peer, Policy, Unreadable, verify};
use hostbased::wire::Request;

use crate::case::Case;
use crate::judge::{CONFIG, Judgement};
use crate::needs::find_program;
use crate::resolver::HostsFile;

/// What our library makes of a case.
pub(crate) struct Decision {
    /// The refusal's code; `None` when the user is let in.
    pub(crate) code: Option<String>,
    /// What sshd should have logged at this refusal.
    pub(crate) message: Option<String>,
    /// What sshd should have logged of the peer's name, where it looked for one.
    pub(crate) not_confirmed: Option<String>,
    /// The way there, a step a line.
    pub(crate) steps: String,
}

/// A server that is linked with the library, in the lab that this thread lives in. It runs on from case to case, and has
/// to see each time that the files have changed.
pub(crate) struct Server {
    root: Root,
    /// One for each value of RevokedKeys.
    stores: HashMap<Vec<String>, TrustStore>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self { root: Root::system(), stores: HashMap::new() }
    }

    /// Decides over the request that sshd has judged.
    pub(crate) fn decide(&mut self, case: &Case, judgement: &Judgement) -> Decision {
        let request = match Request::parse(&judgement.request) {
            Ok(request) => request,
            Err(error) => {
                let steps = format!("request: {error}\n");
                return Decision { code: Some("malformed".into()), message: None, not_confirmed: None, steps };
            }
        };
        let resolved = hostbased::dns::look_up(&HostsFile::of(case), case.peer.address);
        let not_confirmed =
            resolved.as_ref().err().and_then(|error| error.sshd_message(&case.peer.address.to_string()));
        let names: Vec<HostName> = resolved.into_iter().collect();
        let policy = policy(case, names.first());
        // `user:style`: the account is what stands before the colon (OpenSSH: auth2.c `input_userauth_request`).
        let name = UserName::new(case.account.split(':').next().unwrap()).unwrap();
        let account = self.account(&name);
        let store = self.store(&policy);
        let snapshot = store.snapshot();
        let sources = snapshot.sources();
        let user_files = store.user_files(account.as_ref());
        let files = sources.files(&SystemNetgroups).with_user_files(&user_files);
        let decision = verify(&Inputs::new(
            &judgement.session_id,
            request,
            Peer { address: case.peer.address, zone: zone(case.peer.address), names: &names },
            Account { name: &name, entry: account.as_ref().map(SystemAccount::entry) },
            &policy,
            files,
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs(),
        ));
        Decision {
            // Partial success is hostbased's success: what comes behind is not compared.
            code: match decision.outcome() {
                Err(refusal) if decision.partial_success().is_none() => Some(refusal.code().to_owned()),
                _ => None,
            },
            message: decision.explanation().sshd_message(),
            not_confirmed,
            steps: steps(decision.explanation()),
        }
    }

    /// The store of the files. A file that was there and is gone refuses everybody: then the server is started anew.
    fn store(&mut self, policy: &Policy) -> &TrustStore {
        let paths = TrustPaths::default().with_revoked_keys(&policy.revoked_keys);
        // The cases' files have just been written, and some end without a line end: each counts as it stands.
        let new = || TrustStore::new(Root::system(), &paths).danger_with_settling_time(Duration::ZERO);
        let store = self.stores.entry(policy.revoked_keys.clone()).or_insert_with(new);
        if store.snapshot().troubles().any(|trouble| trouble.why() == Unreadable::Vanished) {
            *store = new();
        }
        store
    }

    fn account(&self, name: &UserName) -> Option<SystemAccount> {
        let mut account = SystemAccount::look_up(&self.root, name).unwrap()?;
        account.load_groups(&self.root).unwrap();
        Some(account)
    }
}

/// What `sshd -T` says of this login, read by the library.
fn policy(case: &Case, name: Option<&HostName>) -> Policy {
    let address = case.peer.address.to_string();
    // The name that a Match block sees is the one that sshd has resolved, which takes UseDNS; that stands in no block.
    let host = name.map(HostName::as_str).filter(|_| case.is_set("UseDNS", "yes")).unwrap_or(&address);
    let connection = format!("user={},host={host},addr={address}", case.account);
    let mut sshd = Command::new(find_program("sshd").unwrap());
    let output = sshd.args(["-T", "-f", CONFIG, "-C", &connection]).env_clear().output().unwrap();
    assert!(output.status.success(), "sshd -T: {}\n{case}", String::from_utf8_lossy(&output.stderr));
    Policy::from_sshd(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{case}"))
}

/// The interface of a link-local address: the lab has one only.
fn zone(address: IpAddr) -> Option<&'static str> {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local()).then_some("lo")
}

fn steps(explanation: &Explanation<'_>) -> String {
    let mut text = String::new();
    for trace in explanation.traces() {
        let place = trace.place.map(|place| format!(" ({}:{})", place.file, place.line)).unwrap_or_default();
        let detail = explanation.detail(trace);
        writeln!(text, "{}: {} {detail}{place}", trace.step.name(), trace.result.as_str()).unwrap();
    }
    text
}
