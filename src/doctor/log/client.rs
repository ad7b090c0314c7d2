//! What the lines of ssh mean together.

use super::Machine;
use super::event::{Event, Fact};
use super::login::releases;
use super::login::{Login, Told};
use crate::doctor::Release;
use crate::failures::Id;
use crate::severity::Severity;

/// What an ssh that says `not enabled` may mean.
const NOT_ENABLED: &[Id] = &[
    Id::KeysignNotEnabled,
    Id::KeysignEnabledInUserScope,
    Id::KeysignInsideHostBlock,
    Id::KeysignInMatchFinal,
    Id::KeysignFirstValueNo,
    Id::GlobalConfigUnreadable,
];

/// Why the helper can open no key.
const NO_KEY_OPENED: &[Id] = &[
    Id::KeysignNotSetuid,
    Id::NosuidMount,
    Id::NoNewPrivs,
    Id::UserNamespaceWithoutHostRoot,
    Id::SetgidModelKeysNotGroupReadable,
    Id::SelinuxSshKeysignBoolean,
    Id::PrivateKeysNotAtFixedPaths,
];

/// Why a server does not offer hostbased.
pub(super) const NOT_OFFERED: &[Id] = &[
    Id::ServerHostbasedOff,
    Id::SettingSwallowedByMatchBlock,
    Id::DropInFirstValueWins,
    Id::MatchBlockDoesNotApplyOrTurnsOff,
    Id::DaemonNotReloaded,
    Id::AuthenticationmethodsExcludesHostbased,
];

/// Where the option of ssh's algorithms has another name.
const OLD_NAMES: &[&str] =
    &["hostbasedacceptedkeytypes", "hostbasedkeytypes", "hostbasedalgorithms", "hostbasedacceptedalgorithms"];

/// What ssh's lines of one connection tell.
pub(super) fn told(login: &Login) -> Told {
    let mut told = Told::default();
    let release = login.first(Fact::Banner).and_then(|event| Release::parse(&event.text));
    for (id, event) in login.causes() {
        told.sure(id, event);
        if id == Id::PubPrivateMismatch {
            told.weaker(Id::FirstBadKeyStopsMethod, Severity::Information, event);
        }
    }
    if login.has(Fact::LetIn) {
        // What went wrong before did not matter.
        told.findings.retain(|finding| finding.id == Id::AuthenticationmethodsExcludesHostbased);
        return told;
    }
    releases(login, Machine::Client, &mut told);
    if let Some(event) = login.first(Fact::Shared) {
        told.weaker(Id::ControlmasterHidesState, Severity::Warning, event);
    }
    for event in login.all(Fact::BadOption) {
        let file = event.word(0).filter(|file| file.starts_with('/') && !file.contains(' '));
        let option = event.word(2).unwrap_or_default().trim_matches('"').to_ascii_lowercase();
        match file {
            // What `sshd -t` prints, and an sshd that logs to a file, has nobody's name in front.
            Some(file) if file.contains("sshd_config") => {
                let event = Event { machine: Machine::Server, ..event.clone() };
                super::server::bad_option(&event, &mut told);
            }
            Some(_) if OLD_NAMES.contains(&option.as_str()) => told.sure(Id::OptionNameVersionSkew, event),
            Some(_) => told.sure(Id::GlobalConfigBadOptionKillsHelper, event),
            None => {}
        }
    }
    if told.has_error() {
        return told;
    }
    helper(login, release.as_ref(), &mut told);
    if told
        .findings
        .iter()
        .all(|finding| finding.severity < Severity::Warning || finding.id == Id::ControlmasterHidesState)
    {
        method(login, release.as_ref(), &mut told);
    }
    told
}

/// What the helper says, where that decides nothing by itself.
fn helper(login: &Login, release: Option<&Release>, told: &mut Told) {
    if let Some(event) = login.first(Fact::NotEnabled) {
        told.one_of(NOT_ENABLED, event);
    } else if let Some(event) = login.first(Fact::NoKeyOpened) {
        told.one_of(NO_KEY_OPENED, event);
    } else if let Some(event) = login.first(Fact::NotValid) {
        let is_old = release.is_some_and(|release| release.number < (8, 9));
        let is_long = login.first(Fact::KeyExchange).and_then(|event| event.word(0)).is_some_and(is_long_hash);
        let id = Id::SessionHashLongerThan32Rejected;
        let ids = [id, Id::HelperAndClientVersionSkew];
        told.one_of(if is_old && is_long { ids.get(..1).unwrap_or(&ids) } else { &ids }, event);
    } else if let Some(event) = login.first(Fact::NoReply) {
        told.one_of(&[Id::KeysignNotEnabled, Id::KeysignNotSetuid, Id::HelperAndClientVersionSkew], event);
    }
}

/// Whether the session id of this key exchange has more than 32 bytes.
fn is_long_hash(algorithm: &str) -> bool {
    ["sha512", "sha384", "nistp384", "nistp521"].iter().any(|hash| algorithm.contains(hash))
}

/// Whether hostbased is offered, tried, and with what.
fn method(login: &Login, release: Option<&Release>, told: &mut Told) {
    let offered = login.last(Fact::Offered).or_else(|| login.last(Fact::Denied));
    if let Some(event) = login.first(Fact::NoMoreKeys).filter(|_| !login.has(Fact::Offers)) {
        told.one_of(no_keys(login, release), event);
    } else if let Some(event) = login.last(Fact::Sent).or_else(|| login.last(Fact::Offers)) {
        refused(login, event, told);
    } else if let Some(event) = offered {
        let list = event.words.last().map(String::as_str).unwrap_or_default();
        if !has_method(list) {
            told.one_of(NOT_OFFERED, event);
            told.is_on(Machine::Server);
        } else if login.has(Fact::Offered) && !login.has(Fact::Tries) {
            told.one_of(&not_tried(login), event);
        }
    } else if let Some(event) = login.first(Fact::NoServer) {
        told.one_of(&[Id::GroupReadableHostKeysRefused, Id::DirectiveNotAllowedInMatch], event);
        told.is_on(Machine::Server);
    }
}

/// The server refused what the client did right.
fn refused(login: &Login, event: &Event, told: &mut Told) {
    let is_over = login.last(Fact::Closed).is_some_and(|closed| closed.line > event.line) && !login.has(Fact::Denied);
    if let Some(closed) = login.last(Fact::Closed).filter(|_| is_over) {
        told.one_of(&[Id::PamAccountDenies, Id::PerSourcePenaltyLocksOutNode], closed);
        told.is_on(Machine::Server);
    } else {
        told.weaker(Id::LogLevelHidesEverything, Severity::Warning, event);
        told.is_on(Machine::Server);
        if let Some(event) = login.first(Fact::Proxy) {
            told.weaker(Id::ProxycommandOrProxyjump, Severity::Warning, event);
        }
        if let Some(event) = login.first(Fact::Unreadable) {
            told.weaker(Id::PubFilesUnreadable, Severity::Warning, event);
        }
        if let Some(event) = login.first(Fact::NoOwnName) {
            told.weaker(Id::PacketNameIsShortOrWrong, Severity::Warning, event);
            told.weaker(Id::Ipv6SourceAddress, Severity::Warning, event);
        }
    }
}

/// Why ssh has no key to offer.
fn no_keys(login: &Login, release: Option<&Release>) -> &'static [Id] {
    const UNREADABLE: &[Id] = &[Id::PubFilesMissing, Id::PubFilesUnreadable, Id::PrivateKeysNotAtFixedPaths];
    const RSA: &[Id] = &[Id::RsaHostbasedBroken85To88, Id::ClientAlgListExcludesKeys, Id::PubFilesMissing];
    const ALL: &[Id] = &[
        Id::PubFilesMissing,
        Id::PubFilesUnreadable,
        Id::PrivateKeysNotAtFixedPaths,
        Id::ClientAlgListExcludesKeys,
        Id::DsaOnlyHost,
    ];
    let number = release.map(|release| release.number);
    match number {
        _ if login.has(Fact::Unreadable) => &[Id::PubFilesUnreadable],
        _ if login.has(Fact::NoPublicKeys) => UNREADABLE,
        // Since 9.2 it would have said that it read none.
        Some(number) if number >= (9, 2) => &[Id::ClientAlgListExcludesKeys],
        Some(number) if ((8, 5)..(8, 9)).contains(&number) => RSA,
        _ => ALL,
    }
}

/// Why ssh does not try a method that is offered.
fn not_tried(login: &Login) -> Vec<Id> {
    let preferred = login.first(Fact::Preferred).and_then(|event| event.word(0));
    if preferred.is_some_and(|list| !has_method(list)) {
        return vec![Id::PreferredAuthOmitsHostbased];
    }
    let mut ids = vec![Id::ClientHostbasedOff, Id::HostBlockMissesTypedName, Id::UserConfigDisables];
    if preferred.is_none() {
        ids.push(Id::PreferredAuthOmitsHostbased);
    }
    let reads_global = login.all(Fact::ReadsConfig).any(|event| event.word(0) == Some("/etc/ssh/ssh_config"));
    if login.has(Fact::ReadsConfig) && !reads_global {
        ids.insert(0, Id::DashFSkipsGlobal);
    }
    ids
}

/// Whether hostbased is in a list of methods.
pub(super) fn has_method(list: &str) -> bool {
    list.split(',').any(|method| method == "hostbased")
}
