//! Whether a key is a host's (OpenSSH: hostfile.c `check_key_in_hostkeys`, `check_key_not_revoked`).

use std::fmt;

use super::Document;
use super::entry::{Entry, Marker};
use crate::key::{Certificate, PublicKey};

/// What can be asked for the entries of a host: a [`Document`], an [`Index`](super::Index) where the file is long and
/// asked often, or a [`Scan`](super::Scan) where it is asked once.
pub trait KnownHosts: fmt::Debug {
    /// Visits the entries that are for the host of this name ([`Entry::matches`]), each once and in the order of their
    /// lines, with the number of the line, counted from 1.
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry));
}

impl KnownHosts for Document {
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry)) {
        for (line, entry) in self.entries().filter(|(_, entry)| entry.matches(name)) {
            visit(line, entry);
        }
    }
}

/// A file's content and the name it is spoken of by.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file's name, for [`Place`].
    pub file: &'a str,
    /// Its content.
    pub document: &'a dyn KnownHosts,
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
    let mut seen = Seen::default();
    for &Source { file, document } in sources {
        document.for_each_matching(name, &mut |line, entry| seen.add(Place { file, line }, entry, key));
    }
    seen.status()
}

/// What the matching entries said so far: of each kind, the first.
#[derive(Default)]
struct Seen<'a> {
    revoked: Option<Place<'a>>,
    ok: Option<Place<'a>>,
    same_type: Option<Place<'a>>,
    other_type: Option<Place<'a>>,
}

impl<'a> Seen<'a> {
    fn add(&mut self, place: Place<'a>, entry: &Entry, key: &PublicKey) {
        let authority = key.certificate().map(Certificate::authority);
        let kind = match (entry.marker(), authority) {
            (Some(Marker::Revoked), _) => {
                let revoked = entry.key().plain();
                let is_revoked =
                    key.plain() == revoked || authority.is_some_and(|authority| authority.plain() == revoked);
                is_revoked.then_some(&mut self.revoked)
            }
            (Some(Marker::CertAuthority), Some(authority)) => {
                (entry.key().plain() == authority).then_some(&mut self.ok)
            }
            (Some(Marker::CertAuthority), None) | (None, Some(_)) => None,
            (None, None) if entry.key() == key => Some(&mut self.ok),
            (None, None) if entry.key().key_type() == key.key_type() => Some(&mut self.same_type),
            (None, None) => Some(&mut self.other_type),
        };
        if let Some(first) = kind {
            first.get_or_insert(place);
        }
    }

    fn status(&self) -> HostKeyStatus<'a> {
        match (self.revoked, self.ok, self.same_type.or(self.other_type)) {
            (Some(place), _, _) => HostKeyStatus::Revoked(place),
            (None, Some(place), _) => HostKeyStatus::Ok(place),
            (None, None, Some(place)) => HostKeyStatus::Changed(place),
            (None, None, None) => HostKeyStatus::New,
        }
    }
}
