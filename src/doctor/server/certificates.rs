//! Why no authority vouches for the client's certificate.

use super::asking::{Candidate, Court};
use super::say::{With, error, line};
use crate::doctor::{Finding, Id};
use crate::escape::escape;
use crate::known_hosts::{Document, Marker};

/// The cause where a certificate is shown and no line has its authority for the host.
pub(super) fn unknown_authority(court: &Court<'_>, candidate: &Candidate) -> Option<Finding> {
    let authority = candidate.key.certificate()?.authority();
    let host = court.host();
    let host_text = escape(&host).to_string();
    let domain = host_text.split_once('.').map_or_else(|| host_text.clone(), |(_, domain)| format!("*.{domain}"));
    let is_address = host_text.parse::<std::net::IpAddr>().is_ok();
    let pattern = if is_address { host_text.clone() } else { domain };
    let wanted = format!("@cert-authority {pattern} {}", authority.to_line());
    let known_hosts = &court.facts.files.known_hosts;
    let mut lines = known_hosts.iter().flat_map(|file| {
        file.content().into_iter().flat_map(Document::entries).map(|(line, entry)| (&file.path, line, entry))
    });
    let found = lines.find(|(.., entry)| entry.key() == authority && entry.marker() != Some(Marker::Revoked));
    let [file, _] = known_hosts;
    Some(match found {
        Some((path, number, entry)) => {
            let (seen, why) = if entry.marker().is_none() {
                let why = "a line with an authority's key vouches for its certificates only where @cert-authority stands in front";
                (format!("the authority {authority} stands there without @cert-authority"), why)
            } else {
                let why = "an authority vouches for the hosts of its own line alone";
                (format!("the authority {authority} stands there for other hosts than {host_text}"), why)
            };
            error(Id::CaLineNotMarked, seen, why).at(path, number).mended_by([line(
                path,
                wanted,
                format!("instead of line {number}"),
            )])
        }
        None => {
            let why = "a certificate counts only where ssh_known_hosts has its authority, marked, for the host";
            error(Id::CaLineNotMarked, format!("no line has the authority {authority}"), why)
                .at(&file.path, None)
                .mended_by([line(&file.path, wanted, "anywhere")])
        }
    })
}
