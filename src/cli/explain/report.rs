//! The explanation as JSON and as text. Foreign text in it is escaped.

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::report::KeyReport;
use crate::escape::escape;
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
    hint: Option<String>,
    attempt: Attempt,
    /// Whose options they are: `sshd`, `sshd-without-match` or `defaults`.
    options: &'static str,
    set: Vec<String>,
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
    key: KeyReport,
    /// Seconds since 1970.
    at: u64,
}

/// What stands beside the explanation.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) address: String,
    pub(super) options: &'static str,
    pub(super) set: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Report {
    pub(super) fn new(inputs: &Inputs<'_>, key: KeyReport, explanation: &Explanation<'_>, beside: Beside) -> Self {
        let shown = |text: &[u8]| escape(text).to_string();
        let refusal = explanation.refusal();
        let Beside { address, options, set, notes } = beside;
        Self {
            decision: if refusal.is_none() { "accept" } else { "refuse" },
            reason: refusal.map(|refusal| refusal.code()),
            message: refusal.map(|refusal| refusal.to_string()),
            steps: explanation.traces().iter().map(|trace| Step::new(trace, explanation)).collect(),
            sshd_message: explanation.sshd_message().map(|said| said.trim_end().to_owned()),
            hint: explanation.hint(),
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
            notes,
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
        lines.extend(self.sshd_message.as_ref().map(|said| format!("sshd logs at this: {said}")));
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
