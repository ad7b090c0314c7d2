//! The records that there should be, beside those that the DNS holds.

use crate::cli::style::Style;
use crate::dns::{Answer, Dnssec, Fingerprints, SshfpRecord};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is there, and is one of the host's keys'.
    Same,
    /// It should be there.
    Missing,
    /// It is there and is not of the host's key of this type, of which there is no record.
    Wrong,
    /// It is there beside the right ones, or of a type of which the host has no key: an old key's.
    Stale,
}

impl State {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Stale => "stale",
        }
    }

    pub(super) const fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Missing => '+',
            Self::Wrong | Self::Stale => '-',
        }
    }

    pub(super) const fn style(self) -> Option<Style> {
        match self {
            Self::Same => None,
            Self::Missing => Some(Style::Added),
            Self::Wrong | Self::Stale => Some(Style::Removed),
        }
    }
}

/// A record, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) record: SshfpRecord,
    pub(super) state: State,
}

/// A name's records.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) name: String,
    pub(super) records: Vec<Record>,
    pub(super) failed: Option<String>,
    dnssec: Dnssec,
}

impl Compared {
    /// `wanted` are the records that should be there, `all` those that may: of both digests.
    pub(super) fn new(name: &str, wanted: &[SshfpRecord], all: &[SshfpRecord], found: Fingerprints) -> Self {
        let mut compared =
            Self { name: name.to_owned(), records: Vec::new(), failed: None, dnssec: found.dnssec.clone() };
        let mut there = match found.records {
            Answer::Found(records) => records,
            Answer::NoSuchName | Answer::NoData => Vec::new(),
            Answer::Failed(failed) => {
                compared.failed = Some(failed.to_string());
                return compared;
            }
        };
        there.sort();
        there.dedup();
        let of_kind =
            |one: &SshfpRecord, other: &SshfpRecord| (one.algorithm, one.digest) == (other.algorithm, other.digest);
        for record in &there {
            let has_key = all.iter().any(|own| of_kind(own, record));
            let has_right = there.iter().any(|other| of_kind(other, record) && all.contains(other));
            let state = match () {
                () if all.contains(record) => State::Same,
                () if has_key && !has_right => State::Wrong,
                () => State::Stale,
            };
            compared.records.push(Record { record: record.clone(), state });
        }
        let missing = wanted.iter().filter(|record| !there.contains(record));
        compared.records.extend(missing.map(|record| Record { record: record.clone(), state: State::Missing }));
        compared
    }

    pub(super) fn is_good(&self) -> bool {
        let broken = matches!(self.dnssec, Dnssec::Bogus { .. });
        self.failed.is_none() && !broken && self.records.iter().all(|record| record.state == State::Same)
    }

    pub(super) const fn dnssec_word(&self) -> &'static str {
        match self.dnssec {
            Dnssec::Secure => "secure",
            Dnssec::Insecure => "insecure",
            Dnssec::Unavailable => "unavailable",
            Dnssec::Bogus { .. } => "bogus",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Failed;

    fn record(algorithm: u8, digest: u8, content: u8) -> SshfpRecord {
        SshfpRecord { algorithm, digest, fingerprint: vec![content; 32] }
    }

    fn states(there: &[SshfpRecord], dnssec: Dnssec) -> (Vec<State>, bool) {
        // The host's keys: an Ed25519 key and an ECDSA one.
        let all = [record(4, 1, 1), record(4, 2, 1), record(3, 1, 2), record(3, 2, 2)];
        let wanted = [record(4, 2, 1), record(3, 2, 2)];
        let records = if there.is_empty() { Answer::NoData } else { Answer::Found(there.to_vec()) };
        let compared = Compared::new("n.test", &wanted, &all, Fingerprints { records, dnssec });
        (compared.records.iter().map(|record| record.state).collect(), compared.is_good())
    }

    #[test]
    fn every_record_is_judged() {
        use State::{Missing, Same, Stale, Wrong};
        let secure = || Dnssec::Secure;
        let both = [record(3, 2, 2), record(4, 2, 1)];
        assert_eq!(states(&both, secure()), (vec![Same, Same], true));
        assert_eq!(states(&both, Dnssec::Insecure), (vec![Same, Same], true));
        assert_eq!(states(&both, Dnssec::Bogus { zone: String::new() }), (vec![Same, Same], false));
        // The right SHA-1 records beside them are fine.
        let more = [both.to_vec(), vec![record(4, 1, 1)]].concat();
        assert_eq!(states(&more, secure()), (vec![Same; 3], true));
        assert_eq!(states(&[], secure()), (vec![Missing, Missing], false));
        assert_eq!(states(&both[..1], secure()), (vec![Same, Missing], false));
        assert_eq!(states(&[both[0].clone(), record(4, 2, 9)], secure()), (vec![Same, Wrong, Missing], false));
        let beside = [both.to_vec(), vec![record(4, 2, 9)]].concat();
        assert_eq!(states(&beside, secure()), (vec![Same, Same, Stale], false));
        let another = [both.to_vec(), vec![record(1, 2, 9)]].concat();
        assert_eq!(states(&another, secure()), (vec![Stale, Same, Same], false));
    }

    #[test]
    fn what_cannot_be_asked_is_not_good() {
        let found = Fingerprints { records: Answer::Failed(Failed::TimedOut), dnssec: Dnssec::Unavailable };
        let compared = Compared::new("n.test", &[], &[], found);
        assert!(!compared.is_good());
        assert_eq!(compared.failed.as_deref(), Some("no answer came in time"));
    }
}
