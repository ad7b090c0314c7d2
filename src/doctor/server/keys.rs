//! What sshd has against a key itself: its algorithm, its size, its certificate, that it is revoked.

use super::asking::{Candidate, Court, Refused, Source};
use super::say::{With, advice, command, error, line};
use crate::doctor::{Finding, Id, Machine, Mend, Severity};
use crate::escape::escape;
use crate::key::{Algorithm, BaseType, Certificate};

/// The cause of such a refusal; `None` where it is not about the key.
pub(super) fn cause(court: &Court<'_>, candidate: &Candidate, refused: &Refused) -> Option<Finding> {
    let found = match refused.code {
        "algorithm-not-accepted" | "algorithm-unsupported" | "algorithm-unknown" => algorithm(court, candidate),
        "rsa-too-small" => too_small(court, candidate, refused),
        "ca-algorithm-not-accepted" | "ca-algorithm-unknown" => weak_authority(court, candidate, refused),
        "revoked-keys-missing" | "revoked-keys-unreadable" => revoked_keys_unusable(refused),
        "key-revoked" | "host-key-revoked" => revoked(candidate, refused),
        "certificate-not-for-hosts"
        | "certificate-not-yet-valid"
        | "certificate-expired"
        | "certificate-forged"
        | "certificate-critical-options" => bad_certificate(candidate, refused),
        "certificate-without-principals" => without_principals(court, candidate)?,
        "certificate-for-other-hosts" => other_principals(court, candidate),
        _ => return None,
    };
    Some(found)
}

/// HostbasedAcceptedAlgorithms.
fn algorithm(court: &Court<'_>, candidate: &Candidate) -> Finding {
    let policy = &court.approach.policy;
    let name = candidate.algorithm.name();
    let accepted = &policy.hostbased_accepted_algorithms;
    let whose = match candidate.source {
        Source::Offered => "the client offers",
        Source::Registered | Source::Nobodys => "of the registered keys the best would be offered as",
    };
    let seen = format!("{whose} {name}, and HostbasedAcceptedAlgorithms is {accepted}");
    let base = candidate.key.key_type().base;
    let same_kind = accepted.iter().find(|accepted| accepted.key_type() == candidate.key.key_type());
    let is_ecdsa = |base| matches!(base, BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521);
    let other_curve = accepted.iter().any(|accepted| is_ecdsa(accepted.key_type().base));
    let (id, why) = match same_kind {
        Some(_) if base == BaseType::Rsa => (
            Id::RsaSingleAlgorithmAttempt,
            "the client tries an RSA key once, by the first RSA algorithm of its own list (rsa-sha2-512), and not again by \
             another",
        ),
        None if is_ecdsa(base) && other_curve => (
            Id::EcdsaCurveNowExact,
            "the list has another curve: since OpenSSH 10.3 a listed curve no longer stands for all of them",
        ),
        _ => (
            Id::ServerAlgListExcludesKeys,
            "sshd refuses an algorithm that is not in the list before it looks at the key",
        ),
    };
    let found = error(id, seen, why);
    let set_by = court.facts.tree.of("hostbasedacceptedalgorithms").next();
    let set_by = set_by.or_else(|| court.facts.tree.of("hostbasedacceptedkeytypes").next());
    let on_client = (id == Id::RsaSingleAlgorithmAttempt).then(|| Mend::Line {
        machine: Machine::Client,
        file: "/etc/ssh/ssh_config".to_owned(),
        text: format!("HostbasedAcceptedAlgorithms ^{}", same_kind.map_or("rsa-sha2-256", Algorithm::name)),
        position: "in the Host block of this server".to_owned(),
    });
    let mend = match set_by {
        Some(directive) => {
            let list = directive.arguments.first().map(|list| escape(list).to_string()).unwrap_or_default();
            let text = if list.starts_with(['+', '^', '-']) { format!("+{name}") } else { format!("{list},{name}") };
            line(
                &directive.file,
                format!("HostbasedAcceptedAlgorithms {text}"),
                format!("instead of line {}", directive.line),
            )
        }
        None => line("/etc/ssh/sshd_config", format!("HostbasedAcceptedAlgorithms +{name}"), "above the first Match"),
    };
    let found = match set_by {
        Some(directive) => found.at(&directive.file, directive.line),
        None => found,
    };
    found.mended_by(
        [mend]
            .into_iter()
            .chain(on_client)
            .chain([advice("then have sshd read it: systemctl reload ssh (on some systems: sshd)")]),
    )
}

/// Whether the key's kind is accepted by another algorithm than the one that it is offered with.
pub(super) fn has_other_algorithm(court: &Court<'_>, candidate: &Candidate) -> bool {
    let mut accepted = court.approach.policy.hostbased_accepted_algorithms.iter();
    accepted.any(|accepted| accepted.key_type() == candidate.key.key_type())
}

/// RequiredRSASize.
fn too_small(court: &Court<'_>, candidate: &Candidate, refused: &Refused) -> Finding {
    let why = "sshd refuses RSA keys below RequiredRSASize before it looks at anything else";
    let found = error(Id::RsaKeyTooSmall, format!("{}: {}", candidate.key, refused.text), why);
    let found = match court.facts.tree.of("requiredrsasize").next() {
        Some(directive) => found.at(&directive.file, directive.line),
        None => found,
    };
    found.mended_by([
        advice("make keys of other types on the client (ssh-keygen -A, as root), and register them here:"),
        super::names::enroll(court),
    ])
}

/// CASignatureAlgorithms.
fn weak_authority(court: &Court<'_>, candidate: &Candidate, refused: &Refused) -> Finding {
    let why = "the authority signed the certificate by an algorithm that sshd does not take from authorities";
    error(Id::CertificateExpiredOrWrongKindOrWeakCa, refused.text.clone(), why).mended_by([sign(
        court,
        candidate,
        "rsa-sha2-512",
    )])
}

/// RevokedKeys cannot be used.
fn revoked_keys_unusable(refused: &Refused) -> Finding {
    let file = refused.file.as_deref().unwrap_or("RevokedKeys");
    let why = "while a RevokedKeys file is missing, or cannot be read, every key may be meant to be in it, and sshd refuses all";
    let is_missing = refused.code == "revoked-keys-missing";
    let mends = if is_missing {
        vec![
            advice("put the file back, if there was one: it says which keys must never be taken"),
            command(["touch", file]),
        ]
    } else {
        vec![advice("put back the file as ssh-keygen -k wrote it, or a list of public keys")]
    };
    error(Id::RevokedKeysFileUnreadable, refused.text.clone(), why).at(file, None).mended_by(mends)
}

/// The key is revoked.
fn revoked(candidate: &Candidate, refused: &Refused) -> Finding {
    let why = "a revoked key is refused whatever else speaks for it: it may be in other hands";
    let found = error(Id::ClientKeyRevoked, format!("{}: {}", candidate.key, refused.text), why);
    let found = match &refused.file {
        Some(file) => found.at(file, refused.line),
        None => found,
    };
    found.mended_by([
        advice("make new host keys on the client (remove the old ones; ssh-keygen -A) and register them"),
        advice("only if it was revoked by mistake: take it off the list"),
    ])
}

/// A key that is revoked while another is let in.
pub(super) fn revoked_beside(candidate: &Candidate, refused: &Refused) -> Option<Finding> {
    let is_revoked = matches!(refused.code, "key-revoked" | "host-key-revoked");
    is_revoked.then(|| Finding { severity: Severity::Warning, ..revoked(candidate, refused) })
}

/// A certificate that is none for this, or at this time.
fn bad_certificate(candidate: &Candidate, refused: &Refused) -> Finding {
    let why = "a certificate counts only as a host's, in its time, signed by its authority";
    let id = candidate.key.certificate().map(Certificate::key_id).unwrap_or_default();
    let seen = format!("certificate {:#}: {}", escape(id), refused.text);
    error(Id::CertificateExpiredOrWrongKindOrWeakCa, seen, why).mended_by([advice(
        "have the authority sign the key again, as a host's (ssh-keygen -h) and for a time that is not over",
    )])
}

/// An empty list of principals was for every host until 10.3.
fn without_principals(court: &Court<'_>, candidate: &Candidate) -> Option<Finding> {
    if court.facts.release.as_ref().is_some_and(|release| release.number < (10, 3)) {
        return None;
    }
    let why = "a certificate that names no host was for every host until OpenSSH 10.3, and is refused since";
    Some(
        error(Id::CertificateWithoutPrincipals, format!("{}: no principals", candidate.key), why)
            .mended_by([sign(court, candidate, "")]),
    )
}

/// The name that is looked up is not among the principals.
fn other_principals(court: &Court<'_>, candidate: &Candidate) -> Finding {
    let names = candidate.key.certificate().map(Certificate::principals).unwrap_or_default();
    let names: Vec<String> = names.iter().take(8).map(|name| escape(name).to_string()).collect();
    let host = escape(&court.host()).to_string();
    let why = "one of the certificate's names must be the very name, or address, that sshd looks up";
    let seen = format!("the certificate is for {}; sshd looks up {host}", names.join(", "));
    error(Id::CertificatePrincipalMismatch, seen, why).mended_by([sign(court, candidate, "")])
}

/// How the authority signs such a key again.
fn sign(court: &Court<'_>, candidate: &Candidate, algorithm: &str) -> Mend {
    let host = escape(&court.host()).to_string();
    let id = candidate.key.certificate().map(Certificate::key_id).unwrap_or_default();
    let by = if algorithm.is_empty() { String::new() } else { format!("-t {algorithm} ") };
    advice(format!(
        "where the authority's key is: ssh-keygen -s CA_KEY -h {by}-I {:#} -n {host} /etc/ssh/ssh_host_TYPE_key.pub, and put \
         the certificate beside the key on the client",
        escape(id)
    ))
}
