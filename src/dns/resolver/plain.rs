//! Plain lookups, as any old name server answers them: no EDNS, no DNSSEC.

use hickory_proto::op::{DnsRequest, DnsRequestOptions, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::net::{DnsError, NetError};

use super::chain::Chain;
use crate::dns::answer::{Answer, Failed};

/// Most aliases of aliases.
pub(super) const MAX_ALIASES: usize = 8;

/// What a name has.
pub(super) struct Plain {
    /// Records of the type asked for, at the end of its aliases.
    pub(super) records: Answer<Vec<RData>>,
    /// The name behind its aliases; `None` when it is none.
    pub(super) canonical: Option<Name>,
}

pub(super) async fn look_up(chain: &Chain, name: &Name, kind: RecordType) -> Plain {
    let mut options = DnsRequestOptions::default();
    options.use_edns = false;
    let mut at = name.clone();
    let canonical = |at: &Name| (at != name).then(|| at.clone());
    for _ in 0..MAX_ALIASES {
        let request = DnsRequest::from_query(Query::query(at.clone(), kind), options);
        let message = match chain.send(request).first_answer().await {
            Ok(message) => message,
            Err(error) => return Plain { records: negative(&error), canonical: canonical(&at) },
        };
        let records = follow(message.answers.iter(), &mut at, kind);
        if !records.is_empty() {
            return Plain { records: Answer::Found(records), canonical: canonical(&at) };
        }
        let is_nowhere = message.response_code == ResponseCode::NXDomain;
        let is_other_than_asked = message.queries.first().is_some_and(|query| query.name() != &at);
        if is_nowhere || !is_other_than_asked {
            let records = if is_nowhere { Answer::NoSuchName } else { Answer::NoData };
            return Plain { records, canonical: canonical(&at) };
        }
        // The alias leads out of what the server gave: it is asked for the rest.
    }
    Plain { records: Answer::Failed(Failed::Malformed), canonical: None }
}

/// The records of that type at the end of the aliases, which `at` follows: records of other names, which an answer may hold
/// as well, say nothing.
pub(super) fn follow<'a>(
    answers: impl Iterator<Item = &'a Record> + Clone,
    at: &mut Name,
    kind: RecordType,
) -> Vec<RData> {
    for _ in 0..MAX_ALIASES {
        let here = || answers.clone().filter(|record| record.name == *at);
        let records: Vec<RData> =
            here().filter(|record| record.record_type() == kind).map(|record| record.data.clone()).collect();
        if !records.is_empty() {
            return records;
        }
        let alias = here().find_map(|record| match &record.data {
            RData::CNAME(target) => Some(target.0.clone()),
            _ => None,
        });
        match alias {
            Some(target) => *at = target,
            None => return Vec::new(),
        }
    }
    Vec::new()
}

fn negative(error: &NetError) -> Answer<Vec<RData>> {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => Answer::NoSuchName,
            // It names other servers and no end of its own zone: it does not have it, and does not ask for us.
            _ if none.ns.is_some() && none.soa.is_none() => Answer::Failed(Failed::Lame),
            _ => Answer::NoData,
        },
        error => Answer::Failed(failed(error)),
    }
}

pub(super) fn failed(error: &NetError) -> Failed {
    match error {
        NetError::Timeout => Failed::TimedOut,
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused | ResponseCode::NotAuth)) => Failed::Refused,
        NetError::Dns(DnsError::ResponseCode(_)) => Failed::ServFail,
        NetError::Io(_) | NetError::NoConnections | NetError::Busy => Failed::Unreachable,
        _ => Failed::Malformed,
    }
}
