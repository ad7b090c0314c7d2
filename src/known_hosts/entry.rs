//! A key and the hosts that it belongs to.

use super::hashed::{HashedName, HashedNameError};
use super::line::LineProblem;
use super::revoked;
use crate::key::PublicKey;
use crate::pattern::{self, Case, ListMatch};

/// What a key is marked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marker {
    /// `@cert-authority`: the key signs host certificates.
    CertAuthority,
    /// `@revoked`: the key must never be accepted.
    Revoked,
}

impl Marker {
    /// The word that stands in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CertAuthority => "@cert-authority",
            Self::Revoked => "@revoked",
        }
    }

    pub(super) fn from_word(word: &[u8]) -> Option<Self> {
        [Self::CertAuthority, Self::Revoked].into_iter().find(|marker| marker.as_str().as_bytes() == word)
    }
}

/// Which hosts an entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hosts {
    /// A list of names and patterns with commas between them, as it stands in the file.
    Patterns(Vec<u8>),
    /// One hashed name.
    Hashed(HashedName),
    /// Only on an `@revoked` line that OpenSSH cannot read: the words that stand where hosts may be meant, with blanks
    /// between them. When there is none, every host is meant.
    Unclear(Vec<u8>),
}

impl Hosts {
    pub(super) fn parse(field: &[u8]) -> Result<Self, HashedNameError> {
        match field {
            [b'|', ..] => HashedName::parse(field).map(Self::Hashed),
            _ => Ok(Self::Patterns(field.to_vec())),
        }
    }

    /// hostfile.c `match_maybe_hashed`
    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Hashed(hashed) => hashed.matches(name),
            Self::Patterns(list) => matches_list(list, name),
            Self::Unclear(words) => revoked::matches_words(words, name),
        }
    }
}

/// OpenSSH sees no element behind a final comma (match.c `match_pattern_list`).
pub(super) fn matches_list(list: &[u8], name: &[u8]) -> bool {
    let list = list.strip_suffix(b",").unwrap_or(list);
    pattern::matches_list(name, list, Case::Fold) == ListMatch::Yes
}

/// A line with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) marker: Option<Marker>,
    pub(super) hosts: Hosts,
    /// Where the hosts field begins in the line's text, for rewriting it.
    pub(super) hosts_at: usize,
    pub(super) key: PublicKey,
    pub(super) comment: Vec<u8>,
    pub(super) irregular: Option<LineProblem>,
}

impl Entry {
    /// Its marker; most have none.
    #[must_use]
    pub const fn marker(&self) -> Option<Marker> {
        self.marker
    }

    /// The hosts it is for.
    #[must_use]
    pub const fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Its key. A certificate here is useless: it never equals a host's key (OpenSSH: sshkey.c `sshkey_equal`).
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What follows the key, without white space around it.
    #[must_use]
    pub fn comment(&self) -> &[u8] {
        &self.comment
    }

    /// For an `@revoked` line only: what is wrong with it, so that OpenSSH skips it and **accepts the key**. Here it
    /// revokes all the same; it should be mended for OpenSSH's sake.
    #[must_use]
    pub const fn irregular(&self) -> Option<&LineProblem> {
        self.irregular.as_ref()
    }

    /// Whether it is for the host of this name: a name or address as it is looked up, without port and final dot.
    ///
    /// Names and patterns match in any case; a hashed name only as given. A revocation errs on the side of matching: its
    /// hashed names match the lower-case form too, and where its hosts cannot be told, it matches.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        match (self.marker, &self.hosts) {
            (Some(Marker::Revoked), Hosts::Hashed(hashed)) => revoked::matches_hashed(hashed, name),
            (Some(Marker::Revoked), Hosts::Patterns(list)) => revoked::matches_list(list, name),
            (_, hosts) => hosts.matches(name),
        }
    }
}
