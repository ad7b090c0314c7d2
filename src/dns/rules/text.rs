//! A host as somebody wrote it, with what is wrong in the writing.

use std::net::IpAddr;

use super::finding;
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::dns::numeric::is_numeric;
use crate::dns::subject::Subject;
use crate::escape::escape;
use crate::name::{HostName, NameError};

/// Reads `NAME[,ADDRESS...]`, in any order. What is no name and no address is a finding, and left out.
#[must_use]
pub fn read_subject(text: &str) -> (Subject, Vec<Finding>) {
    let mut subject = Subject::default();
    let mut found = Vec::new();
    for element in text.split(',') {
        if let Ok(address) = element.parse::<IpAddr>() {
            if !subject.addresses.contains(&address) {
                subject.addresses.push(address);
            }
            continue;
        }
        match HostName::new(element) {
            Ok(name) if subject.names.contains(&name) => {}
            Ok(name) => subject.names.push(name),
            Err(error) => found.push(bad(element, error)),
        }
    }
    (subject, found)
}

fn bad(element: &str, error: NameError) -> Finding {
    let (evidence, mend) = match error {
        NameError::Numeric if is_numeric(element.as_bytes()) => {
            (format!("{error}"), "write an address whole: four numbers, or IPv6".to_owned())
        }
        NameError::Byte { .. } if !element.is_ascii() => match idna::domain_to_ascii_strict(element) {
            Ok(ascii) => (
                format!("it is not in ASCII; in the DNS, and to sshd, it is {}", escape(&ascii)),
                format!("give {}", escape(&ascii)),
            ),
            Err(_) => (
                "it is not in ASCII, and no internationalised name either (RFC 5891)".to_owned(),
                "correct it, and give its form in the DNS (xn--...)".to_owned(),
            ),
        },
        NameError::Byte { byte: b'%' | b':' } if element.contains('%') => (
            "an address of one interface: on every network another host may have it".to_owned(),
            "give the host's other addresses".to_owned(),
        ),
        _ => (error.to_string(), "correct it: letters, digits, hyphens and dots, no pattern, no port".to_owned()),
    };
    finding(Code::BadName, View::Given, Severity::Error, &escape(element), evidence, mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad_of(text: &str) -> Finding {
        let (_, mut found) = read_subject(text);
        assert_eq!(found.len(), 1, "{found:?}");
        let finding = found.remove(0);
        assert_eq!((finding.code, finding.view, finding.severity), (Code::BadName, View::Given, Severity::Error));
        finding
    }

    #[test]
    fn what_is_written_well_has_no_finding() {
        let (subject, found) = read_subject("Node1.Test.,10.0.0.1,::ffff:10.0.0.2,node1.test,10.0.0.1");
        assert_eq!(found, []);
        assert_eq!(subject.names, [HostName::new("node1.test").unwrap()]);
        // Not in the form that sshd writes: a rule says so.
        assert_eq!(subject.addresses, ["10.0.0.1", "::ffff:10.0.0.2"].map(|text| text.parse::<IpAddr>().unwrap()));
    }

    #[test]
    fn international_names_are_shown_as_the_dns_has_them() {
        let finding = bad_of("b\u{fc}cher.example");
        assert_eq!(finding.subject, "b\\xc3\\xbccher.example");
        assert!(finding.evidence.contains("xn--bcher-kva.example"), "{finding:?}");
        assert_eq!(finding.mend, "give xn--bcher-kva.example");
        assert_eq!(read_subject("xn--bcher-kva.example").1, []);
        assert!(bad_of("a\u{200b}*.example").evidence.contains("no internationalised name"));
    }

    #[test]
    fn every_fault_has_its_reason() {
        let long = "a".repeat(64);
        let longer = vec!["a".repeat(63); 4].join(".");
        for (text, reason) in [
            ("", "the name is empty"),
            ("a..b", "a label (the part between two dots) has 0 bytes"),
            (long.as_str(), "has 64 bytes"),
            (longer.as_str(), "255 bytes"),
            ("10.0.1", "ends in a number"),
            ("node.1", "ends in a number"),
            ("*.test", "0x2a"),
            ("[node1]:22", "0x5b"),
            ("fe80::1%eth0", "one interface"),
            ("no de", "0x20"),
        ] {
            assert!(bad_of(text).evidence.contains(reason), "{text}: {:?}", bad_of(text));
        }
        assert!(bad_of("\x1b[31m").subject.contains("\\x1b"));
    }

    #[test]
    fn the_good_parts_are_kept() {
        let (subject, found) = read_subject("node1.test,*,10.0.0.1");
        assert_eq!((subject.names.len(), subject.addresses.len(), found.len()), (1, 1, 1));
    }
}
