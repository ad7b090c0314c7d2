//! What sshd says to its log at the same refusal, so that whoever has that log finds the line. Names of functions, which
//! stand in front of some, are left out.

use super::Refusal;
use crate::escape::{Escaped, escape};
use crate::key::{Algorithm, PublicKey};
use crate::verify::explanation::Facts;
use crate::verify::files::Unreadable;
use crate::verify::names::peer_text;

/// sshd cuts what others chose at this many bytes.
const CAP: usize = 100;

fn cut<B: AsRef<[u8]> + ?Sized>(text: &B) -> Escaped<'_> {
    escape(text).capped(CAP)
}

/// The LogLevel at which sshd says so, where that is more than INFO, its default (OpenSSH: auth2.c `authmethod_lookup`,
/// auth2-hostbased.c `hostbased_key_allowed`, auth.c `check_key_in_hostfiles`, monitor.c `mm_answer_keyverify`).
pub(in crate::verify) const fn level(refusal: &Refusal<'_>) -> Option<&'static str> {
    match refusal {
        Refusal::HostKeyUnknown | Refusal::HostKeyChanged(_) => Some("DEBUG1"),
        Refusal::RootIgnoresSystemFiles
        | Refusal::EquivNoFiles
        | Refusal::EquivNoMatch
        | Refusal::EquivDenies(_)
        | Refusal::EquivUnreadable { .. }
        | Refusal::EquivModes { .. }
        | Refusal::HomeMissing { .. }
        | Refusal::HomeModes { .. } => Some("DEBUG2"),
        Refusal::MethodNotEnabled | Refusal::MethodNotListed | Refusal::KeyAlreadyUsed | Refusal::Signature(_) => {
            Some("DEBUG3")
        }
        _ => None,
    }
}

/// The message; `None` where sshd says nothing, or has no such refusal.
pub(in crate::verify) fn of(refusal: &Refusal<'_>, facts: &Facts<'_>) -> Option<String> {
    let algorithm = escape(facts.request.algorithm);
    let user = cut(facts.account.as_bytes());
    Some(match refusal {
        // sshd looks at neither owner nor mode of these, and goes on.
        Refusal::EquivUnreadable { why: Unreadable::Owner { .. } | Unreadable::Writable { .. }, .. }
        | Refusal::RevokedKeysUnreadable { why: Unreadable::Owner { .. } | Unreadable::Writable { .. }, .. } => {
            return None;
        }
        Refusal::ConnectionRefused => format!("administratively prohibited connection for {user} from {}", peer(facts)),
        Refusal::MethodNotEnabled => "method hostbased not enabled".to_owned(),
        Refusal::MethodNotListed => "method hostbased not allowed by AuthenticationMethods".to_owned(),
        Refusal::AlgorithmUnknown => format!("unsupported public key algorithm: {algorithm}"),
        Refusal::AlgorithmNotAccepted(_) => {
            format!("signature algorithm {algorithm} not in HostbasedAcceptedAlgorithms")
        }
        Refusal::KeyUndecodable(_) => "key_from_blob: ".to_owned(),
        Refusal::KeyTypeMismatch { received, .. } => {
            format!("key type mismatch for decoded key (received {received}, expected {algorithm})")
        }
        Refusal::CaAlgorithmNotAccepted(by) => {
            format!("certificate signature algorithm {}: signature algorithm not supported", by.name())
        }
        Refusal::RsaTooSmall { .. } => {
            // The key is of the algorithm's type: that was looked at before its size.
            let kind = Algorithm::from_name(facts.request.algorithm)?.key_type().short_name();
            format!("refusing {kind} key: Invalid key length")
        }
        Refusal::AccountUnknown => format!("Invalid user {user} from {}", peer(facts)),
        Refusal::AccountNotAllowed(refusal) => refusal.sshd_message(facts.account, &from(facts)),
        Refusal::KeyAlreadyUsed => format!("key already used: {}", facts.key.as_ref()?),
        Refusal::KeyRevoked { file, .. } => {
            format!("Authentication key {} revoked by file {}", facts.key.as_ref()?, escape(file))
        }
        Refusal::RevokedKeysMissing { file } | Refusal::RevokedKeysUnreadable { file, .. } => {
            format!("Error checking authentication key {} in revoked keys file {}: ", facts.key.as_ref()?, escape(file))
        }
        Refusal::RootIgnoresSystemFiles
        | Refusal::EquivNoFiles
        | Refusal::EquivNoMatch
        | Refusal::EquivDenies(_)
        | Refusal::EquivUnreadable { .. }
        | Refusal::EquivModes { .. }
        | Refusal::HomeMissing { .. }
        | Refusal::HomeModes { .. } => equiv(facts)?,
        Refusal::CertificateNotForHosts
        | Refusal::CertificateNotYetValid
        | Refusal::CertificateExpired
        | Refusal::CertificateWithoutPrincipals
        | Refusal::CertificateForOtherHosts
        | Refusal::CertificateCriticalOptions => certificate(refusal, facts)?,
        Refusal::HostKeyUnknown | Refusal::HostKeyChanged(_) => {
            format!("key for host {} not found", escape(&facts.lookup.as_ref()?.host))
        }
        Refusal::HostKeyRevoked(_) => {
            format!("WARNING: revoked key for {} attempted authentication", escape(&facts.lookup.as_ref()?.host))
        }
        Refusal::CertificateForged(_) => "key_from_blob: ".to_owned(),
        Refusal::Signature(_) => {
            let key = facts.key.as_ref()?;
            format!("hostbased {} signature using {algorithm} unverified: ", short_name(key))
        }
        Refusal::RootNotPermitted => format!("ROOT LOGIN REFUSED FROM {}", peer(facts)),
        Refusal::PartialSuccess => format!("Partial hostbased for {user} from {}", peer(facts)),
        Refusal::OtherAccount
        | Refusal::SessionId { .. }
        | Refusal::AlgorithmUnsupported(_)
        | Refusal::CaAlgorithmUnknown
        | Refusal::NameMismatch
        | Refusal::KnownHostsUnreadable { .. }
        | Refusal::ApplicationDenies => return None,
    })
}

fn short_name(key: &PublicKey) -> &'static str {
    key.key_type().short_name()
}

pub(super) fn peer(facts: &Facts<'_>) -> String {
    escape(&peer_text(&facts.peer)).to_string()
}

/// The name that sshd has for the peer: what it resolves to with UseDNS, else its address.
pub(super) fn from(facts: &Facts<'_>) -> String {
    match facts.peer.names.first() {
        Some(name) if facts.policy.use_dns => name.to_string(),
        _ => peer(facts),
    }
}

/// auth2-hostbased.c `hostbased_key_allowed`
fn equiv(facts: &Facts<'_>) -> Option<String> {
    let lookup = facts.lookup.as_ref()?;
    let (user, host, address) = (cut(facts.request.client_user), cut(&lookup.host), cut(&lookup.address));
    Some(if facts.policy.hostbased_uses_name_from_packet_only {
        format!("auth_rhosts2 refused user \"{user}\" host \"{host}\" (from packet)")
    } else {
        format!("auth_rhosts2 refused user \"{user}\" host \"{host}\" addr \"{address}\"")
    })
}

fn certificate(refusal: &Refusal<'_>, facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.key.as_ref()?.certificate()?;
    let (id, serial, authority) = (escape(certificate.key_id()), certificate.serial(), certificate.authority());
    let (kind, fingerprint) = (short_name(authority), authority.fingerprint());
    Some(format!("Refusing certificate ID \"{id}\" serial={serial} signed by {kind} CA {fingerprint}: {refusal}"))
}
