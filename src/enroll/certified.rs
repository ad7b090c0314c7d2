//! Keys for which an authority vouches that known_hosts knows for the host.

use super::draft::Draft;
use super::host::HostSpec;
use super::texts::Texts;
use crate::key::{CertificateKind, Fingerprint, PublicKey};
use crate::known_hosts::{HostKeyStatus, Marker};
use crate::name::HostText;
use crate::pattern;

/// Whether known_hosts has an authority for each of these hosts: then it is worth asking them for certificates.
#[must_use]
pub fn have_authority(texts: &Texts, hosts: &[HostSpec]) -> Vec<bool> {
    let names: Vec<HostText> = hosts.iter().flat_map(HostSpec::texts).collect();
    let draft = Draft::new([&texts.known_hosts, b""], &names, &[], &[]);
    let has = |name: &HostText| {
        let mut about = draft.known_hosts.about(name.as_bytes());
        about.any(|(_, entry)| entry.marker() == Some(Marker::CertAuthority) && entry.matches(name.as_bytes()))
    };
    hosts.iter().map(|host| own_names(host).iter().any(has)).collect()
}

/// The keys in those of the certificates that hosts have shown, and proved to hold, which an authority in known_hosts signed
/// for the host by each of its names (where it has none: addresses), at this time (seconds since 1970).
#[must_use]
pub fn certified(texts: &Texts, shown: &[(HostSpec, Vec<PublicKey>)], now: u64) -> Vec<Vec<Fingerprint>> {
    let names: Vec<HostText> = shown.iter().flat_map(|(host, _)| host.texts()).collect();
    let draft = Draft::new([&texts.known_hosts, b""], &names, &[], &[]);
    let of_host = |(host, certificates): &(HostSpec, Vec<PublicKey>)| {
        let names = own_names(host);
        let good = |key: &&PublicKey| !names.is_empty() && names.iter().all(|name| vouches(&draft, key, name, now));
        certificates.iter().filter(good).map(PublicKey::fingerprint).collect()
    };
    shown.iter().map(of_host).collect()
}

/// What a certificate must say whom it is for.
fn own_names(host: &HostSpec) -> Vec<HostText> {
    match host.names() {
        [] => host.texts(),
        names => names.iter().map(HostText::from).collect(),
    }
}

/// Whether a certificate is one that sshd would take from a host of this name (OpenSSH: sshkey.c `sshkey_cert_check_host`);
/// its signature was checked when it was scanned.
fn vouches(draft: &Draft<'_>, key: &PublicKey, name: &HostText, now: u64) -> bool {
    let Some(certificate) = key.certificate() else { return false };
    certificate.kind() == CertificateKind::Host
        && (certificate.valid_after()..certificate.valid_before()).contains(&now)
        && !certificate.has_critical_options()
        && certificate.principals().iter().any(|principal| pattern::matches(name.as_bytes(), principal.as_bytes()))
        && matches!(draft.key_status(name, key), HostKeyStatus::Ok(_))
}
