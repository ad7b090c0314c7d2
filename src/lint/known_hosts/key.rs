//! The key of an entry: weak ones, and certificates where keys belong.

use super::line::Words;
use crate::enroll::MIN_RSA_BITS;
use crate::key::{Certificate, SignatureHash};
use crate::known_hosts::{Entry, Marker};
use crate::lint::code::Code;
use crate::lint::date::day;
use crate::lint::finding::Finding;

pub(super) fn find(words: &Words<'_>, entry: &Entry, now: Option<u64>, found: &mut Vec<Finding>) {
    if entry.marker() == Some(Marker::Revoked) {
        return;
    }
    let word = words.hosts().saturating_add(2);
    if let Some(bits) = entry.key().rsa_bits().filter(|&bits| bits < MIN_RSA_BITS) {
        let text = format!("an RSA key of {bits} bits, which is too short to be trusted");
        let mend = format!("give the host a key of another type, or of {MIN_RSA_BITS} bits or more");
        found.push(Finding::at(Code::WeakRsaKey, words.at(words.span(word)), text, mend));
    }
    if let Some(certificate) = entry.key().certificate() {
        let text = match entry.marker() {
            Some(_) => "a certificate is no authority's key: OpenSSH compares authorities with plain keys",
            None => "a certificate is no host's key: the line can only make the host's real key look changed",
        };
        let mend = "take it out, and register its authority's key instead (@cert-authority)";
        found.push(words.finding(Code::CertificateLine, word, text, mend));
        found.extend(now.and_then(|now| time(words, certificate, now, word)));
        if certificate.signature_algorithm().is_some_and(|algorithm| algorithm.hash() == SignatureHash::Sha1) {
            let text = "the certificate is signed with SHA-1, which OpenSSH takes from no authority";
            found.push(words.finding(
                Code::Sha1Certificate,
                word,
                text,
                "have it signed again (ssh-keygen -t rsa-sha2-512)",
            ));
        }
    }
}

/// An authority in known_hosts has no expiry; what its certificates say of their time is all that can run out there.
fn time(words: &Words<'_>, certificate: &Certificate, now: u64, word: usize) -> Option<Finding> {
    let mend = "take it out; its authority signs the host's next certificate";
    if now >= certificate.valid_before() {
        let text = format!("the certificate's time is over since {}", day(certificate.valid_before()));
        return Some(Finding::at(Code::ExpiredCertificate, words.at(words.span(word)), text, mend));
    }
    let text = format!("the certificate's time begins on {}", day(certificate.valid_after()));
    let finding = Finding::at(Code::CertificateNotYetValid, words.at(words.span(word)), text, mend);
    (now < certificate.valid_after()).then_some(finding)
}
