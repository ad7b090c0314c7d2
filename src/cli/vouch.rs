//! What the checks say of hosts, and who vouches for their keys besides whoever runs the command.

use std::collections::BTreeSet;

use super::Console;
use super::change::Host;
use super::checks::{CheckArgs, Checker};
use super::failure::Failure;
use super::gather::{Scanned, certificates};
use super::instant::now;
use super::scanning::ScanArgs;
use super::sshd::Rules;
use crate::dns::{Code, Finding, Subject};
use crate::enroll::{HostSpec, Registered, Survey, Texts, certified, have_authority, neighbours_of_survey};
use crate::key::PublicKey;
use crate::name::HostText;
use crate::store::Root;

/// A host whose keys were gathered.
pub(super) struct Candidate<'a> {
    /// As it was named: aliases are no part of it.
    pub(super) scanned: Scanned<'a>,
    pub(super) rules: Rules,
    pub(super) host: Host,
}

impl Candidate<'_> {
    fn subject(&self) -> Subject {
        let spec = self.scanned.host;
        Subject { names: spec.names().to_vec(), addresses: spec.addresses().to_vec(), keys: self.host.keys.clone() }
    }
}

/// What both files have of all these hosts; `names` are theirs, with their aliases.
pub(super) fn survey<'a>(candidates: &[Candidate<'_>], names: &[HostText], texts: &'a Texts) -> Survey<'a> {
    let keys: Vec<PublicKey> = candidates.iter().flat_map(|candidate| candidate.host.keys.iter().cloned()).collect();
    Survey::new(texts, names, &keys)
}

/// What the files will not hold any more, and what nothing is compared with.
#[derive(Default)]
pub(super) struct Leaving<'a> {
    /// Whole hosts.
    pub(super) hosts: Vec<&'a Registered>,
    /// Addresses of hosts that stay.
    pub(super) addresses: BTreeSet<HostText>,
}

/// Checks the names and addresses of all these hosts, and takes note of who vouches for their keys. They are compared with
/// what is registered already, and not leaving.
///
/// # Errors
/// [`Failure`].
pub(super) fn check(
    candidates: &mut [Candidate<'_>],
    survey: &Survey<'_>,
    leaving: &Leaving<'_>,
    args: &CheckArgs,
    root: &Root,
    console: &mut Console,
) -> Result<(), Failure> {
    let checker = Checker::new(args, root)?;
    let subjects: Vec<_> = candidates.iter().map(|candidate| (candidate.subject(), candidate.rules.names)).collect();
    let alone: Vec<Subject> = subjects.iter().map(|(subject, _)| subject.clone()).collect();
    let texts: BTreeSet<&HostText> = leaving.hosts.iter().flat_map(|host| &host.texts).collect();
    let stays = |subject: &Subject| !texts_of(subject).any(|text| texts.contains(&text));
    let mut registered: Vec<Subject> = neighbours_of_survey(survey, &alone).into_iter().filter(stays).collect();
    for subject in &mut registered {
        subject.addresses.retain(|address| !leaving.addresses.contains(&HostText::from(*address)));
    }
    let checked = checker.check(&subjects, &registered, console)?;
    for (candidate, checked) in candidates.iter_mut().zip(checked) {
        candidate.host.vouched.extend(checked.vouched.into_iter().map(|key| (key, "sshfp")));
        candidate.host.take_findings(checked.findings);
    }
    Ok(())
}

/// Takes note of the keys for which signed records in the DNS vouch. The names themselves were checked when they came in.
///
/// # Errors
/// [`Failure`].
pub(super) fn find_sshfp(
    candidates: &mut [Candidate<'_>],
    args: &CheckArgs,
    root: &Root,
    console: &mut Console,
) -> Result<(), Failure> {
    if !root.is_system() && args.resolver.is_empty() {
        return Ok(());
    }
    let checker = Checker::new(args, root)?;
    let subjects: Vec<_> = candidates.iter().map(|candidate| (candidate.subject(), candidate.rules.names)).collect();
    let about_keys =
        |finding: &Finding| matches!(finding.code, Code::DnssecBogus | Code::SshfpMismatch | Code::SshfpMissing);
    for (candidate, checked) in candidates.iter_mut().zip(checker.check(&subjects, &[], console)?) {
        candidate.host.vouched.extend(checked.vouched.into_iter().map(|key| (key, "sshfp")));
        candidate.host.take_findings(checked.findings.into_iter().filter(about_keys).collect());
    }
    Ok(())
}

/// Asks the hosts for which known_hosts has an authority for their certificates, and takes note of the keys in them.
///
/// # Errors
/// [`Failure`].
pub(super) fn ask_authorities(
    candidates: &mut [Candidate<'_>],
    texts: &Texts,
    args: &ScanArgs,
    console: &mut Console,
) -> Result<(), Failure> {
    let was_scanned =
        |candidate: &&mut Candidate<'_>| candidate.host.refused.is_empty() && !candidate.host.scanned.is_empty();
    let mut asked: Vec<&mut Candidate<'_>> = candidates.iter_mut().filter(was_scanned).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let specs: Vec<HostSpec> = asked.iter().map(|candidate| candidate.scanned.host.clone()).collect();
    let mut has = have_authority(texts, &specs).into_iter();
    asked.retain(|_| has.next() == Some(true));
    if asked.is_empty() {
        return Ok(());
    }
    let places: Vec<Scanned<'_>> = asked.iter().map(|candidate| candidate.scanned).collect();
    let shown = certificates(&places, args, console)?;
    let shown: Vec<_> = places.iter().map(|place| place.host.clone()).zip(shown).collect();
    for (candidate, keys) in asked.iter_mut().zip(certified(texts, &shown, now())) {
        candidate.host.vouched.extend(keys.into_iter().map(|key| (key, "authority")));
    }
    Ok(())
}

fn texts_of(subject: &Subject) -> impl Iterator<Item = HostText> + '_ {
    subject.names.iter().map(HostText::from).chain(subject.addresses.iter().copied().map(HostText::from))
}
