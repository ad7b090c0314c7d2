//! What DNSSEC says of an answer, checked here from the trust anchor down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::dnssec::Proof;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData};
use hickory_proto::op::{DnsRequestOptions, DnsResponse, Message, Query};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::net::dnssec::DnssecDnsHandle;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::net::{DnsError, NetError};
use tokio::sync::OnceCell;

use super::anchor::Anchors;
use super::chain::Chain;
use super::plain::{MAX_ALIASES, follow};
use crate::dns::answer::Dnssec;

/// Checks signatures.
pub(super) struct Prover {
    chain: Chain,
    anchors: Anchors,
    /// Set up at the first question; `None` where no chain can begin.
    handle: OnceCell<Option<DnssecDnsHandle<Chain>>>,
    /// Zones, and whether they have a secure DS record.
    signed: Mutex<HashMap<Name, bool>>,
}

/// A checked answer.
pub(super) struct Proven {
    pub(super) state: Dnssec,
    /// The records asked for, where there are some and they are secure.
    pub(super) secure: Vec<RData>,
    /// The name at the end of secure aliases; the one asked for where there are none.
    pub(super) at: Name,
}

impl Proven {
    pub(super) fn of(state: Dnssec, name: &Name) -> Self {
        Self { state, secure: Vec::new(), at: name.clone() }
    }
}

impl Prover {
    pub(super) fn new(chain: &Chain, anchors: Anchors) -> Arc<Self> {
        let chain = chain.unchecked();
        Arc::new(Self { chain, anchors, handle: OnceCell::new(), signed: Mutex::default() })
    }

    /// Looks a name up anew, with its signatures. Aliases are followed as far as they are secure themselves.
    pub(super) async fn prove(&self, name: &Name, kind: RecordType) -> Proven {
        let handle = self.handle.get_or_init(|| self.begin()).await;
        let Some(handle) = handle else { return Proven::of(Dnssec::Unavailable, name) };
        let mut at = name.clone();
        for _ in 0..MAX_ALIASES {
            let proven = self.prove_one(handle, &at, kind).await;
            if proven.state != Dnssec::Secure || !proven.secure.is_empty() || proven.at == at {
                return proven;
            }
            at = proven.at;
        }
        Proven::of(Dnssec::Unavailable, name)
    }

    async fn prove_one(&self, handle: &DnssecDnsHandle<Chain>, name: &Name, kind: RecordType) -> Proven {
        // A lost packet makes a chain look broken: only what is wrong twice is.
        for _ in 0..2 {
            if let Some(proven) = judge(ask(handle, name, kind).await, name, kind) {
                return proven;
            }
        }
        Proven::of(self.broken(handle, name).await, name)
    }

    /// The checker, where the name server gives signatures for a zone whose keys are trusted.
    async fn begin(&self) -> Option<DnssecDnsHandle<Chain>> {
        let mut fetched: Vec<(Name, DNSKEY)> = Vec::new();
        for zone in self.anchors.zones_of_digests() {
            let answer = ask(&self.chain, &zone, RecordType::DNSKEY).await.ok();
            for record in answer.iter().flat_map(|answer| &answer.answers) {
                if let RData::DNSSEC(DNSSECRData::DNSKEY(key)) = &record.data {
                    fetched.push((zone.clone(), key.clone()));
                }
            }
        }
        let handle = DnssecDnsHandle::with_trust_anchor(self.chain.clone(), self.anchors.trusted(&fetched));
        for zone in self.anchors.zones() {
            let keys = judge(ask(&handle, &zone, RecordType::DNSKEY).await, &zone, RecordType::DNSKEY);
            if keys.is_some_and(|keys| keys.state == Dnssec::Secure && !keys.secure.is_empty()) {
                return Some(handle);
            }
        }
        None
    }

    /// What a chain that does not hold means. Only where a zone above (or the name's own) has a DS record, or is a trust
    /// anchor itself, should it hold; and where the zone's keys cannot be had at all, nobody can say.
    async fn broken(&self, handle: &DnssecDnsHandle<Chain>, name: &Name) -> Dnssec {
        let mut zone = name.clone();
        loop {
            if self.is_signed(handle, &zone).await {
                break;
            }
            if zone.is_root() {
                return Dnssec::Unavailable;
            }
            zone = zone.base_name();
        }
        match ask(&self.chain, &zone, RecordType::DNSKEY).await {
            Err(error) if !error.is_no_records_found() => Dnssec::Unavailable,
            _ => Dnssec::Bogus { zone: zone.to_string() },
        }
    }

    async fn is_signed(&self, handle: &DnssecDnsHandle<Chain>, zone: &Name) -> bool {
        // The root zone has no DS record; that its answers can be checked was seen at the beginning.
        if self.anchors.zones().contains(zone) && !zone.is_root() {
            return true;
        }
        if zone.is_root() {
            return false;
        }
        let lock = || self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(zone).copied() {
            return known;
        }
        let ds = judge(ask(handle, zone, RecordType::DS).await, zone, RecordType::DS);
        let is_signed = ds.is_some_and(|ds| ds.state == Dnssec::Secure && !ds.secure.is_empty());
        lock().insert(zone.clone(), is_signed);
        is_signed
    }
}

async fn ask(handle: &impl DnsHandle, name: &Name, kind: RecordType) -> Result<DnsResponse, NetError> {
    let mut options = DnsRequestOptions::default();
    options.edns_set_dnssec_ok = true;
    handle.lookup(Query::query(name.clone(), kind), options).first_answer().await
}

/// DNAME (RFC 6672), of which the checker knows nothing: it takes the unsigned alias that comes of one for a forgery.
const DNAME: u16 = 39;

/// What an answer with its proofs says; `None` when a chain does not hold.
fn judge(answer: Result<DnsResponse, NetError>, name: &Name, kind: RecordType) -> Option<Proven> {
    let is = |state: Dnssec| Some(Proven::of(state, name));
    let message = match answer {
        Ok(message) => message,
        Err(NetError::Dns(DnsError::Nsec { proof, .. })) => {
            return match proof {
                Proof::Secure => is(Dnssec::Secure),
                Proof::Insecure => is(Dnssec::Insecure),
                Proof::Bogus | Proof::Indeterminate => None,
            };
        }
        // That it cannot be asked for is no word of its signatures.
        Err(_) => return is(Dnssec::Unavailable),
    };
    let answers = message.answers.iter().filter(|record| record.record_type() != RecordType::RRSIG);
    if answers.clone().next().is_none() {
        return Some(Proven::of(negative(&message)?, name));
    }
    let has = |proof: Proof| answers.clone().any(|record| record.proof == proof);
    if has(Proof::Bogus) || has(Proof::Indeterminate) {
        let has_dname = answers.clone().any(|record| u16::from(record.record_type()) == DNAME);
        return if has_dname { is(Dnssec::Unavailable) } else { None };
    }
    if has(Proof::Insecure) {
        return is(Dnssec::Insecure);
    }
    // Every record here is signed by its own zone; only those of this name, and of what it is an alias of, are its.
    let mut at = name.clone();
    let secure = follow(answers, &mut at, kind);
    let says_nothing = secure.is_empty() && at == *name;
    (!says_nothing).then_some(Proven { state: Dnssec::Secure, secure, at })
}

/// Nothing is there, which the checker has let pass: what proves it stands beside, or the zone is not signed.
fn negative(message: &Message) -> Option<Dnssec> {
    let proves = |record: &Record| {
        record.proof == Proof::Secure && matches!(record.record_type(), RecordType::NSEC | RecordType::NSEC3)
    };
    if message.authorities.iter().any(proves) {
        return Some(Dnssec::Secure);
    }
    message.authorities.iter().any(|record| record.proof == Proof::Insecure).then_some(Dnssec::Insecure)
}
