//! What `hostbased enroll` found and did, as JSON and as text.

use std::io;

use serde::Serialize;

use super::{Keys, Trusted};
use crate::cli::netgroups;
use crate::cli::report::{ChangeReport, KeyReport, NOT_CONFIRMED, Reason, key_text, outcome_line};
use crate::cli::sshd::Rules;
use crate::enroll::{Files, HostSpec, NotAdmitted, Plan, Refusal, Registration, Trust};
use crate::key::PublicKey;

/// One host, and how far it came.
pub(super) struct HostState {
    spec: HostSpec,
    rules: Rules,
    keys: Vec<PublicKey>,
    scanned: Vec<String>,
    refused: Vec<Reason>,
    /// What keeps it out; `None` when that was not asked.
    gaps: Option<Vec<NotAdmitted>>,
}

/// The whole run.
pub(super) struct Report<'a> {
    pub(super) dry_run: bool,
    pub(super) written: bool,
    /// The question was answered with no.
    pub(super) declined: bool,
    /// Whether that question was about the keys.
    pub(super) asked_for_trust: bool,
    pub(super) trusted: &'a Trusted,
    pub(super) hosts: Vec<HostState>,
    pub(super) plan: &'a Plan,
    pub(super) files: &'a Files,
    /// Whether it is known whom netgroups admit.
    pub(super) netgroups_asked: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    dry_run: bool,
    written: bool,
    trust: &'static str,
    hosts: Vec<HostJson<'a>>,
    changes: Vec<ChangeReport>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct HostJson<'a> {
    names: Vec<&'a str>,
    addresses: Vec<String>,
    /// Which of them sshd looks up.
    matched_by: &'static str,
    scanned: &'a [String],
    keys: Vec<KeyReport>,
    /// Why it was not registered.
    refused: &'a [Reason],
    /// Whether both files admit it; `null` when that was not asked.
    admitted: Option<bool>,
    /// Why it would not be.
    gaps: Vec<Reason>,
}

impl HostState {
    pub(super) fn new(spec: &HostSpec, rules: Rules, keys: Keys) -> Self {
        let (keys, scanned, refused) = match keys {
            Ok(gathered) => (gathered.keys, gathered.scanned, Vec::new()),
            Err(reasons) => (Vec::new(), Vec::new(), reasons),
        };
        Self { spec: spec.clone(), rules, keys, scanned, refused, gaps: None }
    }

    /// What is to be registered; `None` when something speaks against its keys.
    pub(super) fn registration(&self, trust: &Trust) -> Option<Registration> {
        let (host, keys, names, trust) = (self.spec.clone(), self.keys.clone(), self.rules.names, trust.clone());
        self.refused.is_empty().then_some(Registration { host, keys, names, trust })
    }

    pub(super) fn take_refusals(&mut self, plan: &Plan) {
        let of_host = plan.refused().iter().filter(|refused| refused.host == self.spec);
        for refusal in of_host.flat_map(|refused| &refused.reasons) {
            self.refused.push(Reason::new(Refusal::code(refusal), refusal));
        }
    }

    pub(super) fn take_gaps(&mut self, gaps: impl Fn(&Registration) -> Vec<NotAdmitted>, trust: &Trust) {
        self.gaps = self.registration(trust).map(|registration| gaps(&registration));
    }

    /// Names, addresses, key types and fingerprints.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.spec.to_string()];
        if !self.scanned.is_empty() {
            lines.push(format!("  scanned: {}", self.scanned.join(", ")));
        }
        lines.extend(self.keys.iter().map(|key| format!("  key: {}", key_text(key))));
        lines.push(format!("  sshd matches: {}", self.rules.names));
        lines
    }

    fn outcome(&self) -> Vec<String> {
        let refused = self.refused.iter().map(|reason| format!("{}: refused: {}", self.spec, reason.text));
        let gaps = self.gaps.iter().flatten().map(|gap| format!("{}: would not be admitted: {gap}", self.spec));
        let good = self.refused.is_empty() && self.gaps.as_ref().is_some_and(Vec::is_empty);
        refused.chain(gaps).chain(good.then(|| format!("{}: both files admit it", self.spec))).collect()
    }

    fn is_good(&self) -> bool {
        self.refused.is_empty() && self.gaps.as_ref().is_none_or(Vec::is_empty)
    }

    fn json(&self) -> HostJson<'_> {
        HostJson {
            names: self.spec.names().iter().map(|name| name.as_str()).collect(),
            addresses: self.spec.addresses().iter().map(ToString::to_string).collect(),
            matched_by: self.rules.names.word(),
            scanned: &self.scanned,
            keys: self.keys.iter().map(KeyReport::from).collect(),
            refused: &self.refused,
            admitted: self.gaps.as_ref().map(Vec::is_empty),
            gaps: self.gaps.iter().flatten().map(|gap| Reason::new(gap.gap.code(), gap)).collect(),
        }
    }
}

impl Report<'_> {
    pub(super) fn is_good(&self) -> bool {
        !self.declined && self.hosts.iter().all(HostState::is_good)
    }

    /// The report as one line of JSON.
    pub(super) fn json(&self) -> io::Result<String> {
        let json = Json {
            dry_run: self.dry_run,
            written: self.written,
            trust: self.trusted.word(),
            hosts: self.hosts.iter().map(HostState::json).collect(),
            changes: self.plan.changes().iter().map(ChangeReport::from).collect(),
            notes: self.notes(),
        };
        Ok(serde_json::to_string(&json)?)
    }

    /// What came of it, for people: hosts and changes have been shown before.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = self.notes();
        lines.push(
            match () {
                () if self.declined && !self.asked_for_trust => NOT_CONFIRMED,
                () if self.declined => "nothing was written: the keys were not confirmed",
                () if self.plan.is_empty() && self.hosts.iter().any(|host| !host.refused.is_empty()) => {
                    "nothing was written"
                }
                () => outcome_line(self.plan, self.dry_run),
            }
            .to_owned(),
        );
        lines.extend(self.hosts.iter().flat_map(HostState::outcome));
        lines
    }

    fn notes(&self) -> Vec<String> {
        let off = self.hosts.iter().filter(|host| host.rules.is_off).map(|host| {
            format!(
                "sshd lets nobody of {} in, whatever both files hold: write HostbasedAuthentication yes into \
                 /etc/ssh/sshd_config",
                host.spec
            )
        });
        let not_asked = if self.netgroups_asked { None } else { netgroups::not_asked(self.files) };
        not_asked.into_iter().chain(off).collect()
    }
}
