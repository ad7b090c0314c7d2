//! Lines that are read well, but hardly say what was meant.

use std::net::IpAddr;

use thiserror::Error;

use super::Line;
use super::entry::{Entry, Who};
use super::line::{LineContent, MAX_PIECE_BYTES};
use crate::name::address_text;

/// Why a line hardly says what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Warning {
    /// A line that sshd reads in pieces, each as a line of its own: the tail of a long comment can let a host in.
    #[error("a line of more than {MAX_PIECE_BYTES} bytes is read in pieces, each as a line of its own")]
    Pieces,
    /// A wildcard, a network, a list or a port: none of them exists here.
    #[error("the host is taken literally and never matches: there are no patterns, networks, lists or ports")]
    Pattern,
    /// A final dot, which no looked-up name has.
    #[error("a host name with a final dot never matches")]
    FinalDot,
    /// An address in another text than the one that is looked up.
    #[error("the address is not in its shortest lower-case form, and never matches")]
    AddressText,
    /// The host begins with a byte order mark.
    #[error("a byte order mark is part of the host name")]
    ByteOrderMark,
    /// The user is `#…`: a comment was meant.
    #[error("the text behind # is taken for a user name; comments need lines of their own")]
    CommentAsUser,
    /// The user looks like a host name or an address.
    #[error("the second field is a user, not another host name")]
    HostAsUser,
    /// An entry with a user: in a system file that user gets into every account but root's.
    #[error("in a system file, this user of that host gets into every account but root's")]
    EveryAccount,
    /// A negative entry denies only who it matches, and only for this file.
    #[error("a denial holds for these users only, only behind it, and the next file may still allow them")]
    WeakDenial,
}

impl Line {
    /// What should be told to whoever keeps the file; each kind once.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        // A line end in a piece of its own changes nothing.
        if self.text().len() > MAX_PIECE_BYTES {
            found.push(Warning::Pieces);
        }
        for content in self.content() {
            if let LineContent::Entry(entry) = content {
                let new: Vec<_> = entry_warnings(entry).filter(|warning| !found.contains(warning)).collect();
                found.extend(new);
            }
        }
        found
    }
}

fn entry_warnings(entry: &Entry) -> impl Iterator<Item = Warning> {
    let host = match &entry.host.who {
        Who::Name(name) => host_warning(name),
        Who::Netgroup(_) => None,
    };
    let denies = entry.host.negative || entry.user.as_ref().is_some_and(|user| user.negative);
    let user = entry.user.as_ref().and_then(|user| match &user.who {
        Who::Name(name) if name.starts_with(b"#") => Some(Warning::CommentAsUser),
        Who::Name(name) if name.contains(&b'.') || address(name).is_some() => Some(Warning::HostAsUser),
        _ if denies => None,
        _ => Some(Warning::EveryAccount),
    });
    host.into_iter().chain(user).chain(denies.then_some(Warning::WeakDenial))
}

fn host_warning(name: &[u8]) -> Option<Warning> {
    match name {
        _ if name.starts_with(b"\xef\xbb\xbf") => Some(Warning::ByteOrderMark),
        _ if name.iter().any(|byte| matches!(byte, b'*' | b'?' | b'/' | b',' | b'[' | b']')) => Some(Warning::Pattern),
        _ if name.ends_with(b".") => Some(Warning::FinalDot),
        _ if address(name).is_some_and(|address| address_text(address).as_bytes() != name) => {
            Some(Warning::AddressText)
        }
        _ => None,
    }
}

fn address(name: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(name).ok()?.parse().ok()
}
