//! What the lines of sshd mean together, in the order of its decision (auth2-hostbased.c).

use super::client::{NOT_OFFERED, has_method};
use super::event::{Event, Fact, Means};
use super::login::{Login, Told, releases};
use super::{Machine, Mend, Rights};
use crate::failures::Id;
use crate::name::HostName;
use crate::severity::Severity;

/// Why shosts.equiv does not admit a name that it seems to have.
const NOT_ADMITTED: &[Id] = &[
    Id::ShostsMissingOrEmpty,
    Id::ShostsPatternUnsupported,
    Id::ShostsTrailingDot,
    Id::ShostsSecondFieldIsAUser,
    Id::ShostsByteOrderMark,
    Id::NetgroupDoesNotMatch,
    Id::ShostsInWrongPlace,
];

/// What sshd's lines of one connection tell.
pub(super) fn told(login: &Login) -> Told {
    let mut told = Told::default();
    let let_in = login.last(Fact::LetIn).map(|event| event.line);
    for (id, event) in login.causes() {
        match let_in {
            // Another key was good: this one is worth a look only.
            Some(line) if event.line < line => told.weaker(id, Severity::Information, event),
            _ => told.sure(id, event),
        }
    }
    login.all(Fact::BadOption).for_each(|event| bad_option(event, &mut told));
    open_keys(login, &mut told);
    if let Some(line) = let_in {
        in_vain(login, line, &mut told);
        return told;
    }
    if let Some(event) = login.first(Fact::Partly).filter(|_| !login.has(Fact::OtherwiseIn)) {
        told.sure(Id::AuthenticationmethodsExcludesHostbased, event);
    }
    if login.has(Fact::Attempt) || login.has(Fact::Failed) {
        releases(login, Machine::Server, &mut told);
    }
    if !told.has_error() {
        if let Some(event) = login.first(Fact::InvalidUser) {
            told.one_of(&[Id::AllowDenyLists, Id::AccountNotAcceptable], event);
        } else {
            algorithms(login, &mut told);
            names(login, &mut told);
            certificates(login, &mut told);
            keys(login, &mut told);
            unexplained(login, &mut told);
            not_offered(login, &mut told);
        }
    }
    // That all attempts are used up comes of another cause, where one is known.
    if told.findings.iter().any(|finding| finding.id == Id::MaxauthtriesEaten) {
        let mut others = Told::default();
        names(login, &mut others);
        certificates(login, &mut others);
        keys(login, &mut others);
        others.findings.append(&mut told.findings);
        told = others;
    }
    told
}

/// sshd does not know an option of its own: one that is ssh's name for it.
pub(super) fn bad_option(event: &Event, told: &mut Told) {
    let is_ours = event.word(0).is_some_and(|file| file.starts_with('/') && file.contains("sshd_config"));
    if is_ours && event.word(2).is_some_and(|option| option.eq_ignore_ascii_case("HostbasedKeyTypes")) {
        told.sure(Id::OptionNameVersionSkew, event);
    }
}

/// A connection that ended while it authenticated, and the log says no more than that, or that names differ.
pub(super) fn silent(closed: &Event, mismatch: Option<&Event>) -> Told {
    let mut told = Told::default();
    nameless(mismatch, &mut told);
    told.weaker(Id::LogLevelHidesEverything, Severity::Warning, closed);
    told
}

/// sshd took the address for the name: that may be the reason, where the log gives none.
fn nameless(mismatch: Option<&Event>, told: &mut Told) {
    let Some(event) = mismatch.filter(|event| event.word(1).is_some() && event.word(1) == event.word(2)) else {
        return;
    };
    for id in [Id::UsednsNoButEntriesAreNames, Id::NoPtr] {
        told.weaker(id, Severity::Warning, event);
    }
}

fn open_keys(login: &Login, told: &mut Told) {
    let is_host_key = |event: &&Event| event.word(1).is_some_and(|path| path.contains("ssh_host_"));
    if let Some(event) = login.all(Fact::OpenKey).find(is_host_key) {
        told.sure(Id::GroupReadableHostKeysRefused, event);
    }
}

/// Certificates that were tried before the key that did.
fn in_vain(login: &Login, let_in: usize, told: &mut Told) {
    let is_certificate =
        |event: &&Event| event.word(3).is_some_and(|kind| kind.ends_with("-CERT")) && event.line < let_in;
    if let Some(event) = login.all(Fact::Failed).find(is_certificate) {
        told.weaker(Id::CertificateAttemptsComeFirst, Severity::Information, event);
    }
}

fn algorithms(login: &Login, told: &mut Told) {
    let went_on = [Fact::Failed, Fact::Refused, Fact::RefusedPacket, Fact::Allowed].iter().any(|&fact| login.has(fact));
    let Some(event) = login.first(Fact::Algorithm).filter(|_| !went_on) else { return };
    let all =
        |start: &str| login.all(Fact::Algorithm).all(|event| event.word(0).is_some_and(|name| name.starts_with(start)));
    if all("ssh-rsa") {
        told.one_of(&[Id::RsaHostbasedBroken85To88, Id::Sha1RefusedByCryptoPolicy], event);
    } else if all("rsa-sha2-512") {
        told.one_of(&[Id::RsaSingleAlgorithmAttempt, Id::ServerAlgListExcludesKeys], event);
    } else if all("ecdsa-sha2-") {
        told.one_of(&[Id::EcdsaCurveNowExact, Id::ServerAlgListExcludesKeys], event);
    } else {
        told.sure(Id::ServerAlgListExcludesKeys, event);
    }
}

/// Why shosts files do not admit.
fn names(login: &Login, told: &mut Told) {
    let refused = login.last(Fact::Refused);
    let Some(event) = refused.or_else(|| login.last(Fact::RefusedPacket)) else { return };
    if login.has(Fact::Allowed) {
        // Another attempt of the same connection went on: names and users were the same.
        return;
    }
    let reasons = login.once(|means| match means {
        Means::Equiv(id) => Some(id),
        _ => None,
    });
    let decides =
        |id: Id| matches!(id, Id::ShostsMissingOrEmpty | Id::RootIgnoresSystemFiles | Id::ShostsNegativeEntry);
    if let Some((id, event)) = reasons.iter().find(|(id, _)| decides(*id)) {
        told.sure(*id, event);
        return;
    }
    let ids = if refused.is_some() { by_name(login, event, told) } else { by_packet(event) };
    if reasons.is_empty() || ids.len() <= 1 {
        return told.one_of(&ids, event);
    }
    // A line that was passed over need not be the host's: it may not be there at all.
    for (id, event) in &reasons {
        told.weaker(*id, Severity::Warning, event);
    }
    told.weaker(Id::ShostsMissingOrEmpty, Severity::Warning, event);
}

/// Why the name that sshd resolved is not admitted; what is said of names themselves is told here.
fn by_name(login: &Login, event: &Event, told: &mut Told) -> Vec<Id> {
    let [Some(user), Some(host), Some(address)] = [event.word(0), event.word(1), event.word(2)] else {
        return NOT_ADMITTED.to_vec();
    };
    if host == address {
        let said = login.once(|means| match means {
            Means::Name(id) => Some(id),
            _ => None,
        });
        if let Some((id, event)) = said.first() {
            told.sure(*id, event);
            return Vec::new();
        }
        // What sshd asks of the address, and which methods it goes on with, is logged at the same level.
        let mut ids = match (login.has(Fact::Resolves), login.has(Fact::Methods)) {
            (true, _) => vec![Id::NoPtr],
            (false, true) => vec![Id::UsednsNoButEntriesAreNames],
            (false, false) => vec![Id::UsednsNoButEntriesAreNames, Id::NoPtr],
        };
        if address.contains(':') {
            ids.extend([Id::Ipv6SourceAddress, Id::Ipv6TextFormDiffers]);
        }
        return ids;
    }
    if host == "localhost" {
        return vec![Id::LoopbackTarget];
    }
    let account = login.last(Fact::Request).and_then(|event| event.word(0));
    if account.is_some_and(|account| account.split(':').next() != Some(user)) {
        return vec![Id::DifferentRemoteUser];
    }
    let sent = login.last(Fact::Mismatch).and_then(|event| event.word(0));
    match sent {
        None => {
            let mut ids = NOT_ADMITTED.to_vec();
            ids.insert(1, Id::ShortNameVersusFqdn);
            ids
        }
        Some(sent) if is_short_of(host, sent) || is_short_of(sent, host) => vec![Id::ShortNameVersusFqdn],
        Some(_) => vec![
            Id::SeveralPtrOrAliasFirst,
            Id::MultiHomedSource,
            Id::NatOrLoadBalancer,
            Id::ProxycommandOrProxyjump,
            Id::HostsFileAndDnsDisagree,
        ],
    }
}

/// Whether one is the other without its domain.
fn is_short_of(short: &str, long: &str) -> bool {
    !short.contains('.')
        && long.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(short) && label != long)
}

fn by_packet(event: &Event) -> Vec<Id> {
    match event.word(1) {
        Some(host) if !host.contains('.') => vec![Id::PacketNameIsShortOrWrong],
        _ => vec![Id::ShostsMissingOrEmpty, Id::PacketNameIsShortOrWrong, Id::PacketNameModeIgnoresIpEntries],
    }
}

/// Why the key is not known: how often an attempt looks in vain says whether the name is known at all.
fn keys(login: &Login, told: &mut Told) {
    let Some((event, is_twice, is_certificate)) = looked_up_in_vain(login) else { return };
    if told.has_error() {
        // A certificate has its reason; the plain keys need not be known then.
        return told.weaker(Id::KnownHostsNoEntry, Severity::Warning, event);
    }
    if let Some(event) = login.first(Fact::OwnKnownHosts) {
        told.weaker(Id::UserKnownHostsBadModes, Severity::Warning, event);
    }
    let Some(host) = event.word(0) else {
        return told.one_of(&[Id::KnownHostsNoEntry, Id::KnownHostsStaleKey], event);
    };
    if is_certificate {
        told.one_of(&[Id::CaLineNotMarked, Id::KnownHostsNoEntry], event);
    } else if !is_twice {
        told.one_of(other_keys(login), event);
    } else if host.parse::<std::net::IpAddr>().is_ok() {
        told.sure(Id::ShostsAndKnownHostsKeyedDifferently, event);
    } else if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        told.one_of(&[Id::PacketNameUppercaseAndHashedKnownHosts, Id::KnownHostsNoEntry], event);
    } else {
        let others = [
            Id::KnownHostsPortForm,
            Id::KnownHostsLineWithoutName,
            Id::KnownHostsNegationOrCidr,
            Id::KnownHostsBrokenLine,
            Id::KnownHostsInAFileSshdDoesNotRead,
        ];
        let others: Vec<&str> = others.iter().map(|id| id.word()).collect();
        let mut mends = vec![Mend::Advice(format!(
            "an entry that seems to be there may not count: hostbased lint tells of {}",
            others.join(", ")
        ))];
        if let Ok(name) = host.parse::<HostName>() {
            let argv = ["hostbased", "enroll", name.as_str()].map(str::to_owned).to_vec();
            let command = Mend::Command { machine: Machine::Server, rights: Rights::Root, argv, is_safe: false };
            mends.insert(0, command);
        }
        told.with_mends(Id::KnownHostsNoEntry, Severity::Error, event, mends);
    }
}

/// What it means that the name has other keys: where the log says of which types, that decides.
fn other_keys(login: &Login) -> &'static [Id] {
    let registered = || login.all(Fact::Registered).filter_map(|event| event.word(0));
    let mut offered = login.all(Fact::Failed).filter_map(|event| event.word(3));
    if registered().next().is_none() {
        &[Id::KnownHostsStaleKey, Id::KeyTypeRegisteredIsNotOffered]
    } else if offered.any(|kind| registered().any(|other| other == kind)) {
        &[Id::KnownHostsStaleKey]
    } else {
        &[Id::KeyTypeRegisteredIsNotOffered]
    }
}

/// The last attempt that looked for a plain key in vain, or else for a certificate's authority: whether it looked twice, and
/// whether it was a certificate.
fn looked_up_in_vain(login: &Login) -> Option<(&Event, bool, bool)> {
    let mut found: Option<(&Event, bool, bool)> = None;
    let mut looked: Option<(&Event, usize)> = None;
    let mut settle = |looked: &mut Option<(_, usize)>, is_certificate: bool| {
        if let Some((event, count)) = looked.take()
            && (found.is_none() || !is_certificate)
        {
            found = Some((event, count > 1, is_certificate));
        }
    };
    for event in &login.events {
        match event.means {
            Means::Fact(Fact::NotFound) => {
                let count = looked.map_or(1, |(_, count)| count.saturating_add(1));
                looked = Some((event, count));
            }
            Means::Fact(Fact::Failed) => {
                settle(&mut looked, event.word(3).is_some_and(|kind| kind.ends_with("-CERT")));
            }
            Means::Fact(Fact::Attempt | Fact::Allowed) => settle(&mut looked, false),
            _ => {}
        }
    }
    settle(&mut looked, false);
    found
}

/// Certificates that do not do: ssh tries them first, so that whoever has some means them.
fn certificates(login: &Login, told: &mut Told) {
    let said = login.once(|means| match means {
        Means::Certificate(id) => Some(id),
        _ => None,
    });
    for (id, event) in said {
        told.sure(id, event);
    }
}

/// Attempts that failed, and the log does not say why: it may say enough to guess.
fn unexplained(login: &Login, told: &mut Told) {
    let Some(event) = login.last(Fact::Failed).filter(|_| told.findings.is_empty()) else { return };
    let [user, client_user, host] = [event.word(0), event.word(1), event.word(2)];
    if host.is_some_and(|host| host.ends_with('.')) {
        told.one_of(&[Id::RevokedKeysFileUnreadable, Id::ClientKeyRevoked], event);
        return;
    }
    let advice = "the names and the key of the line are enough to tell: hostbased explain --from-log FILE";
    told.advised(Id::LogLevelHidesEverything, Severity::Warning, event, advice);
    if user.is_some() && client_user.is_some() && user != client_user {
        told.weaker(Id::DifferentRemoteUser, Severity::Warning, event);
    }
    nameless(login.last(Fact::Mismatch), told);
    let said = login.once(|means| match means {
        Means::Name(id) | Means::Equiv(id) => Some(id),
        _ => None,
    });
    for (id, event) in said {
        told.weaker(id, Severity::Warning, event);
    }
}

/// sshd goes on with methods without hostbased, and was not asked for it.
fn not_offered(login: &Login, told: &mut Told) {
    let was_tried = [Fact::Attempt, Fact::Failed, Fact::Algorithm].iter().any(|&fact| login.has(fact));
    let Some(event) = login.first(Fact::Methods).filter(|_| !was_tried && told.findings.is_empty()) else { return };
    if event.word(1).is_some_and(|list| !has_method(list)) && !login.has(Fact::OtherwiseIn) {
        told.one_of(NOT_OFFERED, event);
    }
}
