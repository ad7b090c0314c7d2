//! Why ssh_known_hosts does not vouch for the client's keys under the name that sshd looks up.

use super::asking::{Court, Otherwise};
use super::names;
use super::near;
use super::say::{With, advice, command_of, command_of_account, error};
use crate::doctor::{Finding, Id};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::{Document, Entry, Hosts, Marker};
use crate::verify::{Content, Step};

/// The cause where the host is known, and none of its keys is among those that are shown.
pub(super) fn other_keys(court: &Court<'_>) -> Finding {
    let host = court.host();
    let registered = places(court, |entry| entry.marker().is_none() && entry.matches(&host));
    let shown: Vec<&PublicKey> = court.candidates.iter().map(|candidate| candidate.key.plain()).collect();
    let stale = registered.iter().find(|(.., entry)| {
        let kind = entry.key().key_type();
        shown.iter().any(|key| key.key_type() == kind && *key != entry.key())
    });
    let host_text = escape(&host).to_string();
    if let Some((file, line, entry)) = stale {
        let seen = format!("{host_text} is known by {}, and shows another key of that type", entry.key());
        let why = "the client has new keys: reinstalled, or made anew when its image started. sshd says no more than that the \
                   key is not found";
        let same_type = shown.iter().find(|key| key.key_type() == entry.key().key_type());
        let text = same_type.map(|key| format!("{host_text} {}", key.to_line())).unwrap_or_default();
        let position = format!("instead of line {line}, when you have made sure that the key is the client's");
        let remove = ["hostbased", "remove", &String::from_utf8_lossy(&host), "--yes"].map(str::to_owned).to_vec();
        return error(Id::KnownHostsStaleKey, seen, why).at(file, *line).mended_by([
            super::say::line(file, text, position),
            advice("or these two, one after the other:"),
            command_of(remove),
            names::enroll(court),
        ]);
    }
    let types = |keys: &mut dyn Iterator<Item = &PublicKey>| {
        let mut types: Vec<&str> = keys.map(|key| key.key_type().short_name()).collect();
        types.sort_unstable();
        types.dedup();
        types.join(", ")
    };
    let known = types(&mut registered.iter().map(|(.., entry)| entry.key()));
    let offered = types(&mut shown.iter().copied());
    let seen = format!("{host_text} is registered with {known}; the client offers {offered}");
    let why = "a key of one type says nothing of the others: each type that the client offers first must be registered";
    let found = error(Id::KeyTypeRegisteredIsNotOffered, seen, why);
    let found = match registered.first() {
        Some((file, line, _)) => found.at(file, *line),
        None => found,
    };
    found.mended_by(names::register(court)).mended_by([advice(
        "or give the client back its public key file of the registered type (/etc/ssh/ssh_host_*_key.pub)",
    )])
}

/// The cause where nothing is known of the host by that name.
pub(super) fn unknown(court: &Court<'_>) -> Finding {
    other_name(court)
        .or_else(|| own_ignored(court))
        .or_else(|| own_modes(court))
        .or_else(|| near::known_hosts(court))
        .or_else(|| other_file(court))
        .unwrap_or_else(|| no_entry(court))
}

/// The entries that are meant, each with its file and line.
fn places<'c>(court: &'c Court<'_>, is_meant: impl Fn(&Entry) -> bool) -> Vec<(&'c str, usize, &'c Entry)> {
    let mut found = Vec::new();
    for file in &court.facts.files.known_hosts {
        let entries = file.content().into_iter().flat_map(Document::entries);
        found.extend(
            entries.filter(|(_, entry)| is_meant(entry)).map(|(line, entry)| (file.path.as_str(), line, entry)),
        );
    }
    found
}

/// The client's keys stand there by another name.
fn other_name(court: &Court<'_>) -> Option<Finding> {
    let host = court.host();
    for registered in names::others(court) {
        let found = places(court, |entry| entry.marker() != Some(Marker::Revoked) && entry.matches(&registered));
        let Some((file, line, _)) = found.first() else { continue };
        let hosts = (escape(&host).to_string(), escape(&registered).to_string());
        return Some(named_otherwise(court, &registered, hosts).at(file, *line));
    }
    upper_case(court)
}

fn named_otherwise(court: &Court<'_>, registered: &[u8], (host, in_file): (String, String)) -> Finding {
    // shosts.equiv has let the client in by what is looked up: the two files disagree.
    let is_short =
        |one: &str, other: &str| other.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(one));
    let is_short_and_long = host.parse::<std::net::IpAddr>().is_err()
        && in_file.parse::<std::net::IpAddr>().is_err()
        && (is_short(&host, &in_file) || is_short(&in_file, &host));
    if is_short_and_long || court.approach.policy.hostbased_uses_name_from_packet_only {
        let found = names::mismatch(court, registered);
        return Finding { place: None, ..found };
    }
    let seen = format!("shosts.equiv lets {host} in, and ssh_known_hosts has the keys of {in_file} only");
    let why = "the key is looked up by one name alone, the address with UseDNS no; an address is no second chance for the key";
    error(Id::ShostsAndKnownHostsKeyedDifferently, seen, why).mended_by(names::register(court))
}

/// The client's word is looked up as it is, and hashed names are made of lower case.
fn upper_case(court: &Court<'_>) -> Option<Finding> {
    let host = court.host();
    let lower = host.to_ascii_lowercase();
    if lower == host || !court.approach.policy.hostbased_uses_name_from_packet_only {
        return None;
    }
    let is_hashed = |entry: &Entry| matches!(entry.hosts(), Hosts::Hashed(_)) && entry.matches(&lower);
    let (file, line, _) = *places(court, is_hashed).first()?;
    let seen = format!("the client sends {}, and the line is the hash of {}", escape(&host), escape(&lower));
    let why = "the client's word is looked up as it stands, and hashed names are those of lower-case letters";
    Some(error(Id::PacketNameUppercaseAndHashedKnownHosts, seen, why).at(file, line).mended_by([
        advice(format!(
            "write the name in lower case where the client has it from (its /etc/hosts): {}",
            escape(&lower)
        )),
        names::enroll(court),
    ]))
}

/// The account's own file has the key, and is passed over.
fn own_ignored(court: &Court<'_>) -> Option<Finding> {
    if !court.approach.policy.ignore_user_known_hosts {
        return None;
    }
    let counted = Otherwise { ignore_user_known_hosts: Some(false), ..Otherwise::default() };
    if !court.any_passes(Step::KnownHosts, &counted) && !own_names_host(court) {
        return None;
    }
    let home = court.facts.account.as_ref().map_or("~", |account| account.found.home.as_str());
    let file = format!("{home}/.ssh/known_hosts");
    let why = "IgnoreUserKnownHosts is yes, as it should be: only ssh_known_hosts vouches for a client's key";
    Some(
        error(Id::KnownHostsInAFileSshdDoesNotRead, format!("only {} has the client's key", escape(&file)), why)
            .at(&file, None)
            .mended_by([
                advice(format!("copy the line from there to {}, if the key is the client's", escape(main_file(court)))),
                names::enroll(court),
            ]),
    )
}

/// `/etc/ssh/ssh_known_hosts`
fn main_file<'c>(court: &'c Court<'_>) -> &'c str {
    let [known_hosts, _] = &court.facts.files.known_hosts;
    &known_hosts.path
}

/// Whether the account's own file has a line for the host.
fn own_names_host(court: &Court<'_>) -> bool {
    let Some(own) = court.facts.own_files else { return false };
    [own.known_hosts(), own.known_hosts2()].into_iter().any(|file| {
        let mut is_named = false;
        if let Content::Read(document) = file.content {
            document.for_each_matching(&court.host(), &mut |_, entry| is_named |= entry.marker().is_none());
        }
        is_named
    })
}

/// The account's own file has the key, and others may write it.
fn own_modes(court: &Court<'_>) -> Option<Finding> {
    let policy = &court.approach.policy;
    let (own, account) = court.facts.own_files.zip(court.facts.account.as_ref())?;
    if policy.ignore_user_known_hosts || !policy.strict_modes || !own_names_host(court) {
        return None;
    }
    let file = own.known_hosts();
    let stat = file.stat?;
    let is_foreign = stat.uid != 0 && stat.uid != account.found.uid;
    if !is_foreign && stat.mode & 0o022 == 0 {
        return None;
    }
    let seen = format!("{} belongs to uid {} and has mode {:04o}", escape(file.path), stat.uid, stat.mode & 0o7777);
    let why = "with StrictModes sshd reads this file only where nobody but the account and root may write it";
    // Nothing for root to run: ~/.ssh is the account's, and may lead anywhere.
    let mend = if is_foreign {
        let (path, name) = (escape(file.path), &account.found.name);
        advice(format!("have {name} put {path} aside, and write a file of his own"))
    } else {
        command_of_account(["chmod", "go-w", "--", file.path])
    };
    Some(error(Id::UserKnownHostsBadModes, seen, why).at(file.path, None).mended_by([mend, names::enroll(court)]))
}

/// Another file has the key, which sshd never reads.
fn other_file(court: &Court<'_>) -> Option<Finding> {
    let host = court.host();
    let mut names = names::others(court);
    names.insert(0, host);
    let shown: Vec<&PublicKey> = court.facts.offers.iter().map(|offer| offer.key.plain()).collect();
    let is_clients = |entry: &Entry| {
        entry.marker().is_none() && (shown.contains(&entry.key()) || names.iter().any(|name| entry.matches(name)))
    };
    let (path, line) = court.facts.files.other_known_hosts.iter().find_map(|(path, document)| {
        let (line, _) = document.entries().find(|(_, entry)| is_clients(entry))?;
        Some((path, line))
    })?;
    let why = "sshd reads /etc/ssh/ssh_known_hosts and ssh_known_hosts2 only: GlobalKnownHostsFile, KnownHostsCommand and SSSD's \
               files are for ssh";
    Some(
        error(Id::KnownHostsInAFileSshdDoesNotRead, format!("{} has the client's key", escape(path)), why)
            .at(path, line)
            .mended_by([
                advice(format!("copy the line from there to {}, if the key is the client's", escape(main_file(court)))),
                names::enroll(court),
            ]),
    )
}

/// Nothing is known of the client.
fn no_entry(court: &Court<'_>) -> Finding {
    let known_hosts = main_file(court);
    let host = escape(&court.host()).to_string();
    let why = "a client's key must stand in ssh_known_hosts under the very name that sshd looks up";
    error(Id::KnownHostsNoEntry, format!("no line of {} is for {host}", escape(known_hosts)), why)
        .at(known_hosts, None)
        .mended_by(names::register(court))
}
