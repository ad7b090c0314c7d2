//! One host of a change, and how far it came.

use crate::cli::report::{Reason, key_text};
use crate::cli::sshd::Rules;
use crate::dns::{Finding, Severity};
use crate::enroll::{HostPlan, NotAdmitted, Plan, Refusal, Status};
use crate::key::{Fingerprint, PublicKey};

/// One host of a change, and how far it came.
#[derive(Default)]
pub(in crate::cli) struct Host {
    /// As whoever asked for it named it.
    pub(in crate::cli) title: String,
    pub(in crate::cli) names: Vec<String>,
    pub(in crate::cli) addresses: Vec<String>,
    /// What sshd does with it, where that matters.
    pub(in crate::cli) rules: Option<Rules>,
    pub(in crate::cli) keys: Vec<PublicKey>,
    /// The addresses that were scanned.
    pub(in crate::cli) scanned: Vec<String>,
    /// What the checks of its names and addresses say.
    pub(in crate::cli) findings: Vec<Finding>,
    /// The keys for which something vouches that nobody typed: what it is, for programs.
    pub(in crate::cli) vouched: Vec<(Fingerprint, &'static str)>,
    /// What spoke against it before any plan was made.
    pub(in crate::cli) refused: Vec<Reason>,
    /// Whether that is because it does not answer.
    pub(in crate::cli) unreachable: bool,
    /// Its task's place; none where it was refused before.
    pub(in crate::cli) task: Option<usize>,
    pub(in crate::cli) plan: Option<HostPlan>,
    /// Why it would not be admitted; `None` when that was not asked.
    pub(in crate::cli) gaps: Option<Vec<NotAdmitted>>,
}

impl Host {
    /// Takes what the plan says of it; `applied` if that was carried out, or changes nothing.
    pub(super) fn take(&mut self, plan: &Plan, applied: bool) {
        self.plan = self.task.and_then(|task| plan.hosts().get(task).cloned());
        let Some(plan) = &self.plan else { return };
        self.refused.extend(plan.reasons.iter().map(|reason| Reason::new(Refusal::code(reason), reason)));
        if applied && self.rules.is_some() && plan.status.is_good() {
            self.gaps = Some(plan.gaps.clone());
        }
    }

    pub(super) fn status(&self) -> Status {
        match &self.plan {
            _ if self.unreachable => Status::Unreachable,
            _ if !self.refused.is_empty() => Status::Refused,
            Some(plan) => plan.status,
            None => Status::Unchanged,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.status().is_good() && self.gaps.as_ref().is_none_or(Vec::is_empty)
    }

    /// Whether there is anything to do, or to look at.
    pub(super) fn has_news(&self, plan: &Plan) -> bool {
        let planned = self.task.and_then(|task| plan.hosts().get(task));
        !self.refused.is_empty()
            || self.findings.iter().any(|finding| finding.severity > Severity::Information)
            || planned.is_some_and(|host| host.status != Status::Unchanged)
    }

    /// Names, addresses, key types and fingerprints, and what the checks found.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.title.clone()];
        if !self.scanned.is_empty() {
            lines.push(format!("  scanned: {}", self.scanned.join(", ")));
        }
        lines.extend(self.keys.iter().map(|key| {
            let by: Vec<&str> =
                self.vouched.iter().filter(|(of, _)| *of == key.fingerprint()).map(|(_, by)| *by).collect();
            match by.as_slice() {
                [] => format!("  key: {}", key_text(key)),
                by => format!("  key: {}, vouched for by {}", key_text(key), by.join(" and ")),
            }
        }));
        lines.extend(self.rules.map(|rules| format!("  sshd matches: {}", rules.names)));
        lines.extend(self.findings.iter().map(|finding| format!("  {finding}")));
        // A host of which there is nothing to show is told in the end.
        if lines.len() > 1 { lines } else { Vec::new() }
    }

    /// What came of it, for people.
    pub(super) fn outcome(&self) -> Vec<String> {
        let title = &self.title;
        if self.unreachable {
            return self.refused.iter().map(|reason| format!("{title}: unreachable: {}", reason.text)).collect();
        }
        let refused = self.refused.iter().map(|reason| format!("{title}: refused: {}", reason.text));
        let gaps = self.gaps.iter().flatten().map(|gap| format!("{title}: would not be admitted: {gap}"));
        let good = self.refused.is_empty() && self.gaps.as_ref().is_some_and(Vec::is_empty);
        refused.chain(gaps).chain(good.then(|| format!("{title}: both files admit it"))).collect()
    }

    /// What stops it, of what the checks say.
    pub(in crate::cli) fn take_findings(&mut self, findings: Vec<Finding>) {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        self.refused.extend(errors.map(|finding| Reason::new(finding.code.word(), finding)));
        self.findings = findings;
    }
}
