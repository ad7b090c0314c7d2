//! Keys that sshd takes from no client, whatever the files say (sshd_config(5), HostbasedAcceptedAlgorithms and
//! RequiredRSASize).

use super::overview::{HostOverview, Overview};
use super::place;
use crate::escape::escape;
use crate::key::{PublicKey, SignatureHash};
use crate::known_hosts::{Document, Marker};
use crate::lint::code::Code;
use crate::lint::finding::{Finding, Place};
use crate::lint::inputs::{Accepted, Inputs};

/// Most authorities that are asked for one host.
const MAX_AUTHORITIES: usize = 100;

pub(super) fn find(document: &Document, overview: &Overview<'_>, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    let Some(accepted) = inputs.accepted else { return };
    let sha1: Vec<&str> = accepted
        .algorithms
        .iter()
        .filter(|algorithm| algorithm.hash() == SignatureHash::Sha1)
        .map(|algorithm| algorithm.name())
        .collect();
    if !sha1.is_empty() {
        let text = format!("HostbasedAcceptedAlgorithms takes signatures with SHA-1: {}", sha1.join(","));
        let place = Place::Path("/etc/ssh/sshd_config".to_owned());
        found.push(Finding::of_file(
            Code::Sha1Accepted,
            place,
            text,
            "take them out: every OpenSSH since 7.2 signs with rsa-sha2-512",
        ));
    }
    for host in overview.hosts.iter().filter(|host| host.is_admitted()) {
        let Some((line, _)) = host.keys.first() else { continue };
        if host.keys.iter().any(|(_, key)| is_accepted(key, accepted)) || has_authority(host, overview) {
            continue;
        }
        let name = host.names.first().map(Vec::as_slice).unwrap_or_default();
        let text =
            format!("sshd accepts none of the keys of {} (HostbasedAcceptedAlgorithms, RequiredRSASize)", escape(name));
        let mend = "give the host a key of a type that is accepted (sshd -T), and register it";
        found.push(Finding::at(Code::KeyNotAccepted, place(document, *line, 2), text, mend));
    }
}

fn is_accepted(key: &PublicKey, accepted: Accepted<'_>) -> bool {
    accepted.algorithms.iter().any(|algorithm| key.fits(algorithm))
        && key.rsa_bits().is_none_or(|bits| bits >= accepted.rsa_bits)
}

/// Whether it may come with a certificate.
fn has_authority(host: &HostOverview<'_>, overview: &Overview<'_>) -> bool {
    let authorities = overview.others.iter().filter(|other| other.entry.marker() == Some(Marker::CertAuthority));
    authorities.take(MAX_AUTHORITIES).any(|other| host.names.iter().any(|name| other.entry.matches(name)))
}
