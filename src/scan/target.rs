//! One host to scan: where to find it, and the names under which its keys are printed.

use std::fmt;

use thiserror::Error;

use crate::escape::escape;

/// Most addresses in one address list.
pub const MAX_ADDRESSES: usize = 256;

/// Why an input line, or a host given as an argument, cannot be scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InputError {
    /// Bytes that are no UTF-8 text.
    #[error("the line is not UTF-8 text")]
    NotUtf8,
    /// An address list with nothing between two commas, or nothing at all.
    #[error("an address is missing: give HOST[,HOST...], without blanks around the commas")]
    EmptyAddress,
    /// More than [`MAX_ADDRESSES`].
    #[error("the address list has more than {MAX_ADDRESSES} entries")]
    TooManyAddresses,
    /// `[host` without its bracket, or what follows it is no port.
    #[error("brackets stand for [HOST]:PORT, with a port from 1 to 65535")]
    Brackets,
    /// The addresses of one host with different ports.
    #[error("the addresses of one host must all have the same port: give one line for each port")]
    MixedPorts,
    /// A range with a name list, or inside an address list.
    #[error("a range stands alone: each of its addresses is a host of its own, without other names")]
    RangeInList,
    /// Not a range.
    #[error("not a range: give ADDRESS/BITS, with 0 to 32 bits for IPv4 and 0 to 128 for IPv6")]
    Range,
    /// More than one word of names.
    #[error("the name list holds a blank: separate names by commas")]
    NamesBlank,
    /// A byte that has a meaning of its own in known_hosts, or none in a name.
    #[error("{byte:#04x} cannot stand in a name that is printed into known_hosts")]
    NamesByte {
        /// The byte.
        byte: u8,
    },
}

/// A host to scan. Made by [`Target::new`], [`Target::with_names`] or from an input line.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target {
    addresses: Vec<String>,
    names: String,
    port: u16,
}

impl Target {
    /// A host under the name or address by which it is reached.
    ///
    /// # Errors
    /// [`InputError`], when the text cannot be a host name or address.
    pub fn new(host: &str, port: u16) -> Result<Self, InputError> {
        Self::with_names(vec![host.to_owned()], host.to_owned(), port)
    }

    /// A host that is reached under one of these names or addresses, tried in order, and printed under `names`, a
    /// comma-separated list.
    ///
    /// # Errors
    /// [`InputError`], for an empty or overlong list, and for names that would make another line in known_hosts than
    /// they seem to.
    pub fn with_names(addresses: Vec<String>, names: String, port: u16) -> Result<Self, InputError> {
        if addresses.is_empty() || addresses.iter().any(String::is_empty) {
            return Err(InputError::EmptyAddress);
        }
        if addresses.len() > MAX_ADDRESSES {
            return Err(InputError::TooManyAddresses);
        }
        for address in &addresses {
            check_bytes(address)?;
        }
        check_names(&names)?;
        Ok(Self { addresses, names, port })
    }

    /// Where it is looked for, in order.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// The comma-separated names under which its keys are printed, as given.
    #[must_use]
    pub fn names(&self) -> &str {
        &self.names
    }

    /// The TCP port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// A name list stands first on a line: what begins with `@`, `|` or `#` would be read as a marker, a hash or a
/// comment (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
fn check_names(names: &str) -> Result<(), InputError> {
    if names.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Err(InputError::NamesBlank);
    }
    check_bytes(names)?;
    for name in names.split(',') {
        match name.bytes().next() {
            None => return Err(InputError::EmptyAddress),
            Some(byte @ (b'@' | b'|' | b'#')) => return Err(InputError::NamesByte { byte }),
            Some(_) => {}
        }
    }
    Ok(())
}

fn check_bytes(text: &str) -> Result<(), InputError> {
    match text.bytes().find(|byte| !byte.is_ascii_graphic()) {
        Some(byte) => Err(InputError::NamesByte { byte }),
        None => Ok(()),
    }
}

impl fmt::Display for Target {
    /// `NAMES:PORT`, escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", escape(&self.names), self.port)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self} at {:?})", self.addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_known_hosts_would_misread_are_refused() {
        let names = |names: &str| Target::with_names(vec!["10.0.0.1".into()], names.into(), 22).map(|_| ());
        assert_eq!(names("a,b.example,*.c,[d]:2200"), Ok(()));
        assert_eq!(names("a b"), Err(InputError::NamesBlank));
        assert_eq!(names("a\tb"), Err(InputError::NamesBlank));
        assert_eq!(names("a,,b"), Err(InputError::EmptyAddress));
        assert_eq!(names(""), Err(InputError::EmptyAddress));
        assert_eq!(names("@revoked"), Err(InputError::NamesByte { byte: b'@' }));
        assert_eq!(names("a,|1|x|y"), Err(InputError::NamesByte { byte: b'|' }));
        assert_eq!(names("#a"), Err(InputError::NamesByte { byte: b'#' }));
        assert_eq!(names("a\x1b[m"), Err(InputError::NamesByte { byte: 0x1b }));
        assert_eq!(names("ä"), Err(InputError::NamesByte { byte: 0xc3 }));
        assert_eq!(Target::new("", 22), Err(InputError::EmptyAddress));
        assert_eq!(Target::new("a b", 22), Err(InputError::NamesByte { byte: b' ' }));
        let many = vec!["a".to_owned(); MAX_ADDRESSES + 1];
        assert_eq!(Target::with_names(many, "a".into(), 22), Err(InputError::TooManyAddresses));
    }
}
