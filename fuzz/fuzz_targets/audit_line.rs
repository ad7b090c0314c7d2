//! The set-uid helper's audit line, in which a caller chooses nearly every word: it stays one line, and no word can be taken
//! for another. The file is included, for the helper is no library.
//!
//! Lines of an input: user, parent, server user, name, algorithm, key; one that is missing is not known.
#![no_main]

use libfuzzer_sys::fuzz_target;

use crate::audit::{Outcome, Record};

#[path = "../../keysign-helper/src/audit"]
mod audit {
    #[allow(dead_code, reason = "the places that lines go to need the rest")]
    mod record;

    pub(crate) use record::{Outcome, Record};

    /// The names of the fields, and the line.
    pub(crate) fn line(record: &Record, outcome: Outcome<'_>) -> (Vec<&'static str>, String) {
        let fields = record.fields(outcome, 7);
        (fields.iter().map(|field| field.name).collect(), record::line(outcome, &fields))
    }
}

/// Most bytes of a value that are shown.
const MAX_SHOWN: usize = 256;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|&byte| byte == b'\n').map(<[u8]>::to_vec);
    let record = Record {
        user: lines.next(),
        parent: lines.next().map(|name| (4711, name)),
        server_user: lines.next(),
        local_name: lines.next(),
        algorithm: lines.next(),
        key: lines.next().map(|key| String::from_utf8_lossy(&key).into_owned()),
        peer: Some(([192, 0, 2, 7], 22).into()),
        ..Record::of(1000)
    };
    let (names, line) = audit::line(&record, Outcome::Refused { code: "other-host" });
    assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
    let mut rest = line.strip_prefix("refused").unwrap();
    for name in names {
        rest = rest
            .strip_prefix(' ')
            .and_then(|rest| rest.strip_prefix(name))
            .and_then(|rest| rest.strip_prefix('='))
            .unwrap();
        let (shown, behind) = value(rest);
        rest = behind;
        let known = match name {
            "user" => record.user.as_deref(),
            "parent" => record.parent.as_ref().map(|(_, name)| &name[..]).filter(|name| !name.is_empty()),
            "server-user" => record.server_user.as_deref(),
            "name" => record.local_name.as_deref(),
            "algorithm" => record.algorithm.as_deref(),
            "key" => record.key.as_ref().map(String::as_bytes),
            _ => continue,
        };
        match (known, shown) {
            (None, shown) => assert_eq!(shown, Shown::Bare("-")),
            (Some(known), shown) => is(known, shown),
        }
        if name == "parent" && record.parent.is_some() {
            rest = rest.strip_prefix("[4711]").unwrap();
        }
    }
    assert_eq!(rest, "");
});

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown<'a> {
    Bare(&'a str),
    Quoted(&'a str),
}

/// A value as a reader of the log takes it, and what follows.
fn value(rest: &str) -> (Shown<'_>, &str) {
    match rest.strip_prefix('"') {
        Some(quoted) => {
            let (value, behind) = quoted.split_once('"').unwrap();
            (Shown::Quoted(value), behind)
        }
        None => {
            let (value, behind) =
                rest.split_at(rest.find([' ', '[']).filter(|_| !rest.starts_with('[')).unwrap_or(rest.len()));
            (Shown::Bare(value), behind)
        }
    }
}

/// The value is shown so that it can be read back, and so much of it as there is room for.
fn is(known: &[u8], shown: Shown<'_>) {
    let text = match shown {
        Shown::Bare(text) => {
            assert!(!text.is_empty() && text != "-" && !text.contains(['=', '"', ' ']), "{text}");
            text
        }
        Shown::Quoted(text) => text,
    };
    // What is cut off is marked by dots. Where dots are just what was cut off, nothing is lost.
    assert!(text.len() <= MAX_SHOWN + "...".len(), "{} bytes", text.len());
    if unescaped(text) == known {
        return;
    }
    let begin = text.strip_suffix("...").unwrap();
    let read = unescaped(begin);
    assert!(known.starts_with(&read) && read.len() < known.len(), "{begin}");
    assert!(begin.len() <= MAX_SHOWN && begin.len() + r"\xNN".len() > MAX_SHOWN, "{begin}");
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        match rest.strip_prefix("\\x") {
            Some(hex) => {
                bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
                rest = &hex[2..];
            }
            None => {
                bytes.push(first);
                rest = &rest[1..];
            }
        }
    }
    bytes
}
