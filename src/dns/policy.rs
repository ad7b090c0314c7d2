//! How much a finding weighs, by the options of the check.

use super::finding::{Code, Finding, Severity, View};

/// What the administrator wants of the checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckPolicy {
    /// Findings that stop nothing.
    pub allow: Vec<Code>,
    /// Findings in the DNS are errors too.
    pub require_dns: bool,
    /// So is an answer that is not signed, or whose signature cannot be checked.
    pub require_dnssec: bool,
    /// So is a key without an SSHFP record.
    pub require_sshfp: bool,
}

impl CheckPolicy {
    /// Puts the severity that counts in place of the rule's own. The rules judge as if the DNS were what sshd asks; here its
    /// findings become warnings, for many sites have `/etc/hosts` only. What is allowed is a warning at most.
    pub(super) fn weigh(&self, finding: &mut Finding) {
        let severity = self.severity(finding);
        finding.severity = if self.allow.contains(&finding.code) { severity.min(Severity::Warning) } else { severity };
    }

    fn severity(&self, finding: &Finding) -> Severity {
        let when = |required: bool, otherwise: Severity| if required { Severity::Error } else { otherwise };
        match finding.code {
            // An answer that somebody changed on its way, and a key that is not the host's by its owner's own word.
            Code::DnssecBogus | Code::SshfpMismatch => Severity::Error,
            Code::DnssecInsecure | Code::DnssecUnavailable => {
                when(self.require_dnssec && finding.severity > Severity::Information, Severity::Information)
            }
            Code::SshfpMissing => {
                when(self.require_sshfp && finding.severity > Severity::Information, Severity::Information)
            }
            _ if finding.view == View::Dns && !self.require_dns => finding.severity.min(Severity::Warning),
            _ => finding.severity,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(policy: &CheckPolicy, code: Code, view: View, severity: Severity) -> Severity {
        let mut finding =
            Finding { code, view, severity, subject: String::new(), evidence: String::new(), mend: String::new() };
        policy.weigh(&mut finding);
        finding.severity
    }

    #[test]
    fn the_dns_alone_stops_nothing_unless_it_is_required() {
        let (plain, strict) = (CheckPolicy::default(), CheckPolicy { require_dns: true, ..CheckPolicy::default() });
        let of = |policy, view, severity| weighed(policy, Code::ReverseMissing, view, severity);
        assert_eq!(of(&plain, View::System, Severity::Error), Severity::Error);
        assert_eq!(of(&plain, View::Given, Severity::Error), Severity::Error);
        assert_eq!(of(&plain, View::Dns, Severity::Error), Severity::Warning);
        assert_eq!(of(&strict, View::Dns, Severity::Error), Severity::Error);
        // What would not matter to sshd does not with the option either.
        assert_eq!(of(&strict, View::Dns, Severity::Warning), Severity::Warning);
        assert_eq!(of(&plain, View::Dns, Severity::Information), Severity::Information);
    }

    #[test]
    fn what_is_allowed_is_still_told() {
        let policy = CheckPolicy { allow: vec![Code::ReverseMissing], ..CheckPolicy::default() };
        assert_eq!(weighed(&policy, Code::ReverseMissing, View::System, Severity::Error), Severity::Warning);
        assert_eq!(weighed(&policy, Code::ReverseMissing, View::System, Severity::Information), Severity::Information);
        assert_eq!(weighed(&policy, Code::ReverseMismatch, View::System, Severity::Error), Severity::Error);
    }

    #[test]
    fn signatures_and_fingerprints_have_options_of_their_own() {
        let plain = CheckPolicy::default();
        let dnssec = CheckPolicy { require_dnssec: true, ..plain.clone() };
        let sshfp = CheckPolicy { require_sshfp: true, ..plain.clone() };
        let dns = CheckPolicy { require_dns: true, ..plain.clone() };
        let of = |policy, code, severity| weighed(policy, code, View::Dns, severity);
        for code in [Code::DnssecBogus, Code::SshfpMismatch] {
            assert_eq!(of(&plain, code, Severity::Error), Severity::Error, "{code}");
        }
        for code in [Code::DnssecInsecure, Code::DnssecUnavailable] {
            assert_eq!(of(&plain, code, Severity::Error), Severity::Information, "{code}");
            assert_eq!(of(&dns, code, Severity::Error), Severity::Information, "{code}");
            assert_eq!(of(&sshfp, code, Severity::Error), Severity::Information, "{code}");
            assert_eq!(of(&dnssec, code, Severity::Error), Severity::Error, "{code}");
            // What no owner of a zone can mend.
            assert_eq!(of(&dnssec, code, Severity::Information), Severity::Information, "{code}");
        }
        assert_eq!(of(&plain, Code::SshfpMissing, Severity::Error), Severity::Information);
        assert_eq!(of(&dnssec, Code::SshfpMissing, Severity::Error), Severity::Information);
        assert_eq!(of(&sshfp, Code::SshfpMissing, Severity::Error), Severity::Error);
        let allowed = CheckPolicy { allow: vec![Code::DnssecBogus], ..plain };
        assert_eq!(of(&allowed, Code::DnssecBogus, Severity::Error), Severity::Warning);
    }
}
