//! What is wrong with a server, for one client and one account: every step of sshd's decision in its order, asked of
//! [`verify`](crate::verify) itself where it decides.
//!
//! ```text
//! sshd -t -> options and Match -> the daemon that runs -> the account
//!         -> for each address of the client: name -> shosts.equiv -> ssh_known_hosts -> algorithms, certificates, revocation
//!         -> limits, log -> what works and is dangerous
//! ```

mod account;
mod asking;
mod certificates;
mod configuration;
mod daemon;
mod equiv;
mod facts;
mod fragile;
mod keys;
mod known_hosts;
mod limits;
mod matching;
mod names;
mod near;
mod options;
mod own;
mod pam;
mod printed;
mod say;

#[cfg(test)]
pub(in crate::doctor) mod tests;

pub use facts::{Account, Approach, Client, Daemon, Facts, FileFact, Lookup, Offer, PamLine, ServerFiles, State};
pub use printed::Printed;

use super::{Finding, Known, Machine, Mend, Release, Severity, known};
use crate::known_hosts::{Document, Marker};
use crate::verify::Step;
use asking::{Candidate, Court, Otherwise, Refused, Source, is_past};
use say::With;

impl Facts<'_> {
    /// Whether this sshd overlooks the group's right to write in the account's own files.
    fn lets_own_group_write(&self) -> bool {
        self.release.as_ref().is_some_and(Release::is_debians)
            && self.account.as_ref().is_some_and(|account| account.is_alone_in_group)
    }
}

/// Everything that is wrong, in the order of the decision: the first error is the cause.
#[must_use]
pub fn judge(facts: &Facts<'_>) -> Vec<Finding> {
    if let Some(found) = configuration::judge(facts) {
        // Of an sshd that does not start nothing else can be said.
        return vec![found];
    }
    let mut found: Vec<Finding> = facts.release.iter().flat_map(broken_release).collect();
    let Some(likeliest) = facts.approaches.first() else { return found };
    found.extend(options::judge(facts, likeliest));
    found.extend(daemon::judge(facts));
    found.extend(account::judge(facts, likeliest));
    let courts: Vec<Court<'_>> = facts.approaches.iter().map(|approach| Court::new(facts, approach)).collect();
    found.extend(ways(&courts));
    for court in courts.iter().take(1) {
        found.extend(limits::penalties(court, &found));
        found.extend(limits::log_level(court));
        let beside = fragile::judge(facts, court);
        // What is the cause need not be told of again, nor what else is wrong with its line.
        let is_told = |told: &Finding, beside: &Finding| {
            let is_same_line =
                told.place == beside.place && told.place.as_ref().is_some_and(|place| place.line.is_some());
            told.severity >= beside.severity && (told.id == beside.id || is_same_line)
        };
        let is_new = |beside: &Finding| !found.iter().any(|told| is_told(told, beside));
        let beside: Vec<Finding> = beside.into_iter().filter(is_new).collect();
        found.extend(beside);
    }
    dedup(found)
}

/// What is broken in the release of this sshd; what only differs from others is told where it matters.
fn broken_release(release: &Release) -> Vec<Finding> {
    let known = known(release, Machine::Server).filter(|known| known.severity >= Severity::Warning);
    let finding =
        |known: Known| Finding { severity: known.severity, ..say::error(known.id, release.to_string(), known.what) };
    known.map(finding).map(|finding| finding.mended_by([say::advice("install a release that is maintained")])).collect()
}

/// Whether the files and the keys would let the client in on this way; the account and the options are not asked.
#[must_use]
pub fn is_let_in(facts: &Facts<'_>, approach: &Approach) -> bool {
    !way(&Court::new(facts, approach)).iter().any(|finding| finding.severity == Severity::Error)
}

/// The command that registers the client under what sshd looks up when it comes on this way.
pub(in crate::doctor) fn enroll(facts: &Facts<'_>, approach: &Approach) -> Mend {
    names::enroll(&Court::new(facts, approach))
}

/// What is found of each way on which the client may come. Where one is good, the others are only fragile.
fn ways(courts: &[Court<'_>]) -> Vec<Finding> {
    let judged: Vec<Vec<Finding>> = courts.iter().map(way).collect();
    let is_good = |found: &Vec<Finding>| !found.iter().any(|finding| finding.severity == Severity::Error);
    let first_is_good = judged.first().is_some_and(is_good);
    let any_is_good = judged.iter().any(is_good);
    let mut all = Vec::new();
    for (found, court) in judged.into_iter().zip(courts) {
        let is_fragile = !is_good(&found) && any_is_good && (first_is_good || court.facts.offers.is_empty());
        all.extend(found.into_iter().map(|finding| match finding.severity {
            Severity::Error if is_fragile => {
                let seen = format!("for a client that comes from {}: {}", court.approach.text(), finding.seen);
                Finding { severity: Severity::Warning, seen, ..finding }
            }
            _ => finding,
        }));
    }
    all
}

/// One way: the cause where it is refused, and what is fragile where it is not.
fn way(court: &Court<'_>) -> Vec<Finding> {
    let verdict = |candidate: &Candidate| (candidate.clone(), court.ask(candidate, &Otherwise::default()));
    let verdicts: Vec<(Candidate, Option<Refused>)> =
        court.candidates.iter().map(verdict).map(|verdict| overlook(court, verdict)).collect();
    let mut found = Vec::new();
    if verdicts.iter().any(|(_, refused)| refused.is_none()) {
        found.extend(limits::tries(court, &verdicts));
        found.extend(limits::wasted(court, &verdicts));
        let revoked = verdicts.iter().filter_map(|(key, refused)| keys::revoked_beside(key, refused.as_ref()?));
        found.extend(revoked);
    } else {
        found.extend(cause(court, &verdicts));
    }
    if !found.iter().any(|finding| finding.severity == Severity::Error) {
        found.extend(names::fragile(court));
    }
    found
}

/// What this sshd does not refuse, though `verify` does.
fn overlook(court: &Court<'_>, (candidate, refused): (Candidate, Option<Refused>)) -> (Candidate, Option<Refused>) {
    let is_overlooked = refused.as_ref().is_some_and(|refused| match refused.code {
        // Until 10.3 such a certificate was for every host.
        "certificate-without-principals" | "certificate-critical-options" => {
            court.facts.release.as_ref().is_some_and(|release| release.number < (10, 3))
        }
        _ => false,
    });
    (candidate, refused.filter(|_| !is_overlooked))
}

/// Why no key is let in: the cause of the key that gets furthest.
fn cause(court: &Court<'_>, verdicts: &[(Candidate, Option<Refused>)]) -> Option<Finding> {
    let refusals = || verdicts.iter().filter_map(|(candidate, refused)| Some((candidate, refused.as_ref()?)));
    let (candidate, refused) =
        refusals().reduce(|best, next| if next.1.passed() > best.1.passed() { next } else { best })?;
    let one_more_try = |(candidate, _): &(&Candidate, &Refused)| keys::has_other_algorithm(court, candidate);
    let other = refusals().find(one_more_try).filter(|_| refused.step == Step::Algorithm);
    let (candidate, refused) = other.unwrap_or((candidate, refused));
    if refused.step == Step::Equiv {
        return Some(equiv::cause(court, refused));
    }
    if let Some(found) = keys::cause(court, candidate, refused) {
        return Some(found);
    }
    if !is_past(Some(refused), Step::Certificate) {
        return None;
    }
    // An authority vouches for certificates, and which the client has is not known.
    if candidate.source == Source::Nobodys && court.has_authority(&court.host()) {
        return None;
    }
    let plain = || refusals().filter(|(candidate, _)| candidate.key.certificate().is_none());
    let is_known = plain().any(|(_, refused)| refused.code == "host-key-changed");
    if let Some(found) = certified(court, verdicts, is_known) {
        return Some(found);
    }
    if is_known {
        return Some(known_hosts::other_keys(court));
    }
    if plain().next().is_none() {
        return certificates::unknown_authority(court, candidate);
    }
    Some(known_hosts::unknown(court))
}

/// What is wrong with a certificate whose authority the files have: then it was meant to count, and plain keys were not.
fn certified(court: &Court<'_>, verdicts: &[(Candidate, Option<Refused>)], is_known: bool) -> Option<Finding> {
    for (candidate, refused) in verdicts {
        let (Some(certificate), Some(refused)) = (candidate.key.certificate(), refused) else { continue };
        let host = court.host();
        let lines = || court.facts.files.known_hosts.iter().filter_map(FileFact::content).flat_map(Document::entries);
        let mut of_authority = lines().filter(|(_, entry)| entry.key() == certificate.authority());
        let Some((_, entry)) = of_authority.next() else { continue };
        let is_marked = entry.marker() == Some(Marker::CertAuthority);
        if is_marked && is_known {
            continue;
        }
        if !is_marked || !entry.matches(&host) {
            return certificates::unknown_authority(court, candidate);
        }
        return keys::cause(court, candidate, refused);
    }
    None
}

/// Each finding once.
fn dedup(found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let is_told =
            kept.iter().any(|told| told.id == finding.id && told.place == finding.place && told.seen == finding.seen);
        if !is_told {
            kept.push(finding);
        }
    }
    kept
}
