//! Which keys are offered, by which algorithm, in which order.

use std::fmt;

use russh_hostbased::client::{Handle, Handler};
use russh_hostbased::keys::HashAlg;

use crate::key::{Algorithm, AlgorithmList, BaseType, PublicKey, SignatureHash};

/// A key of this host, and the algorithm to sign by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    key: PublicKey,
    algorithm: Algorithm,
}

impl Offer {
    /// This key, by this algorithm; `None` where such a key does not sign by it.
    #[must_use]
    pub fn new(key: PublicKey, algorithm: Algorithm) -> Option<Self> {
        key.fits(algorithm).then_some(Self { key, algorithm })
    }

    /// The key or certificate.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl fmt::Display for Offer {
    /// The key as OpenSSH shows it and the algorithm: `RSA SHA256:… by rsa-sha2-512`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.key, self.algorithm)
    }
}

/// The offers that `ssh` makes (OpenSSH: sshconnect2.c `userauth_hostbased`): in the order of `accepted`, its
/// HostbasedAcceptedAlgorithms, and of one algorithm in the order of `keys`; each key once, and only where the list has an
/// algorithm for it.
///
/// `rsa_hash` is what [`Handle::best_supported_rsa_hash`] gave. Where the list allows the hash that the server announced,
/// RSA keys sign by that one and stand where it stands in the list. The announcement is for the method publickey ([RFC 8308
/// section 3.1](https://www.rfc-editor.org/rfc/rfc8308#section-3.1)), and servers may take for hostbased what is not in it:
/// a server that announces neither is offered the list's first, as by `ssh`, which does not look.
#[must_use]
pub fn offers(
    keys: impl IntoIterator<Item = PublicKey>,
    accepted: &AlgorithmList,
    rsa_hash: Option<Option<HashAlg>>,
) -> Vec<Offer> {
    let announced = match rsa_hash.flatten() {
        Some(HashAlg::Sha512) => Some(SignatureHash::Sha512),
        Some(HashAlg::Sha256) => Some(SignatureHash::Sha256),
        _ => None,
    };
    let mut offers: Vec<(usize, Offer)> = Vec::new();
    for key in keys {
        let fitting = || accepted.iter().enumerate().filter(|(_, algorithm)| key.fits(*algorithm));
        let by_announced = || fitting().find(|(_, algorithm)| Some(algorithm.hash()) == announced);
        if let Some((rank, algorithm)) = by_announced().or_else(|| fitting().next()) {
            offers.push((rank, Offer { key, algorithm }));
        }
    }
    // Stable: of one algorithm, the keys stay in their order.
    offers.sort_by_key(|(rank, _)| *rank);
    offers.into_iter().map(|(_, offer)| offer).collect()
}

/// [`offers`] for this server. It is asked what it announced only where that decides something, for a server that announces
/// nothing is waited for, up to a second.
///
/// # Errors
/// [`russh_hostbased::Error`], when the connection is gone.
pub async fn offers_for<H: Handler>(
    session: &Handle<H>,
    keys: impl IntoIterator<Item = PublicKey>,
    accepted: &AlgorithmList,
) -> Result<Vec<Offer>, russh_hostbased::Error> {
    let keys: Vec<PublicKey> = keys.into_iter().collect();
    let choices = |key: &PublicKey| accepted.iter().filter(|algorithm| key.fits(*algorithm)).count();
    let has_choice = keys.iter().any(|key| key.key_type().base == BaseType::Rsa && choices(key) > 1);
    let rsa_hash = if has_choice { session.best_supported_rsa_hash().await? } else { None };
    Ok(offers(keys, accepted, rsa_hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::parse_public_key_file;

    fn key(name: &str) -> PublicKey {
        let path = format!("{}/tests/vectors/keys/{name}.pub", env!("CARGO_MANIFEST_DIR"));
        #[allow(clippy::disallowed_methods, reason = "the test reads a file")]
        parse_public_key_file(&std::fs::read(path).unwrap()).unwrap()
    }

    fn offered(keys: &[&str], list: &str, rsa_hash: Option<Option<HashAlg>>) -> Vec<&'static str> {
        let accepted = AlgorithmList::parse(list, &AlgorithmList::hostbased_default()).unwrap();
        let offers = offers(keys.iter().map(|name| key(name)), &accepted, rsa_hash);
        offers.iter().map(|offer| offer.algorithm().name()).collect()
    }

    #[test]
    fn the_list_orders_and_each_key_is_offered_once() {
        let keys = ["ecdsa256", "ed25519", "rsa", "ed25519-cert", "rsa-cert"];
        assert_eq!(
            offered(&keys, "^ecdsa-sha2-nistp256", None),
            [
                "ecdsa-sha2-nistp256",
                "ssh-ed25519-cert-v01@openssh.com",
                "rsa-sha2-512-cert-v01@openssh.com",
                "ssh-ed25519",
                "rsa-sha2-512",
            ]
        );
    }

    #[test]
    fn a_key_that_the_list_does_not_allow_is_not_offered() {
        assert_eq!(
            offered(&["ed25519", "rsa", "ecdsa384"], "rsa-sha2-256,ssh-ed25519-cert-v01@openssh.com", None),
            ["rsa-sha2-256"]
        );
        assert_eq!(offered(&["ed25519"], "-*", None), [""; 0]);
        assert_eq!(offered(&["mldsa44_ed25519"], "^ssh-ed25519", None), [""; 0], "not in the default");
    }

    #[test]
    fn keys_of_one_type_keep_their_order() {
        let accepted = AlgorithmList::hostbased_default();
        let keys = || [key("ed25519"), key("ca")];
        let order = |keys: &[Offer]| keys.iter().map(|offer| offer.key().clone()).collect::<Vec<_>>();
        assert_eq!(order(&offers(keys(), &accepted, None)), keys());
        assert_eq!(order(&offers(keys().into_iter().rev(), &accepted, None)), [key("ca"), key("ed25519")]);
    }

    #[test]
    fn rsa_signs_by_the_hash_that_the_server_announced_where_the_list_has_it() {
        let both = "rsa-sha2-512,ssh-ed25519,rsa-sha2-256";
        let keys = ["rsa", "ed25519"];
        assert_eq!(offered(&keys, both, Some(Some(HashAlg::Sha256))), ["ssh-ed25519", "rsa-sha2-256"]);
        assert_eq!(offered(&keys, both, Some(Some(HashAlg::Sha512))), ["rsa-sha2-512", "ssh-ed25519"]);
        for not_announced in [None, Some(None)] {
            assert_eq!(offered(&keys, both, not_announced), ["rsa-sha2-512", "ssh-ed25519"]);
        }
        assert_eq!(offered(&keys, "rsa-sha2-512", Some(Some(HashAlg::Sha256))), ["rsa-sha2-512"]);
        let certificate = offered(&["rsa-cert"], "rsa-sha2-*-cert-v01@openssh.com", Some(Some(HashAlg::Sha512)));
        assert_eq!(certificate, ["rsa-sha2-512-cert-v01@openssh.com"], "the pattern has 256 first");
    }

    #[test]
    fn an_offer_is_of_a_key_that_signs_by_its_algorithm() {
        let algorithm = |name: &str| Algorithm::from_name(name.as_bytes()).unwrap();
        assert!(Offer::new(key("rsa"), algorithm("rsa-sha2-256")).is_some());
        assert!(Offer::new(key("rsa"), algorithm("rsa-sha2-256-cert-v01@openssh.com")).is_none());
        assert!(Offer::new(key("ecdsa256"), algorithm("ecdsa-sha2-nistp384")).is_none());
    }
}
