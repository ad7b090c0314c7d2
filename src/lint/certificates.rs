//! Host certificates that are given beside the files: an authority in known_hosts has no expiry, but what it signed has.

use super::code::Code;
use super::date::day;
use super::finding::{Finding, Place};
use super::inputs::Inputs;
use crate::escape::escape;
use crate::key::{Certificate, CertificateKind, PublicKey, SignatureHash};
use crate::known_hosts::{HostKeyStatus, Source, check_host_key};

pub(super) fn find(inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    for (path, key) in inputs.certificates {
        let Some(certificate) = key.certificate() else { continue };
        let mut add = |code, text: String, mend: &'static str| {
            found.push(Finding::of_file(code, Place::Path(path.clone()), text, mend));
        };
        if let Some((code, text)) = inputs.now.and_then(|now| time(certificate, now)) {
            add(code, text, "have the authority sign the host's key again (ssh-keygen -s CA -h)");
        }
        if is_sha1(certificate) {
            add(Code::Sha1Certificate, SHA1.to_owned(), SIGN_AGAIN);
        }
        if let Some(text) = useless(certificate) {
            add(
                Code::UselessCertificate,
                text.to_owned(),
                "have it signed as a host's, with the names that sshd looks up: -h -n NAMES",
            );
        }
        if inputs.known_hosts.is_some() {
            for name in certificate.principals().iter().filter(|name| !name.contains(['*', '?'])) {
                if let Some((code, text)) = authority(inputs, key, name) {
                    add(
                        code,
                        text,
                        "write @cert-authority, the host's names, and the authority's key into ssh_known_hosts",
                    );
                }
            }
        }
    }
}

pub(super) const SHA1: &str = "the certificate is signed with SHA-1, which OpenSSH takes from no authority";
pub(super) const SIGN_AGAIN: &str = "have it signed again (ssh-keygen -t rsa-sha2-512)";

/// Whether its authority's signature is one with SHA-1.
pub(super) fn is_sha1(certificate: &Certificate) -> bool {
    certificate.signature_algorithm().is_some_and(|algorithm| algorithm.hash() == SignatureHash::Sha1)
}

/// Whether its time is over, or has not come (OpenSSH: sshkey.c `sshkey_cert_check_authority`).
pub(super) fn time(certificate: &Certificate, now: u64) -> Option<(Code, String)> {
    if now >= certificate.valid_before() {
        let text = format!("the certificate's time is over since {}", day(certificate.valid_before()));
        return Some((Code::ExpiredCertificate, text));
    }
    let text = format!("the certificate's time begins on {}", day(certificate.valid_after()));
    (now < certificate.valid_after()).then_some((Code::CertificateNotYetValid, text))
}

fn useless(certificate: &Certificate) -> Option<&'static str> {
    match () {
        () if certificate.kind() != CertificateKind::Host => {
            Some("this is a user's certificate, and says nothing of a host")
        }
        () if certificate.principals().is_empty() => Some("the certificate names no host: OpenSSH takes it for none"),
        () if certificate.has_critical_options() => {
            Some("the certificate has critical options, which no host certificate may have")
        }
        () => None,
    }
}

/// What the known_hosts files say of its authority for a host.
fn authority(inputs: &Inputs<'_>, key: &PublicKey, name: &str) -> Option<(Code, String)> {
    let sources: Vec<Source<'_>> =
        inputs.all_known_hosts().map(|(file, document)| Source { file: file.path(), document }).collect();
    match check_host_key(&sources, name.as_bytes(), key) {
        HostKeyStatus::Ok(_) => None,
        HostKeyStatus::Revoked(place) => {
            let text = format!(
                "{}:{} revokes the certificate's key or authority for {}",
                place.file,
                place.line,
                escape(name)
            );
            Some((Code::RevokedKey, text))
        }
        HostKeyStatus::New | HostKeyStatus::Changed(_) => {
            let authority = key.certificate()?.authority();
            Some((Code::UnknownAuthority, format!("no line has its authority {authority} for {}", escape(name))))
        }
    }
}
