//! The rules together.

use super::testing::{Script, by_address, by_resolved, host, told};
use super::*;
use crate::dns::answer::Failed;

fn both(names: &str, system: Script, dns: Script, policy: &CheckPolicy) -> Vec<(View, Code, Severity)> {
    let (subject, system, dns) = (host(names), system.answers(), dns.answers());
    let views = Views { system: Some(&system), dns: Some(&dns) };
    let (found, _) = judge(&by_resolved(&subject), views, policy);
    found.iter().map(|finding| (finding.view, finding.code, finding.severity)).collect()
}

fn good() -> Script {
    Script::default().forward("n.test", "10.0.0.1").reverse("10.0.0.1", "n.test")
}

fn nothing() -> Script {
    Script::default().forward("n.test", "").reverse("10.0.0.1", "")
}

#[test]
fn a_host_that_is_as_it_should_be_has_no_finding() {
    assert_eq!(both("n.test,10.0.0.1", good(), good(), &CheckPolicy::default()), []);
    let strict = CheckPolicy { require_dns: true, ..CheckPolicy::default() };
    assert_eq!(both("n.test,10.0.0.1", good(), good(), &strict), []);
}

#[test]
fn a_site_with_hosts_files_only_is_warned_unless_the_dns_is_required() {
    let found = both("n.test,10.0.0.1", good(), nothing(), &CheckPolicy::default());
    let of =
        |severity| vec![(View::Dns, Code::NameDoesNotResolve, severity), (View::Dns, Code::ReverseMissing, severity)];
    assert_eq!(found, of(Severity::Warning));
    let strict = CheckPolicy { require_dns: true, ..CheckPolicy::default() };
    assert_eq!(both("n.test,10.0.0.1", good(), nothing(), &strict), of(Severity::Error));
}

#[test]
fn what_the_system_says_already_is_not_said_again() {
    let found = both("n.test,10.0.0.1", nothing(), nothing(), &CheckPolicy::default());
    let codes = [Code::NameDoesNotResolve, Code::ReverseMissing];
    assert_eq!(found, codes.map(|code| (View::System, code, Severity::Error)));
    // But a failure is not the same as nothing.
    let failing = Script::default().failing("n.test", Failed::TimedOut).reverse("10.0.0.1", "");
    let found = both("n.test,10.0.0.1", nothing(), failing, &CheckPolicy::default());
    assert!(found.contains(&(View::Dns, Code::LookupFailed, Severity::Warning)), "{found:?}");
}

#[test]
fn the_most_severe_comes_first_and_what_is_allowed_stops_nothing() {
    let subject = host("n.test,192.0.2.1");
    let system = Script::default().forward("n.test", "192.0.2.1").reverse("192.0.2.1", "").answers();
    let views = Views { system: Some(&system), dns: None };
    let (found, _) = judge(&by_resolved(&subject), views, &CheckPolicy::default());
    let severities = |found: &[Finding]| told(found).into_iter().map(|(code, severity, _)| (code, severity)).collect();
    let codes: Vec<(Code, Severity)> = severities(&found);
    assert_eq!(codes, [(Code::ReverseMissing, Severity::Error), (Code::SpecialAddress, Severity::Warning)]);
    let policy = CheckPolicy { allow: vec![Code::ReverseMissing], ..CheckPolicy::default() };
    let (found, _) = judge(&by_resolved(&subject), views, &policy);
    assert!(found.iter().all(|finding| finding.severity == Severity::Warning), "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn without_answers_only_the_text_is_judged() {
    let subject = host("n.test,10.0.0.1");
    assert_eq!(judge(&by_resolved(&subject), Views::default(), &CheckPolicy::default()), (vec![], vec![]));
    let subject = host("n,127.0.0.1");
    let (found, _) = judge(&by_address(&subject), Views::default(), &CheckPolicy::default());
    assert_eq!(
        told(&found),
        [
            (Code::SpecialAddress, Severity::Error, "127.0.0.1".to_owned()),
            (Code::NotFullyQualified, Severity::Warning, "n".to_owned())
        ]
    );
}
