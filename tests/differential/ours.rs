//! The library, on the same case: sshd's own reading of its configuration, the account, the names and the files of the
//! lab that this thread lives in.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use hostbased::name::UserName;
use hostbased::verify::{Account, AccountEntry, Explanation, Inputs, Peer, Policy, Shell, verify};
use hostbased::wire::Request;

use crate::case::Case;
use crate::files::{SystemFiles, UsersFiles};
use crate::judge::{CONFIG, Judgement};
use crate::needs::find_program;
use crate::{ground, resolver};

/// What our library makes of a case.
pub(crate) struct Decision {
    /// The refusal's code; `None` when the user is let in.
    pub(crate) code: Option<String>,
    /// What sshd should have logged at this refusal.
    pub(crate) message: Option<String>,
    /// The way there, a step a line.
    pub(crate) steps: String,
}

/// Decides over the request that sshd has judged.
pub(crate) fn decide(case: &Case, judgement: &Judgement) -> Decision {
    let request = match Request::parse(&judgement.request) {
        Ok(request) => request,
        Err(error) => {
            let steps = format!("request: {error}\n");
            return Decision { code: Some("malformed".into()), message: None, steps };
        }
    };
    let names = resolver::names_of(case);
    let policy = policy(case, names.first().map(hostbased::name::HostName::as_str));
    // `user:style`: the account is what stands before the colon (OpenSSH: auth2.c `input_userauth_request`).
    let account = case.account.split(':').next().unwrap();
    let name = UserName::new(account.as_bytes()).unwrap();
    let home = ground::home_of(account);
    let groups = ground::groups_of(account);
    let entry = ground::account_of(account).map(|account| AccountEntry {
        uid: account.uid,
        home: &home,
        shell: shell(account.shell),
        locked: account.password.starts_with('!'),
        groups: &groups,
    });
    let system = SystemFiles::read(&policy);
    let user = UsersFiles::read(&home, ground::uid_of(account));
    let zone = matches!(case.peer.address, IpAddr::V6(address) if address.is_unicast_link_local()).then_some("lo");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let peer = Peer { address: case.peer.address, zone, names: &names };
    system.with(&user, |files| {
        let account = Account { name: &name, entry };
        let decision = verify(&Inputs::new(&judgement.session_id, request, peer, account, &policy, files, now));
        Decision {
            code: decision.outcome().err().map(|refusal| refusal.code().to_owned()),
            message: decision.explanation().sshd_message(),
            steps: steps(decision.explanation()),
        }
    })
}

/// What `sshd -T` says of this login, read by the library.
fn policy(case: &Case, name: Option<&str>) -> Policy {
    let address = case.peer.address.to_string();
    // The name that a Match block sees is the one that sshd has resolved, which takes UseDNS; that stands in no block.
    let host = name.filter(|_| case.is_set("UseDNS", "yes")).unwrap_or(&address);
    let connection = format!("user={},host={host},addr={address}", case.account);
    let mut sshd = Command::new(find_program("sshd").unwrap());
    let output = sshd.args(["-T", "-f", CONFIG, "-C", &connection]).env_clear().output().unwrap();
    assert!(output.status.success(), "sshd -T: {}\n{case}", String::from_utf8_lossy(&output.stderr));
    Policy::from_sshd(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{case}"))
}

fn shell(path: &str) -> Shell<'_> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(path) {
        Err(_) => Shell::Missing(path),
        Ok(found) if found.is_file() && found.permissions().mode() & 0o111 != 0 => Shell::Usable,
        Ok(_) => Shell::NotExecutable(path),
    }
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
