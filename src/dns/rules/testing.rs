//! Hosts and answers for the tests of the rules.

use super::Host;
use crate::dns::answer::{Answer, Answers, Dnssec, Failed, Fingerprints, Forward, Reverse};
use crate::dns::finding::{Code, Finding, Severity};
use crate::dns::sshfp::SshfpRecord;
use crate::dns::subject::Subject;
use crate::key::PublicKey;
use crate::name::HostName;

pub(super) fn name(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

/// `NAME,ADDRESS`, as it is written.
pub(super) fn host(text: &str) -> Subject {
    let (subject, found) = super::read_subject(text);
    assert_eq!(found, []);
    subject
}

/// With `UseDNS yes`.
pub(super) fn by_resolved(subject: &Subject) -> Host<'_> {
    Host { subject, resolves: true, by_name: true }
}

/// With `UseDNS no`.
pub(super) fn by_address(subject: &Subject) -> Host<'_> {
    Host { subject, resolves: false, by_name: false }
}

pub(super) fn told(found: &[Finding]) -> Vec<(Code, Severity, String)> {
    found.iter().map(|finding| (finding.code, finding.severity, finding.subject.clone())).collect()
}

/// An Ed25519 key of its own for each number.
pub(super) fn key(seed: u8) -> PublicKey {
    let mut blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
    blob.extend([seed; 32]);
    PublicKey::from_blob(&blob).unwrap()
}

/// Answers, one after the other.
#[derive(Default)]
pub(super) struct Script(Answers);

impl Script {
    pub(super) fn answers(self) -> Answers {
        self.0
    }

    fn insert(mut self, text: &str, v4: Answer<Vec<std::net::IpAddr>>, v6: Answer<Vec<std::net::IpAddr>>) -> Self {
        self.0.forward.insert(name(text), Forward { v4, v6, canonical: None, dnssec: None });
        self
    }

    /// The name has these addresses, with blanks between them; none is NXDOMAIN.
    pub(super) fn forward(self, text: &str, addresses: &str) -> Self {
        let addresses: Vec<std::net::IpAddr> =
            addresses.split_whitespace().map(|address| address.parse().unwrap()).collect();
        let of = |is_v4: bool| {
            let some: Vec<_> = addresses.iter().copied().filter(|address| address.is_ipv4() == is_v4).collect();
            match (some.is_empty(), addresses.is_empty()) {
                (false, _) => Answer::Found(some),
                (true, false) => Answer::NoData,
                (true, true) => Answer::NoSuchName,
            }
        };
        self.insert(text, of(true), of(false))
    }

    pub(super) fn no_data(self, text: &str) -> Self {
        self.insert(text, Answer::NoData, Answer::NoData)
    }

    pub(super) fn failing(self, text: &str, failed: Failed) -> Self {
        self.insert(text, Answer::Failed(failed), Answer::Failed(failed))
    }

    pub(super) fn canonical(mut self, text: &str, canonical: &[u8]) -> Self {
        self.0.forward.get_mut(&name(text)).unwrap().canonical = Some(canonical.to_vec());
        self
    }

    /// The address has these names, with blanks between them; none is NXDOMAIN.
    pub(super) fn reverse(mut self, address: &str, names: &str) -> Self {
        let names: Vec<Vec<u8>> = names.split_whitespace().map(|name| name.as_bytes().to_vec()).collect();
        let names = if names.is_empty() { Answer::NoSuchName } else { Answer::Found(names) };
        self.0.reverse.insert(address.parse().unwrap(), Reverse { names, dnssec: None });
        self
    }

    pub(super) fn sshfp(mut self, text: &str, records: &[SshfpRecord], dnssec: Dnssec) -> Self {
        let records = if records.is_empty() { Answer::NoData } else { Answer::Found(records.to_vec()) };
        self.0.sshfp.insert(name(text), Fingerprints { records, dnssec });
        self
    }
}
