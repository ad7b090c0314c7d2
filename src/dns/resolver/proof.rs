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

/// The name, and every name that these aliases lead to from it.
fn reached_from<'a>(name: &'a Name, answers: impl Iterator<Item = &'a Record> + Clone) -> Vec<&'a Name> {
    let mut reached = vec![name];
    let mut next = 0;
    while let Some(&at) = reached.get(next).filter(|_| next <= MAX_ALIASES) {
        for record in answers.clone().filter(|record| record.name == *at) {
            if let RData::CNAME(target) = &record.data
                && !reached.contains(&&target.0)
            {
                reached.push(&target.0);
            }
        }
        next = next.saturating_add(1);
    }
    reached
}

/// Whether an answer was made from a wildcard, and nothing signed says that the name itself does not exist (RFC 4035 section
/// 5.3.4): the wildcard's records may be another host's. The checker asks for that only where nothing unsigned stands beside.
fn has_wildcard_unproven(message: &DnsResponse) -> bool {
    let is_expanded = |record: &Record| match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) => rrsig.input().num_labels < record.name.num_labels(),
        _ => false,
    };
    let is_denial = |record: &Record| {
        let kind = matches!(record.data, RData::DNSSEC(DNSSECRData::NSEC(_) | DNSSECRData::NSEC3(_)));
        kind && record.proof == Proof::Secure
    };
    message.answers.iter().any(is_expanded) && !message.authorities.iter().any(is_denial)
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
    if has_wildcard_unproven(&message) {
        return None;
    }
    if answers.clone().next().is_none() {
        return Some(Proven::of(negative(&message, name)?, name));
    }
    // Only what is the name's, and what it is an alias of: anything may stand beside.
    let reached = reached_from(name, answers.clone());
    let has = |proof: Proof| answers.clone().any(|record| record.proof == proof && reached.contains(&&record.name));
    if has(Proof::Bogus) || has(Proof::Indeterminate) {
        let is_dname = |record: &Record| u16::from(record.record_type()) == DNAME && record.name.zone_of(name);
        let has_dname = answers.clone().any(|record| is_dname(record) && record.proof == Proof::Secure);
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
/// That another zone is not says nothing.
fn negative(message: &Message, name: &Name) -> Option<Dnssec> {
    let proves = |record: &Record| {
        record.proof == Proof::Secure && matches!(record.record_type(), RecordType::NSEC | RecordType::NSEC3)
    };
    if message.authorities.iter().any(proves) {
        return Some(Dnssec::Secure);
    }
    let is_unsigned = |record: &Record| record.proof == Proof::Insecure && record.name.zone_of(name);
    message.authorities.iter().any(is_unsigned).then_some(Dnssec::Insecure)
}

#[cfg(test)]
mod tests {
    use hickory_proto::dnssec::Algorithm;
    use hickory_proto::dnssec::rdata::sig::SigInput;
    use hickory_proto::dnssec::rdata::{NSEC, RRSIG};
    use hickory_proto::op::OpCode;
    use hickory_proto::rr::SerialNumber;
    use hickory_proto::rr::rdata::{A, CNAME, NS};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn record(owner: &str, proof: Proof, data: RData) -> Record {
        let mut record = Record::from_rdata(name(owner), 60, data);
        record.proof = proof;
        record
    }

    fn address(owner: &str, proof: Proof) -> Record {
        record(owner, proof, RData::A(A::new(10, 0, 0, 1)))
    }

    fn alias(owner: &str, proof: Proof, target: &str) -> Record {
        record(owner, proof, RData::CNAME(CNAME(name(target))))
    }

    fn zone(owner: &str, proof: Proof) -> Record {
        record(owner, proof, RData::NS(NS(name("ns.test."))))
    }

    fn signature(owner: &str, num_labels: u8) -> Record {
        let input = SigInput {
            type_covered: RecordType::A,
            algorithm: Algorithm::ED25519,
            num_labels,
            original_ttl: 60,
            sig_expiration: SerialNumber::new(2),
            sig_inception: SerialNumber::new(1),
            key_tag: 1,
            signer_name: name("test."),
        };
        record(owner, Proof::Secure, RData::DNSSEC(DNSSECRData::RRSIG(RRSIG::from_sig(input, vec![1]))))
    }

    /// Of `a.test.`
    fn judged(answers: Vec<Record>, authorities: Vec<Record>) -> Option<(Dnssec, usize)> {
        let mut message = Message::response(1, OpCode::Query);
        message.add_answers(answers);
        message.add_authorities(authorities);
        let answer = DnsResponse::from_message(message).map_err(NetError::from);
        judge(answer, &name("a.test."), RecordType::A).map(|proven| (proven.state, proven.secure.len()))
    }

    #[test]
    fn what_stands_beside_an_answer_says_nothing_of_it() {
        use Proof::{Bogus, Insecure, Secure};
        let own = || address("a.test.", Secure);
        assert_eq!(judged(vec![own()], vec![]), Some((Dnssec::Secure, 1)));
        for proof in [Insecure, Bogus] {
            assert_eq!(judged(vec![own(), address("b.else.", proof)], vec![]), Some((Dnssec::Secure, 1)));
        }
        // Nothing of the name's own, and another zone, which is unsigned.
        assert_eq!(judged(vec![address("b.else.", Insecure)], vec![zone("else.", Insecure)]), None);
        assert_eq!(judged(vec![], vec![zone("else.", Insecure)]), None);
        assert_eq!(judged(vec![], vec![zone("test.", Insecure)]), Some((Dnssec::Insecure, 0)));
        // An alias leads into the other zone.
        let led = vec![alias("a.test.", Secure, "b.else."), address("b.else.", Insecure)];
        assert_eq!(judged(led, vec![]), Some((Dnssec::Insecure, 0)));
    }

    #[test]
    fn what_comes_of_a_wildcard_needs_a_proof_that_the_name_does_not_exist() {
        let answers = |labels| vec![address("a.test.", Proof::Secure), signature("a.test.", labels)];
        assert_eq!(judged(answers(2), vec![]), Some((Dnssec::Secure, 1)));
        assert_eq!(judged(answers(1), vec![zone("else.", Proof::Insecure)]), None);
        let denial = |proof| {
            let data = NSEC::new(name("z.test."), [RecordType::A]);
            record("0.test.", proof, RData::DNSSEC(DNSSECRData::NSEC(data)))
        };
        assert_eq!(judged(answers(1), vec![denial(Proof::Insecure)]), None);
        assert_eq!(judged(answers(1), vec![denial(Proof::Secure)]), Some((Dnssec::Secure, 1)));
    }

    #[test]
    fn a_forged_dname_excuses_nothing() {
        let dname = |owner, proof| {
            record(
                owner,
                proof,
                RData::Unknown { code: RecordType::from(DNAME), rdata: hickory_proto::rr::rdata::NULL::new() },
            )
        };
        let forged = || alias("a.test.", Proof::Bogus, "b.else.");
        for (owner, proof) in [("test.", Proof::Bogus), ("test.", Proof::Insecure), ("else.", Proof::Secure)] {
            assert_eq!(judged(vec![dname(owner, proof), forged()], vec![]), None, "{owner} {proof}");
        }
        assert_eq!(judged(vec![dname("test.", Proof::Secure), forged()], vec![]), Some((Dnssec::Unavailable, 0)));
    }
}
