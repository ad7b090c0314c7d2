//! Both ends together: what a client would send, by its own export, against what this server accepts.
//!
//! What stops the client before anything is sent comes first; then the server's own decision, key by key in the client's order.
//! Where the server fails to know the client by the address that it comes from, and would know it by another, the way between
//! them is the cause.

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use super::export::{Export, Proof, Statement};
use super::server::{self, Approach, Facts, FileFact};
use super::{Finding, Id, Machine, Mend, Severity};
use crate::escape::escape;
use crate::known_hosts::{Document, Entry, Marker};

/// Longest text of a client that is shown, in bytes.
const MAX_SHOWN: usize = 500;

/// What is between both ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Between<'a> {
    /// The address that the server sees, where somebody said so.
    pub seen_as: Option<IpAddr>,
    /// Ways on which the client does not come, by its other addresses.
    pub alternatives: &'a [Approach],
}

/// What stops the client before anything is sent.
#[must_use]
pub fn client_errors(statement: &Statement) -> Vec<Finding> {
    statement.findings.iter().filter_map(of_client).collect()
}

/// Everything that is wrong, in the order of a login: the first error is the cause.
#[must_use]
pub fn join(statement: &Statement, facts: &Facts<'_>, between: Between<'_>) -> Vec<Finding> {
    let mut found = client_errors(statement);
    let mut of_server = match between.seen_as {
        None => server::judge(facts),
        // The server sees this address, and none of those that the client knows of itself.
        Some(_) => {
            server::judge(&Facts { approaches: facts.approaches.iter().take(1).cloned().collect(), ..facts.clone() })
        }
    };
    if let Some(cause) = of_server.iter_mut().find(|finding| is_of_name(finding))
        && let Some(other) = of_way(statement, facts, between, cause)
    {
        *cause = other;
    }
    if let Some(cause) = of_server.iter_mut().find(|finding| finding.severity == Severity::Error)
        && let Some(other) = unread(statement, facts, cause)
    {
        *cause = other;
    }
    if statement.is_proxied && between.seen_as.is_none() {
        found.push(proxied(Severity::Warning, "what address the server sees is not known: say it, --seen-as"));
    }
    found.extend(of_server);
    found
}

/// An error that the client found on itself.
fn of_client(reported: &super::export::Reported) -> Option<Finding> {
    if !reported.is_error() {
        return None;
    }
    let id: Id = reported.id.parse().ok().filter(|id: &Id| id.word() == reported.id)?;
    Some(Finding {
        id,
        severity: Severity::Error,
        machine: Machine::Client,
        seen: escape(&reported.seen).capped(MAX_SHOWN).to_string(),
        place: None,
        why: "the client itself says so: with this, nothing that the server could accept is sent".to_owned(),
        mends: vec![on_client()],
    })
}

fn on_client() -> Mend {
    Mend::Advice("hostbased doctor client, on the client, says what mends it".to_owned())
}

/// Whether it says that the server does not know the client by its address or name.
fn is_of_name(finding: &Finding) -> bool {
    finding.severity == Severity::Error
        && matches!(
            finding.id,
            Id::UsednsNoButEntriesAreNames
                | Id::ShostsAndKnownHostsKeyedDifferently
                | Id::NoPtr
                | Id::PtrWithoutForward
                | Id::PtrDoesNotMapBack
                | Id::SeveralPtrOrAliasFirst
                | Id::ShortNameVersusFqdn
                | Id::HostsFileAndDnsDisagree
                | Id::PacketNameIsShortOrWrong
                | Id::ShostsMissingOrEmpty
                | Id::KnownHostsNoEntry
        )
}

/// The way between both ends, where that is the cause.
fn of_way(statement: &Statement, facts: &Facts<'_>, between: Between<'_>, cause: &Finding) -> Option<Finding> {
    let comes = facts.approaches.first()?;
    let text = comes.text();
    if comes.address.is_loopback() {
        let why = "a connection to one of the machine's own addresses comes from the loopback address, or from that one: for \
                   sshd the client is localhost";
        let mends = vec![Mend::Advice(
            "only if this machine is to trust itself: register localhost with its own keys (hostbased enroll localhost,127.0.0.1)"
                .to_owned(),
        )];
        return Some(replaced(Id::LoopbackTarget, &format!("the client comes from {text}"), why, mends, cause));
    }
    let would_pass = |approach: &&Approach| server::is_let_in(facts, approach);
    let sources = || facts.approaches.iter().skip(1);
    if let Some(seen) = between.seen_as {
        let source = sources().find(would_pass);
        if source.is_some() || statement.is_proxied {
            if statement.is_proxied {
                return Some(proxied(Severity::Error, &format!("the server sees {seen}")));
            }
            let from = source.map(Approach::text).unwrap_or_default();
            let why = "an address between both machines stands in for the client's own: the server knows that one's name, if any";
            let mends = vec![
                Mend::Advice("route between both networks instead of translating addresses (NAT)".to_owned()),
                Mend::Line {
                    machine: Machine::Server,
                    file: "/etc/ssh/sshd_config".to_owned(),
                    text: format!("Match Address {text}\n    HostbasedUsesNameFromPacketOnly yes"),
                    position: "at the end; every host behind that address must have keys of its own".to_owned(),
                },
            ];
            let seen = format!("the client comes from {from}, and the server sees {text}");
            return Some(replaced(Id::NatOrLoadBalancer, &seen, why, mends, cause));
        }
        return None;
    }
    // A client that comes by IPv4 does not take IPv6 for want of anything.
    let is_comparable = |other: &&Approach| other.address.is_ipv4() || comes.address.is_ipv6();
    let other = between.alternatives.iter().chain(sources()).filter(is_comparable).find(would_pass)?;
    let known = other.text();
    let enroll = |address: &str| Mend::Command {
        machine: Machine::Server,
        rights: super::Rights::Root,
        argv: ["hostbased", "enroll", address].map(str::to_owned).to_vec(),
        is_safe: false,
    };
    let seen = format!("the client comes from {text}, and the server would let it in from {known}");
    let spec = facts.client.name_at(comes.address).map_or_else(|| text.clone(), |name| format!("{name},{text}"));
    if comes.address.is_ipv6() && other.address.is_ipv4() {
        let why = "the client prefers IPv6 where both ends have it, and only its IPv4 address, or its name there, is registered";
        let mends = vec![
            Mend::Line {
                machine: Machine::Client,
                file: "/etc/ssh/ssh_config".to_owned(),
                text: "AddressFamily inet".to_owned(),
                position: "in the Host block of this server".to_owned(),
            },
            enroll(&spec),
        ];
        return Some(replaced(Id::Ipv6SourceAddress, &seen, why, mends, cause));
    }
    let why = "the client has several networks, routing decides by which of its addresses it comes, and only another is registered";
    let mut mends = vec![Mend::Line {
        machine: Machine::Client,
        file: "/etc/ssh/ssh_config".to_owned(),
        text: format!("BindAddress {known}"),
        position: "in the Host block of this server".to_owned(),
    }];
    mends.extend(registered_there(facts, comes).into_iter().flatten());
    Some(replaced(Id::MultiHomedSource, &seen, why, mends, cause))
}

/// The client cannot read the certificate of the authority that is trusted here: then it offers the plain keys alone, which need
/// not be known.
fn unread(statement: &Statement, facts: &Facts<'_>, cause: &Finding) -> Option<Finding> {
    if cause.id != Id::KnownHostsNoEntry {
        return None;
    }
    let is_certificate = |seen: &str| seen.contains("-cert.pub");
    let mut reported = statement.findings.iter();
    let reported = reported.find(|one| one.id == Id::PubFilesUnreadable.word() && is_certificate(&one.seen))?;
    let names = names_of(facts);
    let is_trusted =
        |entry: &Entry| entry.marker() == Some(Marker::CertAuthority) && names.iter().any(|name| entry.matches(name));
    let mut entries = facts.files.known_hosts.iter().filter_map(FileFact::content).flat_map(Document::entries);
    entries.find(|(_, entry)| is_trusted(entry))?;
    let why = "an authority is trusted here for the client's certificates, and ssh, which runs as the user, cannot read the \
               client's: it offers the plain keys alone";
    let seen = escape(&reported.seen).capped(MAX_SHOWN).to_string();
    let found = replaced(Id::PubFilesUnreadable, &seen, why, vec![on_client()], cause);
    Some(Finding { machine: Machine::Client, place: None, ..found })
}

/// How the client is registered by the address that it comes from: where names count, that needs one that leads back.
fn registered_there(facts: &Facts<'_>, comes: &Approach) -> [Option<Mend>; 2] {
    let is_named = comes.lookup.name.is_ok() || !comes.policy.use_dns;
    if is_named || comes.policy.hostbased_uses_name_from_packet_only {
        return [None, Some(server::enroll(facts, comes))];
    }
    let text = comes.text();
    let hosts = |lines: String| Mend::Line {
        machine: Machine::Server,
        file: "/etc/hosts".to_owned(),
        text: lines,
        position: "anywhere, or as a PTR record; it comes before enroll, which needs a name that leads back".to_owned(),
    };
    let Some(name) = facts.client.name_at(comes.address) else {
        let then = format!("then register it by that name: hostbased enroll NAME.DOMAIN,{text}");
        return [Some(hosts(format!("{text} NAME.DOMAIN"))), Some(Mend::Advice(then))];
    };
    // /etc/hosts is asked before the DNS (nsswitch.conf(5)), and would hide what other addresses the name has there.
    let of_name = facts.client.resolved.iter().filter(|(its, address)| {
        its == name && address.is_ipv4() == comes.address.is_ipv4() && *address != comes.address
    });
    let lines = of_name.fold(format!("{text} {name}"), |lines, (_, address)| {
        format!("{lines}\n{} {name}", crate::name::address_text(*address))
    });
    [Some(hosts(lines)), Some(server::enroll(facts, comes))]
}

/// Another cause in the place of one that only follows from it.
fn replaced(id: Id, seen: &str, why: &str, mends: Vec<Mend>, cause: &Finding) -> Finding {
    Finding {
        id,
        severity: Severity::Error,
        machine: Machine::Server,
        seen: format!("{seen}; {}", cause.seen),
        place: cause.place.clone(),
        why: why.to_owned(),
        mends,
    }
}

fn proxied(severity: Severity, seen: &str) -> Finding {
    Finding {
        id: Id::ProxycommandOrProxyjump,
        severity,
        machine: Machine::Client,
        seen: format!("the client reaches the server through a proxy or a jump host; {seen}"),
        place: None,
        why: "the server sees the machine that the proxy connects from, and the client can only claim its host name"
            .to_owned(),
        mends: vec![
            Mend::Line {
                machine: Machine::Client,
                file: "/etc/ssh/ssh_config".to_owned(),
                text: "ProxyCommand none\nProxyJump none".to_owned(),
                position: "in a Host block for this server, before the one that sets it".to_owned(),
            },
            Mend::Advice("or run ssh on the jump host: ssh JUMP 'ssh SERVER'".to_owned()),
        ],
    }
}

/// What is to be said of whose word the export is.
///
/// # Errors
/// What is wrong with a signature: then nothing in the export counts.
pub fn vouched(export: &Export, facts: &Facts<'_>) -> Result<Vec<String>, String> {
    let proofs = export.proofs();
    if let Some(Proof { key, result: Err(error), .. }) = proofs.iter().find(|proof| proof.result.is_err()) {
        return Err(format!("a signature in it is not that of the key {key}: {error}"));
    }
    let mut notes: Vec<String> = age(export.statement().made, facts.now).into_iter().collect();
    if proofs.is_empty() {
        notes.push("no host key has signed the export off: it is the word of its user alone".to_owned());
        return Ok(notes);
    }
    let mut told: Vec<&Proof> = Vec::new();
    for proof in &proofs {
        if told.iter().any(|other| other.key == proof.key) {
            continue;
        }
        told.push(proof);
        let key = &proof.key;
        let claimed = crate::name::ClaimedHost::new(proof.client_host.as_bytes()).without_dot().to_vec();
        let places = registered_at(facts, key.plain());
        notes.push(match places.first() {
            None => format!(
                "{key} has signed the export off, and nobody has registered it: whose key it is, only its fingerprint tells"
            ),
            Some((file, line, matches)) => {
                let whose = if *matches { "for this client" } else { "for another host" };
                format!(
                    "{key} has signed the export off for {}; {}:{line} has it {whose}",
                    escape(&claimed).capped(MAX_SHOWN),
                    escape(file)
                )
            }
        });
    }
    Ok(notes)
}

/// That an export is not of today: much may have changed since.
fn age(made: u64, now: u64) -> Option<String> {
    const DAY: u64 = 86_400;
    let days = now.saturating_sub(made).checked_div(DAY)?;
    match (days, made.saturating_sub(now)) {
        (0, ahead) if ahead > DAY => {
            Some("the export says that it was made in the future: one of both clocks is wrong".to_owned())
        }
        (0, _) => None,
        (days, _) => Some(format!("the export was made {days} days ago, by the client's clock: make a new one")),
    }
}

/// All that the client may be called here.
fn names_of(facts: &Facts<'_>) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = facts.approaches.iter().map(|approach| approach.text().into_bytes()).collect();
    names.extend(facts.approaches.iter().map(|approach| approach.claimed().to_vec()));
    names.extend(facts.client.names.iter().map(|name| name.as_str().as_bytes().to_vec()));
    let confirmed = facts.approaches.iter().filter_map(|approach| approach.lookup.name.as_ref().ok());
    names.extend(confirmed.map(|name| name.as_str().as_bytes().to_vec()));
    names
}

/// Where a key is registered, and whether that is for the client by one of its names; such a line first.
fn registered_at<'f>(facts: &'f Facts<'_>, key: &crate::key::PublicKey) -> Vec<(&'f str, usize, bool)> {
    let names = names_of(facts);
    let mut places = Vec::new();
    for file in &facts.files.known_hosts {
        for (line, entry) in file.content().into_iter().flat_map(Document::entries) {
            if entry.key() == key && entry.marker().is_none() {
                places.push((file.path.as_str(), line, names.iter().any(|name| entry.matches(name))));
            }
        }
    }
    places.sort_by_key(|(.., matches)| !matches);
    places
}
