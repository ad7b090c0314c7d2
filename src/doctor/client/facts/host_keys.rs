//! The host keys.

use super::FileFacts;
use crate::key::{Algorithm, PublicKey};

/// Where host keys are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFolder {
    /// Its path.
    pub path: String,
    /// The keys at the places that `ssh` and its helper look at.
    pub keys: Vec<HostKeyFiles>,
    /// What would be offered, in the order of `ssh`.
    pub offers: Vec<Offer>,
    /// Seconds since 1970, for the life of certificates.
    pub now: u64,
}

/// A host key's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeyFiles {
    /// The path of the private key.
    pub path: String,
    /// The private key.
    pub private: PrivateKey,
    /// The file with `.pub` behind it.
    pub public: PublicFile,
    /// The file with `-cert.pub` behind it.
    pub certificate: PublicFile,
}

/// A private key's file, which is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKey {
    /// Not there.
    Missing,
    /// Not to be seen: why, escaped.
    Hidden(String),
    /// There.
    There(FileFacts),
}

/// A file with a public key or a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicFile {
    /// Not there.
    Missing,
    /// Not to be read: why, escaped.
    Unreadable(String),
    /// It holds something else: what is wrong, escaped.
    Damaged(String),
    /// A key, and the mode of its file.
    Key(Box<PublicKey>, u32),
}

impl PublicFile {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Key(key, _) => Some(key),
            _ => None,
        }
    }
}

/// A key that would be offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The file that it stands in.
    pub path: String,
    /// The key or certificate.
    pub key: PublicKey,
    /// The algorithm that would be asked for.
    pub algorithm: Algorithm,
}
