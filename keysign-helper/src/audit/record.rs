//! What a line says, and its text.

use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use hostbased::escape::escape;

/// Most bytes of a value, as it is shown. What the caller chooses must not push the rest out of a line.
const MAX_SHOWN: usize = 256;

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome<'a> {
    Signed,
    Refused {
        /// The code of the refusal.
        code: &'a str,
    },
}

impl Outcome<'_> {
    const fn word(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Refused { .. } => "refused",
        }
    }

    /// LOG_INFO or LOG_NOTICE (syslog.h).
    pub(super) const fn severity(self) -> u8 {
        match self {
            Self::Signed => 6,
            Self::Refused { .. } => 5,
        }
    }
}

/// What is known of a request at its end; none of what is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The real user id.
    pub(crate) uid: u32,
    /// Its name.
    pub(crate) user: Option<Vec<u8>>,
    /// The calling process, as it calls itself: see [`super::parent::calling_process`].
    pub(crate) parent: Option<(i32, Vec<u8>)>,
    /// The account on the server that is asked for.
    pub(crate) server_user: Option<Vec<u8>>,
    /// The other end of the connection, as the descriptor that the caller presented has it.
    pub(crate) peer: Option<SocketAddr>,
    /// Our end of it.
    pub(crate) local: Option<SocketAddr>,
    /// This machine's name on it.
    pub(crate) local_name: Option<Vec<u8>>,
    /// Fingerprint of the key.
    pub(crate) key: Option<String>,
    /// The name of the algorithm that is asked for.
    pub(crate) algorithm: Option<Vec<u8>>,
    /// Which protections were there.
    pub(crate) sandbox: Option<String>,
}

impl Record {
    /// A record of which only the user id is known.
    pub(crate) const fn of(uid: u32) -> Self {
        Self {
            uid,
            user: None,
            parent: None,
            server_user: None,
            peer: None,
            local: None,
            local_name: None,
            key: None,
            algorithm: None,
            sandbox: None,
        }
    }

    /// What is told, in order: what the helper knows itself comes first, what the caller chose last, the freest behind all
    /// others. A receiver that cuts lines (RFC 3164 section 4.1: at 1024 bytes) cuts the caller's words.
    pub(super) fn fields<'r>(&'r self, outcome: Outcome<'r>, unlogged: u32) -> Vec<Field<'r>> {
        let reason = match outcome {
            Outcome::Signed => "signed",
            Outcome::Refused { code } => code,
        };
        let text = |value: &'r Option<Vec<u8>>| value.as_ref().map(|value| Value::Text(value));
        let words = |value: &'r Option<String>| value.as_ref().map(|value| Value::Text(value.as_bytes()));
        let mut fields = vec![
            Field { name: "reason", value: Some(Value::Text(reason.as_bytes())) },
            Field { name: "uid", value: Some(Value::Number(self.uid)) },
            Field { name: "user", value: text(&self.user) },
            Field { name: "key", value: words(&self.key) },
            Field { name: "sandbox", value: words(&self.sandbox) },
        ];
        if unlogged > 0 {
            fields.push(Field { name: "unlogged", value: Some(Value::Number(unlogged)) });
        }
        fields.extend([
            Field { name: "parent", value: self.parent.as_ref().map(|(pid, name)| Value::Process(*pid, name)) },
            Field { name: "local", value: self.local.map(Value::Address) },
            Field { name: "peer", value: self.peer.map(Value::Address) },
            Field { name: "name", value: text(&self.local_name) },
            Field { name: "algorithm", value: text(&self.algorithm) },
            Field { name: "server-user", value: text(&self.server_user) },
        ]);
        fields
    }
}

/// One `name=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'static str,
    /// None where it is not known.
    pub(super) value: Option<Value<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u32),
    Address(SocketAddr),
    /// Any bytes.
    Text(&'a [u8]),
    /// A process and its own name for itself.
    Process(i32, &'a [u8]),
}

impl fmt::Display for Value<'_> {
    /// As it stands in the line. No value can be taken for two, or for the mark of one that is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Address(address) => write!(f, "{address}"),
            Self::Text(text) => word(text, f),
            Self::Process(pid, []) => write!(f, "{UNKNOWN}[{pid}]"),
            Self::Process(pid, name) => {
                word(name, f)?;
                write!(f, "[{pid}]")
            }
        }
    }
}

/// What stands for a value that is not known.
const UNKNOWN: &str = "-";

/// Bare where that cannot be misread, in double quotes else.
fn word(text: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-:@/+,".contains(byte);
    let bare = !text.is_empty() && text != UNKNOWN.as_bytes() && text.iter().all(plain) && fits(text) == text.len();
    if bare { write!(f, "{}", shown(text)) } else { write!(f, "\"{}\"", shown(text)) }
}

/// Text from outside, escaped, and cut so that what is shown is not too long.
pub(super) fn shown(text: &[u8]) -> impl fmt::Display {
    escape(text).capped(fits(text))
}

/// How many bytes of a text fit when they are escaped. Bytes that stay as they are take one place, others four.
fn fits(text: &[u8]) -> usize {
    let mut room = MAX_SHOWN;
    let takes = |byte: &u8| if matches!(byte, b' '..=b'~') && !b"\\\"".contains(byte) { 1 } else { 4 };
    let fitting = text.iter().take_while(|byte| match room.checked_sub(takes(byte)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    });
    fitting.count()
}

/// The line: what came of it, and the fields.
pub(super) fn line(outcome: Outcome<'_>, fields: &[Field<'_>]) -> String {
    let mut line = outcome.word().to_owned();
    for Field { name, value } in fields {
        let _ = match value {
            Some(value) => write!(line, " {name}={value}"),
            None => write!(line, " {name}={UNKNOWN}"),
        };
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Record {
        Record {
            uid: 1000,
            user: Some(b"alice".to_vec()),
            parent: Some((4711, b"ssh".to_vec())),
            server_user: Some(b"bob".to_vec()),
            peer: Some("192.0.2.7:22".parse().unwrap()),
            local: Some("[2001:db8::1]:40000".parse().unwrap()),
            local_name: Some(b"node1.example.org".to_vec()),
            key: Some("SHA256:ab+/cd".to_owned()),
            algorithm: Some(b"ssh-ed25519".to_vec()),
            sandbox: Some("without:landlock,seccomp".to_owned()),
        }
    }

    fn text(record: &Record, outcome: Outcome<'_>, unlogged: u32) -> String {
        line(outcome, &record.fields(outcome, unlogged))
    }

    #[test]
    fn the_whole_line() {
        assert_eq!(
            text(&full(), Outcome::Signed, 0),
            "signed reason=signed uid=1000 user=alice key=SHA256:ab+/cd sandbox=without:landlock,seccomp parent=ssh[4711] \
             local=[2001:db8::1]:40000 peer=192.0.2.7:22 name=node1.example.org algorithm=ssh-ed25519 server-user=bob"
        );
        assert_eq!(
            text(&Record::of(0), Outcome::Refused { code: "not-enabled" }, 3),
            "refused reason=not-enabled uid=0 user=- key=- sandbox=- unlogged=3 parent=- local=- peer=- name=- \
             algorithm=- server-user=-"
        );
    }

    #[test]
    fn no_value_can_be_taken_for_another() {
        for (name, expected) in [
            (&b"bob"[..], "bob"),
            (b"bob@example.org", "bob@example.org"),
            (b"EXAMPLE\\bob", "\"EXAMPLE\\x5cbob\""),
            (b"", "\"\""),
            (b"-", "\"-\""),
            (b"--", "--"),
            (b"a b", "\"a b\""),
            (b"bob uid=0 user=root", "\"bob uid=0 user=root\""),
            (b"bob=", "\"bob=\""),
            (b"\" uid=0", "\"\\x22 uid=0\""),
            (b"\\x22", "\"\\x5cx22\""),
            (b"bob\nNov 22 23:00:00 keysign[1]: signed", "\"bob\\x0aNov 22 23:00:00 keysign[1]: signed\""),
            (b"bob\0\r\x1b[2J\x7f", "\"bob\\x00\\x0d\\x1b[2J\\x7f\""),
            ("b\u{f6}b\u{202e}".as_bytes(), "\"b\\xc3\\xb6b\\xe2\\x80\\xae\""),
        ] {
            let record = Record { server_user: Some(name.to_vec()), ..full() };
            let line = text(&record, Outcome::Signed, 0);
            assert_eq!(line.split_once(" server-user=").unwrap().1, expected, "{name:?}");
            assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        }
    }

    #[test]
    fn a_process_may_call_itself_what_it_likes() {
        for (name, expected) in [
            (&b"ssh"[..], "ssh[7]"),
            (b"", "-[7]"),
            (b"-", "\"-\"[7]"),
            (b"ssh[1]", "\"ssh[1]\"[7]"),
            (b"a uid=0", "\"a uid=0\"[7]"),
            (b"a\n", "\"a\\x0a\"[7]"),
        ] {
            assert_eq!(Value::Process(7, name).to_string(), expected, "{name:?}");
        }
    }

    #[test]
    fn a_value_takes_no_more_than_256_bytes() {
        let value = |text: &[u8]| Value::Text(text).to_string();
        assert_eq!(value(&[b'x'; 256]), "x".repeat(256));
        assert_eq!(value(&[b'x'; 257]), format!("\"{}...\"", "x".repeat(256)));
        assert_eq!(value(&[b'\n'; 64]), format!("\"{}\"", "\\x0a".repeat(64)));
        assert_eq!(value(&[b'\n'; 65]), format!("\"{}...\"", "\\x0a".repeat(64)));
        assert_eq!(value(&[&[b'x'; 255][..], b"\n"].concat()), format!("\"{}...\"", "x".repeat(255)));
        // Whatever the caller says, what the helper says itself stands within the first kilobyte.
        let long = Some(vec![0xff; 65_536]);
        let record = Record { server_user: long.clone(), local_name: long, ..full() };
        let line = text(&record, Outcome::Refused { code: "server-user-not-allowed" }, u32::MAX);
        assert!(line.find(" name=").unwrap() < 400 && line.len() < 1024, "{}", line.len());
    }
}
