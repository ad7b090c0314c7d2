//! The key of an entry: weak ones, and certificates where keys belong.

use super::line::Words;
use crate::enroll::MIN_RSA_BITS;
use crate::key::Certificate;
use crate::known_hosts::{Entry, Marker};
use crate::lint::certificates::{SHA1, SIGN_AGAIN, is_sha1, time};
use crate::lint::code::Code;
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
        found.extend(now.and_then(|now| expiry(words, certificate, now, word)));
        if is_sha1(certificate) {
            found.push(words.finding(Code::Sha1Certificate, word, SHA1, SIGN_AGAIN));
        }
    }
}

/// An authority in known_hosts has no expiry; what its certificates say of their time is all that can run out there.
fn expiry(words: &Words<'_>, certificate: &Certificate, now: u64, word: usize) -> Option<Finding> {
    let (code, text) = time(certificate, now)?;
    let mend = "take it out; its authority signs the host's next certificate";
    Some(Finding::at(code, words.at(words.span(word)), text, mend))
}
