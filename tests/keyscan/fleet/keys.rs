//! Host keys for thousands of hosts, another of each type for each address, made from the address alone.

use std::net::Ipv4Addr;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PrivateKeyParts;
use rsa::{BoxedUint, RsaPrivateKey};
use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::{EcdsaKeypair, EcdsaPrivateKey, Ed25519Keypair, KeypairData, RsaKeypair};
use sha2::{Digest, Sha256};

/// The types that each host has, by the names of `-t`.
pub(crate) const TYPES: [&str; 3] = ["rsa", "ecdsa", "ed25519"];

/// Primes of 1024 bits. Two of them make an RSA key, so a few make thousands of keys, of which no two are the same.
pub(crate) struct Primes(Vec<BoxedUint>);

impl Primes {
    /// Enough for so many hosts.
    pub(crate) fn generate(hosts: usize) -> Self {
        let mut primes = Vec::new();
        while primes.len() * (primes.len() + 1) / 2 < hosts + primes.len() {
            let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
            let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
            primes.extend_from_slice(RsaPrivateKey::from_pkcs8_der(der.as_ref()).unwrap().primes());
        }
        Self(primes)
    }

    /// One a line, in hexadecimal digits.
    pub(crate) fn to_text(&self) -> String {
        let line =
            |prime: &BoxedUint| prime.to_be_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
        self.0.iter().map(line).collect()
    }

    pub(crate) fn from_text(text: &str) -> Self {
        let byte = |at: usize, line: &str| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
        let prime = |line: &str| {
            let bytes: Vec<u8> = (0..line.len()).step_by(2).map(|at| byte(at, line)).collect();
            BoxedUint::from_be_slice(&bytes, 1024).unwrap()
        };
        Self(text.lines().map(prime).collect())
    }

    /// The pair of that number: (0,1), (0,2), (1,2), (0,3) and so on.
    fn pair(&self, number: usize) -> [&BoxedUint; 2] {
        let mut second = 1;
        let mut first = number;
        while first >= second {
            first -= second;
            second += 1;
        }
        [&self.0[first], &self.0[second]]
    }

    fn rsa(&self, host: Host) -> PrivateKey {
        let [p, q] = self.pair(host.0);
        let key = RsaPrivateKey::from_p_q(p.clone(), q.clone(), BoxedUint::from(65_537_u64)).unwrap();
        private(KeypairData::from(RsaKeypair::try_from(key).unwrap()))
    }

    /// The host's keys, in the order of [`TYPES`].
    pub(crate) fn keys(&self, host: Host) -> [PrivateKey; 3] {
        let ed25519 = Ed25519Keypair::from_seed(&host.seed("ed25519"));
        let secret = p256::SecretKey::from_slice(&host.seed("ecdsa")).unwrap();
        let public = secret.public_key().into();
        let ecdsa = EcdsaKeypair::NistP256 { public, private: EcdsaPrivateKey::from(secret) };
        [self.rsa(host), private(KeypairData::from(ecdsa)), private(KeypairData::from(ed25519))]
    }

    /// What a scan must find there, as known_hosts has it.
    pub(crate) fn lines(&self, host: Host) -> [String; 3] {
        self.keys(host).map(|key| key.public_key().to_openssh().unwrap().trim_end().to_owned())
    }
}

fn private(data: KeypairData) -> PrivateKey {
    PrivateKey::new(data, "").unwrap()
}

/// A host of the fleet, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Host(pub(crate) usize);

/// The first host's address.
const FIRST: u32 = u32::from_be_bytes([127, 1, 0, 1]);

impl Host {
    pub(crate) fn address(self) -> Ipv4Addr {
        Ipv4Addr::from(FIRST + u32::try_from(self.0).unwrap())
    }

    pub(crate) fn of(address: Ipv4Addr) -> Self {
        Self(usize::try_from(u32::from(address) - FIRST).unwrap())
    }

    fn seed(self, kind: &str) -> [u8; 32] {
        Sha256::digest(format!("{kind} of host {}", self.0)).into()
    }
}
