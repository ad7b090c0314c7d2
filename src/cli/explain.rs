//! `hostbased explain`: whether a login would be let in, and why.

mod account;
mod address;
mod arguments;
mod attempt;
mod failure;
mod files;
mod from_log;
mod key;
mod names;
mod options;
mod report;
mod result_line;

use account::Account;
pub(super) use arguments::Args;
use attempt::Attempt;
pub(super) use failure::ExplainError;
use files::SystemFiles;
use report::{Beside, Report};

use super::netgroups;
use super::report::KeyReport;
use super::{Console, Outcome};
use crate::verify::{AfterSuccess, Explanation, Files, Inputs, Method, Policy, Refusal, explain};
use crate::wire::Request;

/// Explains the login that the arguments describe. Good when it would be let in.
///
/// # Errors
/// [`ExplainError`], when it is not known what would be decided.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, ExplainError> {
    let root = args.root();
    let attempt = Attempt::of(args, console.input())?;
    // `Match Host` sees the name only where UseDNS is yes, which no Match block can say.
    let mut options = options::of(args, &root, &attempt, None)?;
    let names = names::of(args, &root, &attempt, &options.policy);
    if let Some(name) = names.names.first().filter(|_| options.policy.use_dns) {
        options = options::of(args, &root, &attempt, Some(name))?;
    }
    let policy = &options.policy;
    let files = SystemFiles::read(&root, &policy.revoked_keys)?;
    let host = names::looked_up(&attempt, policy, &names.names);
    let key = key::of(args, &attempt, &host, &files)?;
    let account = Account::find(args, &root, &attempt.user, policy)?;

    let algorithm = args.algorithm.as_deref().unwrap_or_else(|| key::algorithm(key.key_type()));
    let (equiv, revoked_keys) = (files.equiv(), files.revoked_keys());
    let [known_hosts, known_hosts2] = files.known_hosts();
    let request = Request {
        user: attempt.user.as_bytes(),
        algorithm: algorithm.as_bytes(),
        public_key: key.blob(),
        client_host: &attempt.client_host,
        client_user: &attempt.client_user,
        signature: b"",
    };
    let system = Files::new(&equiv, known_hosts, netgroups::of_root(&root))
        .with_known_hosts2(known_hosts2)
        .with_revoked_keys(&revoked_keys);
    let inputs = Inputs::new(
        b"",
        request,
        attempt.address.peer().with_names(&names.names),
        crate::verify::Account { name: &attempt.user, entry: account.entry() },
        policy,
        account.own_files().map_or(system, |own| system.with_user_files(own)),
        args.at(),
    )
    // What sshd says is wanted, and it asks PAM.
    .with_pam();
    let explanation = explain(&inputs);

    let mut notes = options.notes.clone();
    notes.extend(attempt.notes.iter().cloned());
    notes.extend(names.notes);
    notes.extend(account.notes.iter().cloned());
    notes.extend(files.notes());
    notes.extend(account.notes_of_own_files());
    notes.extend(methods_note(policy, &explanation));
    notes.extend(if root.is_system() { None } else { files.names_netgroups() });
    let beside =
        Beside { address: attempt.address.text(), options: options.source.word(), set: options::settings(args), notes };
    let report = Report::new(&inputs, KeyReport::from(&key), &explanation, beside);
    let told = if args.json {
        console.line(&serde_json::to_string(&report).map_err(std::io::Error::from)?)
    } else {
        console.lines(report.lines())
    };
    match told.and_then(|()| console.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        // Nobody reads the output any more: the exit status still tells.
        _ => Ok(report.outcome()),
    }
}

/// What AuthenticationMethods asks for besides: hostbased is judged as the first method of its connection.
fn methods_note(policy: &Policy, explanation: &Explanation<'_>) -> Option<String> {
    match (explanation.refusal(), policy.methods().start().succeed(Method::Hostbased, None)) {
        (None, AfterSuccess::Partial(remaining)) => {
            Some(format!("this alone does not log in: AuthenticationMethods then asks for {remaining}"))
        }
        (Some(Refusal::MethodNotListed), _) => Some(
            "judged as the first method of its connection; --set AuthenticationMethods=any leaves that out".to_owned(),
        ),
        _ => None,
    }
}
