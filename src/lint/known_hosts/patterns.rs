//! The hosts of an entry: names, addresses and patterns with commas between them.

use std::ops::Range;

use super::fixes::reword;
use super::line::Words;
use crate::known_hosts::{Entry, Marker};
use crate::lint::address::{is_address, is_network, looked_up, meant, other_text, with_decimal_parts};
use crate::lint::code::{Code, Severity};
use crate::lint::finding::Finding;
use crate::pattern::{self, MAX_PATTERN_BYTES};

/// One element of the list.
struct Element<'a> {
    name: &'a [u8],
    negated: bool,
    /// Its place in the line, without `!`.
    span: Range<usize>,
}

pub(super) fn find(words: &Words<'_>, entry: &Entry, list: &[u8], found: &mut Vec<Finding>) {
    let hosts = words.span(words.hosts());
    let elements = elements(list, hosts.start);
    let is_revocation = entry.marker() == Some(Marker::Revoked);
    // What a revocation does not match, it does not revoke.
    let weigh = |finding: Finding| {
        if is_revocation && finding.severity == Severity::Warning { finding.weighs(Severity::Error) } else { finding }
    };
    if elements.iter().all(|element| element.negated) {
        let text = "every pattern is negated: the line matches no host";
        found.push(weigh(words.finding(Code::OnlyNegated, words.hosts(), text, "add the hosts that it is for, or *")));
    }
    let is_first = |element: &Element<'_>| words.line.number() == 1 && element.span.start == 0;
    for element in &elements {
        let marked = is_first(element) && element.name.starts_with(b"\xef\xbb\xbf");
        found.extend(name(words, element).filter(|_| !marked).map(weigh));
        found.extend(element.negated.then(|| negated(words, element, &elements)).flatten());
        found.extend(wildcard(words, element, entry.marker()));
    }
}

fn elements(list: &[u8], start: usize) -> Vec<Element<'_>> {
    let mut at = start;
    let mut elements = Vec::new();
    for element in list.split(|&byte| byte == b',') {
        let end = at.saturating_add(element.len());
        let negated = element.starts_with(b"!");
        let name = element.strip_prefix(b"!").unwrap_or(element);
        if !element.is_empty() {
            elements.push(Element { name, negated, span: end.saturating_sub(name.len())..end });
        }
        at = end.saturating_add(1);
    }
    elements
}

/// What keeps a name or pattern from ever matching.
fn name(words: &Words<'_>, element: &Element<'_>) -> Option<Finding> {
    let finding =
        |code, text: &'static str, mend: String| Finding::at(code, words.at(element.span.clone()), text, mend);
    let name = element.name;
    if name.len() >= MAX_PATTERN_BYTES {
        let text = "a pattern of 1023 bytes or more makes the whole line match nothing";
        return Some(finding(Code::LongPattern, text, "give each host a line of its own".into()));
    }
    if name.starts_with(b"[") {
        let text = "hostbased authentication looks up names without a port, and never finds this one";
        return Some(finding(Code::PortForm, text, "add the bare name, if the host is to log in from there".into()));
    }
    if is_network(name) {
        let text = "a network matches no address: patterns know no lengths of prefixes";
        return Some(finding(Code::Network, text, "write a pattern (10.0.0.*), or each address".into()));
    }
    if is_wild(name) || is_address(name) {
        let right = other_text(name).filter(|right| !right.as_bytes().eq_ignore_ascii_case(name))?;
        // With two right answers there is none to take.
        let fix = reword(words.file, words.line, &element.span, right.as_bytes());
        let fix = fix.filter(|_| with_decimal_parts(name).is_none());
        let text = "sshd looks up the shortest lower-case text of an address, and this is another";
        return Some(finding(Code::AddressText, text, format!("write {right}")).mended_by(fix));
    }
    match name.strip_suffix(b".").filter(|rest| looked_up(rest).is_some() && meant(rest).is_none()) {
        Some(rest) => {
            let fix = reword(words.file, words.line, &element.span, rest);
            let text = "no name that sshd looks up ends in a dot";
            Some(finding(Code::FinalDot, text, "take the dot off".into()).mended_by(fix))
        }
        None if looked_up(name).is_some() => None,
        None => {
            let text = "this is no host's name and no address, so sshd never looks it up";
            Some(finding(Code::BadName, text, "write the host's name, or its address".into()))
        }
    }
}

fn is_wild(name: &[u8]) -> bool {
    name.iter().any(|byte| matches!(byte, b'*' | b'?'))
}

/// Whom a negated pattern shuts out, wherever it stands in the list.
fn negated(words: &Words<'_>, element: &Element<'_>, elements: &[Element<'_>]) -> Option<Finding> {
    // Each with each, and a line may be as long as it likes.
    let named = |other: &&Element<'_>| !other.negated && !is_wild(other.name);
    let mut others = elements.iter().take(MAX_PATTERN_BYTES).filter(named);
    let fold = |name: &[u8]| name.to_ascii_lowercase();
    let own = others.find(|other| pattern::matches(&fold(other.name), &fold(element.name)));
    let (severity, text) = match own {
        Some(_) => (Severity::Warning, "this shuts out a name that the line itself holds"),
        None => (
            Severity::Information,
            "whom a negated pattern matches, the whole line is not for, wherever the pattern stands",
        ),
    };
    let mend = "write the hosts themselves, if somebody is shut out who should not be";
    Some(Finding::at(Code::NegatedPattern, words.at(element.span.clone()), text, mend).weighs(severity))
}

/// Many hosts behind one key.
fn wildcard(words: &Words<'_>, element: &Element<'_>, marker: Option<Marker>) -> Option<Finding> {
    if element.negated || !is_wild(element.name) {
        return None;
    }
    let everybody = element.name.iter().all(|byte| matches!(byte, b'*' | b'?' | b'.'));
    let at = words.at(element.span.clone());
    match marker {
        None => {
            let text = if everybody {
                "one plain key for every host there is: whoever holds it passes for any of them"
            } else {
                "one plain key for every host that this matches: whoever holds it passes for any of them"
            };
            let severity = if everybody { Severity::Error } else { Severity::Warning };
            let mend = "name the host that the key belongs to; for many, use an authority (@cert-authority)";
            Some(Finding::at(Code::WildcardKey, at, text, mend).weighs(severity))
        }
        Some(Marker::CertAuthority) if everybody => {
            let text = "this authority may vouch for every host there is";
            Some(Finding::at(Code::WildcardAuthority, at, text, "name the domain that it is for: *.example.org"))
        }
        _ => None,
    }
}
