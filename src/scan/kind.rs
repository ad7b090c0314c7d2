//! The kinds of host key that a scan asks for, each on a connection of its own (OpenSSH: ssh-keyscan.c `KT_*`).

use std::fmt;

use crate::key::{Algorithm, BaseType, KeyType};

/// A kind of host key, by ssh-keyscan's names. ECDSA stands for all three curves, of which a server shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScanType {
    /// `rsa`: asks rsa-sha2-512, rsa-sha2-256, ssh-rsa.
    Rsa,
    /// `ecdsa`: asks nistp256, nistp384, nistp521.
    Ecdsa,
    /// `ed25519`
    Ed25519,
    /// `ecdsa-sk`: in a FIDO token.
    EcdsaSk,
    /// `ed25519-sk`: in a FIDO token.
    Ed25519Sk,
    /// `mldsa44-ed25519`: known by name; this scanner cannot ask for it.
    Mldsa44Ed25519,
}

impl ScanType {
    /// Every type, in the order in which ssh-keyscan asks for them.
    pub const ALL: [Self; 6] =
        [Self::Rsa, Self::Ecdsa, Self::Ed25519, Self::EcdsaSk, Self::Ed25519Sk, Self::Mldsa44Ed25519];

    /// The name that `-t` takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ecdsa => "ecdsa",
            Self::Ed25519 => "ed25519",
            Self::EcdsaSk => "ecdsa-sk",
            Self::Ed25519Sk => "ed25519-sk",
            Self::Mldsa44Ed25519 => "mldsa44-ed25519",
        }
    }

    /// The type of that name: a short name in any case, or a plain algorithm's exact name (`rsa-sha2-512` means RSA).
    /// Certificate algorithms are no types to ask for; `None` for them as for anything unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let short = Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name));
        short.or_else(|| {
            let key_type = KeyType::from_name(name.as_bytes())?;
            (!key_type.certificate).then(|| Self::of(key_type.base))
        })
    }

    /// The type that asks for keys of this base type.
    #[must_use]
    pub const fn of(base: BaseType) -> Self {
        match base {
            BaseType::Rsa => Self::Rsa,
            BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521 => Self::Ecdsa,
            BaseType::Ed25519 => Self::Ed25519,
            BaseType::SkEcdsaP256 => Self::EcdsaSk,
            BaseType::SkEd25519 => Self::Ed25519Sk,
            BaseType::Mldsa44Ed25519 => Self::Mldsa44Ed25519,
        }
    }

    /// What it asks for, in order; nothing when this scanner cannot ask for it (russh 0.65 has no ML-DSA).
    #[must_use]
    pub fn algorithms(self, certificates: bool) -> Vec<Algorithm> {
        let plain: &[&str] = match self {
            Self::Rsa => &["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
            Self::Ecdsa => &["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
            Self::Ed25519 => &["ssh-ed25519"],
            Self::EcdsaSk => &["sk-ecdsa-sha2-nistp256@openssh.com"],
            Self::Ed25519Sk => &["sk-ssh-ed25519@openssh.com"],
            Self::Mldsa44Ed25519 => &[],
        };
        let wanted = |algorithm: &Algorithm, plain: &str| {
            algorithm.key_type().certificate == certificates && algorithm.plain().name() == plain
        };
        plain.iter().filter_map(|plain| Algorithm::all().find(|algorithm| wanted(algorithm, plain))).collect()
    }
}

impl fmt::Display for ScanType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_by_short_names_and_algorithm_names() {
        for (name, kind) in [
            ("rsa", Some(ScanType::Rsa)),
            ("RSA", Some(ScanType::Rsa)),
            ("rsa-sha2-512", Some(ScanType::Rsa)),
            ("ssh-rsa", Some(ScanType::Rsa)),
            ("ecdsa-sha2-nistp521", Some(ScanType::Ecdsa)),
            ("Ed25519-SK", Some(ScanType::Ed25519Sk)),
            ("ssh-mldsa44-ed25519@openssh.com", Some(ScanType::Mldsa44Ed25519)),
            ("SSH-RSA", None),
            ("dsa", None),
            ("ssh-rsa-cert-v01@openssh.com", None),
            ("", None),
        ] {
            assert_eq!(ScanType::from_name(name), kind, "{name:?}");
        }
    }

    #[test]
    fn certificates_are_asked_for_in_the_same_order() {
        let names = |kind: ScanType, certificates| {
            kind.algorithms(certificates).into_iter().map(Algorithm::name).collect::<Vec<_>>().join(",")
        };
        assert_eq!(names(ScanType::Rsa, false), "rsa-sha2-512,rsa-sha2-256,ssh-rsa");
        assert_eq!(
            names(ScanType::Rsa, true),
            "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-rsa-cert-v01@openssh.com"
        );
        assert_eq!(names(ScanType::Ed25519Sk, true), "sk-ssh-ed25519-cert-v01@openssh.com");
        assert_eq!(names(ScanType::EcdsaSk, false), "sk-ecdsa-sha2-nistp256@openssh.com");
        assert_eq!(names(ScanType::Mldsa44Ed25519, false), "");
    }
}
