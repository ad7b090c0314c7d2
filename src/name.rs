//! Names that were checked once, where they were made, and are valid ever after; and the one that is never believed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

use crate::escape::escape;

/// Longest host name, in bytes without a final dot
/// ([RFC 1035 section 3.1](https://www.rfc-editor.org/rfc/rfc1035#section-3.1)).
pub const MAX_HOST_NAME_BYTES: usize = 253;

/// Longest label of a host name, in bytes.
pub const MAX_LABEL_BYTES: usize = 63;

/// Longest user name, in bytes: useradd(8) on Linux allows 256.
pub const MAX_USER_NAME_BYTES: usize = 256;

/// Why a text is no host name or user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// Longer than a name can be.
    #[error("the name has {length} bytes, more than the {max} allowed")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// A part between two dots is empty or too long.
    #[error("a label (the part between two dots) has {length} bytes: 1 to {MAX_LABEL_BYTES} are allowed")]
    Label {
        /// The label's length in bytes.
        length: usize,
    },
    /// A byte that no such name holds.
    #[error("the byte {byte:#04x} cannot stand there")]
    Byte {
        /// The byte.
        byte: u8,
    },
    /// The name's last label is all digits: programs take it for an address.
    #[error("the name ends in a number, so programs take it for an address")]
    Numeric,
}

/// A host's name as it is enrolled and resolved: lower case, no final dot, letters, digits, `-`, `_` and dots
/// ([RFC 1123 section 2.1](https://www.rfc-editor.org/rfc/rfc1123#section-2.1), and the underscore that real sites use).
///
/// Never an address, and never a text that `ssh_known_hosts` or `shosts.equiv` would take for a pattern, a sign, a
/// netgroup, a comment or a marker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

impl HostName {
    /// Checks a name; upper case becomes lower case and one final dot is dropped.
    ///
    /// # Errors
    /// [`NameError`], which says what cannot stand there.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > MAX_HOST_NAME_BYTES {
            return Err(NameError::TooLong { length: name.len(), max: MAX_HOST_NAME_BYTES });
        }
        for label in name.split('.') {
            check_label(label)?;
        }
        if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(NameError::Numeric);
        }
        Ok(Self(name))
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_label(label: &str) -> Result<(), NameError> {
    if label.is_empty() || label.len() > MAX_LABEL_BYTES {
        return Err(NameError::Label { length: label.len() });
    }
    let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if let Some(byte) = label.bytes().find(|byte| !allowed(byte)) {
        return Err(NameError::Byte { byte });
    }
    // A name in shosts.equiv that begins with `-` denies.
    if label.starts_with('-') { Err(NameError::Byte { byte: b'-' }) } else { Ok(()) }
}

impl FromStr for HostName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host as both files write it: its name, or one of its addresses. No text of it can be misread there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostText(String);

impl HostText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<&HostName> for HostText {
    fn from(name: &HostName) -> Self {
        Self(name.0.clone())
    }
}

impl From<IpAddr> for HostText {
    /// The text is [`address_text`]'s.
    fn from(address: IpAddr) -> Self {
        Self(address_text(address))
    }
}

impl fmt::Display for HostText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user's name: an account on the server, or the user on the client host.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(Vec<u8>);

impl UserName {
    /// Checks a name. Accounts from directories may hold nearly any byte (`DOMAIN\user`, UTF-8); what is refused is
    /// what ends a field in passwd(5): NUL, a line end and the colon.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, NameError> {
        let name = bytes.into();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > MAX_USER_NAME_BYTES {
            return Err(NameError::TooLong { length: name.len(), max: MAX_USER_NAME_BYTES });
        }
        match name.iter().find(|byte| matches!(byte, 0 | b'\n' | b':')) {
            Some(&byte) => Err(NameError::Byte { byte }),
            None => Ok(Self(name)),
        }
    }

    /// The account that owns nothing, on most systems.
    #[cfg(all(feature = "store", feature = "verify"))]
    pub(crate) fn nobody() -> Self {
        Self(b"nobody".to_vec())
    }

    /// The name's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&self.0).fmt(f)
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserName({:#})", escape(&self.0))
    }
}

/// The host name that a client *claims* in its request: bytes that nobody has checked.
///
/// It becomes a lookup name only where the policy says that the client's word counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClaimedHost<'a>(&'a [u8]);

impl<'a> ClaimedHost<'a> {
    /// Takes the name as it stood in the request.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Without its final dot; one dot only is dropped (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).
    #[must_use]
    pub fn without_dot(self) -> &'a [u8] {
        self.0.strip_suffix(b".").unwrap_or(self.0)
    }
}

impl fmt::Debug for ClaimedHost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClaimedHost({:#})", escape(self.0))
    }
}

/// An address as getnameinfo(3) writes it with `NI_NUMERICHOST`, the only text of it that both files match: IPv6 in
/// its short lower-case form, an IPv4-mapped address as IPv4 (OpenSSH: packet.c, canohost.c `ipv64_normalise_mapped`).
#[must_use]
pub fn address_text(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_lower_case_without_a_final_dot() {
        assert_eq!(HostName::new("Node-1.Cluster_A.test.").unwrap().as_str(), "node-1.cluster_a.test");
        assert_eq!(HostName::new("node1").unwrap().as_str(), "node1");
        assert_eq!(HostName::new("3com.example").unwrap().as_str(), "3com.example");
    }

    #[test]
    fn what_the_files_would_misread_is_no_host_name() {
        for (text, error) in [
            ("", NameError::Empty),
            (".", NameError::Empty),
            ("a..b", NameError::Label { length: 0 }),
            ("a..", NameError::Label { length: 0 }),
            ("-a", NameError::Byte { byte: b'-' }),
            ("+a", NameError::Byte { byte: b'+' }),
            ("@a", NameError::Byte { byte: b'@' }),
            ("#a", NameError::Byte { byte: b'#' }),
            ("!a", NameError::Byte { byte: b'!' }),
            ("|1|x", NameError::Byte { byte: b'|' }),
            ("[a]:22", NameError::Byte { byte: b'[' }),
            ("a*", NameError::Byte { byte: b'*' }),
            ("a,b", NameError::Byte { byte: b',' }),
            ("a b", NameError::Byte { byte: b' ' }),
            ("a\nb", NameError::Byte { byte: b'\n' }),
            ("ä", NameError::Byte { byte: 0xc3 }),
            ("10.0.0.1", NameError::Numeric),
            ("1.2.3", NameError::Numeric),
            ("7", NameError::Numeric),
            ("::1", NameError::Byte { byte: b':' }),
        ] {
            assert_eq!(HostName::new(text), Err(error), "{text:?}");
        }
        assert_eq!(HostName::new(&"a".repeat(64)), Err(NameError::Label { length: 64 }));
        let long = vec!["a".repeat(63); 4].join(".");
        assert_eq!(HostName::new(&long), Err(NameError::TooLong { length: 255, max: 253 }));
    }

    #[test]
    fn user_names_may_hold_what_directories_hold() {
        assert!(UserName::new("DOM\\alice").is_ok());
        assert_eq!(UserName::new(""), Err(NameError::Empty));
        assert_eq!(UserName::new("a:b"), Err(NameError::Byte { byte: b':' }));
        assert_eq!(UserName::new("a\0"), Err(NameError::Byte { byte: 0 }));
        assert_eq!(UserName::new("a\nb"), Err(NameError::Byte { byte: b'\n' }));
    }

    #[test]
    fn one_dot_is_dropped_from_a_claim() {
        assert_eq!(ClaimedHost::new(b"a.b..").without_dot(), b"a.b.");
        assert_eq!(ClaimedHost::new(b"a").without_dot(), b"a");
    }

    #[test]
    fn addresses_have_one_text() {
        assert_eq!(address_text("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1");
        assert_eq!(address_text("2001:DB8:0:0::1".parse().unwrap()), "2001:db8::1");
        assert_eq!(HostText::from("::ffff:10.0.0.1".parse::<IpAddr>().unwrap()).as_str(), "10.0.0.1");
        assert_eq!(HostText::from(&HostName::new("Node1.").unwrap()).to_string(), "node1");
    }
}
