//! Limits on attempts, and what the log tells of them.

use super::asking::{Candidate, Court, Refused};
use super::matching::network_holds;
use super::say::{With, advice, error, information, line, warning};
use crate::doctor::{Finding, Id, Machine, Mend, Severity};

/// MaxAuthTries of sshd_config(5) where it is not printed.
const DEFAULT_TRIES: usize = 6;

/// Keys that are refused before one is let in: each counts (OpenSSH: auth2.c `userauth_finish`).
pub(super) fn tries(court: &Court<'_>, verdicts: &[(Candidate, Option<Refused>)]) -> Option<Finding> {
    let limit = court.approach.printed.number("maxauthtries").unwrap_or(DEFAULT_TRIES);
    let before = verdicts.iter().position(|(_, refused)| refused.is_none())?;
    if !court.knows_offers() || before < limit {
        return None;
    }
    let (candidate, _) = verdicts.get(before)?;
    let seen = format!("{before} keys are refused before {}, and MaxAuthTries is {limit}", candidate.key);
    let why =
        "each key that is offered counts as an attempt: sshd hangs up before it comes to the one that it would take";
    let found = error(Id::MaxauthtriesEaten, seen, why);
    let found = match court.facts.tree.of("maxauthtries").next() {
        Some(directive) => found.at(&directive.file, directive.line),
        None => found,
    };
    Some(found.mended_by(super::names::offered_keys(court)).mended_by([
        super::names::enroll(court),
        Mend::Line {
            machine: Machine::Client,
            file: "/etc/ssh/ssh_config".to_owned(),
            text: format!("HostbasedAcceptedAlgorithms ^{}", candidate.algorithm.name()),
            position: "in the Host block of this server".to_owned(),
        },
        line("/etc/ssh/sshd_config", format!("MaxAuthTries {}", before.saturating_add(2)), "above the first Match"),
    ]))
}

/// Keys that are refused before one is let in, within the limit.
pub(super) fn wasted(court: &Court<'_>, verdicts: &[(Candidate, Option<Refused>)]) -> Option<Finding> {
    let before = verdicts.iter().position(|(_, refused)| refused.is_none()).filter(|&before| before > 0)?;
    if !court.knows_offers() || tries(court, verdicts).is_some() {
        return None;
    }
    let tried = verdicts.get(..before)?;
    let all_certificates = tried.iter().all(|(candidate, _)| candidate.key.certificate().is_some());
    let named: Vec<String> = tried
        .iter()
        .filter_map(|(candidate, refused)| Some(format!("{} ({})", candidate.key, refused.as_ref()?.code)))
        .collect();
    let id = if all_certificates { Id::CertificateAttemptsComeFirst } else { Id::MaxauthtriesEaten };
    let why = "each counts against MaxAuthTries, and as a failure in the log";
    Some(information(id, format!("refused before one is taken: {}", named.join(", ")), why))
}

/// Penalties for whole addresses (sshd_config(5), PerSourcePenalties; since 9.8).
pub(super) fn penalties(court: &Court<'_>, found: &[Finding]) -> Option<Finding> {
    let printed = &court.approach.printed;
    let penalties = printed.value("persourcepenalties").filter(|value| *value != "no")?;
    if !is_failing(found) || penalties.contains("authfail:0") {
        return None;
    }
    let exempt = printed.value("persourcepenaltyexemptlist").unwrap_or("none");
    let address = court.approach.address;
    if exempt.split(',').any(|network| network_holds(network, address) == Some(true)) {
        return None;
    }
    let text = court.approach.text();
    let why = "since OpenSSH 9.8 each failed login counts against the address: after a few, sshd drops every connection from \
               there for a while, of all users. Do not try again and again while this is not mended";
    let found = information(
        Id::PerSourcePenaltyLocksOutNode,
        format!("PerSourcePenalties is on, and {text} is not exempt"),
        why,
    );
    Some(found.mended_by([line(
        "/etc/ssh/sshd_config",
        format!("PerSourcePenaltyExemptList {text}"),
        "above the first Match",
    )]))
}

/// LogLevel.
pub(super) fn log_level(court: &Court<'_>) -> Option<Finding> {
    let level = court.approach.printed.value("loglevel").unwrap_or("INFO");
    let hides = ["QUIET", "FATAL", "ERROR", "INFO"].iter().any(|hiding| level.eq_ignore_ascii_case(hiding));
    if !hides {
        return None;
    }
    let why = "at this level a refused hostbased login leaves next to nothing in the log: \"Failed hostbased\" needs VERBOSE, \
               names DEBUG2, and lines of files DEBUG3";
    Some(warning(Id::LogLevelHidesEverything, format!("LogLevel {level}"), why).mended_by([
        line("/etc/ssh/sshd_config", "LogLevel VERBOSE", "above the first Match"),
        advice("hostbased explain says the same without a login"),
    ]))
}

fn is_failing(found: &[Finding]) -> bool {
    found.iter().any(|finding| finding.severity == Severity::Error)
}
