//! Which `ssh` would run, and whether it is one that knows the method.

use super::facts::Facts;
use super::found::{Told, advice, as_user, found};
use crate::doctor::{Finding, Known, Machine, Release, known};
use crate::failures::Id;
use crate::key::BaseType;
use crate::severity::Severity;

/// The configuration that the system's own OpenSSH reads.
pub(super) const GLOBAL: &str = "/etc/ssh/ssh_config";

/// No OpenSSH at all: nothing else can be told then.
pub(super) fn no_openssh(facts: &Facts) -> Option<Finding> {
    let programs = &facts.programs;
    let Some(ssh) = &programs.ssh else {
        let finding = found(
            Id::ClientSoftwareWithoutHostbased,
            Severity::Error,
            "there is no `ssh` in PATH",
            "the method is one of OpenSSH's client, whose helper signs with the host key; few other programs have it",
        );
        return Some(finding.mended(advice("install OpenSSH's client (openssh-client, openssh-clients)")));
    };
    let version = programs.version.as_deref()?;
    if version.starts_with("OpenSSH_") {
        return None;
    }
    let is_other_family = ["Sun_SSH", "Tectia", "SSH Secure Shell", "GSI", "Reflection"].iter();
    let (id, severity, why) = match is_other_family.clone().any(|mark| version.contains(mark)) {
        true => (
            Id::CommercialOrSunPeer,
            Severity::Warning,
            "this client has files and options of its own for the method, which are not looked at here",
        ),
        false => (
            Id::ClientSoftwareWithoutHostbased,
            Severity::Error,
            "few programs besides OpenSSH have the method, and this one does not say that it is OpenSSH",
        ),
    };
    let finding = found(id, severity, format!("`{ssh} -V` says {version}"), why).at(ssh, None);
    Some(finding.mended_maybe(programs.system_ssh.as_deref().map(|own| as_user(&[own, target(facts)]))))
}

/// Another OpenSSH than the system's comes first in PATH, and looks for its helper or its configuration elsewhere.
pub(super) fn another_prefix(facts: &Facts) -> Option<Finding> {
    let programs = &facts.programs;
    let (ssh, own) = (programs.ssh.as_deref()?, programs.system_ssh.as_deref()?);
    let config = programs.config.as_deref().unwrap_or("unknown");
    let helper = programs.helper.as_deref().unwrap_or("unknown");
    let works = facts.helper.self_test.as_ref().is_some_and(|test| test.is_good()) && config == GLOBAL;
    let severity = if works { Severity::Information } else { Severity::Error };
    let finding = found(
        Id::SecondOpensshInPath,
        severity,
        format!("{ssh} comes before {own} in PATH; its helper is {helper}, its configuration {config}"),
        "an OpenSSH of another prefix reads its own configuration and runs its own helper, which mostly has no privilege",
    );
    let finding = finding.at(ssh, None).mended(as_user(&[own, target(facts)]));
    Some(finding.mended(advice("take it out of PATH (module unload, conda deactivate), or put /usr/bin before it")))
}

/// What is known of the release, as far as it matters to these keys and this way.
pub(super) fn release(facts: &Facts) -> Vec<Finding> {
    let Some(version) = facts.programs.version.as_deref() else { return Vec::new() };
    let Some(release) = Release::parse(version) else { return Vec::new() };
    let offers = &facts.keys.offers;
    let is_rsa_only = !offers.is_empty() && offers.iter().all(|offer| offer.key.key_type().base == BaseType::Rsa);
    let matters = |known: &Known| match known.id {
        Id::BrokenRelease => true,
        // Whether the helper signs as it is asked is tried; what `ssh` makes of the key is not.
        Id::RsaHostbasedBroken85To88 | Id::Sha1RefusedByCryptoPolicy => is_rsa_only,
        Id::ProxycommandOrProxyjump => facts.options.is_piped(),
        _ => false,
    };
    let of_release = known(&release, Machine::Client).filter(|known| known.severity > Severity::Information);
    let finding = |known: Known| {
        let finding = found(known.id, known.severity, format!("`ssh -V` says {version}"), known.what);
        let finding = finding.at(facts.programs.ssh.as_deref().unwrap_or("ssh"), None);
        let keys = "make an ed25519 key (`ssh-keygen -A`) and enroll it";
        let finding = if is_rsa_only { finding.mended(advice(keys)) } else { finding };
        finding.mended(advice("bring OpenSSH up to date"))
    };
    of_release.filter(matters).map(finding).collect()
}

fn target(facts: &Facts) -> &str {
    facts.target.as_ref().map_or("HOST", |target| &target.typed)
}
