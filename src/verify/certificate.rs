//! What a host certificate must say (OpenSSH: sshkey.c `sshkey_cert_check_host`).

use super::refusal::Refusal;
use crate::key::{Certificate, CertificateKind};
use crate::pattern;

/// Checks the certificate for a host by that name, at that time (seconds since 1970). Each principal is a pattern, and
/// case counts.
pub(super) fn check<'a>(certificate: &Certificate, host: &[u8], now: u64) -> Result<(), Refusal<'a>> {
    if certificate.kind() != CertificateKind::Host {
        return Err(Refusal::CertificateNotForHosts);
    }
    if now < certificate.valid_after() {
        return Err(Refusal::CertificateNotYetValid);
    }
    if now >= certificate.valid_before() {
        return Err(Refusal::CertificateExpired);
    }
    if certificate.principals().is_empty() {
        return Err(Refusal::CertificateWithoutPrincipals);
    }
    if !certificate.principals().iter().any(|principal| pattern::matches(host, principal.as_bytes())) {
        return Err(Refusal::CertificateForOtherHosts);
    }
    if certificate.has_critical_options() {
        return Err(Refusal::CertificateCriticalOptions);
    }
    Ok(())
}
