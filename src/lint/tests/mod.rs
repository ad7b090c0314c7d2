//! Every rule, each with its near misses; what a line is said to do, the matchers do.

mod certificates;
mod equiv;
mod files;
mod hosts;
mod known_hosts;
mod mending;
mod property;

use super::*;
use crate::enroll::{Files, Names};
use crate::key::{PublicKey, parse_public_key_file};

fn read(file: &str) -> PublicKey {
    parse_public_key_file(file.as_bytes()).unwrap()
}

pub(super) fn ed() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ed25519.pub"))
}

pub(super) fn other() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ca.pub"))
}

pub(super) fn rsa() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/rsa.pub"))
}

pub(super) fn certificate() -> PublicKey {
    read(include_str!("../../../tests/vectors/keys/ed25519-cert.pub"))
}

/// The text with keys in the places of `{ed}`, `{other}`, `{rsa}` and `{cert}`.
pub(super) fn with_keys(text: &str) -> String {
    [("{ed}", ed()), ("{other}", other()), ("{rsa}", rsa()), ("{cert}", certificate())]
        .into_iter()
        .fold(text.to_owned(), |text, (name, key)| text.replace(name, &key.to_line()))
}

pub(super) fn files(known_hosts: &str, shosts: &str) -> Files {
    Files::parse(with_keys(known_hosts).as_bytes(), shosts.as_bytes())
}

/// `file:line:bytes code`, with a `!` behind an error's code, a `.` behind an information's, and `fix` or `admits` where
/// something mends it.
pub(super) fn shown(found: &[Finding]) -> Vec<String> {
    let show = |finding: &Finding| {
        let place = match &finding.place {
            Place::Path(path) => path.clone(),
            Place::File(file) => name(*file).to_owned(),
            Place::Line { file, line, start, end } => format!("{}:{line}:{start}-{end}", name(*file)),
        };
        let weight = match finding.severity {
            Severity::Error => "!",
            Severity::Warning => "",
            Severity::Information => ".",
        };
        let fix = match &finding.fix {
            None => "",
            Some(fix) if fix.admits => " admits",
            Some(_) => " fix",
        };
        format!("{place} {}{weight}{fix}", finding.code)
    };
    found.iter().map(show).collect()
}

fn name(file: File) -> &'static str {
    match file {
        File::KnownHosts => "k",
        File::KnownHosts2 => "k2",
        File::ShostsEquiv => "s",
        File::HostsEquiv => "h",
    }
}

/// What is found in both files.
pub(super) fn found(known_hosts: &str, shosts: &str, names: Option<Names>) -> Vec<String> {
    shown(&lint(&Inputs::of_files(&files(known_hosts, shosts), names)))
}

/// What is found in shosts.equiv alone.
pub(super) fn found_in_equiv(text: impl AsRef<[u8]>, names: Option<Names>) -> Vec<String> {
    let document = crate::shosts::Document::parse(text.as_ref());
    shown(&lint(&Inputs { shosts: Some(&document), names, ..Inputs::default() }))
}

/// What is found in ssh_known_hosts alone.
pub(super) fn found_in_known_hosts(text: &str) -> Vec<String> {
    let document = crate::known_hosts::Document::parse(with_keys(text).as_bytes());
    let found = lint(&Inputs { known_hosts: Some(&document), now: Some(1_800_000_000), ..Inputs::default() });
    shown(&found.into_iter().filter(|finding| finding.code != Code::NotAdmitted).collect::<Vec<_>>())
}
