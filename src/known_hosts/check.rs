//! Whether a key is a host's (OpenSSH: hostfile.c `check_key_in_hostkeys`, `check_key_not_revoked`).

use super::Document;
use super::entry::{Entry, Marker};
use crate::key::{Certificate, PublicKey};

/// A document and the name it is spoken of by.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file's name, for [`Place`].
    pub file: &'a str,
    /// Its content.
    pub document: &'a Document,
}

/// The line that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The [`Source`]'s name.
    pub file: &'a str,
    /// The line's number, counted from 1.
    pub line: usize,
}

/// What the files say of a host and a key. Only [`HostKeyStatus::Ok`] lets anyone in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum HostKeyStatus<'a> {
    /// The key is the host's, or its certificate was signed by an authority for the host. The first such line.
    Ok(Place<'a>),
    /// The host has other keys, and not this one (plain keys only). The first line with a key of the same type, or else
    /// the first of all.
    Changed(Place<'a>),
    /// Nothing is known of the host, or no authority is for it.
    New,
    /// The key, the key inside the certificate, or its authority is revoked for the host. Above all else.
    Revoked(Place<'a>),
}

/// Decides over several files, in their order: sshd asks the system's and the user's at once, and the two old ones
/// (`ssh_known_hosts2`, `known_hosts2`) in a second round, only when the first gave [`HostKeyStatus::New`].
///
/// `name` is looked up as it is: a host name or address, without port and final dot. Whether a certificate is valid for
/// the host at this time, and its signature right, is not asked here.
pub fn check_host_key<'a>(sources: &[Source<'a>], name: &[u8], key: &PublicKey) -> HostKeyStatus<'a> {
    let mut matching: Vec<(Place<'a>, &'a Entry)> = Vec::new();
    for &Source { file, document } in sources {
        let entries = document.entries().filter(|(_, entry)| entry.matches(name));
        matching.extend(entries.map(|(line, entry)| (Place { file, line }, entry)));
    }
    let authority = key.certificate().map(Certificate::authority);
    let marked = |marker| matching.iter().filter(move |(_, entry)| entry.marker() == marker);
    let place = |(place, _): &(Place<'a>, &Entry)| *place;

    let is_revoked = |(_, entry): &&(Place<'a>, &Entry)| {
        let revoked = entry.key().plain();
        key.plain() == revoked || authority.is_some_and(|authority| authority.plain() == revoked)
    };
    if let Some(entry) = marked(Some(Marker::Revoked)).find(is_revoked) {
        return HostKeyStatus::Revoked(place(entry));
    }
    if let Some(authority) = authority {
        return marked(Some(Marker::CertAuthority))
            .find(|(_, entry)| entry.key().plain() == authority)
            .map_or(HostKeyStatus::New, |entry| HostKeyStatus::Ok(place(entry)));
    }
    if let Some(entry) = marked(None).find(|(_, entry)| entry.key() == key) {
        return HostKeyStatus::Ok(place(entry));
    }
    let same_type = marked(None).find(|(_, entry)| entry.key().key_type() == key.key_type());
    same_type.or_else(|| marked(None).next()).map_or(HostKeyStatus::New, |entry| HostKeyStatus::Changed(place(entry)))
}
