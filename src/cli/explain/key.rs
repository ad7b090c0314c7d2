//! The key that the client shows.

use thiserror::Error;

use super::arguments::Args;
use super::attempt::Attempt;
use super::failure::ExplainError;
use super::files::SystemFiles;
use super::result_line::{LoggedCertificate, LoggedKey};
use crate::cli::key_file::read_key;
use crate::escape::escape;
use crate::key::{Algorithm, Certificate, Fingerprint, KeyType, PublicKey, SignatureHash};
use crate::scan::ScanType;

/// Why it is not known which key is meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(in crate::cli) enum KeyProblem {
    #[error("no line of ssh_known_hosts or ssh_known_hosts2 has a key of type {kind} for {host}\nenroll the host, or give its key: --key FILE", kind = .kind.name(), host = escape(.host))]
    NoneKnown { kind: ScanType, host: Vec<u8> },
    #[error("{files} hold different keys of type {kind} for {host}\nsay which is meant: --key FILE", kind = .kind.name(), host = escape(.host))]
    SeveralKnown { kind: ScanType, host: Vec<u8>, files: String },
    #[error("{place}: the line does not say which key was shown\ngive it by --key FILE or --known-key TYPE")]
    NotInLog { place: String },
    #[error(
        "{place}: the client showed the key {kind} {fingerprint}, which is in neither ssh_known_hosts nor ssh_known_hosts2\nif it is the host's, sshd refuses because it does not know it (host-key-unknown): enroll the host; --key FILE shows the other steps"
    )]
    NotKnown { place: String, kind: String, fingerprint: Fingerprint },
    #[error(
        "{place}: the client showed a certificate ({kind} {fingerprint}), which no file here holds\ngive it by --key FILE, as it is on the client: /etc/ssh/ssh_host_*_key-cert.pub"
    )]
    Certificate { place: String, kind: String, fingerprint: Fingerprint },
    #[error(
        "{place}: the client showed {kind} {fingerprint}, and the key that was given is {given}\ngive the key that is meant, or choose another line of the log by --user, --client-host or --address"
    )]
    Another { place: String, kind: String, fingerprint: Fingerprint, given: String },
}

/// The key: from a file, from ssh_known_hosts by its type, or from there by the fingerprint in a log.
///
/// # Errors
/// [`KeyProblem`], or what is wrong with the file.
pub(super) fn of(args: &Args, attempt: &Attempt, host: &[u8], files: &SystemFiles) -> Result<PublicKey, ExplainError> {
    let place = || attempt.log_line.clone().unwrap_or_default();
    let given = match (&args.key, args.known_key) {
        (Some(path), _) => Some(read_key(path)?),
        (None, Some(kind)) => Some(known(kind, host, files)?),
        (None, None) => None,
    };
    match (given, &attempt.logged_key) {
        (Some(key), None) => Ok(key),
        (Some(key), Some(logged)) if is_logged(&key, logged) => Ok(key),
        (Some(key), Some(LoggedKey { kind, fingerprint, .. })) => Err(KeyProblem::Another {
            place: place(),
            kind: kind.clone(),
            fingerprint: *fingerprint,
            given: key.to_string(),
        }
        .into()),
        (None, None) => Err(KeyProblem::NotInLog { place: place() }.into()),
        (None, Some(LoggedKey { kind, fingerprint, certificate: Some(_) })) => {
            Err(KeyProblem::Certificate { place: place(), kind: kind.clone(), fingerprint: *fingerprint }.into())
        }
        (None, Some(logged @ LoggedKey { kind, fingerprint, .. })) => {
            let found = files.known_keys().find(|(_, _, entry)| is_logged(entry.key(), logged));
            let unknown = || KeyProblem::NotKnown { place: place(), kind: kind.clone(), fingerprint: *fingerprint };
            Ok(found.map(|(_, _, entry)| entry.key().clone()).ok_or_else(unknown)?)
        }
    }
}

/// The only key of that type that the system's files have for the host; ssh_known_hosts2 is asked as sshd asks it.
fn known(kind: ScanType, host: &[u8], files: &SystemFiles) -> Result<PublicKey, KeyProblem> {
    let mut found: Option<(String, &PublicKey)> = None;
    for (file, line, entry) in files.known_keys() {
        let is_meant = ScanType::of(entry.key().key_type().base) == kind && !entry.key().key_type().certificate;
        if entry.marker().is_some() || !is_meant || !entry.matches(host) {
            continue;
        }
        let place = format!("{file}:{line}");
        match &found {
            None => found = Some((place, entry.key())),
            Some((_, key)) if *key == entry.key() => {}
            Some((first, _)) => {
                let files = format!("{first} and {place}");
                return Err(KeyProblem::SeveralKnown { kind, host: host.to_vec(), files });
            }
        }
    }
    found.map(|(_, key)| key.clone()).ok_or_else(|| KeyProblem::NoneKnown { kind, host: host.to_vec() })
}

fn is_logged(key: &PublicKey, logged: &LoggedKey) -> bool {
    let is_certificate = |certificate: &Certificate, logged: &LoggedCertificate| {
        certificate.key_id().as_bytes() == logged.id
            && certificate.serial() == logged.serial
            && certificate.authority().fingerprint() == logged.authority
    };
    key.fingerprint() == logged.fingerprint
        && match (key.certificate(), &logged.certificate) {
            (None, None) => true,
            (Some(certificate), Some(logged)) => is_certificate(certificate, logged),
            _ => false,
        }
}

/// The algorithm by which such a key signs where nobody says otherwise: of RSA the strongest, as ssh(1) prefers it.
pub(super) fn algorithm(key_type: KeyType) -> &'static str {
    let is_its = |algorithm: &Algorithm| {
        let is_own = matches!(algorithm.hash(), SignatureHash::Fixed | SignatureHash::Sha512);
        algorithm.key_type() == key_type && is_own
    };
    Algorithm::all().find(is_its).map_or("", Algorithm::name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::BaseType;

    #[test]
    fn a_key_signs_by_its_own_algorithm_and_rsa_by_sha_2() {
        let named = |base, certificate| algorithm(KeyType { base, certificate });
        assert_eq!(named(BaseType::Rsa, false), "rsa-sha2-512");
        assert_eq!(named(BaseType::Rsa, true), "rsa-sha2-512-cert-v01@openssh.com");
        assert_eq!(named(BaseType::Ed25519, false), "ssh-ed25519");
        assert_eq!(named(BaseType::SkEcdsaP256, false), "sk-ecdsa-sha2-nistp256@openssh.com");
        for algorithm in Algorithm::all() {
            assert!(!super::algorithm(algorithm.key_type()).is_empty(), "{algorithm}");
        }
    }
}
