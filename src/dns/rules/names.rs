//! Names by their text: fully qualified, and within what [RFC 1123 section 2.1] allows.
//!
//! [RFC 1123 section 2.1]: https://www.rfc-editor.org/rfc/rfc1123#section-2.1

use super::{Host, finding};
use crate::dns::finding::{Code, Finding, Severity, View};
use crate::name::HostName;

pub(super) fn judge(host: &Host<'_>, found: &mut Vec<Finding>) {
    let names = &host.subject.names;
    for name in names {
        if is_localhost(name) {
            found.push(finding(
                Code::SpecialAddress,
                View::Given,
                Severity::Error,
                name,
                "every machine calls itself that (RFC 6761 section 6.3)",
                "give the name that other machines know it by",
            ));
        }
        if let Some(odd) = odd_label(name) {
            found.push(finding(
                Code::BadName,
                View::Given,
                Severity::Warning,
                name,
                format!(
                    "{odd}, which RFC 1123 section 2.1 does not allow in the name of a host; some programs refuse it"
                ),
                "rename the host where that is possible",
            ));
        }
    }
    // A short name beside its long one is an alias that both files may well hold.
    let short = names.iter().find(|name| !is_localhost(name));
    if let (Some(name), false) = (short, names.iter().any(is_fully_qualified)) {
        found.push(finding(
            Code::NotFullyQualified,
            View::Given,
            if host.by_name { Severity::Error } else { Severity::Warning },
            name,
            "the name has no domain; sshd compares names whole, and another site's host may have the same",
            format!("give the whole name, and the short one behind it where it is used too: {name}.DOMAIN,{name}"),
        ));
    }
}

fn is_fully_qualified(name: &HostName) -> bool {
    name.as_str().contains('.')
}

fn is_localhost(name: &HostName) -> bool {
    let name = name.as_str();
    name == "localhost" || name.ends_with(".localhost") || name == "localhost.localdomain"
}

/// What [`HostName`] lets pass because real sites have it.
fn odd_label(name: &HostName) -> Option<&'static str> {
    if name.as_str().contains('_') {
        return Some("it holds an underscore");
    }
    name.as_str().split('.').any(|label| label.ends_with('-')).then_some("a label of it ends in a hyphen")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::rules::testing::{by_address, host, told};

    fn judged(names: &str) -> Vec<(Code, Severity, String)> {
        let subject = host(names);
        let mut found = Vec::new();
        judge(&Host { subject: &subject, resolves: true, by_name: true }, &mut found);
        told(&found)
    }

    #[test]
    fn a_name_needs_its_domain_unless_its_long_form_is_there() {
        assert_eq!(judged("node1"), [(Code::NotFullyQualified, Severity::Error, "node1".to_owned())]);
        assert_eq!(judged("node1,node2"), [(Code::NotFullyQualified, Severity::Error, "node1".to_owned())]);
        assert_eq!(judged("node1.test,node1"), []);
        assert_eq!(judged("10.0.0.1"), []);
        let subject = host("node1,10.0.0.1");
        let mut found = Vec::new();
        judge(&by_address(&subject), &mut found);
        assert_eq!(told(&found), [(Code::NotFullyQualified, Severity::Warning, "node1".to_owned())]);
    }

    #[test]
    fn localhost_is_no_host_s_name() {
        for name in ["localhost", "db.localhost", "localhost.localdomain"] {
            assert_eq!(judged(name), [(Code::SpecialAddress, Severity::Error, name.to_owned())]);
        }
        assert_eq!(judged("localhost.example.org"), []);
        assert_eq!(judged("notlocalhost.test"), []);
    }

    #[test]
    fn what_some_programs_refuse_is_a_warning() {
        for name in ["no_de.test", "node-.test", "node.te-"] {
            assert_eq!(judged(name), [(Code::BadName, Severity::Warning, name.to_owned())]);
        }
        assert_eq!(judged("no-de.te-st"), []);
    }
}
