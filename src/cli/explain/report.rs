//! The explanation as JSON and as text. Foreign text in it is escaped.

use serde::Serialize;

use super::findings::Findings;
use crate::cli::Outcome;
use crate::doctor::log::LoggedKey;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::verify::{Explanation, Inputs, Note, StepResult, Trace};

/// The explanation, ready to be shown.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    decision: &'static str,
    reason: Option<&'static str>,
    /// What the reason means, for people.
    message: Option<String>,
    steps: Vec<Step>,
    sshd_message: Option<String>,
    /// The LogLevel that sshd needs for saying so.
    sshd_level: Option<&'static str>,
    /// Why sshd itself does not refuse here.
    sshd_differs: Option<String>,
    hint: Option<String>,
    attempt: Attempt,
    /// Whose options they are: `sshd`, `sshd-without-match` or `defaults`.
    options: &'static str,
    set: Vec<String>,
    /// What AuthenticationMethods asks for besides, where this is let in.
    further_methods: Option<String>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    result: &'static str,
    detail: String,
    file: Option<String>,
    line: Option<usize>,
}

/// What was explained.
#[derive(Debug, Serialize)]
struct Attempt {
    user: String,
    client_user: String,
    client_host: String,
    address: String,
    names: Vec<String>,
    algorithm: String,
    key: ShownKey,
    /// Seconds since 1970.
    at: u64,
}

/// The key that the client shows.
#[derive(Debug, Serialize)]
pub(super) struct ShownKey {
    /// As sshd logs it where no more than that is known.
    pub(super) r#type: String,
    pub(super) fingerprint: String,
    /// Of an RSA key.
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<usize>,
    /// `TYPE BASE64`, where it is known.
    key: Option<String>,
}

impl From<&PublicKey> for ShownKey {
    fn from(key: &PublicKey) -> Self {
        Self {
            r#type: key.key_type().name().to_owned(),
            fingerprint: key.fingerprint().to_string(),
            bits: key.rsa_bits(),
            key: Some(key.to_line()),
        }
    }
}

impl From<&LoggedKey> for ShownKey {
    fn from(logged: &LoggedKey) -> Self {
        Self { r#type: logged.kind.clone(), fingerprint: logged.fingerprint.to_string(), bits: None, key: None }
    }
}

/// What stands beside the explanation.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) address: String,
    pub(super) options: &'static str,
    pub(super) set: Vec<String>,
    pub(super) key: ShownKey,
    pub(super) further_methods: Option<String>,
    pub(super) findings: Findings,
    pub(super) notes: Vec<String>,
}

impl Report {
    pub(super) fn new(inputs: &Inputs<'_>, explanation: &Explanation<'_>, beside: Beside) -> Self {
        let shown = |text: &[u8]| escape(text).to_string();
        let refusal = explanation.refusal();
        let Beside { address, options, set, key, further_methods, findings, notes: others } = beside;
        let Findings { message, hint, differs, notes } = findings;
        // A folder above two files is wrong once.
        let mut all: Vec<String> = Vec::new();
        for note in notes.into_iter().chain(others) {
            if !all.contains(&note) {
                all.push(note);
            }
        }
        let is_certain = differs.as_ref().is_some_and(|differs| differs.is_certain);
        let sshd_message = explanation.sshd_message().filter(|_| !is_certain);
        Self {
            decision: if refusal.is_none() { "accept" } else { "refuse" },
            reason: refusal.map(|refusal| refusal.code()),
            message: message.or_else(|| refusal.map(|refusal| refusal.to_string())),
            steps: explanation.traces().iter().map(|trace| Step::new(trace, explanation)).collect(),
            sshd_level: sshd_message.as_ref().and_then(|_| explanation.sshd_level()),
            sshd_message: sshd_message.map(|said| said.trim_end().to_owned()),
            sshd_differs: differs.map(|differs| differs.why),
            hint: hint.or_else(|| explanation.hint()),
            attempt: Attempt {
                user: inputs.account.name.to_string(),
                client_user: shown(inputs.request.client_user),
                client_host: shown(inputs.request.client_host),
                address,
                names: inputs.peer.names.iter().map(ToString::to_string).collect(),
                algorithm: shown(inputs.request.algorithm),
                key,
                at: inputs.now,
            },
            options,
            set,
            further_methods,
            notes: all,
        }
    }

    pub(super) const fn outcome(&self) -> Outcome {
        if self.reason.is_none() { Outcome::Good } else { Outcome::Refused }
    }

    /// The explanation for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let Attempt { user, client_user, client_host, address, algorithm, key, .. } = &self.attempt;
        let mut lines = vec![
            format!("{client_user} of {client_host} at {address} wants to log in as {user}"),
            format!("by the key {} {} ({algorithm}):", key.r#type, key.fingerprint),
        ];
        lines.extend(self.steps.iter().map(Step::line));
        lines.push(match (&self.reason, &self.message) {
            (Some(reason), Some(message)) => format!("refused ({reason}): {message}"),
            _ => "accepted, if the client host signs well".to_owned(),
        });
        match (&self.sshd_differs, &self.sshd_message) {
            (Some(why), None) => lines.push(format!("refused by these rules; sshd itself would go on: {why}")),
            (Some(why), Some(_)) => lines.push(format!("sshd itself may go on: {why}")),
            (None, _) => {}
        }
        let level = self.sshd_level.map(|level| format!(" (with LogLevel {level})")).unwrap_or_default();
        lines.extend(self.sshd_message.as_ref().map(|said| format!("sshd logs at this{level}: {said}")));
        lines.extend(self.hint.as_ref().map(|hint| format!("to let it in: {hint}")));
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines
    }
}

impl Step {
    fn new(trace: &Trace<'_>, explanation: &Explanation<'_>) -> Self {
        let refused_by = explanation.refusal().filter(|_| trace.result == StepResult::No);
        let file = trace.place.map(|place| place.file).or_else(|| refused_by?.file()).or_else(|| file_of(&trace.note));
        Self {
            step: trace.step.name(),
            result: trace.result.as_str(),
            detail: explanation.detail(trace),
            file: file.map(|file| escape(file).to_string()),
            line: trace.place.map(|place| place.line),
        }
    }

    fn line(&self) -> String {
        let Self { step, result, detail, file, line } = self;
        let place = match (file, line) {
            // A detail that begins with the place says it already.
            (Some(file), Some(line)) if !detail.starts_with(file.as_str()) => format!("{file}:{line}: "),
            _ => String::new(),
        };
        format!("  {result:<7}  {step:<12}  {place}{detail}").trim_end().to_owned()
    }
}

/// The file that a note speaks of.
const fn file_of<'a>(note: &Note<'a>) -> Option<&'a str> {
    match note {
        Note::NoMatch(file)
        | Note::Missing(file)
        | Note::Unreadable(file, _)
        | Note::UnsafeModes(file)
        | Note::Ignored { file, .. } => Some(file),
        _ => None,
    }
}
