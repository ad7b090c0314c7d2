//! Findings as text and as JSON, the same for every side.

use serde::Serialize;

use super::super::style::Style;
use super::super::{Console, Outcome};
use super::quote::quoted;
use crate::doctor::{Finding, Mend, Rights};
use crate::severity::Severity;

/// A finding, for programs.
#[derive(Debug, Serialize)]
struct Record<'a> {
    record: &'static str,
    id: &'static str,
    number: u16,
    severity: &'static str,
    machine: &'static str,
    /// Only where a file is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// Only where a line of it is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    seen: &'a str,
    why: &'a str,
    mends: Vec<MendRecord<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum MendRecord<'a> {
    Command {
        machine: &'static str,
        rights: &'static str,
        argv: &'a [String],
        /// The same for a shell.
        text: String,
        /// Whether `--fix` runs it.
        safe: bool,
    },
    Line {
        machine: &'static str,
        file: &'a str,
        position: &'a str,
        text: &'a str,
    },
    Advice {
        text: &'a str,
    },
}

/// What came of it all.
#[derive(Debug, Serialize)]
struct Run<'a> {
    record: &'static str,
    command: &'static str,
    /// `client`, `server` or `log`.
    side: &'static str,
    errors: usize,
    warnings: usize,
    information: usize,
    /// The id of what is to be mended first: the first error.
    cause: Option<&'static str>,
    notes: &'a [String],
}

impl<'a> Record<'a> {
    fn new(finding: &'a Finding) -> Self {
        let Finding { id, severity, machine, seen, place, why, mends } = finding;
        Self {
            record: "finding",
            id: id.word(),
            number: id.number(),
            severity: severity.word(),
            machine: machine.word(),
            file: place.as_ref().map(|place| place.file.as_str()),
            line: place.as_ref().and_then(|place| place.line),
            seen,
            why,
            mends: mends.iter().map(MendRecord::new).collect(),
        }
    }
}

impl<'a> MendRecord<'a> {
    fn new(mend: &'a Mend) -> Self {
        match mend {
            Mend::Command { machine, rights, argv, is_safe } => Self::Command {
                machine: machine.word(),
                rights: match rights {
                    Rights::Root => "root",
                    Rights::User => "user",
                },
                text: quoted(argv),
                argv,
                safe: *is_safe,
            },
            Mend::Line { machine, file, text, position } => {
                Self::Line { machine: machine.word(), file, position, text }
            }
            Mend::Advice(text) => Self::Advice { text },
        }
    }
}

/// What the findings are about.
pub(super) struct Told<'a> {
    /// `client`, `server` or `log`.
    pub(super) side: &'static str,
    /// In the order in which the steps of a login come: the first error is the cause.
    pub(super) findings: &'a [Finding],
    /// What one should know besides.
    pub(super) notes: &'a [String],
    /// Whether it is for programs.
    pub(super) json: bool,
}

impl Told<'_> {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The first error.
    fn cause(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == Severity::Error)
    }

    /// Good when nothing weighs as much as a warning.
    pub(super) fn outcome(&self) -> Outcome {
        let is_bad = self.findings.iter().any(|finding| finding.severity >= Severity::Warning);
        if is_bad { Outcome::Refused } else { Outcome::Good }
    }

    /// The findings, and what came of it all.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn tell(&self, console: &mut Console) -> std::io::Result<()> {
        if self.json {
            for finding in self.findings {
                console.line(&serde_json::to_string(&Record::new(finding))?)?;
            }
            let run = Run {
                record: "run",
                command: "doctor",
                side: self.side,
                errors: self.count(Severity::Error),
                warnings: self.count(Severity::Warning),
                information: self.count(Severity::Information),
                cause: self.cause().map(|cause| cause.id.word()),
                notes: self.notes,
            };
            return console.line(&serde_json::to_string(&run)?);
        }
        for finding in self.findings {
            let lines = text(finding, console);
            console.lines(lines)?;
        }
        console.lines(self.notes.iter().map(|note| format!("note: {note}")))?;
        let verdict = self.verdict();
        console.line(&verdict)
    }

    fn verdict(&self) -> String {
        let count = |severity, one: &str, many: &str| {
            let number = self.count(severity);
            format!("{number} {}", if number == 1 { one } else { many })
        };
        let counts = format!(
            "{}, {}, {} to know",
            count(Severity::Error, "error", "errors"),
            count(Severity::Warning, "warning", "warnings"),
            self.count(Severity::Information)
        );
        match self.cause() {
            None if self.findings.is_empty() => "nothing is wrong".to_owned(),
            None => counts,
            Some(cause) => {
                format!("{counts}; mend first: {id} (hostbased explain-id {id})", id = cause.id)
            }
        }
    }
}

/// A finding for people: what it is and where, what was seen, why that matters, what mends it.
fn text(finding: &Finding, console: &Console) -> Vec<String> {
    let Finding { id, severity, machine, seen, place, why, mends } = finding;
    let place = place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    let severity = console.paint(Style::of(*severity), severity.word());
    let mut lines = vec![
        format!("{severity}: {id} ({}), on the {machine}{place}", id.number()),
        format!("  seen: {seen}"),
        format!("  why:  {why}"),
    ];
    for (mend, word) in mends.iter().zip(["mend: "].into_iter().chain(std::iter::repeat("  or: "))) {
        lines.extend(mend_lines(mend, word));
    }
    lines
}

/// An advice with the word before it: one that begins with "then" is a further step and no other way, and says so itself.
fn advice_line(text: &str, word: &str) -> String {
    match (text.strip_prefix("then "), text.strip_prefix("or ")) {
        (Some(step), _) => format!("  then: {step}"),
        (None, Some(other)) => format!("  {word}{other}"),
        (None, None) => format!("  {word}{text}"),
    }
}

fn mend_lines(mend: &Mend, word: &str) -> Vec<String> {
    match mend {
        Mend::Command { machine, rights, argv, .. } => {
            let prompt = if *rights == Rights::Root { "#" } else { "$" };
            vec![format!("  {word}on the {machine}{}:", as_whom(*rights)), format!("        {prompt} {}", quoted(argv))]
        }
        Mend::Line { machine, file, text, position } => {
            let mut lines = vec![format!("  {word}on the {machine}, in {file}, {position}:")];
            lines.extend(text.lines().map(|line| format!("        {line}")));
            lines
        }
        Mend::Advice(text) => vec![advice_line(text, word)],
    }
}

const fn as_whom(rights: Rights) -> &'static str {
    match rights {
        Rights::Root => ", as root",
        Rights::User => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Machine, Place};
    use crate::failures::Id;

    fn finding(severity: Severity) -> Finding {
        Finding {
            id: Id::KeysignNotSetuid,
            severity,
            machine: Machine::Client,
            seen: "mode 0755".to_owned(),
            place: Some(Place { file: "/usr/lib/openssh/ssh-keysign".to_owned(), line: None }),
            why: "it cannot read the keys".to_owned(),
            mends: vec![
                Mend::Command {
                    machine: Machine::Client,
                    rights: Rights::Root,
                    argv: ["chmod", "4711", "/a b"].map(str::to_owned).to_vec(),
                    is_safe: false,
                },
                Mend::Advice("another".to_owned()),
            ],
        }
    }

    #[test]
    fn a_further_step_is_no_other_way() {
        assert_eq!(advice_line("then have sshd read it", "  or: "), "  then: have sshd read it");
        assert_eq!(advice_line("or narrow the block", "  or: "), "    or: narrow the block");
        assert_eq!(advice_line("order it", "mend: "), "  mend: order it");
    }

    #[test]
    fn a_finding_says_what_was_seen_why_and_what_mends_it() {
        let console = Console::of_screen(None, false);
        assert_eq!(
            text(&finding(Severity::Error), &console),
            [
                "error: keysign-not-setuid (16), on the client, /usr/lib/openssh/ssh-keysign",
                "  seen: mode 0755",
                "  why:  it cannot read the keys",
                "  mend: on the client, as root:",
                "        # chmod 4711 '/a b'",
                "    or: another",
            ]
        );
    }

    #[test]
    fn the_first_error_is_the_cause_and_a_warning_is_not_good() {
        let told = |findings: &[Severity]| {
            let findings: Vec<Finding> = findings.iter().map(|&severity| finding(severity)).collect();
            let told = Told { side: "client", findings: &findings, notes: &[], json: false };
            (told.outcome(), told.verdict())
        };
        assert_eq!(told(&[]), (Outcome::Good, "nothing is wrong".to_owned()));
        assert_eq!(told(&[Severity::Information]), (Outcome::Good, "0 errors, 0 warnings, 1 to know".to_owned()));
        assert_eq!(told(&[Severity::Warning]).0, Outcome::Refused);
        let (outcome, verdict) = told(&[Severity::Warning, Severity::Error]);
        assert_eq!(outcome, Outcome::Refused);
        assert_eq!(
            verdict,
            "1 error, 1 warning, 0 to know; mend first: keysign-not-setuid (hostbased explain-id keysign-not-setuid)"
        );
    }
}
