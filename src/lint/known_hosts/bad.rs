//! Lines that count for nothing.

use super::fixes::{replace, reword};
use super::line::Words;
use crate::key::KeyLineError;
use crate::known_hosts::{HashedName, HashedNameError, LineProblem, Marker};
use crate::lint::code::{Code, Severity};
use crate::lint::finding::{Finding, Fix};

pub(super) fn find(words: &Words<'_>, problem: &LineProblem) -> Finding {
    let hosts = words.hosts();
    let (kind, key) = (hosts.saturating_add(1), hosts.saturating_add(2));
    match problem {
        LineProblem::UnknownMarker => {
            let text = "the only markers are @cert-authority and @revoked, in lower case: the line is skipped";
            let mend = "correct the marker, or take the line out";
            words.finding(Code::UnknownMarker, 0, text, mend).mended_by(lower_case_marker(words))
        }
        LineProblem::TabAfterMarker => {
            let at = words.span(0).end;
            let text = "OpenSSH takes the first blank on the line for the marker's end, and finds a tab before it: the line is skipped";
            let fix = reword(words.file, words.line, &(at..at.saturating_add(1)), b" ");
            let place = words.at(at..at.saturating_add(1));
            Finding::at(Code::TabAfterMarker, place, text, "write a blank behind the marker").mended_by(fix)
        }
        LineProblem::SecondMarker => words.finding(
            Code::SecondMarker,
            1,
            "more than one marker: the line is skipped",
            "give each a line of its own",
        ),
        LineProblem::RevokedWithoutKey => {
            let text = "no key can be found on this line: it revokes nothing";
            let mend = "write it as: @revoked HOSTS TYPE KEY";
            words.finding(Code::RevocationWithoutKey, 0, text, mend)
        }
        LineProblem::Truncated => {
            let text = "the line ends where a key should follow, and is skipped";
            let last = words.words.len().saturating_sub(1);
            words.finding(Code::TruncatedLine, last, text, "write HOSTS TYPE KEY, or take the line out")
        }
        LineProblem::NoKeyType => {
            let text = "no key type stands behind the hosts: the line is skipped";
            words.finding(Code::NoKeyType, kind, text, "write HOSTS TYPE KEY, or take the line out")
        }
        LineProblem::NoHosts => {
            let text = "the line begins with a key: the hosts in front of it are missing, so it is nobody's";
            words.finding(
                Code::MissingHosts,
                0,
                text,
                "write the host's name and address in front, with a comma between",
            )
        }
        LineProblem::HashedName(HashedNameError::List) => {
            let text = "a list of hashed names never matches";
            words.finding(Code::HashList, hosts, text, "give each a line of its own").mended_by(hashes_apart(words))
        }
        LineProblem::HashedName(error) => {
            let text = format!("no hashed name, so the line matches no host: {error}");
            let mend = "write the name in clear, and hash it with ssh-keygen -H";
            Finding::at(Code::BadHash, words.at(words.span(hosts)), text, mend)
        }
        LineProblem::ShortRsaKey { bits } => {
            let text = format!("an RSA key of {bits} bits, which OpenSSH does not read");
            Finding::at(Code::WeakRsaKey, words.at(words.span(key)), text, "give the host another key")
        }
        LineProblem::Key(error) => key_error(words, error, (kind, key)),
    }
}

fn key_error(words: &Words<'_>, error: &KeyLineError, (kind, key): (usize, usize)) -> Finding {
    let at = |word| words.at(words.span(word));
    match error {
        KeyLineError::UnknownType(_) if words.word(kind).starts_with(b"ssh-dss") => {
            let text = "a DSA key signs with SHA-1 alone, and no OpenSSH of today reads it: the line is skipped";
            words.finding(Code::DsaKey, kind, text, "take the line out, and register another key of the host")
        }
        KeyLineError::UnknownType(_) => {
            let text = "OpenSSH knows no such key type, and skips the line";
            let mend = "correct the type; if a comment or a second name stands there, it belongs elsewhere";
            words.finding(Code::UnknownKeyType, kind, text, mend)
        }
        KeyLineError::TypeMismatch { text, key: inside } => {
            let said = format!("the text says {text}, but the key is {inside}: the line is skipped");
            Finding::at(Code::KeyTypeMismatch, at(kind), said, "collect the line anew: one of both is another key's")
        }
        KeyLineError::Base64 | KeyLineError::Missing => {
            let text = "the key is missing, cut, or no base64: the line is skipped";
            words.finding(Code::BadBase64, key, text, "collect the line anew, on one line")
        }
        error => {
            let said = format!("this is no key, and the line is skipped: {error}");
            Finding::at(Code::BadKey, at(key), said, "collect the line anew").weighs(Severity::Warning)
        }
    }
}

/// `@CERT-AUTHORITY` as it must be.
fn lower_case_marker(words: &Words<'_>) -> Option<Fix> {
    let marker = Marker::CertAuthority.as_str().as_bytes();
    let is_meant = words.word(0).eq_ignore_ascii_case(marker);
    is_meant.then(|| reword(words.file, words.line, &words.span(0), marker))?
}

/// Each hashed name of a list with the key on a line of its own.
fn hashes_apart(words: &Words<'_>) -> Option<Fix> {
    let span = words.span(words.hosts());
    let text = words.line.text();
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    let names = text.get(span)?.split(|&byte| byte == b',').filter(|name| !name.is_empty());
    let names: Vec<&[u8]> = names.collect();
    let all_hashed = names.iter().all(|name| HashedName::parse(name).is_ok());
    let new = names.iter().map(|name| [before, name, after].concat()).collect();
    (all_hashed && !names.is_empty()).then(|| replace(words.file, words.line, new))?
}

/// Whether a text is base64 and nothing else, so that it may be the rest of a key.
pub(super) fn is_base64(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::encode_base64;

    #[test]
    fn base64_is_told_from_names() {
        assert!(is_base64(encode_base64(b"any bytes").as_bytes()));
        assert!(!is_base64(b"node1.test") && !is_base64(b"") && !is_base64(b"a b"));
    }
}
