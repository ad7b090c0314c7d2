//! How a key is revoked.

use std::fmt;

/// How a key or certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// The key itself, of a certificate the plain key inside.
    Key(Means),
    /// The certificate, by its key id.
    KeyId(Scope),
    /// The certificate, by its serial number.
    Serial(Scope),
    /// The authority (CA) that signed the certificate.
    Authority(Means),
}

/// By what a plain key is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Means {
    /// A line of a list of keys; this is the first such line, counted from 1.
    Line(usize),
    /// The key itself, in a KRL.
    ExplicitKey,
    /// Its SHA-1 fingerprint, in a KRL.
    Sha1,
    /// Its SHA-256 fingerprint, in a KRL.
    Sha256,
}

/// Whose certificates a KRL's serial numbers or key ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of the certificate's authority.
    ItsAuthority,
    /// Those of any authority.
    AnyAuthority,
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(means) => write!(f, "the key is revoked by {means}"),
            Self::KeyId(scope) => write!(f, "the certificate is revoked by its key id {scope}"),
            Self::Serial(scope) => write!(f, "the certificate is revoked by its serial number {scope}"),
            Self::Authority(means) => write!(f, "the certificate's authority is revoked by {means}"),
        }
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::ExplicitKey => f.write_str("an entry of the KRL"),
            Self::Sha1 => f.write_str("its SHA-1 fingerprint in the KRL"),
            Self::Sha256 => f.write_str("its SHA-256 fingerprint in the KRL"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ItsAuthority => "under its authority",
            Self::AnyAuthority => "under any authority",
        })
    }
}
