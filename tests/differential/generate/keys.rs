//! Twists of the key, the certificate and the signature.

use super::Generator;
use crate::case::{Case, Signature};
use crate::recipes::{CERTIFICATES, KEYS};

/// Who made a certificate; `None` for a plain key.
pub(crate) fn authority_of(key: &str) -> Option<&'static str> {
    if key == "cert-forged" {
        return Some("ca");
    }
    CERTIFICATES.iter().find(|(name, ..)| *name == key).map(|(_, _, authority, _)| *authority)
}

impl Generator<'_> {
    /// Another key of the same kind: what is registered stays as it is.
    pub(super) fn another_key(&mut self, case: &mut Case) {
        let key = match case.key.as_str() {
            "ed25519" => "ed25519-other",
            "ecdsa256" => "ecdsa256-other",
            "cert" | "cert-by-rsa" | "cert-by-ecdsa" => "cert-by-other",
            _ => return self.any_key(case),
        };
        case.key = key.into();
    }

    /// Any key there is, by the algorithm that fits it.
    pub(super) fn any_key(&mut self, case: &mut Case) {
        let (key, ..) = self.random.of(&KEYS);
        case.key = key.into();
        case.algorithm = self.algorithm_of(key).into();
    }

    /// A certificate of the same authority that is for somebody else, or out of time, or whatever else is wrong.
    pub(super) fn another_certificate(&mut self, case: &mut Case) {
        let (key, ..) = self.random.of(&CERTIFICATES);
        case.key = if self.random.one_in(12) { "cert-forged".into() } else { key.into() };
        case.algorithm = self.algorithm_of(crate::request::secret_of(&case.key)).to_owned();
        case.algorithm += "-cert-v01@openssh.com";
        if self.random.one_in(3) {
            return;
        }
        // Its authority known for the host, so that the certificate alone decides.
        let authority = authority_of(&case.key).unwrap();
        let line = format!("@cert-authority {} {}\n", super::names::looked_up(case), self.material.line(authority));
        case.write(crate::case::KNOWN_HOSTS, line);
    }

    /// An algorithm that is not the key's, or not accepted, or none at all.
    pub(super) fn another_algorithm(&mut self, case: &mut Case) {
        case.algorithm = self
            .random
            .of(&[
                "ssh-ed25519",
                "ssh-ed25519-cert-v01@openssh.com",
                "ecdsa-sha2-nistp256",
                "ecdsa-sha2-nistp384",
                "rsa-sha2-256",
                "rsa-sha2-512",
                "ssh-rsa",
                "ssh-dss",
                "SSH-ED25519",
                "ssh-ed25519 ",
                "",
                "rsa-sha2-512-cert-v01@openssh.com",
            ])
            .into();
    }

    /// A key that has to be decoded to be refused.
    pub(super) fn a_damaged_key(&mut self, case: &mut Case) {
        (case.key, case.algorithm) = (self.random.of(&["cut", "tail", "nothing"]).into(), "ssh-ed25519".into());
    }

    /// RSA, where size and hash count.
    pub(super) fn an_rsa_key(&mut self, case: &mut Case) {
        let key = self.random.of(&["rsa1024", "rsa2048", "rsa3072"]);
        case.key = key.into();
        case.algorithm = self.random.of(&["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"]).into();
        let line = format!("{} {}\n", super::names::looked_up(case), self.material.line(key));
        case.write(crate::case::KNOWN_HOSTS, line);
        if self.random.one_in(2) {
            let size = self.random.of(&["1024", "2048", "3072", "4096"]);
            case.set("RequiredRSASize", size);
        }
    }

    /// A signature that is not the host's for this request.
    pub(super) fn a_bad_signature(&mut self, case: &mut Case) {
        case.signature = self.random.of(&[
            Signature::ByAnotherKey,
            Signature::OfAnotherSession,
            Signature::ForAnotherAccount,
            Signature::ForAnotherHost,
            Signature::Damaged,
            Signature::TrailingByte,
            Signature::ByAnotherHash,
            Signature::Empty,
            Signature::NotTouched,
        ]);
    }

    fn algorithm_of(&mut self, key: &str) -> &'static str {
        match key {
            "ecdsa384" => "ecdsa-sha2-nistp384",
            "ecdsa521" => "ecdsa-sha2-nistp521",
            key if key.starts_with("ecdsa") || key == "ca-ecdsa" => "ecdsa-sha2-nistp256",
            key if key.contains("rsa") => self.random.of(&["rsa-sha2-256", "rsa-sha2-512"]),
            _ => "ssh-ed25519",
        }
    }
}
