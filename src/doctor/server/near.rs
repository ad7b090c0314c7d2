//! Lines that would be for the client, were it not for a mistake in them.

use std::net::IpAddr;

use super::asking::Court;
use super::facts::FileFact;
use super::matching::network_holds;
use super::names;
use super::say::{With, advice, command, error};
use crate::doctor::{Finding, Id, Mend};
use crate::escape::escape;
use crate::known_hosts::{self, Hosts, LineProblem, Marker};
use crate::pattern::{self, Case, ListMatch};
use crate::shosts::{Entry, Who};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// By what the client is known, and what is looked up.
struct Wanted {
    host: Vec<u8>,
    others: Vec<Vec<u8>>,
    ip: IpAddr,
}

impl Wanted {
    fn of(court: &Court<'_>) -> Self {
        Self { host: court.host(), others: names::others(court), ip: court.approach.address }
    }

    /// Whether a text is what is looked up, or another name of the client.
    fn is_client(&self, name: &[u8]) -> bool {
        !name.is_empty()
            && (name.eq_ignore_ascii_case(&self.host)
                || self.others.iter().any(|other| other.eq_ignore_ascii_case(name)))
    }

    fn is_in_network(&self, text: &[u8]) -> bool {
        let text = std::str::from_utf8(text).ok().filter(|text| text.contains('/'));
        text.and_then(|text| network_holds(text, self.ip)) == Some(true)
    }

    /// Whether it is the client's address in other words.
    fn is_address_otherwise(&self, name: &[u8]) -> bool {
        let address = std::str::from_utf8(name).ok().and_then(|text| text.parse::<IpAddr>().ok());
        address.is_some_and(|address| address.to_canonical() == self.ip)
            && name != crate::name::address_text(self.ip).as_bytes()
    }

    /// The mistake in a host of an equiv file.
    fn mistake(&self, name: &[u8]) -> Option<(Id, &'static str)> {
        if name.strip_prefix(BYTE_ORDER_MARK).is_some_and(|rest| self.is_client(rest)) {
            let why =
                "an editor has put a byte order mark at the beginning of the file, which is part of the first name";
            return Some((Id::ShostsByteOrderMark, why));
        }
        if name.strip_suffix(b".").is_some_and(|rest| self.is_client(rest)) {
            let why = "no name that sshd looks up ends in a dot: the one that the client sends is taken off";
            return Some((Id::ShostsTrailingDot, why));
        }
        let is_meant = name.split(|&byte| byte == b',').any(|part| {
            let part = part.strip_prefix(b"[").and_then(|part| part.split(|&byte| byte == b']').next()).unwrap_or(part);
            let is_other = part.len() < name.len() && self.is_client(part);
            let is_pattern = part.iter().any(|byte| matches!(byte, b'*' | b'?'))
                && [&self.host].into_iter().chain(&self.others).any(|host| pattern::matches(host, part));
            is_other || is_pattern || self.is_in_network(part)
        });
        let why = "the host is compared as it stands: there are no wildcards, networks, lists or ports in this file";
        is_meant.then_some((Id::ShostsPatternUnsupported, why))
    }
}

/// The client's address stands in an equiv file in another spelling.
pub(super) fn address_text(court: &Court<'_>) -> Option<Finding> {
    if court.approach.policy.hostbased_uses_name_from_packet_only {
        return None;
    }
    let wanted = Wanted::of(court);
    let (file, line, name) = entries(court).find_map(|(file, line, entry)| match &entry.host().who {
        Who::Name(name) if wanted.is_address_otherwise(name) => Some((file, line, name)),
        _ => None,
    })?;
    let text = court.approach.text();
    let why = format!("addresses are compared as texts, and sshd writes this one {text}");
    Some(
        error(Id::Ipv6TextFormDiffers, escape(name).to_string(), why)
            .at(file, line)
            .mended_by([super::say::line(file, text, format!("instead of line {line}")), lint_fix_admitting()]),
    )
}

/// The entries of both files that are for all accounts, each with its file and line.
fn entries<'c>(court: &'c Court<'_>) -> impl Iterator<Item = (&'c str, usize, &'c Entry)> {
    court.facts.files.equiv.iter().flat_map(|file| {
        let entries = file.content().into_iter().flat_map(crate::shosts::Document::entries);
        entries.map(|(line, entry)| (file.path.as_str(), line, entry))
    })
}

/// The first line of the equiv files that misses the client by a mistake.
pub(super) fn equiv(court: &Court<'_>) -> Option<Finding> {
    let wanted = Wanted::of(court);
    entries(court)
        .find_map(|(file, line, entry)| of_entry(court, &wanted, (file, line, entry)))
        .or_else(|| broken_equiv(court, &wanted))
        .or_else(|| netgroup(court))
}

fn of_entry(court: &Court<'_>, wanted: &Wanted, (file, line, entry): (&str, usize, &Entry)) -> Option<Finding> {
    let Who::Name(name) = &entry.host().who else { return None };
    if entry.host().negative {
        return None;
    }
    let shown = |entry: &Entry| {
        let user = entry.user().map(|user| match &user.who {
            Who::Name(name) => format!(" {}", escape(name)),
            Who::Netgroup(name) => format!(" @{}", escape(name)),
        });
        format!("{}{}", escape(name), user.unwrap_or_default())
    };
    let found = |id, why: &str| Some(error(id, shown(entry), why).at(file, line));
    let user = entry.user().map(|user| &user.who);
    match user {
        Some(Who::Name(user)) if wanted.is_client(name) && user.starts_with(b"#") => {
            let why = "# begins a comment only where it is the first on its line: here it is a user's name";
            found(Id::ShostsInlineComment, why)
                .map(|found| found.mended_by([only_host(file, name, line), lint_fix_admitting()]))
        }
        Some(Who::Name(user)) if wanted.is_client(name) || wanted.is_client(user) => {
            let is_other = user != court.facts.client_user.as_slice();
            let why = "the second field is a user on the client host, who then gets into every account but root's: it is no \
                       second name";
            is_other.then(|| found(Id::ShostsSecondFieldIsAUser, why)).flatten().map(|found| {
                found.mended_by([
                    advice(format!("write each name on a line of its own in the place of line {line}")),
                    names::shosts_add(court),
                ])
            })
        }
        _ => {
            let (id, why) = wanted.mistake(name)?;
            let mend = match id {
                Id::ShostsPatternUnsupported => names::shosts_add(court),
                _ => lint_fix_admitting(),
            };
            found(id, why).map(|found| found.mended_by([mend, names::shosts_add(court)]))
        }
    }
}

/// A line with the client's name that says nothing at all.
fn broken_equiv(court: &Court<'_>, wanted: &Wanted) -> Option<Finding> {
    for file in &court.facts.files.equiv {
        let Some(document) = file.content() else { continue };
        for (line, problem) in document.problems() {
            let text = document.line(line).map(crate::lines::Line::text).unwrap_or_default();
            let mut fields = text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
            let first = fields.next().unwrap_or_default();
            let is_plus = |field: &[u8]| matches!(field, b"+" | b"-");
            let (id, why) = if text.contains(&b'#') && wanted.is_client(first) {
                let why = "a comment behind the host makes a line of more than two fields, which sshd ignores";
                (Id::ShostsInlineComment, why)
            } else if is_plus(first) || fields.next().is_some_and(is_plus) {
                let why = "+ stood for everybody in rlogin's time; sshd never believes everybody, and ignores the line";
                (Id::ShostsPlusIgnored, why)
            } else if fields.clone().next().is_some()
                && text.split(u8::is_ascii_whitespace).any(|word| wanted.is_client(word))
            {
                let why = "a line has a host, and perhaps a user on it: one of more fields is ignored";
                (Id::ShostsSecondFieldIsAUser, why)
            } else {
                continue;
            };
            let seen = format!("{} ({problem})", escape(text).capped(200));
            let mends: Vec<Mend> = match id {
                Id::ShostsInlineComment => vec![lint_fix_admitting(), only_host(&file.path, first, line)],
                _ => vec![names::shosts_add(court)],
            };
            return Some(error(id, seen, why).at(&file.path, line).mended_by(mends));
        }
    }
    None
}

/// A line of many pieces that has the client's name, whole or cut.
pub(super) fn long_line(court: &Court<'_>) -> Option<Finding> {
    let wanted = Wanted::of(court);
    for file in &court.facts.files.equiv {
        let Some(document) = file.content() else { continue };
        let long = document.lines().find(|line| line.content().len() > 1 && mentions(line.text(), &wanted));
        if let Some(line) = long {
            let seen = format!("a line of {} bytes", line.text().len());
            let why = "sshd reads 1023 bytes at a time, and takes each piece for a line of its own";
            return Some(
                error(Id::LineLongerThan1023Bytes, seen, why)
                    .at(&file.path, line.number())
                    .mended_by([advice("write short lines: each host on one of its own"), names::shosts_add(court)]),
            );
        }
    }
    None
}

fn mentions(text: &[u8], wanted: &Wanted) -> bool {
    text.split(u8::is_ascii_whitespace).any(|word| wanted.is_client(word))
}

/// A line with a netgroup, in which the client is not by the name that is looked up.
pub(super) fn netgroup(court: &Court<'_>) -> Option<Finding> {
    let (file, line, group) = entries(court).find_map(|(file, line, entry)| match &entry.host().who {
        Who::Netgroup(group) if !entry.host().negative => Some((file, line, group)),
        _ => None,
    })?;
    let netgroups = court.facts.netgroups;
    let is_in = |name: &[u8]| netgroups.contains(group, Some(name), None) == crate::shosts::Membership::Member;
    let host = escape(&court.host()).to_string();
    let group_text = escape(group).to_string();
    let other = names::others(court).into_iter().find(|name| is_in(name));
    let services = court.facts.netgroup_services.as_deref().unwrap_or("not set");
    let (seen, mend) = match other {
        Some(other) => (
            format!("@{group_text} has {}, and sshd looks up {host}", escape(&other)),
            advice(format!("add ({host},,) to the netgroup {group_text}")),
        ),
        None => (
            format!("@{group_text} has no member {host} (nsswitch.conf: netgroup: {})", escape(services)),
            advice(format!(
                "add ({host},,) to the netgroup {group_text}; where it stands in /etc/netgroup, nsswitch.conf must say \
                 \"netgroup: files\""
            )),
        ),
    };
    let why = "a netgroup lets a host in by exactly the name, or address, that sshd looks up; innetgr(3) asks only the \
               services of nsswitch.conf";
    Some(error(Id::NetgroupDoesNotMatch, seen, why).at(file, line).mended_by([mend, names::shosts_add(court)]))
}

/// The host alone.
fn only_host(file: &str, host: &[u8], number: usize) -> Mend {
    super::say::line(file, escape(host).to_string(), format!("instead of line {number}"))
}

/// Mends that admit somebody are asked for by another name.
fn lint_fix_admitting() -> Mend {
    command(["hostbased", "lint", "--fix-admitting", "--yes"])
}

/// The first line of the known_hosts files that would be for the client, were it not for a mistake in it.
pub(super) fn known_hosts(court: &Court<'_>) -> Option<Finding> {
    let wanted = Wanted::of(court);
    let files = &court.facts.files.known_hosts;
    files
        .iter()
        .find_map(|file| of_known_hosts(court, &wanted, file))
        .or_else(|| files.iter().find_map(|file| broken_known_hosts(court, &wanted, file)))
}

fn of_known_hosts(court: &Court<'_>, wanted: &Wanted, file: &FileFact<known_hosts::Document>) -> Option<Finding> {
    let document = file.content()?;
    for (line, entry) in document.entries() {
        let Hosts::Patterns(list) = entry.hosts() else { continue };
        if entry.marker() == Some(Marker::Revoked) || entry.matches(&wanted.host) {
            continue;
        }
        let Some((id, why)) = known_hosts_mistake(wanted, list) else { continue };
        let seen = escape(list).capped(200).to_string();
        let host = escape(&wanted.host).to_string();
        let key = entry.key().to_line();
        let text = match entry.marker() {
            Some(marker) => format!("{} {host} {key}", marker.as_str()),
            None => format!("{host} {key}"),
        };
        let mends = [super::say::line(&file.path, text, format!("instead of line {line}")), names::enroll(court)];
        return Some(error(id, seen, why).at(&file.path, line).mended_by(mends));
    }
    None
}

fn known_hosts_mistake(wanted: &Wanted, list: &[u8]) -> Option<(Id, &'static str)> {
    if pattern::matches_list(&wanted.host, list, Case::Fold) == ListMatch::Negated {
        let why = "a negated pattern shuts the host out of the whole line, wherever it stands in it";
        return Some((Id::KnownHostsNegationOrCidr, why));
    }
    for name in list.split(|&byte| byte == b',') {
        let bare = name.strip_prefix(b"[").and_then(|inner| inner.split(|&byte| byte == b']').next());
        if bare.is_some_and(|bare| wanted.is_client(bare)) {
            let why =
                "[name]:port is the form for ssh to another port: hostbased looks up the bare name, whatever the port";
            return Some((Id::KnownHostsPortForm, why));
        }
        if wanted.is_in_network(name) {
            let why = "there are no networks in this file: 10.77.0.0/24 is no pattern, 10.77.0.* is one";
            return Some((Id::KnownHostsNegationOrCidr, why));
        }
        if wanted.is_address_otherwise(name) {
            return Some((
                Id::Ipv6TextFormDiffers,
                "addresses are compared as texts, and sshd writes this one otherwise",
            ));
        }
        let is_dotted = name.strip_suffix(b".").is_some_and(|rest| wanted.is_client(rest));
        let is_marked = name.strip_prefix(BYTE_ORDER_MARK).is_some_and(|rest| wanted.is_client(rest));
        if is_dotted || is_marked {
            let why = "a final dot, or a byte order mark at the beginning of the file, is part of the name, which then never \
                       matches";
            return Some((Id::KnownHostsBrokenLine, why));
        }
    }
    None
}

/// A line that says nothing, and may have been the client's.
fn broken_known_hosts(court: &Court<'_>, wanted: &Wanted, file: &FileFact<known_hosts::Document>) -> Option<Finding> {
    let document = file.content()?;
    let offered: Vec<String> = court
        .facts
        .offers
        .iter()
        .filter_map(|offer| offer.key.plain().to_line().split(' ').nth(1).map(str::to_owned))
        .collect();
    let names_client = |text: &[u8]| {
        let mut words = text.split(|&byte| byte == b' ' || byte == b',' || byte == b'\t');
        words.any(|word| wanted.is_client(word) || offered.iter().any(|key| key.as_bytes() == word))
    };
    let problems = || document.problems();
    let without_name = problems().find(|(_, problem)| matches!(problem, LineProblem::NoHosts));
    let broken = problems().find(|&(line, problem)| {
        let text = document.line(line).map(crate::lines::Line::text).unwrap_or_default();
        !matches!(problem, LineProblem::NoHosts) && names_client(text)
    });
    let second = document.entries().find(|(_, entry)| {
        entry.warnings().contains(&known_hosts::Warning::SecondKey) && names_client(entry.comment())
    });
    if let Some((line, problem)) = broken {
        let why =
            "sshd skips a line that it does not understand, without a word: was it wrapped or cut when it was copied?";
        return Some(
            error(Id::KnownHostsBrokenLine, problem.to_string(), why)
                .at(&file.path, line)
                .mended_by([advice("write the line anew: names, type and key on one line"), names::enroll(court)]),
        );
    }
    if let Some((line, _)) = second {
        let why = "a line holds one key: what stands behind it is a comment";
        return Some(
            error(Id::KnownHostsBrokenLine, "a second key stands on the line", why)
                .at(&file.path, line)
                .mended_by([advice("put each key on a line of its own, behind the names"), names::enroll(court)]),
        );
    }
    let (line, problem) = without_name?;
    let why = "the line is a .pub file as it is: where the host's names belong stands the type of the key";
    Some(
        error(Id::KnownHostsLineWithoutName, problem.to_string(), why).at(&file.path, line).mended_by([
            advice(format!("write {} in front of line {line}", escape(&wanted.host))),
            names::enroll(court),
        ]),
    )
}
