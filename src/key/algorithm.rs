//! The names of key types and signature algorithms, and which fits which (OpenSSH: sshkey.c `keyimpls`).

use std::fmt;

use BaseType::{EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, Mldsa44Ed25519, Rsa, SkEcdsaP256, SkEd25519};
use SignatureHash::{Fixed, Sha1, Sha256, Sha512, Webauthn};

/// What kind of key it is, certificate or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BaseType {
    /// `ssh-ed25519`
    Ed25519,
    /// `sk-ssh-ed25519@openssh.com`: in a FIDO token.
    SkEd25519,
    /// `ssh-mldsa44-ed25519@openssh.com`: post-quantum and Ed25519 together.
    Mldsa44Ed25519,
    /// `ecdsa-sha2-nistp256`
    EcdsaP256,
    /// `ecdsa-sha2-nistp384`
    EcdsaP384,
    /// `ecdsa-sha2-nistp521`
    EcdsaP521,
    /// `sk-ecdsa-sha2-nistp256@openssh.com`: in a FIDO token.
    SkEcdsaP256,
    /// `ssh-rsa`
    Rsa,
}

/// A key type: what stands in front of a key in a file, and first in its blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyType {
    /// The kind of key.
    pub base: BaseType,
    /// Whether it is a certificate.
    pub certificate: bool,
}

/// Which hash or form a signature has, where the key type leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureHash {
    /// The key type fixes it.
    Fixed,
    /// RSA with SHA-1: broken, refused unless allowed by name.
    Sha1,
    /// RSA with SHA-256.
    Sha256,
    /// RSA with SHA-512.
    Sha512,
    /// A FIDO signature made through a browser.
    Webauthn,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    base: BaseType,
    certificate: bool,
    hash: SignatureHash,
}

const fn row(name: &'static str, base: BaseType, certificate: bool, hash: SignatureHash) -> Row {
    Row { name, base, certificate, hash }
}

/// Every name that OpenSSH 10.5 knows, in the order of its table: patterns expand in this order.
static ROWS: [Row; 22] = [
    row("ssh-ed25519", Ed25519, false, Fixed),
    row("ssh-ed25519-cert-v01@openssh.com", Ed25519, true, Fixed),
    row("sk-ssh-ed25519@openssh.com", SkEd25519, false, Fixed),
    row("sk-ssh-ed25519-cert-v01@openssh.com", SkEd25519, true, Fixed),
    row("ssh-mldsa44-ed25519@openssh.com", Mldsa44Ed25519, false, Fixed),
    row("ssh-mldsa44-ed25519-cert-v01@openssh.com", Mldsa44Ed25519, true, Fixed),
    row("ecdsa-sha2-nistp256", EcdsaP256, false, Fixed),
    row("ecdsa-sha2-nistp256-cert-v01@openssh.com", EcdsaP256, true, Fixed),
    row("ecdsa-sha2-nistp384", EcdsaP384, false, Fixed),
    row("ecdsa-sha2-nistp384-cert-v01@openssh.com", EcdsaP384, true, Fixed),
    row("ecdsa-sha2-nistp521", EcdsaP521, false, Fixed),
    row("ecdsa-sha2-nistp521-cert-v01@openssh.com", EcdsaP521, true, Fixed),
    row("sk-ecdsa-sha2-nistp256@openssh.com", SkEcdsaP256, false, Fixed),
    row("sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", SkEcdsaP256, true, Fixed),
    row("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", SkEcdsaP256, false, Webauthn),
    row("webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", SkEcdsaP256, true, Webauthn),
    row("ssh-rsa", Rsa, false, Sha1),
    row("ssh-rsa-cert-v01@openssh.com", Rsa, true, Sha1),
    row("rsa-sha2-256", Rsa, false, Sha256),
    row("rsa-sha2-256-cert-v01@openssh.com", Rsa, true, Sha256),
    row("rsa-sha2-512", Rsa, false, Sha512),
    row("rsa-sha2-512-cert-v01@openssh.com", Rsa, true, Sha512),
];

/// A signature algorithm, by one of the names that OpenSSH 10.5 knows.
#[derive(Clone, Copy)]
pub struct Algorithm(&'static Row);

impl Algorithm {
    /// The algorithm of that name, exactly.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::all().find(|algorithm| algorithm.name().as_bytes() == name)
    }

    /// Every algorithm, in the order of OpenSSH's table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The type of the keys that sign by it.
    #[must_use]
    pub const fn key_type(self) -> KeyType {
        KeyType { base: self.0.base, certificate: self.0.certificate }
    }

    /// Its hash or form, where the key type leaves a choice.
    #[must_use]
    pub const fn hash(self) -> SignatureHash {
        self.0.hash
    }

    /// Whether signatures by it can be verified here (feature `verify`). The others are known by name only.
    #[must_use]
    pub const fn is_verifiable(self) -> bool {
        !matches!(self.0.base, Mldsa44Ed25519) && !matches!(self.0.hash, Webauthn)
    }

    /// The algorithm without its certificate: the name that stands inside the signature.
    #[must_use]
    pub fn plain(self) -> Self {
        let same = |other: &Self| !other.0.certificate && other.0.base == self.0.base && other.0.hash == self.0.hash;
        Self::all().find(same).unwrap_or(self)
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Algorithm {}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Algorithm({})", self.name())
    }
}

impl KeyType {
    /// A key type without a certificate.
    #[must_use]
    pub const fn plain(base: BaseType) -> Self {
        Self { base, certificate: false }
    }

    /// The key type of that name. A signature algorithm's name (`rsa-sha2-512`) stands for the type of its keys
    /// (OpenSSH: sshkey.c `sshkey_type_from_name`).
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Algorithm::from_name(name).map(Algorithm::key_type)
    }

    /// The name that stands first in the blob of such a key.
    #[must_use]
    pub fn name(self) -> &'static str {
        let own = |algorithm: &Algorithm| algorithm.key_type() == self && matches!(algorithm.hash(), Fixed | Sha1);
        Algorithm::all().find(own).map_or("", Algorithm::name)
    }

    /// The short name that OpenSSH shows, as in "ED25519-CERT" (sshkey.c `sshkey_type`).
    #[must_use]
    pub const fn short_name(self) -> &'static str {
        match (self.base, self.certificate) {
            (Ed25519, false) => "ED25519",
            (Ed25519, true) => "ED25519-CERT",
            (SkEd25519, false) => "ED25519-SK",
            (SkEd25519, true) => "ED25519-SK-CERT",
            (Mldsa44Ed25519, false) => "MLDSA44-ED25519",
            (Mldsa44Ed25519, true) => "MLDSA44-ED25519-CERT",
            (EcdsaP256 | EcdsaP384 | EcdsaP521, false) => "ECDSA",
            (EcdsaP256 | EcdsaP384 | EcdsaP521, true) => "ECDSA-CERT",
            (SkEcdsaP256, false) => "ECDSA-SK",
            (SkEcdsaP256, true) => "ECDSA-SK-CERT",
            (Rsa, false) => "RSA",
            (Rsa, true) => "RSA-CERT",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_key_types_go_both_ways() {
        for algorithm in Algorithm::all() {
            assert_eq!(Algorithm::from_name(algorithm.name().as_bytes()), Some(algorithm));
            let key_type = algorithm.key_type();
            assert_eq!(KeyType::from_name(key_type.name().as_bytes()), Some(key_type), "{algorithm}");
        }
        assert_eq!(Algorithm::from_name(b"ssh-dss"), None);
        assert_eq!(Algorithm::from_name(b"SSH-ED25519"), None);
        assert_eq!(Algorithm::from_name(b""), None);
    }

    #[test]
    fn a_signature_names_the_plain_algorithm() {
        let plain = |name: &str| Algorithm::from_name(name.as_bytes()).unwrap().plain().name();
        assert_eq!(plain("rsa-sha2-512-cert-v01@openssh.com"), "rsa-sha2-512");
        assert_eq!(plain("ssh-rsa-cert-v01@openssh.com"), "ssh-rsa");
        assert_eq!(plain("sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"), "sk-ecdsa-sha2-nistp256@openssh.com");
        assert_eq!(plain("ssh-ed25519"), "ssh-ed25519");
        let webauthn = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
        assert_eq!(plain("webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"), webauthn);
        assert_eq!(KeyType::from_name(webauthn.as_bytes()), Some(KeyType::plain(SkEcdsaP256)));
    }
}
