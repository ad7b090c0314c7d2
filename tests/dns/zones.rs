//! Zones, signed and not, and the chain from the root to them.

use std::sync::Arc;
use std::time::Duration;

use hickory_proto::dnssec::crypto::Ed25519SigningKey;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, DnssecSigner, SigningKey};
use hickory_proto::rr::rdata::sshfp;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, PTR, SOA, SSHFP};
use hickory_proto::rr::{LowerName, Name, RData, Record};
use hickory_server::dnssec::NxProofKind;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneHandler, ZoneType};

const TTL: u32 = 300;

/// A zone's key pair.
pub(crate) struct ZoneKey(Vec<u8>);

impl ZoneKey {
    pub(crate) fn generate() -> Self {
        Self(Ed25519SigningKey::generate_pkcs8().unwrap().secret_pkcs8_der().to_vec())
    }

    fn key(&self) -> Ed25519SigningKey {
        Ed25519SigningKey::from_pkcs8(&self.0.as_slice().into()).unwrap()
    }

    pub(crate) fn dnskey(&self) -> DNSKEY {
        DNSKEY::from_key(&self.key().to_public_key().unwrap())
    }

    pub(crate) fn ds(&self, zone: &str) -> DS {
        let key = self.dnskey();
        let digest = key.to_digest(&name(zone), DigestType::SHA256).unwrap();
        let tag = key.calculate_key_tag().unwrap();
        DS::new(tag, Algorithm::ED25519, DigestType::SHA256, digest.as_ref().to_vec())
    }

    fn signer(&self, zone: &str, valid: Duration) -> DnssecSigner {
        DnssecSigner::new(self.dnskey(), Box::new(self.key()), name(zone), valid)
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

pub(crate) type Content = (String, RData);

pub(crate) fn address(owner: &str, address: &str) -> Content {
    let data = match address.parse().unwrap() {
        std::net::IpAddr::V4(address) => RData::A(A(address)),
        std::net::IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    };
    (owner.to_owned(), data)
}

/// The PTR record of an IPv4 address.
pub(crate) fn ptr(address: &str, target: &str) -> Content {
    let owner = Name::from(address.parse::<std::net::IpAddr>().unwrap());
    (owner.to_ascii(), RData::PTR(PTR(name(target))))
}

pub(crate) fn alias(owner: &str, target: &str) -> Content {
    (owner.to_owned(), RData::CNAME(CNAME(name(target))))
}

/// As `ssh-keygen -r` and ours print it.
pub(crate) fn sshfp(owner: &str, line: &str) -> Content {
    let words: Vec<&str> = line.split(" SSHFP ").nth(1).unwrap().split(' ').collect();
    let hex = words[2];
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let number = |text: &str| text.parse::<u8>().unwrap();
    let (algorithm, digest) =
        (sshfp::Algorithm::from(number(words[0])), sshfp::FingerprintType::from(number(words[1])));
    (owner.to_owned(), RData::SSHFP(SSHFP::new(algorithm, digest, bytes)))
}

/// How a zone is signed, and what the zone above says of that.
pub(crate) enum Signing {
    /// Not at all, and nobody says otherwise.
    None,
    /// As it should be.
    Right,
    /// The zone above has the DS record of another key.
    OtherKey,
    /// The zone above has a DS record, and nothing is signed.
    Missing,
    /// The signatures have expired.
    Expired,
}

pub(crate) struct Zone {
    pub(crate) name: &'static str,
    pub(crate) signing: Signing,
    pub(crate) content: Vec<Content>,
}

/// All zones, by name, each ready to be served. The first is the root.
pub(crate) struct World {
    zones: Vec<(&'static str, Arc<dyn ZoneHandler>)>,
    root_key: ZoneKey,
}

impl World {
    pub(crate) fn new(zones: Vec<Zone>) -> Self {
        let root_key = ZoneKey::generate();
        let mut delegations = Vec::new();
        let mut served: Vec<(&'static str, Arc<dyn ZoneHandler>)> = Vec::new();
        for zone in zones {
            let key = ZoneKey::generate();
            delegations.push((zone.name.to_owned(), RData::NS(NS(name("ns.test.")))));
            let ds = match zone.signing {
                Signing::None => None,
                Signing::OtherKey => Some(ZoneKey::generate().ds(zone.name)),
                Signing::Right | Signing::Missing | Signing::Expired => Some(key.ds(zone.name)),
            };
            delegations.extend(ds.map(|ds| (zone.name.to_owned(), RData::DNSSEC(DNSSECRData::DS(ds)))));
            let valid = match zone.signing {
                Signing::None | Signing::Missing => None,
                Signing::Right | Signing::OtherKey => Some(Duration::from_secs(3600)),
                Signing::Expired => Some(Duration::ZERO),
            };
            let signer = valid.map(|valid| key.signer(zone.name, valid));
            served.push((zone.name, handler(zone.name, zone.content, signer)));
        }
        let signer = root_key.signer(".", Duration::from_secs(3600));
        served.insert(0, (".", handler(".", delegations, Some(signer))));
        Self { zones: served, root_key }
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.zones.iter().map(|(name, _)| *name).collect()
    }

    /// All zones, without one: what is above that is asked for its DS records.
    pub(crate) fn catalog(&self, without: Option<&str>) -> Catalog {
        let mut catalog = Catalog::new();
        for (zone, handler) in self.zones.iter().filter(|(zone, _)| Some(*zone) != without) {
            catalog.upsert(LowerName::from(name(zone)), vec![Arc::clone(handler)]);
        }
        catalog
    }

    /// A file that trusts the root's key.
    pub(crate) fn dnskey_anchor(&self) -> String {
        let key = self.root_key.dnskey();
        let base64 = hostbased::key::encode_base64(key.public_key().clone().into_inner().as_slice());
        format!(". 3600 IN DNSKEY 257 3 15 {base64} ; made for this test\n")
    }

    /// The same by the key's digest.
    pub(crate) fn ds_anchor(&self) -> String {
        ds_line(&self.root_key)
    }
}

/// A file that trusts a key that nobody has.
pub(crate) fn foreign_anchor() -> String {
    ds_line(&ZoneKey::generate())
}

fn ds_line(key: &ZoneKey) -> String {
    let ds = key.ds(".");
    let hex: String = ds.digest().iter().map(|byte| format!("{byte:02X}")).collect();
    format!(". IN DS {} 15 2 {hex}\n", ds.key_tag())
}

fn handler(zone: &str, content: Vec<Content>, signer: Option<DnssecSigner>) -> Arc<dyn ZoneHandler> {
    let proof = signer.is_some().then_some(NxProofKind::Nsec);
    let mut handler: InMemoryZoneHandler =
        InMemoryZoneHandler::empty(name(zone), ZoneType::Primary, AxfrPolicy::Deny, proof);
    let soa = SOA::new(name("ns.test."), name("root.test."), 1, 3600, 600, 86400, TTL);
    let own = [(zone.to_owned(), RData::SOA(soa)), (zone.to_owned(), RData::NS(NS(name("ns.test."))))];
    for (owner, data) in own.into_iter().chain(content) {
        assert!(handler.upsert_mut(Record::from_rdata(name(&owner), TTL, data), 1), "{owner} in {zone}");
    }
    if let Some(signer) = signer {
        handler.add_zone_signing_key_mut(signer).unwrap();
        handler.secure_zone_mut().unwrap();
    }
    Arc::new(handler)
}
