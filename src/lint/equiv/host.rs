//! The host of an entry: taken literally, and compared with what sshd looked up.

use std::ops::Range;

use super::fixes::{replace, reword};
use super::line::Piece;
use super::{denies, host_name};
use crate::enroll::Names;
use crate::escape::escape;
use crate::lint::address::{
    is_address, is_network, looked_up, meant, other_text, with_decimal_parts, without_brackets,
};
use crate::lint::code::{Code, Severity};
use crate::lint::finding::Finding;
use crate::name::HostName;
use crate::shosts::Entry;

/// What is wrong with the host: the one thing that keeps it from ever matching, or how sshd looks hosts up.
pub(super) fn find(piece: &Piece<'_>, entry: &Entry, names: Option<Names>) -> Option<Finding> {
    let name = host_name(entry)?;
    let field = piece.span(0);
    // Without its sign.
    let span = field.end.saturating_sub(name.len())..field.end;
    match shape(piece, name, &span) {
        Some(finding) if denies(entry) => Some(finding.weighs(Severity::Error)),
        Some(finding) => Some(finding),
        None => names.and_then(|names| lookup(piece, name, span, denies(entry), names)),
    }
}

fn shape(piece: &Piece<'_>, name: &[u8], span: &Range<usize>) -> Option<Finding> {
    let finding = |code, text: &'static str, mend: String| Finding::at(code, piece.at(span.clone()), text, mend);
    let is_well = |name: &[u8]| looked_up(name).is_some();
    if is_network(name) {
        let text = "a network matches no address: there are none here";
        return Some(finding(Code::Network, text, "give each address a line, or make a netgroup of them".into()));
    }
    if name.contains(&b',') {
        let text = "a list is taken for one name, which no host has";
        let mend = "give each host a line of its own";
        return Some(finding(Code::HostList, text, mend.into()).mended_by(apart(piece, name, span)));
    }
    if name.iter().any(|byte| matches!(byte, b'*' | b'?')) {
        let text = "a wildcard is taken literally, and matches no host";
        return Some(finding(Code::WildcardHost, text, "give each host a line, or make a netgroup of them".into()));
    }
    if let Some(inner) = without_brackets(name) {
        let text = "brackets and ports are taken literally: the line matches no host";
        let right = looked_up(inner);
        let mend =
            right.as_ref().map_or_else(|| "write the bare name or address".into(), |right| format!("write {right}"));
        let fix = right.and_then(|right| reword(piece.file, piece.line, span, right.as_bytes()));
        return Some(finding(Code::BracketedHost, text, mend).mended_by(fix));
    }
    if let Some(right) = other_text(name) {
        let folds = right.as_bytes().eq_ignore_ascii_case(name);
        let text = if folds {
            "upper-case letters: the address matches where sshd looks up addresses, and not beside a name (UseDNS yes)"
        } else {
            "sshd looks up the shortest lower-case text of an address, and this is another"
        };
        if let Some(decimal) = with_decimal_parts(name) {
            let mend = format!("write {right}, for a part that begins with 0 is octal; or {decimal}, if that is meant");
            return Some(finding(Code::AddressText, text, mend));
        }
        let fix = reword(piece.file, piece.line, span, right.as_bytes());
        return Some(finding(Code::AddressText, text, format!("write {right}")).mended_by(fix));
    }
    if is_address(name) {
        return None;
    }
    match name.strip_suffix(b".").filter(|rest| is_well(rest) && meant(rest).is_none()) {
        Some(rest) => {
            let fix = reword(piece.file, piece.line, span, rest);
            let text = "no name that sshd looks up ends in a dot";
            Some(finding(Code::FinalDot, text, format!("write {}", escape(rest))).mended_by(fix))
        }
        None if is_host_name(name) => None,
        None => {
            let text = "this is no host's name and no address, so sshd never looks it up";
            Some(finding(Code::BadName, text, "write the host's name, or its address".into()))
        }
    }
}

fn is_host_name(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| HostName::new(name).is_ok())
}

/// Each host of a list on a line of its own, with the sign and the user of all.
fn apart(piece: &Piece<'_>, list: &[u8], span: &Range<usize>) -> Option<crate::lint::finding::Fix> {
    let text = piece.line.text();
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    let hosts = || list.split(|&byte| byte == b',').filter(|host| !host.is_empty());
    let new: Vec<Vec<u8>> = hosts().map(|host| [before, host, after].concat()).collect();
    // Two names of one host in one line of known_hosts are usual, and so is what this was meant for.
    (hosts().all(|host| looked_up(host).is_some()) && !new.is_empty()).then(|| replace(piece.file, piece.line, new))?
}

fn lookup(piece: &Piece<'_>, name: &[u8], span: Range<usize>, denies: bool, names: Names) -> Option<Finding> {
    let shown = escape(name);
    match (names, is_address(name)) {
        (Names::Address, false) | (Names::Packet, true) => {
            let mend = if names == Names::Address {
                "write its address, or set UseDNS yes"
            } else {
                "write its name, or set HostbasedUsesNameFromPacketOnly no"
            };
            let text = format!("{shown} is never looked up: sshd matches {names}");
            let severity = if denies { Severity::Error } else { Severity::Warning };
            Some(Finding::at(Code::NeverLookedUp, piece.at(span), text, mend).weighs(severity))
        }
        (Names::Dns, true) if !denies => {
            let text = format!("sshd matches {names}, and this address besides: it admits whichever host has it next");
            Some(Finding::at(Code::StaleAddress, piece.at(span), text, "write the host's name instead"))
        }
        _ => None,
    }
}
