//! Names that are aliases: sshd looks up the name behind them.

use super::{Host, Seen, finding, is_short_for};
use crate::dns::finding::{Code, Finding};
use crate::name::HostName;

pub(super) fn judge(host: &Host<'_>, seen: Seen<'_>, found: &mut Vec<Finding>) {
    for name in &host.subject.names {
        let canonical = seen.answers.forward.get(name).and_then(|forward| forward.canonical.as_deref());
        let Some(canonical) = canonical.and_then(as_host_name) else { continue };
        if host.subject.names.contains(&canonical) || is_short_for(canonical.as_str(), name) {
            continue;
        }
        found.push(finding(
            Code::NameIsAlias,
            seen.view,
            host.if_resolved(),
            name,
            format!("it is an alias of {canonical}, and sshd looks up what the address resolves to, never an alias"),
            format!("give {canonical} in its place, or both: {canonical},{name}"),
        ));
    }
}

pub(super) fn as_host_name(bytes: &[u8]) -> Option<HostName> {
    HostName::new(std::str::from_utf8(bytes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::finding::{Severity, View};
    use crate::dns::rules::testing::{Script, by_address, by_resolved, host, told};

    #[test]
    fn the_name_behind_an_alias_is_proposed() {
        let answers = Script::default()
            .forward("www.test", "10.0.0.1")
            .canonical("www.test", b"Node1.test.")
            .forward("node1.test", "10.0.0.1")
            .canonical("node1.test", b"node1.test")
            .answers();
        let judged = |names: &str, resolves| {
            let subject = host(names);
            let mut found = Vec::new();
            let host = if resolves { by_resolved(&subject) } else { by_address(&subject) };
            judge(&host, Seen { view: View::System, answers: &answers }, &mut found);
            found
        };
        let found = judged("www.test", true);
        assert_eq!(told(&found), [(Code::NameIsAlias, Severity::Error, "www.test".to_owned())]);
        assert!(found[0].mend.contains("node1.test,www.test"), "{found:?}");
        assert_eq!(told(&judged("www.test", false))[0].1, Severity::Warning);
        assert_eq!(told(&judged("node1.test", true)), []);
        assert_eq!(told(&judged("node1.test,www.test", true)), []);
    }

    #[test]
    fn a_short_name_s_long_form_is_proposed_and_the_other_way_round_is_another_rule_s() {
        let answers = Script::default()
            .forward("node1", "10.0.0.1")
            .canonical("node1", b"node1.test")
            .forward("node2.test", "10.0.0.2")
            .canonical("node2.test", b"node2")
            .answers();
        let judged = |names: &str| {
            let subject = host(names);
            let mut found = Vec::new();
            judge(&by_resolved(&subject), Seen { view: View::System, answers: &answers }, &mut found);
            told(&found)
        };
        assert_eq!(judged("node1"), [(Code::NameIsAlias, Severity::Error, "node1".to_owned())]);
        assert_eq!(judged("node2.test"), []);
    }

    #[test]
    fn what_is_no_host_name_is_not_proposed() {
        let answers = Script::default().forward("a.test", "10.0.0.1").canonical("a.test", b"*.\x1btest").answers();
        let subject = host("a.test");
        let mut found = Vec::new();
        judge(&by_resolved(&subject), Seen { view: View::System, answers: &answers }, &mut found);
        assert_eq!(found, []);
    }
}
