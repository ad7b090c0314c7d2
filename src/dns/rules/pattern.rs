//! Patterns of hosts for which an authority may speak (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, `@cert-authority`).

use super::finding;
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::escape::escape;
use crate::name::{HostName, NameError};

/// What is wrong with a list of patterns (`*.example.org,!old.example.org`), by its text alone. Severities are the rule's own:
/// weigh them ([`weigh`](super::weigh)).
#[must_use]
pub fn check_pattern(list: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut admits = false;
    for pattern in list.split(',') {
        let (negated, plain) = match pattern.strip_prefix('!') {
            Some(plain) => (true, plain),
            None => (false, pattern),
        };
        admits |= !negated;
        found.extend(one(pattern, plain, negated));
    }
    if !admits {
        found.push(bad(
            list,
            "it only excludes, and so matches no host",
            "name what it is for first: *.example.org,!...",
        ));
    }
    found
}

fn bad(pattern: &str, evidence: &str, mend: &str) -> Finding {
    finding(Code::BadName, View::Given, Severity::Error, &escape(pattern), evidence, mend)
}

fn one(pattern: &str, plain: &str, negated: bool) -> Option<Finding> {
    if plain.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    // A wildcard stands for a letter, so that the rest is judged as a name is.
    let stand_in = plain.replace(['*', '?'], "a");
    let is_address_like = plain.contains(['*', '?']) && plain.bytes().all(|byte| b"0123456789.*?".contains(&byte));
    match HostName::new(&stand_in) {
        Err(NameError::Numeric) if is_address_like => {}
        Err(NameError::Byte { byte: b':' }) if plain.contains(['*', '?']) && is_ipv6_like(plain) => {}
        Err(error) => {
            let mend = "correct it: names, addresses, and * and ? in them";
            return Some(bad(pattern, &error.to_string(), mend));
        }
        Ok(_) => {}
    }
    if negated || !plain.contains(['*', '?']) {
        let short = !negated && !plain.contains('.') && !plain.contains(':');
        return short.then(|| {
            finding(
                Code::NotFullyQualified,
                View::Given,
                Severity::Warning,
                &escape(pattern),
                "the name has no domain; sshd compares names whole",
                "give the whole name too",
            )
        });
    }
    // How much the pattern says: a domain of two labels without wildcards at its end, or an address's first number.
    let rooted = plain.rsplit('.').take_while(|label| !label.is_empty() && !label.contains(['*', '?'])).count();
    let leading = plain.split(['.', ':']).take_while(|part| !part.is_empty() && !part.contains(['*', '?'])).count();
    let is_wide = if is_address_like || is_ipv6_like(plain) { leading == 0 } else { rooted < 2 };
    is_wide.then(|| {
        finding(
            Code::NotFullyQualified,
            View::Given,
            Severity::Error,
            &escape(pattern),
            "the authority could speak for hosts of every domain",
            "name your own domain: *.example.org",
        )
    })
}

fn is_ipv6_like(plain: &str) -> bool {
    plain.contains(':') && plain.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.*?".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(list: &str) -> Vec<(Code, Severity)> {
        check_pattern(list).iter().map(|finding| (finding.code, finding.severity)).collect()
    }

    #[test]
    fn a_pattern_must_name_a_domain() {
        for fine in [
            "*.example.org",
            "node?.example.org",
            "node1.example.org",
            "*.example.org,!old.example.org",
            "10.0.0.1",
            "10.*",
            "10.0.0.*",
            "fd00:*",
            "*.a.example.org,10.0.?.1",
        ] {
            assert_eq!(judged(fine), [], "{fine}");
        }
        for wide in ["*", "*.*", "*.org", "node*", "*.example.*", "?", "*.0.0.1", "*.example.org,*", "*:1"] {
            assert_eq!(judged(wide), [(Code::NotFullyQualified, Severity::Error)], "{wide}");
        }
        assert_eq!(judged("node1"), [(Code::NotFullyQualified, Severity::Warning)]);
    }

    #[test]
    fn what_no_name_matches_is_a_bad_name() {
        for bad in ["", "*.example.org,", "a b.example.org", "[*.example.org]:22", "!*.example.org", "|1|a", "*..org"] {
            assert!(judged(bad).contains(&(Code::BadName, Severity::Error)), "{bad}: {:?}", judged(bad));
        }
        assert!(check_pattern("\x1b").iter().all(|finding| !finding.subject.contains('\x1b')));
    }
}
