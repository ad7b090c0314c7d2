//! Lines to be written: `NAME,ADDRESS keytype key comment`.

use thiserror::Error;

use super::entry::Marker;
use super::hashed::HashedName;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::name::HostText;

/// Why no line can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NewEntryError {
    /// Nobody's key.
    #[error("an entry needs at least one name or address")]
    NoNames,
    /// A certificate is useless in known_hosts: its authority's key belongs there, marked `@cert-authority`.
    #[error("a certificate is no host's key; its authority's key belongs there, with the marker @cert-authority")]
    Certificate,
}

/// An entry to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// Its marker, if any.
    pub marker: Option<Marker>,
    /// Names and addresses, in the order in which they are to stand.
    pub names: &'a [HostText],
    /// A plain key.
    pub key: &'a PublicKey,
    /// What to write behind the key; may be empty. Everything but plain printable text is escaped
    /// ([`mod@crate::escape`]).
    pub comment: &'a [u8],
}

impl NewEntry<'_> {
    /// The line, without line end.
    ///
    /// # Errors
    /// [`NewEntryError`].
    pub fn to_line(&self) -> Result<Vec<u8>, NewEntryError> {
        self.check()?;
        let names: Vec<&str> = self.names.iter().map(HostText::as_str).collect();
        Ok(self.line(&names.join(",")))
    }

    /// One line for each name, which is hashed with a salt of its own: `salt` gives 20 fresh random bytes each time.
    ///
    /// # Errors
    /// [`NewEntryError`].
    pub fn to_hashed_lines(&self, mut salt: impl FnMut() -> [u8; 20]) -> Result<Vec<Vec<u8>>, NewEntryError> {
        self.check()?;
        let hashed = self.names.iter().map(|name| HashedName::new(name.as_bytes(), salt()).to_string());
        Ok(hashed.map(|name| self.line(&name)).collect())
    }

    fn check(&self) -> Result<(), NewEntryError> {
        match () {
            () if self.names.is_empty() => Err(NewEntryError::NoNames),
            () if self.key.certificate().is_some() => Err(NewEntryError::Certificate),
            () => Ok(()),
        }
    }

    fn line(&self, hosts: &str) -> Vec<u8> {
        let mut line = match self.marker {
            // Always a blank: OpenSSH takes a marker with a tab behind it for no marker.
            Some(marker) => format!("{} ", marker.as_str()),
            None => String::new(),
        };
        line.push_str(hosts);
        line.push(' ');
        line.push_str(&self.key.to_line());
        if !self.comment.is_empty() {
            line.push_str(&format!(" {}", escape(self.comment)));
        }
        line.into_bytes()
    }
}
