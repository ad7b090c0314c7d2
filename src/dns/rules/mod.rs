//! The rules: each a pure function over a host and the answers about it. One file a family of rules.
//!
//! A rule judges as if its view were what sshd asks; [`CheckPolicy`] weighs that afterwards.

mod alias;
mod dnssec;
mod duplicates;
mod forward;
mod names;
mod order;
mod pattern;
mod reverse;
mod special;
mod sshfp;
mod text;
mod views;

#[cfg(test)]
mod testing;

use std::fmt::Display;

pub use duplicates::duplicates;
pub use pattern::check_pattern;
pub(super) use reverse::found_addresses;
pub use text::read_subject;

use super::answer::Answers;
use super::finding::{Code, Finding, Severity, View};
use super::policy::CheckPolicy;
use super::subject::Subject;
use crate::key::Fingerprint;
use crate::name::HostName;

/// A host that is judged, and what sshd does with its names.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a> {
    /// The host.
    pub subject: &'a Subject,
    /// Whether sshd resolves its address to a name (`UseDNS yes`).
    pub resolves: bool,
    /// Whether sshd looks it up by a name at all, resolved or claimed.
    pub by_name: bool,
}

/// What both views say; `None` where a view was not asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Views<'a> {
    /// The system's resolver.
    pub system: Option<&'a Answers>,
    /// The DNS.
    pub dns: Option<&'a Answers>,
}

/// One view's answers.
#[derive(Clone, Copy)]
struct Seen<'a> {
    view: View,
    answers: &'a Answers,
}

impl Host<'_> {
    /// The severity of what matters only where sshd resolves addresses.
    const fn if_resolved(&self) -> Severity {
        if self.resolves { Severity::Error } else { Severity::Warning }
    }
}

fn finding(
    code: Code,
    view: View,
    severity: Severity,
    subject: &impl Display,
    evidence: impl Into<String>,
    mend: impl Into<String>,
) -> Finding {
    let (evidence, mend) = (evidence.into(), mend.into());
    Finding { code, view, severity, subject: subject.to_string(), evidence, mend }
}

/// Whether a name is the first label of another and nothing more: `node1` of `node1.example.org`.
fn is_short_for(short: &str, long: &HostName) -> bool {
    !short.contains('.') && long.as_str().strip_prefix(short).is_some_and(|rest| rest.starts_with('.'))
}

/// Everything that is to be said of one host by itself, most severe first, and the keys for which the DNS vouches.
#[must_use]
pub fn judge(host: &Host<'_>, views: Views<'_>, policy: &CheckPolicy) -> (Vec<Finding>, Vec<Fingerprint>) {
    let mut found = Vec::new();
    names::judge(host, &mut found);
    special::judge_given(host, &mut found);
    let system = views.system.map(|answers| Seen { view: View::System, answers });
    let dns = views.dns.map(|answers| Seen { view: View::Dns, answers });
    if let Some(seen) = system {
        judge_view(host, seen, &mut found);
    }
    let mut vouched = Vec::new();
    if let Some(seen) = dns {
        let mut of_dns = Vec::new();
        judge_view(host, seen, &mut of_dns);
        // The system's answers come from the DNS on most machines: what it says already need not be said twice.
        of_dns.retain(|finding| !found.iter().any(|earlier| says_as_much(earlier, finding)));
        found.append(&mut of_dns);
        dnssec::judge(host, seen, &mut found);
        vouched = sshfp::judge(host, seen, &mut found);
    }
    if let (Some(system), Some(dns)) = (system, dns) {
        views::judge(host, system, dns, &mut found);
    }
    weigh(&mut found, policy);
    (found, vouched)
}

fn judge_view(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    forward::judge(host, seen, found);
    reverse::judge(host, seen, found);
    alias::judge(host, seen, found);
    order::judge(host, seen, found);
    special::judge_found(host, seen, found);
}

fn says_as_much(earlier: &Finding, later: &Finding) -> bool {
    earlier.view == View::System
        && (earlier.code, &earlier.subject) == (later.code, &later.subject)
        && earlier.severity >= later.severity
}

/// Puts what counts in place of the rules' own severities, most severe first.
pub fn weigh(found: &mut [Finding], policy: &CheckPolicy) {
    found.iter_mut().for_each(|finding| policy.weigh(finding));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

#[cfg(test)]
mod tests;
