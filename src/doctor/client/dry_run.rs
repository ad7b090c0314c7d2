//! What the helper made of requests that nobody logs in with: one for each key that would be offered.

use super::facts::{DryRun, Facts, Offer, PrivateKey, Signed};
use super::found::{Told, advice, as_root, counted, found, line, set_up_keys};
use super::keys::regenerate;
use super::programs::GLOBAL;
use crate::doctor::Finding;
use crate::failures::Id;
use crate::key::BaseType;
use crate::severity::Severity;

/// What is wrong with the signatures, in the order of the offers. `ssh` gives the method up at the first key that the
/// helper does not sign with (OpenSSH: sshconnect2.c `userauth_hostbased`).
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = bad_pair(facts).into_iter().collect();
    if findings.is_empty() {
        findings.extend(first_failure(facts));
    }
    findings.extend(long_session(facts));
    findings
}

/// The runs of the first name that is claimed, one for each offer.
fn runs(facts: &Facts) -> impl Iterator<Item = (&Offer, &DryRun)> {
    let mut seen = Vec::new();
    facts.helper.dry_runs.iter().filter_map(move |run| {
        let is_first = !seen.contains(&run.offer);
        seen.push(run.offer);
        is_first.then_some((facts.keys.offers.get(run.offer)?, run))
    })
}

/// The helper has no private key to this public one.
fn is_no_pair(run: &DryRun) -> bool {
    match &run.result {
        Signed::Refused(said) => said.contains("no matching hostkey found"),
        Signed::Wrong(_) => true,
        _ => false,
    }
}

fn bad_pair(facts: &Facts) -> Option<Finding> {
    let (offer, run) = runs(facts).find(|(_, run)| is_no_pair(run))?;
    let good = runs(facts).filter(|(_, run)| run.result == Signed::Good).count();
    let public = &offer.path;
    let private = public.trim_end_matches(".pub").trim_end_matches("-cert");
    let files = facts.keys.keys.iter().find(|files| files.path == private);
    let is_missing = files.is_some_and(|files| files.private == PrivateKey::Missing);
    let said = match &run.result {
        Signed::Refused(said) | Signed::Wrong(said) => said.as_str(),
        _ => "",
    };
    let seen = match is_missing {
        true => format!("{private} is not there; the helper says: {said}"),
        false => format!("{} is not the public half of {private}; the helper says: {said}", offer.key),
    };
    let (id, seen, why) = if good > 0 {
        (
            Id::FirstBadKeyStopsMethod,
            format!("{seen}; {}", counted(good, "other pair is good", "other pairs are good")),
            "`ssh` gives the method up at the first key that the helper does not sign with, and tries no other",
        )
    } else {
        (
            Id::PubPrivateMismatch,
            seen,
            "`ssh` offers the key of the .pub file, and the helper holds another private one",
        )
    };
    let finding = found(id, Severity::Error, seen, why).at(public, None);
    let finding = match is_missing {
        true => finding.mended(as_root(&["rm", public])),
        false if public.ends_with("-cert.pub") => {
            finding.mended(advice("have the authority sign the key that is there now, or remove the certificate"))
        }
        false => finding.mended(set_up_keys()).mended(regenerate(private)),
    };
    let finding =
        finding.mended(advice("and bring the key up to date in ssh_known_hosts of the servers (hostbased enroll)"));
    let skip = line(
        facts.given.as_ref().map_or(GLOBAL, |given| &given.path),
        format!("HostbasedAcceptedAlgorithms -{}", offer.algorithm),
        "in the block for the server, to leave the key out",
    );
    Some(if good > 0 { finding.mended(skip) } else { finding })
}

fn first_failure(facts: &Facts) -> Option<Finding> {
    let (offer, run) = runs(facts).find(|(_, run)| run.result != Signed::Good)?;
    let path = facts.helper.path.as_deref().unwrap_or("ssh-keysign");
    let is_rsa = offer.key.key_type().base == BaseType::Rsa;
    let others = runs(facts).any(|(_, run)| run.result == Signed::Good);
    Some(match &run.result {
        Signed::Good => return None,
        Signed::OtherAlgorithm | Signed::Wrong(_) => {
            let severity = if others { Severity::Warning } else { Severity::Error };
            let seen = format!("asked for {}, the helper signs by another algorithm", offer.algorithm);
            let why = "helpers of 8.5 to 8.8 sign with RSA by SHA-1 whatever they are asked for, which servers refuse";
            found(Id::RsaHostbasedBroken85To88, severity, seen, why)
                .at(path, None)
                .mended(advice("enroll an ed25519 or ecdsa key of this host, or bring OpenSSH up to date"))
        }
        Signed::Refused(said) if said.contains("libcrypto") && is_rsa => found(
            Id::Sha1RefusedByCryptoPolicy,
            Severity::Error,
            format!("{}: the helper says: {said}", offer.algorithm),
            "the system's policy of cryptography refuses this signature, mostly because it is by SHA-1",
        )
        .at(path, None)
        .mended(advice("enroll an ed25519 or ecdsa key of this host; leave SHA-1 off")),
        Signed::Refused(said) if said.contains("keysign.conf") => found(
            Id::KeysignNotEnabled,
            Severity::Error,
            format!("the helper says: {said}"),
            "this project's helper has a file of its own, keysign.conf, which can forbid signing",
        )
        .at(path, None)
        .mended(advice("see keysign.conf(5): it says for whom and where the helper signs")),
        Signed::Refused(said) => found(
            Id::HelperAndClientVersionSkew,
            Severity::Error,
            format!("asked to sign as {}, the helper says: {said}", run.claimed),
            "the helper refuses a request that is formed as today's `ssh` forms it",
        )
        .at(path, None)
        .mended(advice("install `ssh` and its helper anew, from one package")),
    })
}

/// Key exchanges whose hash is longer than SHA-256's, by what stands in their names.
const LONG_HASHES: [&str; 5] = ["sha512", "sha384", "nistp384", "nistp521", "group16"];

fn long_session(facts: &Facts) -> Option<Finding> {
    let said = facts.helper.long_session.as_ref()?.as_ref().err()?;
    let first = facts.options.list("kexalgorithms").and_then(|list| list.first().map(|&first| first.to_owned()));
    let is_first = first.as_ref().is_some_and(|first| LONG_HASHES.iter().any(|mark| first.contains(mark)));
    let severity = if is_first { Severity::Error } else { Severity::Warning };
    let path = facts.helper.path.as_deref().unwrap_or("ssh-keysign");
    Some(
        found(
            Id::SessionHashLongerThan32Rejected,
            severity,
            format!("asked with a session id of 64 bytes, the helper says: {said}"),
            "helpers before 8.9 refuse the session ids of key exchanges with SHA-384 and SHA-512",
        )
        .at(path, None)
        .mended(advice("bring OpenSSH up to date"))
        .mended(line(GLOBAL, "KexAlgorithms curve25519-sha256", "in the block for the server")),
    )
}
