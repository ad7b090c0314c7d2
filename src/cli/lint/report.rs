//! Findings as JSON and as text.

use serde::Serialize;

use super::excerpt::{COLUMNS, excerpt};
use super::gather::Gathered;
use crate::cli::Console;
use crate::cli::style::Style;
use crate::escape::escape;
use crate::lint::{Finding, Place, Severity};

/// A finding, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct FindingRecord {
    record: &'static str,
    code: &'static str,
    severity: &'static str,
    file: String,
    /// Only where a line is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The first byte that is meant, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    text: String,
    mend: String,
    fixable: bool,
}

impl FindingRecord {
    pub(in crate::cli) fn new(finding: &Finding, path: impl Fn(crate::lint::File) -> String) -> Self {
        let (file, line, column) = match &finding.place {
            Place::Path(path) => (path.clone(), None, None),
            Place::File(file) => (path(*file), None, None),
            Place::Line { file, line, start, .. } => (path(*file), Some(*line), Some(start.saturating_add(1))),
        };
        Self {
            record: "finding",
            code: finding.code.word(),
            severity: finding.severity.word(),
            file,
            line,
            column,
            text: finding.text.to_string(),
            mend: finding.mend.to_string(),
            fixable: finding.fix.is_some(),
        }
    }

    /// `file:line:column`, as far as there are any.
    fn place(&self) -> String {
        let number = |number: Option<usize>| number.map(|number| format!(":{number}")).unwrap_or_default();
        format!("{}{}{}", self.file, number(self.line), number(self.column))
    }
}

/// A finding for people: where and what, the line with carets, what to do.
pub(super) fn lines(finding: &Finding, gathered: &Gathered, console: &Console) -> Vec<String> {
    let record = FindingRecord::new(finding, |file| escape(gathered.path(file)).to_string());
    let style = Style::of(finding.severity);
    let severity = console.paint(style, record.severity);
    let mut lines = vec![format!("{}: {severity}: {} [{}]", record.place(), record.text, record.code)];
    if let Place::Line { file, line, start, end } = finding.place {
        let columns = console.width().map_or(COLUMNS, usize::from).saturating_sub(4);
        let [text, carets] = excerpt(gathered.line(file, line), &(start..end), columns);
        lines.push(format!("    {text}"));
        lines.push(format!("    {}", console.paint(style, &carets)));
    }
    lines.push(format!("  {}", record.mend));
    lines
}

/// How many there are of each weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) information: usize,
    /// What a fix without danger would mend.
    pub(super) fixable: usize,
    /// What a fix would mend that may admit somebody.
    pub(super) admitting: usize,
}

impl Counts {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let count = match finding.severity {
                Severity::Error => &mut counts.errors,
                Severity::Warning => &mut counts.warnings,
                Severity::Information => &mut counts.information,
            };
            *count = count.saturating_add(1);
            let fixes = match &finding.fix {
                Some(fix) if fix.admits => &mut counts.admitting,
                Some(_) => &mut counts.fixable,
                None => continue,
            };
            *fixes = fixes.saturating_add(1);
        }
        counts
    }

    pub(super) const fn is_good(self) -> bool {
        self.errors == 0 && self.warnings == 0
    }

    pub(super) fn lines(self) -> Vec<String> {
        let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
        if self == Self::default() {
            return vec!["nothing is wrong".to_owned()];
        }
        let mut lines = vec![format!(
            "{}, {}, {} to know",
            count(self.errors, "error", "errors"),
            count(self.warnings, "warning", "warnings"),
            self.information
        )];
        if self.fixable > 0 {
            lines.push(format!("--fix mends {} of them, and admits nobody by it", self.fixable));
        }
        if self.admitting > 0 {
            lines.push(format!(
                "--fix-admitting mends {} more, and may let in whom these lines were meant for",
                self.admitting
            ));
        }
        lines
    }
}
