//! The key that the client shows.

use thiserror::Error;

use super::arguments::Args;
use super::attempt::{Attempt, Logged};
use super::files::SystemFiles;
use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::doctor::log::{LoggedCertificate, LoggedKey};
use crate::escape::escape;
use crate::key::{Algorithm, Certificate, Fingerprint, KeyType, PublicKey, SignatureHash};
use crate::scan::ScanType;
use crate::verify::{Content, UserFiles};
use crate::wire::Writer;

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

/// A key that the client may have shown.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Itself, or what stands in for it.
    pub(super) key: PublicKey,
    /// What a log says of a key that stands in no file: only its type and fingerprint are known.
    pub(super) stands_for: Option<LoggedKey>,
}

/// What is known of the keys.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Those that can be judged, in the order in which they were shown; never empty.
    pub(super) keys: Vec<Candidate>,
    /// What is to be said of the others.
    pub(super) notes: Vec<String>,
}

/// The key that an argument gives as a file.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn given(args: &Args) -> Result<Option<PublicKey>, Failure> {
    args.key.as_deref().map(read_key).transpose()
}

/// The keys: the one that is `given`, the one of ssh_known_hosts by its type, or those from there by the fingerprints in a
/// log, the account's `own` files included. Where none of a log's keys is known, others of the same type stand in for
/// them: all steps but those over certificates and RevokedKeys say of them what they say of the keys themselves, for they
/// are in no file either.
///
/// # Errors
/// [`KeyProblem`].
pub(super) fn of(
    args: &Args,
    given: Option<PublicKey>,
    attempt: &Attempt,
    host: &[u8],
    files: &SystemFiles,
    own: Option<&dyn UserFiles>,
) -> Result<Candidates, KeyProblem> {
    let given = match (given, args.known_key) {
        (Some(key), _) => Some(key),
        (None, Some(kind)) => Some(known(kind, host, files)?),
        (None, None) => None,
    };
    if let Some(key) = given {
        check_given(&key, attempt)?;
        return Ok(Candidates { keys: vec![Candidate { key, stands_for: None }], notes: Vec::new() });
    }
    let logged = |line: &Logged| line.key.clone().map(|key| (line.place.clone(), key));
    let shown: Vec<(String, LoggedKey)> = attempt.logged.iter().filter_map(logged).collect();
    let mut candidates = Candidates::default();
    let mut unknown = Vec::new();
    for (place, logged) in &shown {
        match find(logged, host, files, own) {
            Some(key) => candidates.keys.push(Candidate { key, stands_for: None }),
            None => unknown.push((place, logged)),
        }
    }
    let none_is_known = candidates.keys.is_empty();
    for (place, logged @ LoggedKey { kind, fingerprint, certificate }) in unknown {
        let stand_in = stand_in(logged).filter(|_| none_is_known && certificate.is_none());
        candidates.keys.extend(stand_in.map(|key| Candidate { key, stands_for: Some(logged.clone()) }));
        candidates.notes.push(match certificate {
            None => format!("{place}: the client showed the key {kind} {fingerprint}, which is in no file here"),
            Some(_) => format!(
                "{place}: the client showed a certificate ({kind} {fingerprint}), which no file here holds: --key FILE \
                 judges it"
            ),
        });
    }
    if candidates.keys.is_empty() { Err(none(attempt)) } else { Ok(candidates) }
}

/// That none of the keys is known.
pub(super) fn none(attempt: &Attempt) -> KeyProblem {
    let shown = attempt.logged.iter().rev().find_map(|line| Some((line.place.clone(), line.key.clone()?)));
    match shown {
        Some((place, LoggedKey { kind, fingerprint, certificate: None })) => {
            KeyProblem::NotKnown { place, kind, fingerprint }
        }
        Some((place, LoggedKey { kind, fingerprint, .. })) => KeyProblem::Certificate { place, kind, fingerprint },
        None => {
            KeyProblem::NotInLog { place: attempt.logged.last().map(|line| line.place.clone()).unwrap_or_default() }
        }
    }
}

/// A key that was given must be one of those that the log names.
fn check_given(key: &PublicKey, attempt: &Attempt) -> Result<(), KeyProblem> {
    let lines = attempt.logged.iter();
    let named = lines.filter_map(|line| line.key.as_ref().map(|logged| (&line.place, logged)));
    let named: Vec<(&String, &LoggedKey)> = named.collect();
    match named.last() {
        Some((place, LoggedKey { kind, fingerprint, .. }))
            if !named.iter().any(|(_, logged)| is_logged(key, logged)) =>
        {
            Err(KeyProblem::Another {
                place: (*place).clone(),
                kind: kind.clone(),
                fingerprint: *fingerprint,
                given: key.to_string(),
            })
        }
        _ => Ok(()),
    }
}

/// The key with that fingerprint: anywhere in the system's files, and for that host in the account's own.
fn find(logged: &LoggedKey, host: &[u8], files: &SystemFiles, own: Option<&dyn UserFiles>) -> Option<PublicKey> {
    let system = files.known_keys().find(|(_, _, entry)| is_logged(entry.key(), logged));
    if let Some((_, _, entry)) = system {
        return Some(entry.key().clone());
    }
    let own = own?;
    let mut found = None;
    for file in [own.known_hosts(), own.known_hosts2()] {
        if let Content::Read(document) = file.content {
            document.for_each_matching(host, &mut |_, entry| {
                if found.is_none() && is_logged(entry.key(), logged) {
                    found = Some(entry.key().clone());
                }
            });
        }
    }
    found
}

/// A key of that type which is in no file: its numbers are made of the fingerprint's text.
fn stand_in(logged: &LoggedKey) -> Option<PublicKey> {
    /// Longer than any RequiredRSASize that leaves a key to be used: how long the real one is, is not known.
    const RSA_BYTES: usize = 1024;
    let text = logged.fingerprint.to_string();
    let number = |length: usize| -> Vec<u8> { text.bytes().cycle().take(length).collect() };
    let point = |length: usize| -> Vec<u8> { std::iter::once(4).chain(number(length)).collect() };
    let writer = Writer::new();
    // sshd logs no curve.
    let blob = match logged.kind.as_str() {
        "ED25519" => writer.string(b"ssh-ed25519").string(&number(32)),
        "ECDSA" => writer.string(b"ecdsa-sha2-nistp256").string(b"nistp256").string(&point(64)),
        "RSA" => {
            let modulus: Vec<u8> = std::iter::once(0x80).chain(number(RSA_BYTES)).take(RSA_BYTES).collect();
            writer.string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&modulus)
        }
        "ED25519-SK" => writer.string(b"sk-ssh-ed25519@openssh.com").string(&number(32)).string(b"ssh:"),
        "ECDSA-SK" => {
            let writer = writer.string(b"sk-ecdsa-sha2-nistp256@openssh.com").string(b"nistp256");
            writer.string(&point(64)).string(b"ssh:")
        }
        _ => return None,
    };
    PublicKey::from_blob(&blob.into_bytes()).ok()
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

pub(super) fn is_logged(key: &PublicKey, logged: &LoggedKey) -> bool {
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
    fn every_type_that_sshd_logs_has_a_stand_in() {
        for name in ["RSA", "ECDSA", "ED25519", "ECDSA-SK", "ED25519-SK"] {
            let logged = LoggedKey { kind: name.to_owned(), fingerprint: Fingerprint::of(b"a"), certificate: None };
            let key = stand_in(&logged).unwrap();
            assert_eq!(key.key_type().short_name(), name);
            assert_ne!(key.fingerprint(), logged.fingerprint);
        }
    }

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
