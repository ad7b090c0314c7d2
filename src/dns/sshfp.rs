//! SSHFP records: fingerprints of host keys in the DNS ([RFC 4255](https://www.rfc-editor.org/rfc/rfc4255)).

use std::fmt;
use std::fmt::Write as _;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::key::{BaseType, PublicKey};

/// The digests that SSHFP records can have ([RFC 4255 section 3.1.2](https://www.rfc-editor.org/rfc/rfc4255#section-3.1.2),
/// [RFC 6594 section 4.1](https://www.rfc-editor.org/rfc/rfc6594#section-4.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SshfpDigest {
    /// SHA-1, which vouches for nothing any more.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl SshfpDigest {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

    /// The digest of that name, upper and lower case being the same.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| digest.name().eq_ignore_ascii_case(name))
    }

    /// Its name, as `-O hashalg=` of ssh-keygen(1) takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// Its number in a record.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Sha1 => 1,
            Self::Sha256 => 2,
        }
    }

    fn of(self, blob: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(blob).to_vec(),
            Self::Sha256 => Sha256::digest(blob).to_vec(),
        }
    }
}

/// One record's content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SshfpRecord {
    /// The key's algorithm, by its number.
    pub algorithm: u8,
    /// The digest's number.
    pub digest: u8,
    /// The key's digest.
    pub fingerprint: Vec<u8>,
}

/// The number of a key's algorithm; `None` when its type has none (IANA, "SSHFP RR Types for public key algorithms": RFC
/// 4255, RFC 6594, RFC 7479; OpenSSH: dns.c `dns_read_key`). Certificates have none, nor have keys of FIDO tokens and of
/// ML-DSA.
#[must_use]
pub fn sshfp_algorithm(key: &PublicKey) -> Option<u8> {
    match key.key_type().base {
        _ if key.key_type().certificate => None,
        BaseType::Rsa => Some(1),
        BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521 => Some(3),
        BaseType::Ed25519 => Some(4),
        BaseType::SkEcdsaP256 | BaseType::SkEd25519 | BaseType::Mldsa44Ed25519 => None,
    }
}

impl SshfpRecord {
    /// The record of a key; `None` when its type has no number.
    #[must_use]
    pub fn of(key: &PublicKey, digest: SshfpDigest) -> Option<Self> {
        let algorithm = sshfp_algorithm(key)?;
        Some(Self { algorithm, digest: digest.number(), fingerprint: digest.of(key.blob()) })
    }
}

impl fmt::Display for SshfpRecord {
    /// The content as a zone file has it: two numbers and the digest in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = self.fingerprint.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        write!(f, "{} {} {hex}", self.algorithm, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::parse_public_key_line;

    #[test]
    fn a_record_is_that_of_ssh_keygen() {
        // ssh-keygen -r Node1 -f key.pub
        let line = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
        let key = parse_public_key_line(line).unwrap().0;
        let texts = SshfpDigest::ALL.map(|digest| SshfpRecord::of(&key, digest).unwrap().to_string());
        assert_eq!(
            texts,
            [
                "4 1 67f301ba5648d4e138e5b8ee85239c53720553c0",
                "4 2 3ba9aff7e641818b4bb2a596089a17fd87d3eff69af66591b96ea070123962cd"
            ]
        );
    }

    #[test]
    fn digests_have_their_names_in_any_case() {
        assert_eq!(SshfpDigest::from_name("SHA256"), Some(SshfpDigest::Sha256));
        assert_eq!(SshfpDigest::from_name("sha1"), Some(SshfpDigest::Sha1));
        assert_eq!(SshfpDigest::from_name("sha512"), None);
    }
}
