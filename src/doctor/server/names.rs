//! The name that sshd looks a client up by, and why it is another than the one that stands in the files.

use std::net::IpAddr;

use super::asking::Court;
use super::facts::{Approach, FileFact, Lookup};
use super::say::{With, advice, command_of, error, information, line, setup_names, then_reload, warning};
use crate::dns::NotConfirmed;
use crate::doctor::{Finding, Id, Machine, Mend};
use crate::escape::escape;
use crate::known_hosts::{Entry, Hosts};
use crate::name::HostName;
use crate::shosts::Who;

/// A lookup that takes longer than this, in milliseconds, is felt.
const SLOW: u64 = 3000;

/// What else the client is called, the likeliest first: never what is looked up.
pub(super) fn others(court: &Court<'_>) -> Vec<Vec<u8>> {
    let (facts, approach) = (court.facts, court.approach);
    let mut names: Vec<Vec<u8>> = facts.client.names.iter().map(|name| name.as_str().as_bytes().to_vec()).collect();
    names.extend(found_name(&approach.lookup));
    names.push(approach.claimed().to_vec());
    names.extend(approach.lookup.dns.iter().flatten().cloned());
    names.extend(approach.lookup.hosts_line.iter().flat_map(|(_, names)| names).map(|name| name.as_bytes().to_vec()));
    names.push(approach.text().into_bytes());
    let short: Vec<Vec<u8>> = names.iter().filter_map(|name| short_of(name).map(<[u8]>::to_vec)).collect();
    names.extend(short);
    // A name that is longer than what is known of the client stands in the file alone.
    let known: Vec<Vec<u8>> = names.iter().filter_map(|name| label_of(name)).map(<[u8]>::to_vec).collect();
    let is_known = |label: &[u8]| known.iter().any(|known| known.eq_ignore_ascii_case(label));
    for document in facts.files.equiv.iter().filter_map(FileFact::content) {
        for (line, entry) in document.entries() {
            let is_whole = document.line(line).is_some_and(|line| line.content().len() == 1);
            if let Who::Name(name) = &entry.host().who
                && is_whole
                && label_of(name).is_some_and(is_known)
                && is_host_name(name)
            {
                names.push(name.clone());
            }
        }
    }
    let host = court.host();
    let mut others: Vec<Vec<u8>> = Vec::new();
    for name in names {
        let is_new = !others.iter().any(|other| other.eq_ignore_ascii_case(&name));
        if is_new && !name.is_empty() && !name.eq_ignore_ascii_case(&host) {
            others.push(name);
        }
    }
    others
}

/// The name that the reverse lookup gave, whether it counts or not.
fn found_name(lookup: &Lookup) -> Option<Vec<u8>> {
    match &lookup.name {
        Ok(name) | Err(NotConfirmed::NoForward(name) | NotConfirmed::NotBack(name)) => {
            Some(name.as_str().as_bytes().to_vec())
        }
        Err(NotConfirmed::Numeric(name) | NotConfirmed::NotAHostName { name, .. }) => Some(name.clone()),
        Err(_) => None,
    }
}

fn is_host_name(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|text| !text.ends_with('.') && HostName::new(text).is_ok())
}

/// The first label of a name, no address's.
fn label_of(name: &[u8]) -> Option<&[u8]> {
    let is_address = std::str::from_utf8(name).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    let label = name.split(|&byte| byte == b'.').next()?;
    (!is_address && !label.is_empty() && !label.iter().all(u8::is_ascii_digit)).then_some(label)
}

/// A name without its domain, where it has one.
fn short_of(name: &[u8]) -> Option<&[u8]> {
    label_of(name).filter(|label| label.len() < name.len())
}

/// Whether one of both is the other without its domain.
fn is_short_and_long(one: &[u8], other: &[u8]) -> bool {
    let is_short_of = |short: &[u8], long: &[u8]| short_of(long).is_some_and(|label| label.eq_ignore_ascii_case(short));
    is_short_of(one, other) || is_short_of(other, one)
}

fn is_address(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}

/// Why sshd looks up another name than `registered`, which is in the files.
pub(super) fn mismatch(court: &Court<'_>, registered: &[u8]) -> Finding {
    let approach = court.approach;
    let host = court.host();
    let (looked_up, in_files) = (escape(&host).to_string(), escape(registered).to_string());
    let seen = format!("sshd looks up {looked_up}, and the files have {in_files}");
    if approach.policy.hostbased_uses_name_from_packet_only {
        return of_claim(court, registered, &seen);
    }
    if !approach.policy.use_dns {
        let why = "with UseDNS no, the default since OpenSSH 6.8, sshd knows a client by its address alone, and both files \
                   must have that";
        return by_address_alone(court, error(Id::UsednsNoButEntriesAreNames, seen, why));
    }
    match &approach.lookup.name {
        Err(error) => not_confirmed(approach, error, seen),
        Ok(name) => other_name(court, name.as_str(), registered, seen),
    }
}

/// UseDNS is no, and the files have names.
fn by_address_alone(court: &Court<'_>, found: Finding) -> Finding {
    // Only the first value counts, and in a Match block the option may not stand (sshd_config(5), Match).
    let no = court.facts.tree.of("usedns").next().filter(|directive| directive.value() == b"no");
    // A file of ours that somebody has changed is his: `setup server` leaves it as it is, and says no.
    match no.filter(|directive| directive.file.ends_with("-hostbased.conf")) {
        Some(directive) => found.at(&directive.file, directive.line).mended_by([
            line(&directive.file, "UseDNS yes", format!("instead of line {}", directive.line)),
            then_reload(),
            enroll(court),
        ]),
        None => found.mended_by([setup_names("dns"), then_reload(), enroll(court), setup_names("packet")]),
    }
}

/// The client's own word counts, and it says another name.
fn of_claim(court: &Court<'_>, registered: &[u8], seen: &str) -> Finding {
    if is_address(registered) {
        let why = "with HostbasedUsesNameFromPacketOnly the name that the client sends is looked up in the place of the \
                   address too: entries with addresses never match";
        return error(Id::PacketNameModeIgnoresIpEntries, seen, why).mended_by([
            setup_names("address"),
            enroll(court),
            shosts_add(court),
        ]);
    }
    let claimed = escape(court.approach.claimed()).to_string();
    let why = "with HostbasedUsesNameFromPacketOnly the client's own view of its address decides which name it sends: its \
               /etc/hosts, its DNS, else its host name";
    error(Id::PacketNameIsShortOrWrong, format!("the client sends {claimed}; {seen}"), why).mended_by([
        advice(format!("on the client, in /etc/hosts: {} {} {claimed}", court.approach.text(), escape(registered))),
        enroll(court),
    ])
}

/// No name counts, so that sshd takes the address itself.
fn not_confirmed(approach: &Approach, error: &NotConfirmed, seen: String) -> Finding {
    let text = approach.text();
    let hosts = |name: &str| {
        let short = name.split('.').next().filter(|short| *short != name).map(|short| format!(" {short}"));
        line("/etc/hosts", format!("{text} {name}{}", short.unwrap_or_default()), "anywhere")
    };
    let said = error.sshd_message(&text).map(|said| format!(" (sshd logs: {said})")).unwrap_or_default();
    let finding = |id, why: String| super::say::error(id, format!("{error}{said}; {seen}"), why);
    let then = "so that sshd takes the address for the name";
    if let Some(failed) = approach.lookup.failed {
        let why = format!("nobody could say what {text} is called: {failed}, {then}");
        return finding(Id::ResolverDownOrSlow, why).mended_by([
            advice("mend the resolver (/etc/resolv.conf), or put the clients into /etc/hosts of the server"),
            setup_names("address"),
        ]);
    }
    match error {
        NotConfirmed::NoForward(name) => {
            let why = format!("{name} has no address of the same family, {then}");
            finding(Id::PtrWithoutForward, why)
                .mended_by([advice(format!("add the address record of {name} to the DNS")), hosts(name.as_str())])
        }
        NotConfirmed::NotBack(name) => {
            let why = format!("{name} has other addresses than {text}, {then}");
            finding(Id::PtrDoesNotMapBack, why).mended_by([
                advice(format!("make {name} resolve to {text}, or mend the address's name")),
                hosts(name.as_str()),
            ])
        }
        NotConfirmed::Numeric(_) => {
            let why = format!("a name that is an address looks like an attack, {then}");
            finding(Id::NumericPtr, why).mended_by([advice(format!("mend the PTR record of {text}"))])
        }
        NotConfirmed::NotAHostName { .. } => {
            let why = format!("what the resolver gives for {text} is no host name, and stands in no file");
            finding(Id::SeveralPtrOrAliasFirst, why).mended_by([advice(format!("mend the PTR record of {text}"))])
        }
        _ => {
            let why = format!("the server's resolver has no name for {text}, {then}");
            let name = "NAME.DOMAIN";
            if approach.address.is_ipv6() {
                let why = format!("{why}; ssh takes IPv6 where both ends have it, and only IPv4 is registered");
                return finding(Id::Ipv6SourceAddress, why).mended_by([
                    hosts(name),
                    Mend::Line {
                        machine: Machine::Client,
                        file: "/etc/ssh/ssh_config".to_owned(),
                        text: "AddressFamily inet".to_owned(),
                        position: "in the Host block of this server".to_owned(),
                    },
                ]);
            }
            // Addresses for all (`--names address`) would be no mend: every other client is registered by its name.
            finding(Id::NoPtr, why).mended_by([hosts(name), advice(format!("add the PTR record of {text}"))])
        }
    }
}

/// A name counts, and it is another than the one that is registered.
fn other_name(court: &Court<'_>, name: &str, registered: &[u8], seen: String) -> Finding {
    let lookup = &court.approach.lookup;
    let text = court.approach.text();
    let in_files = escape(registered).to_string();
    let hosts_line = lookup.hosts_line.as_ref();
    let from_hosts =
        hosts_line.filter(|(_, names)| names.first().is_some_and(|first| first.eq_ignore_ascii_case(name)));
    if is_address(registered) {
        let why = "while UseDNS is yes and the address has a name, ssh_known_hosts is asked for that name alone";
        return error(Id::ShostsAndKnownHostsKeyedDifferently, seen, why).mended_by(register(court));
    }
    if is_short_and_long(name.as_bytes(), registered) {
        let why = "names are compared as they are: the short name and the full one are two names";
        return short_and_long(court, name, registered, error(Id::ShortNameVersusFqdn, seen, why));
    }
    let dns_has = |wanted: &[u8]| lookup.dns.iter().flatten().any(|name| name.eq_ignore_ascii_case(wanted));
    if let Some((number, _)) = from_hosts
        && !dns_has(name.as_bytes())
    {
        let why = "/etc/hosts is asked before the DNS (nsswitch.conf(5)), and its line names another host";
        return error(Id::HostsFileAndDnsDisagree, seen, why).at("/etc/hosts", *number).mended_by([
            line("/etc/hosts", format!("{text} {in_files}"), format!("instead of line {number}")),
            enroll(court),
        ]);
    }
    let several = lookup.dns.iter().flatten().count() > 1;
    let why = if several {
        "the address has several names, sshd takes the first of the answer, and the order may change from login to login"
    } else {
        "the address's own name is another one than that of the files"
    };
    error(Id::SeveralPtrOrAliasFirst, seen, why).mended_by([
        advice(format!("have one PTR record for {text}, with the name {in_files}")),
        line("/etc/hosts", format!("{text} {in_files}"), "anywhere"),
        enroll(court),
    ])
}

/// Of a short name and a full one: the full one is to be looked up, so that the files follow a resolver that gives it, and
/// `/etc/hosts` follows the files that have it.
fn short_and_long(court: &Court<'_>, name: &str, registered: &[u8], found: Finding) -> Finding {
    let is_full = short_of(name.as_bytes()).is_some_and(|label| label.eq_ignore_ascii_case(registered));
    let line_of = court.approach.lookup.hosts_line.as_ref().filter(|_| !is_full);
    let from_hosts = line_of.filter(|(_, names)| names.first().is_some_and(|first| first.eq_ignore_ascii_case(name)));
    let found = match from_hosts {
        Some((number, names)) => found.at("/etc/hosts", *number).mended_by([line(
            "/etc/hosts",
            hosts_text(court, names, registered),
            format!("instead of line {number}"),
        )]),
        None => found,
    };
    if court.any_passes(crate::verify::Step::Equiv, &super::asking::Otherwise::default()) {
        // Only the keys are under the other name. `enroll` takes a key that has another name for another host's.
        return found.mended_by([known_keys(court).unwrap_or_else(|| enroll(court))]);
    }
    let has_keys = !court.registered(name.as_bytes()).is_empty() || court.has_authority(name.as_bytes());
    let again = format!("then ask again: its keys are not registered by the name {name} either");
    found.mended_by([shosts_add(court)]).mended_by((!has_keys).then(|| advice(again)))
}

/// The line of `/etc/hosts` with the registered name first, which becomes the address's name; its other names stay.
fn hosts_text(court: &Court<'_>, names: &[String], registered: &[u8]) -> String {
    let others = names.iter().filter(|name| !name.as_bytes().eq_ignore_ascii_case(registered));
    let first = format!("{} {}", court.approach.text(), escape(registered));
    others.fold(first, |text, name| format!("{text} {}", escape(name.as_bytes())))
}

/// What is fragile although the login works.
pub(super) fn fragile(court: &Court<'_>) -> Vec<Finding> {
    let (approach, lookup) = (court.approach, &court.approach.lookup);
    if !approach.policy.use_dns {
        return Vec::new();
    }
    let mut found = Vec::new();
    let text = approach.text();
    let grace = approach.printed.number("logingracetime").unwrap_or(120);
    if lookup.milliseconds >= SLOW && lookup.failed.is_none() {
        let seconds = lookup.milliseconds / 1000;
        let seen = format!("the lookup of {text} took {seconds} s; LoginGraceTime is {grace} s");
        let why = "sshd waits for it at each login, since 9.8 in more than one process: longer than LoginGraceTime, and \
                   nobody gets in";
        found.push(warning(Id::ResolverDownOrSlow, seen, why).mended_by([
            advice("put the clients into /etc/hosts of the server, or shorten the wait (options timeout:1 in /etc/resolv.conf)"),
        ]));
    }
    let names = lookup.dns.as_deref().unwrap_or_default();
    if names.len() > 1 && lookup.hosts_line.is_none() && !approach.policy.hostbased_uses_name_from_packet_only {
        let missing: Vec<&Vec<u8>> = names.iter().filter(|name| !is_known(court, name)).collect();
        if !missing.is_empty() {
            let listed: Vec<String> = names.iter().map(|name| escape(name).to_string()).collect();
            let seen = format!("the DNS has several names for {text}: {}", listed.join(", "));
            let why = "sshd takes the first of the answer, whose order may change; not all of them are registered";
            found.push(warning(Id::SeveralPtrOrAliasFirst, seen, why).mended_by([advice("keep one PTR record")]));
        }
    }
    if lookup.name.is_err() && !approach.policy.hostbased_uses_name_from_packet_only {
        let why = "the files have the address, so that it works: the lookup is in vain";
        found.push(information(Id::NoPtr, format!("{text} has no name that counts"), why));
    }
    found
}

fn is_known(court: &Court<'_>, name: &[u8]) -> bool {
    court.any_passes(crate::verify::Step::KnownHosts, &super::asking::Otherwise::named(name))
}

/// How the client is registered under what sshd looks up: the keys that are known of it, as lines; else by asking it.
pub(super) fn register(court: &Court<'_>) -> Vec<Mend> {
    let ask = || {
        let how = "have the client tell its keys: hostbased doctor client --export there, and its output to hostbased doctor \
                   server --from here; or register it, and compare what is asked then with ssh-keygen -lf there";
        advice(how)
    };
    vec![known_keys(court).or_else(|| offered_keys(court)).unwrap_or_else(ask), enroll(court)]
}

/// The line of each key that the server has of the client by another name.
fn known_keys(court: &Court<'_>) -> Option<Mend> {
    let names = others(court);
    let files = &court.facts.files;
    let [known_hosts, _] = &files.known_hosts;
    let read = files.known_hosts.iter().filter_map(FileFact::content);
    let not_read = files.other_known_hosts.iter().map(|(_, document)| document);
    let mut keys: Vec<String> = Vec::new();
    for document in read.chain(not_read) {
        for (_, entry) in document.entries() {
            let is_its = || names.iter().any(|name| entry.matches(name) || stands_for(entry, name));
            let line = entry.key().to_line();
            if entry.marker().is_none() && is_its() && !keys.contains(&line) {
                keys.push(line);
            }
        }
    }
    let host = String::from_utf8_lossy(&court.host()).into_owned();
    let text = keys.iter().map(|key| format!("{} {key}", escape(&host))).collect::<Vec<_>>().join("\n");
    (!keys.is_empty()).then(|| line(&known_hosts.path, text, "anywhere, as these keys are the client's already"))
}

/// The line of each key that the client would offer, and that is not registered.
pub(super) fn offered_keys(court: &Court<'_>) -> Option<Mend> {
    let host = court.host();
    let registered = court.registered(&host);
    let offers = court.facts.offers.iter().filter(|offer| offer.key.certificate().is_none());
    let new = offers.filter(|offer| !registered.iter().any(|known| known.key == offer.key));
    let lines: Vec<String> = new.map(|offer| format!("{} {}", escape(&host), offer.key.to_line())).collect();
    let [known_hosts, _] = &court.facts.files.known_hosts;
    let position = "anywhere, when you have made sure that the keys are the client's (there: ssh-keygen -lf)";
    (!lines.is_empty()).then(|| line(&known_hosts.path, lines.join("\n"), position))
}

/// Whether the line was made for that host, and does not match it: `[name]:port`, or a pattern that shuts it out.
fn stands_for(entry: &Entry, name: &[u8]) -> bool {
    let Hosts::Patterns(list) = entry.hosts() else { return false };
    list.split(|&byte| byte == b',').any(|element| {
        let inner = element.strip_prefix(b"[").and_then(|inner| inner.split(|&byte| byte == b']').next());
        inner.is_some_and(|inner| inner.eq_ignore_ascii_case(name))
            || element.strip_prefix(b"!").is_some_and(|inner| inner.eq_ignore_ascii_case(name))
    })
}

/// The command that registers the client under what sshd looks up. What an export says of keys is its user's word, and no
/// reason to trust one: they are scanned, shown and asked about, but for key files that the administrator has given.
pub(super) fn enroll(court: &Court<'_>) -> Mend {
    let mut argv = vec!["hostbased".to_owned(), "enroll".to_owned(), spec(court)];
    for file in &court.facts.client.key_files {
        argv.extend(["--key-file".to_owned(), file.clone()]);
    }
    if !court.facts.client.key_files.is_empty() {
        argv.push("--yes".to_owned());
    }
    command_of(argv)
}

/// The command that admits the client under what sshd looks up.
pub(super) fn shosts_add(court: &Court<'_>) -> Mend {
    command_of(vec!["hostbased".to_owned(), "shosts".to_owned(), "add".to_owned(), spec(court), "--yes".to_owned()])
}

/// The client as our commands take it: what is looked up first, then its address.
fn spec(court: &Court<'_>) -> String {
    let host = court.host();
    let text = court.approach.text();
    if host != text.as_bytes() {
        // The word of a client may be anything.
        let name = String::from_utf8(host).ok().filter(|name| is_host_name(name.as_bytes()));
        return name.map_or_else(|| text.clone(), |name| format!("{name},{text}"));
    }
    let name = court.facts.client.name_at(court.approach.address);
    name.map_or_else(|| text.clone(), |name| format!("{name},{text}"))
}
