//! Fingerprints as ssh-keygen(1) prints them.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64Unpadded, Encoding};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The SHA-256 fingerprint of a key blob: `SHA256:` and 43 base64 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes. Of a certificate OpenSSH fingerprints the plain key inside.
    #[must_use]
    pub fn of(blob: &[u8]) -> Self {
        Self(Sha256::digest(blob).into())
    }
}

/// Why a text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FingerprintError {
    /// It does not begin with `SHA256:`.
    #[error("a fingerprint begins with SHA256: (MD5 ones prove nothing; ssh-keygen -lf FILE prints the right form)")]
    Prefix,
    /// What follows is not the base64 of 32 bytes.
    #[error("SHA256: must be followed by 43 characters of base64, without padding")]
    Base64,
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digest = text.strip_prefix("SHA256:").ok_or(FingerprintError::Prefix)?;
        let mut bytes = [0; 32];
        match Base64Unpadded::decode(digest, &mut bytes) {
            Ok(decoded) if decoded.len() == 32 => Ok(Self(bytes)),
            _ => Err(FingerprintError::Base64),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", Base64Unpadded::encode_string(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_digest_go_both_ways() {
        let fingerprint = Fingerprint::of(b"");
        let text = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(text.parse(), Ok(fingerprint));
        assert_eq!("MD5:d4:1d".parse::<Fingerprint>(), Err(FingerprintError::Prefix));
        assert_eq!("SHA256:47DE".parse::<Fingerprint>(), Err(FingerprintError::Base64));
        assert_eq!(format!("{text}=").parse::<Fingerprint>(), Err(FingerprintError::Base64));
    }
}
