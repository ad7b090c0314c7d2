//! Which keys `ssh` would offer, by which algorithm, and what is to be said of that.

use super::facts::{Facts, HostKeyFiles, Offer, PublicFile};
use super::found::{Told, advice, counted, found, set_up_keys};
use crate::doctor::Finding;
use crate::escape::escape;
use crate::failures::Id;
use crate::key::{Algorithm, BaseType, CertificateKind, PublicKey};
use crate::severity::Severity;

/// The offers that `ssh` makes (OpenSSH: ssh.c `main`, which loads the certificates first; sshconnect2.c
/// `userauth_hostbased`): in the order of its list, and of one algorithm in the order of the files; each key once.
#[must_use]
pub fn offers(keys: &[HostKeyFiles], accepted: &[&str]) -> Vec<Offer> {
    let with = |suffix: &'static str, file: fn(&HostKeyFiles) -> &PublicFile| {
        let key = move |files: &HostKeyFiles| Some((format!("{}{suffix}", files.path), file(files).key()?.clone()));
        keys.iter().filter_map(key).collect::<Vec<_>>()
    };
    let mut loaded = with("-cert.pub", |files| &files.certificate);
    loaded.extend(with(".pub", |files| &files.public));
    let mut offers = Vec::new();
    // A list may name algorithms that no host key signs by, or that are newer than this program.
    for algorithm in accepted.iter().filter_map(|name| Algorithm::from_name(name.as_bytes())) {
        let (fitting, rest): (Vec<_>, Vec<_>) = loaded.into_iter().partition(|(_, key)| key.fits(algorithm));
        loaded = rest;
        let offer = |(path, key): (String, PublicKey)| Offer { path, key, algorithm };
        offers.extend(fitting.into_iter().map(offer));
    }
    offers
}

/// Keys are there, and the list has an algorithm for none.
pub(super) fn excluded(facts: &Facts) -> Option<Finding> {
    let keys: Vec<String> = loaded(facts).map(|key| key.key_type().to_string()).collect();
    let accepted = facts.options.accepted_algorithms();
    if keys.is_empty() || accepted.is_empty() || !facts.keys.offers.is_empty() {
        return None;
    }
    let finding = found(
        Id::ClientAlgListExcludesKeys,
        Severity::Error,
        format!(
            "HostbasedAcceptedAlgorithms is {}; the host's keys are {}",
            escape(&accepted.join(",")),
            keys.join(",")
        ),
        "`ssh` offers a key only by an algorithm of this list",
    );
    let configs = facts.given.as_ref().map_or_else(|| vec![&facts.user, &facts.global], |given| vec![given]);
    let names = ["hostbasedacceptedalgorithms", "hostbasedkeytypes", "hostbasedacceptedkeytypes"];
    let directive =
        configs.iter().find_map(|config| config.tree.directives.iter().find(|line| names.contains(&&*line.keyword)));
    let finding = match directive {
        Some(directive) => finding.at(&directive.file, Some(directive.line)),
        None => finding,
    };
    Some(finding.mended(advice("take the line out, or name the types of these keys in it")))
}

fn loaded(facts: &Facts) -> impl Iterator<Item = &PublicKey> {
    facts.keys.keys.iter().flat_map(|files| [files.certificate.key(), files.public.key()]).flatten()
}

/// What is to be known of the offers; the login may well work.
pub(super) fn to_know(facts: &Facts) -> Vec<Finding> {
    let offers = &facts.keys.offers;
    let mut findings: Vec<Finding> = offers.iter().filter_map(|offer| certificate(facts, offer)).collect();
    let certificates = offers.iter().filter(|offer| offer.key.certificate().is_some()).count();
    if certificates > 0 {
        findings.push(found(
            Id::CertificateAttemptsComeFirst,
            Severity::Information,
            format!(
                "{} before plain keys",
                counted(certificates, "certificate is offered", "certificates are offered")
            ),
            "each counts as a failed attempt at a server that has no @cert-authority line for this host",
        ));
    }
    let is_rsa = |offer: &Offer| offer.key.key_type().base == BaseType::Rsa;
    if let Some(offer) = offers.first().filter(|_| offers.iter().all(is_rsa)) {
        let finding = found(
            Id::RsaSingleAlgorithmAttempt,
            Severity::Information,
            format!("the only key is RSA, and is offered by {} alone", offer.algorithm),
            "an RSA key is offered by the first algorithm of the list that fits it, and not again by another",
        );
        findings.push(finding.at(&offer.path, None).mended(set_up_keys()));
    }
    findings.extend(offers.iter().filter_map(|offer| small(facts, offer)));
    findings
}

/// Smallest RSA key that Red Hat's policies and others ask for, in bits.
const USUAL_BITS: usize = 2048;

fn small(facts: &Facts, offer: &Offer) -> Option<Finding> {
    let least = facts.options.value("requiredrsasize").and_then(|bits| bits.parse().ok()).unwrap_or(USUAL_BITS);
    let least = least.max(USUAL_BITS);
    let bits = offer.key.rsa_bits().filter(|bits| *bits < least)?;
    Some(
        found(
            Id::RsaKeyTooSmall,
            Severity::Warning,
            format!("{bits} bits"),
            format!("servers refuse RSA keys below their RequiredRSASize, which many set to {least} or more"),
        )
        .at(&offer.path, None)
        .mended(advice("make a new RSA key of 3072 bits (`ssh-keygen -t rsa -b 3072 -N '' -f FILE`), and enroll it")),
    )
}

/// What the server will find wrong with a certificate. The plain key is offered after it, so that this alone refuses nobody.
fn certificate(facts: &Facts, offer: &Offer) -> Option<Finding> {
    let certificate = offer.key.certificate()?;
    let now = facts.keys.now;
    let (id, seen, why) = if certificate.kind() != CertificateKind::Host {
        let seen = "it was signed without -h: a user's certificate".to_owned();
        (Id::CertificateExpiredOrWrongKindOrWeakCa, seen, "only a host's certificate vouches for a host")
    } else if now != 0 && now >= certificate.valid_before() {
        let seen = "its life has ended".to_owned();
        (Id::CertificateExpiredOrWrongKindOrWeakCa, seen, "a server refuses a certificate whose life has ended")
    } else if now != 0 && now < certificate.valid_after() {
        let seen = "its life has not begun".to_owned();
        (Id::CertificateExpiredOrWrongKindOrWeakCa, seen, "a server refuses a certificate whose life has not begun")
    } else if certificate.principals().is_empty() {
        let why = "a certificate for every host is refused since OpenSSH 10.3";
        (Id::CertificateWithoutPrincipals, "it names no host".to_owned(), why)
    } else {
        return principals(facts, offer, certificate.principals());
    };
    Some(found(id, Severity::Warning, seen, why).at(&offer.path, None).mended(sign_again(facts)))
}

/// None of the names and addresses that a server may look up is in the certificate.
fn principals(facts: &Facts, offer: &Offer, principals: &[String]) -> Option<Finding> {
    let connections = facts.target.as_ref().map(|target| target.connections.as_slice()).unwrap_or_default();
    let mut names = Vec::new();
    for connection in connections {
        names.push(connection.claimed.clone());
        names.extend(connection.source.map(|source| source.to_string()));
    }
    if names.is_empty() || names.iter().any(|name| principals.iter().any(|own| own.eq_ignore_ascii_case(name))) {
        return None;
    }
    let shown: Vec<String> = principals.iter().map(|name| escape(name).to_string()).collect();
    Some(
        found(
            Id::CertificatePrincipalMismatch,
            Severity::Warning,
            format!("it is for {}; this machine comes as {}", shown.join(", "), names.join(", ")),
            "the name that the server looks up must be one of the certificate's principals",
        )
        .at(&offer.path, None)
        .mended(sign_again(facts)),
    )
}

fn sign_again(facts: &Facts) -> crate::doctor::Mend {
    let connections = facts.target.iter().flat_map(|target| &target.connections);
    let name = connections.map(|connection| connection.claimed.clone()).next();
    let name = name.unwrap_or_else(|| facts.system.host_name.clone());
    advice(format!("have the authority sign the key again: ssh-keygen -s CA -h -I {name} -n {name},ADDRESS FILE.pub"))
}
