//! `hostbased explain`: whether a login would be let in, and why.

mod account;
mod arguments;
mod attempt;
mod differs;
mod failure;
mod files;
mod findings;
mod from_log;
mod key;
mod names;
mod near;
mod options;
mod report;

use account::Account;
pub(super) use arguments::Args;
use attempt::Attempt;
pub(super) use failure::ExplainError;
use files::SystemFiles;
use findings::{Findings, Scene};
use key::{Candidate, Candidates};
use report::{Beside, Report, ShownKey};

use super::netgroups;
use super::{Console, Outcome};
use crate::verify::{AfterSuccess, Explanation, Files, Inputs, Method, Policy, Refusal, Step, StepResult, explain};
use crate::wire::Request;

/// Explains the login that the arguments describe. Good when it would be let in.
///
/// # Errors
/// [`ExplainError`], when it is not known what would be decided.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, ExplainError> {
    let root = args.root();
    let given = key::given(args)?;
    let attempt = Attempt::of(args, given.as_ref(), console.input())?;
    // `Match Host` sees the name only where UseDNS is yes, which no Match block can say.
    let mut options = options::of(args, &root, &attempt, None)?;
    let names = names::of(args, &root, &attempt, &options.policy);
    if let Some(name) = names.names.first().filter(|_| options.policy.use_dns) {
        options = options::of(args, &root, &attempt, Some(name))?;
    }
    options.check_known(args)?;
    let policy = &options.policy;
    let files = SystemFiles::read(&root, &policy.revoked_keys)?;
    let host = names::looked_up(&attempt, policy, &names.names);
    let account = Account::find(args, &root, &attempt.user, policy)?;
    let own_known_hosts = account.unwatched().filter(|_| !policy.ignore_user_known_hosts);
    let Candidates { keys, notes: key_notes } = key::of(args, given, &attempt, &host, &files, own_known_hosts)?;

    let (equiv, revoked_keys) = (files.equiv(), files.revoked_keys());
    let [known_hosts, known_hosts2] = files.known_hosts();
    let system = Files::new(&equiv, known_hosts, netgroups::of_root(&root))
        .with_known_hosts2(known_hosts2)
        .with_revoked_keys(&revoked_keys);
    let system = account.own_files().map_or(system, |own| system.with_user_files(own));
    let judged = keys.iter().map(|candidate| {
        let Candidate { key, .. } = candidate;
        let algorithm = args.algorithm.as_deref().unwrap_or_else(|| key::algorithm(key.key_type()));
        let request = Request {
            user: attempt.user.as_bytes(),
            algorithm: algorithm.as_bytes(),
            public_key: key.blob(),
            client_host: &attempt.client_host,
            client_user: &attempt.client_user,
            signature: b"",
        };
        let peer = attempt.address.peer().with_names(&names.names);
        let account = crate::verify::Account { name: &attempt.user, entry: account.entry() };
        // What sshd says is wanted, and it asks PAM.
        let inputs = Inputs::new(b"", request, peer, account, policy, system, args.at()).with_pam();
        let explanation = explain(&inputs);
        Judged { candidate, inputs, explanation }
    });
    let judged: Vec<Judged<'_>> = judged.collect();
    let Some(furthest) = furthest(&judged) else { return Err(key::none(&attempt).into()) };
    let Judged { candidate, inputs, explanation } = furthest;
    let refusal = explanation.refusal();
    if let Some(path) = account.denied().filter(|_| !matches!(refusal, Some(Refusal::HostKeyRevoked(_)))) {
        return Err(ExplainError::OwnFile { path });
    }
    if candidate.stands_for.is_some() && !is_known_of_a_stand_in(refusal) {
        return Err(key::none(&attempt).into());
    }

    let scene = Scene { root: &root, attempt: &attempt, policy, names: &names.names, host: &host, files: &files };
    let findings = Findings::of(&scene, &account, candidate, explanation);
    let mut notes = options.notes.clone();
    notes.extend(options.hangs_on(args, refusal));
    notes.extend(attempt.notes.iter().cloned());
    notes.extend(others(&judged, furthest));
    notes.extend(
        key_notes
            .into_iter()
            .filter(|_| judged.len() > 1 || candidate.stands_for.is_some() || attempt.logged.len() > 1),
    );
    if candidate.stands_for.is_some() && !policy.revoked_keys.is_empty() {
        notes.push("whether RevokedKeys names the key is not known: --key FILE tells".to_owned());
    }
    notes.extend(names.notes);
    notes.extend(account.notes.iter().cloned());
    notes.extend(files.notes());
    notes.extend(account.notes_of_own_files());
    notes.extend(methods_note(policy, explanation));
    notes.extend(if root.is_system() { None } else { files.names_netgroups() });
    let beside = Beside {
        address: attempt.address.text(),
        options: options.source.word(),
        set: options::settings(args),
        key: candidate.stands_for.as_ref().map_or_else(|| ShownKey::from(&candidate.key), ShownKey::from),
        further_methods: further_methods(policy, explanation),
        findings,
        notes,
    };
    let report = Report::new(inputs, explanation, beside);
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

/// A key, and what is said of it.
struct Judged<'a> {
    candidate: &'a Candidate,
    inputs: Inputs<'a>,
    explanation: Explanation<'a>,
}

impl Judged<'_> {
    /// How many steps it passes.
    fn passed(&self) -> usize {
        let refused = self.explanation.traces().iter().find(|trace| trace.result == StepResult::No);
        let of_step = |step| Step::ALL.iter().position(|&other| other == step);
        refused.and_then(|trace| of_step(trace.step)).unwrap_or(Step::ALL.len())
    }
}

/// The key that gets furthest; of several, the one that was shown first.
fn furthest<'j, 'a>(judged: &'j [Judged<'a>]) -> Option<&'j Judged<'a>> {
    judged.iter().reduce(|best, next| if next.passed() > best.passed() { next } else { best })
}

/// What a stand-in for a key may be refused for: that it is in no file is true of the key as well. What RevokedKeys and a
/// certificate say of it is not known.
const fn is_known_of_a_stand_in(refusal: Option<Refusal<'_>>) -> bool {
    match refusal {
        None | Some(Refusal::KeyRevoked { .. } | Refusal::HostKeyRevoked(_) | Refusal::RsaTooSmall { .. }) => false,
        Some(_) => true,
    }
}

/// What became of the other keys of the connection.
fn others(judged: &[Judged<'_>], furthest: &Judged<'_>) -> Vec<String> {
    let others = judged.iter().filter(|other| !std::ptr::eq(*other, furthest));
    let told = |other: &Judged<'_>| {
        let ShownKey { r#type, fingerprint, .. } = match &other.candidate.stands_for {
            Some(logged) => ShownKey::from(logged),
            None => ShownKey::from(&other.candidate.key),
        };
        let refused = other.explanation.refusal().map_or("let in", |refusal| refusal.code());
        format!("the client showed the key {type} {fingerprint} as well, which gets no further ({refused})")
    };
    others.map(told).collect()
}

/// What AuthenticationMethods asks for besides.
fn further_methods(policy: &Policy, explanation: &Explanation<'_>) -> Option<String> {
    match (explanation.refusal(), policy.methods().start().succeed(Method::Hostbased, None)) {
        (None, AfterSuccess::Partial(remaining)) => Some(remaining.to_string()),
        _ => None,
    }
}

/// The same for people: hostbased is judged as the first method of its connection.
fn methods_note(policy: &Policy, explanation: &Explanation<'_>) -> Option<String> {
    match (explanation.refusal(), further_methods(policy, explanation)) {
        (None, Some(remaining)) => {
            Some(format!("this alone does not log in: AuthenticationMethods then asks for {remaining}"))
        }
        (Some(Refusal::MethodNotListed), _) => Some(
            "judged as the first method of its connection; --set AuthenticationMethods=any leaves that out".to_owned(),
        ),
        _ => None,
    }
}
