//! Fingerprints of host keys in the DNS: do they name the keys that the host has?

use super::{Host, Seen, finding};
use crate::dns::answer::{Answer, Dnssec, Fingerprints};
use crate::dns::finding::{Code, Finding, Severity};
use crate::dns::sshfp::{SshfpDigest, SshfpRecord, sshfp_algorithm};
use crate::key::{Fingerprint, PublicKey};
use crate::name::HostName;

/// What is wrong, and the keys for which a record vouches: one with SHA-256, secure by DNSSEC, of a host none of whose names
/// has a record against the key.
pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) -> Vec<Fingerprint> {
    let names = || host.subject.names.iter().filter_map(|name| Some((name, seen.answers.sshfp.get(name)?)));
    let mut vouched = Vec::new();
    for key in &host.subject.keys {
        if sshfp_algorithm(key).is_none() {
            continue;
        }
        let verdicts: Vec<(&HostName, Verdict)> = names().map(|(name, of)| (name, Verdict::new(of, key))).collect();
        for (name, verdict) in &verdicts {
            found.extend(complaint(seen, name, key, *verdict));
        }
        let is_against = verdicts.iter().any(|(_, verdict)| *verdict == Verdict::Mismatch);
        if !is_against && verdicts.iter().any(|(_, verdict)| *verdict == Verdict::Vouches) {
            vouched.push(key.fingerprint());
        }
    }
    vouched
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// A record is the key's, and is to be believed.
    Vouches,
    /// A record is the key's; anybody may have put it there, or it is SHA-1 only.
    Match,
    /// There are records for keys of this type, and none is this key's.
    Mismatch,
    /// There are none for keys of this type.
    Missing,
    /// Nobody can say.
    Unknown,
}

impl Verdict {
    fn new(of: &Fingerprints, key: &PublicKey) -> Self {
        let records = match &of.records {
            Answer::Found(records) => records.as_slice(),
            Answer::NoSuchName | Answer::NoData => &[],
            Answer::Failed(_) => return Self::Unknown,
        };
        let of_digest = |digest: SshfpDigest| {
            let own = SshfpRecord::of(key, digest)?;
            let mut alike =
                records.iter().filter(|one| (one.algorithm, one.digest) == (own.algorithm, own.digest)).peekable();
            alike.peek()?;
            Some(alike.any(|one| one.fingerprint == own.fingerprint))
        };
        // A digest that nobody can forge counts before one that somebody can. Two keys of one type (of ECDSA: three sizes
        // share a number) have a record each: one that matches is enough.
        match (of_digest(SshfpDigest::Sha256), of_digest(SshfpDigest::Sha1)) {
            (Some(true), _) if of.dnssec == Dnssec::Secure => Self::Vouches,
            (Some(true), _) | (None, Some(true)) => Self::Match,
            (Some(false), _) | (None, Some(false)) => Self::Mismatch,
            (None, None) => Self::Missing,
        }
    }
}

fn complaint(seen: Seen<'_>, name: &HostName, key: &PublicKey, verdict: Verdict) -> Option<Finding> {
    match verdict {
        Verdict::Mismatch => Some(finding(
            Code::SshfpMismatch,
            seen.view,
            Severity::Error,
            name,
            format!("the DNS has fingerprints of its keys of this type, and none is of {key}"),
            "find out which of them is the host's: somebody else may have answered, or the records are stale",
        )),
        Verdict::Missing => Some(finding(
            Code::SshfpMissing,
            seen.view,
            // A short name has no zone of its own to put the record into.
            if name.as_str().contains('.') { Severity::Error } else { Severity::Information },
            name,
            format!("the DNS has no fingerprint of {key}"),
            "add the records that `hostbased sshfp` prints",
        )),
        // Where a record is required, nobody's word that there is one will not do.
        Verdict::Unknown => Some(finding(
            Code::SshfpMissing,
            seen.view,
            Severity::Error,
            name,
            format!("whether the DNS has a fingerprint of {key} cannot be looked up"),
            super::forward::mend_failed(seen.view),
        )),
        Verdict::Vouches | Verdict::Match => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::answer::{Answers, Failed};
    use crate::dns::finding::View;
    use crate::dns::rules::testing::{Script, by_resolved, host, key, told};

    fn records(of: &[(u8, SshfpDigest)]) -> Vec<SshfpRecord> {
        of.iter().map(|&(seed, digest)| SshfpRecord::of(&key(seed), digest).unwrap()).collect()
    }

    fn judged(names: &str, answers: &Answers) -> (Vec<(Code, Severity, String)>, usize) {
        let mut subject = host(names);
        subject.keys = vec![key(1)];
        let mut found = Vec::new();
        let vouched = judge(&by_resolved(&subject), Seen { view: View::Dns, answers }, &mut found);
        assert!(vouched.iter().all(|one| *one == key(1).fingerprint()));
        (told(&found), vouched.len())
    }

    fn one(of: &[(u8, SshfpDigest)], state: Dnssec) -> (Vec<(Code, Severity, String)>, usize) {
        judged("n.test", &Script::default().sshfp("n.test", &records(of), state).answers())
    }

    const SHA1: SshfpDigest = SshfpDigest::Sha1;
    const SHA256: SshfpDigest = SshfpDigest::Sha256;

    #[test]
    fn only_a_secure_sha_256_record_of_the_key_vouches() {
        assert_eq!(one(&[(1, SHA256)], Dnssec::Secure), (vec![], 1));
        assert_eq!(one(&[(1, SHA1), (1, SHA256)], Dnssec::Secure), (vec![], 1));
        // Another key of the type may be there too.
        assert_eq!(one(&[(2, SHA256), (1, SHA256)], Dnssec::Secure), (vec![], 1));
        assert_eq!(one(&[(1, SHA1)], Dnssec::Secure), (vec![], 0));
        let bogus = Dnssec::Bogus { zone: "test.".to_owned() };
        for state in [Dnssec::Insecure, Dnssec::Unavailable, bogus] {
            assert_eq!(one(&[(1, SHA256)], state), (vec![], 0));
        }
    }

    #[test]
    fn a_record_of_another_key_is_an_error_and_a_weaker_match_does_not_help() {
        let mismatch = || vec![(Code::SshfpMismatch, Severity::Error, "n.test".to_owned())];
        assert_eq!(one(&[(2, SHA256)], Dnssec::Secure), (mismatch(), 0));
        assert_eq!(one(&[(2, SHA256)], Dnssec::Insecure), (mismatch(), 0));
        assert_eq!(one(&[(2, SHA1)], Dnssec::Secure), (mismatch(), 0));
        assert_eq!(one(&[(2, SHA256), (1, SHA1)], Dnssec::Secure), (mismatch(), 0));
        assert_eq!(one(&[(1, SHA256), (2, SHA1)], Dnssec::Secure), (vec![], 1));
    }

    #[test]
    fn records_of_other_types_are_none_of_this_key() {
        let missing = vec![(Code::SshfpMissing, Severity::Error, "n.test".to_owned())];
        assert_eq!(one(&[], Dnssec::Secure), (missing.clone(), 0));
        let mut other = records(&[(2, SHA256)]);
        other[0].algorithm = 1;
        let answers = Script::default().sshfp("n.test", &other, Dnssec::Secure).answers();
        assert_eq!(judged("n.test", &answers), (missing, 0));
        let mut unknown = records(&[(2, SHA256)]);
        unknown[0].digest = 3;
        let answers = Script::default().sshfp("n.test", &unknown, Dnssec::Secure).answers();
        assert_eq!(judged("n.test", &answers).0[0].0, Code::SshfpMissing);
    }

    #[test]
    fn one_name_against_the_key_outweighs_another_for_it() {
        let script = Script::default().sshfp("a.test", &records(&[(1, SHA256)]), Dnssec::Secure);
        let answers = script.sshfp("b.test", &records(&[(2, SHA256)]), Dnssec::Insecure).answers();
        let (found, vouched) = judged("a.test,b.test", &answers);
        assert_eq!((found[0].0, vouched), (Code::SshfpMismatch, 0));
        assert_eq!(judged("a.test", &answers), (vec![], 1));
    }

    #[test]
    fn what_cannot_be_looked_up_is_missing() {
        let mut answers = Script::default().sshfp("n.test", &records(&[(1, SHA256)]), Dnssec::Secure).answers();
        answers.sshfp.values_mut().for_each(|one| one.records = Answer::Failed(Failed::TimedOut));
        let missing = vec![(Code::SshfpMissing, Severity::Error, "n.test".to_owned())];
        assert_eq!(judged("n.test", &answers), (missing, 0));
    }
}
