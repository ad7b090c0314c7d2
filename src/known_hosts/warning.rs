//! Entries that are read well, but hardly say what was meant.

use std::net::IpAddr;

use thiserror::Error;

use super::entry::{Entry, Hosts, Marker};
use super::line::Fields;
use super::revoked::BYTE_ORDER_MARK;
use crate::key::{KeyType, decode_base64};
use crate::name::address_text;
use crate::pattern::MAX_PATTERN_BYTES;

/// Why an entry hardly says what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Warning {
    /// An `@revoked` line that OpenSSH skips: see [`Entry::irregular`].
    #[error("OpenSSH does not understand this @revoked line and accepts the key")]
    LostRevocation,
    /// `[name]:port`: hostbased authentication looks up a name without port.
    #[error("[name]:port never matches in hostbased authentication; add the bare name")]
    PortForm,
    /// A network: there are no such patterns.
    #[error("a network (10.0.0.0/24) matches no address; write a pattern (10.0.0.*)")]
    Network,
    /// An address in another text than the one that is looked up.
    #[error("the address is not in its shortest lower-case form, and never matches")]
    AddressText,
    /// A final dot, which no looked-up name has.
    #[error("a name with a final dot never matches")]
    FinalDot,
    /// A pattern of 1023 bytes or more, which spoils the whole line.
    #[error("a pattern of {MAX_PATTERN_BYTES} bytes or more makes the whole line match nothing")]
    LongPattern,
    /// Negated patterns only, which never match.
    #[error("all patterns are negated, so the line matches nothing")]
    OnlyNegated,
    /// The first name begins with a byte order mark.
    #[error("a byte order mark is part of the first name")]
    ByteOrderMark,
    /// A certificate instead of a key.
    #[error("a certificate is no host's key: the line can only make the host's real key look changed")]
    Certificate,
    /// Another key stands where the comment should.
    #[error("a second key on the line is taken for a comment")]
    SecondKey,
}

impl Entry {
    /// What should be told to whoever keeps the file; each kind once.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        if self.irregular.is_some() {
            found.push(Warning::LostRevocation);
        }
        if let Hosts::Patterns(list) = &self.hosts {
            list_warnings(list, &mut found);
        }
        if self.key.certificate().is_some() && self.marker != Some(Marker::Revoked) {
            found.push(Warning::Certificate);
        }
        if holds_key(&self.comment) {
            found.push(Warning::SecondKey);
        }
        found
    }
}

fn list_warnings(list: &[u8], found: &mut Vec<Warning>) {
    if list.starts_with(BYTE_ORDER_MARK) {
        found.push(Warning::ByteOrderMark);
    }
    let elements = || list.split(|&byte| byte == b',').filter(|element| !element.is_empty());
    if elements().all(|element| element.starts_with(b"!")) {
        found.push(Warning::OnlyNegated);
    }
    for element in elements() {
        let warning = match element.strip_prefix(b"!").unwrap_or(element) {
            long if long.len() >= MAX_PATTERN_BYTES => Warning::LongPattern,
            name if name.starts_with(b"[") => Warning::PortForm,
            name if name.contains(&b'/') => Warning::Network,
            name if name.ends_with(b".") => Warning::FinalDot,
            name if is_other_address_text(name) => Warning::AddressText,
            _ => continue,
        };
        if !found.contains(&warning) {
            found.push(warning);
        }
    }
}

/// Whether it is an address that is written in another way than OpenSSH looks it up.
fn is_other_address_text(name: &[u8]) -> bool {
    let text = std::str::from_utf8(name).unwrap_or_default();
    text.parse::<IpAddr>().is_ok_and(|address| !address_text(address).eq_ignore_ascii_case(text))
}

fn holds_key(comment: &[u8]) -> bool {
    let (name, rest) = comment.split_field();
    let (base64, _) = rest.trim_blanks_start().split_field();
    KeyType::from_name(name).is_some() && decode_base64(base64.trim_ascii_end()).is_some_and(|blob| !blob.is_empty())
}
