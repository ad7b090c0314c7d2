//! The line that the arguments mean.

use crate::shosts::{Document, Entry, Who};

/// An entry as it is asked for: its parts as they stand in the file, without signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// A name, an address, or a netgroup with its `@`.
    pub(super) host: Vec<u8>,
    /// The user on the client host.
    pub(super) user: Option<Vec<u8>>,
    /// Whether it shuts out.
    pub(super) denies: bool,
}

impl Wanted {
    /// The line, without line end.
    pub(super) fn to_line(&self) -> Vec<u8> {
        let sign: &[u8] = if self.denies { b"-" } else { b"" };
        let user = self.user.iter().flat_map(|user| [b" ".as_slice(), user]);
        [sign, &self.host].into_iter().chain(user).collect::<Vec<_>>().concat()
    }

    /// What sshd takes the line for; `None` where that is no entry.
    pub(super) fn entry(&self) -> Option<Entry> {
        Document::parse(&self.to_line()).entries().next().map(|(_, entry)| entry.clone())
    }

    /// Whether an entry says the same.
    pub(super) fn is(&self, entry: &Entry) -> bool {
        self.is_host(entry)
            && self.denies == denies(entry)
            && match (&self.user, entry.user().map(|user| &user.who)) {
                (None, None) => true,
                (Some(wanted), Some(Who::Name(user))) => wanted == user,
                _ => false,
            }
    }

    /// Whether an entry is about the same host.
    pub(super) fn is_host(&self, entry: &Entry) -> bool {
        match &entry.host().who {
            Who::Name(name) => name.eq_ignore_ascii_case(&self.host),
            Who::Netgroup(group) => self.host.strip_prefix(b"@") == Some(group),
        }
    }
}

/// Whether an entry shuts out whom it matches.
pub(super) fn denies(entry: &Entry) -> bool {
    entry.host().negative || entry.user().is_some_and(|user| user.negative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_entry_that_was_wanted() {
        let wanted =
            |host: &str, user: Option<&str>, denies| Wanted { host: host.into(), user: user.map(Into::into), denies };
        for (wanted, line) in [
            (wanted("node1", None, false), "node1"),
            (wanted("node1", Some("bob"), false), "node1 bob"),
            (wanted("node1", None, true), "-node1"),
            (wanted("@group", Some("bob"), true), "-@group bob"),
        ] {
            assert_eq!(wanted.to_line(), line.as_bytes());
            assert!(wanted.is(&wanted.entry().unwrap()), "{line}");
        }
        let entry = |line: &str| Document::parse(line.as_bytes()).entries().next().unwrap().1.clone();
        let one = wanted("node1", Some("bob"), false);
        assert!(one.is(&entry("NODE1 +bob")));
        for line in ["node1", "node2 bob", "-node1 bob", "node1 -bob", "node1 Bob", "node1 @bob", "@node1 bob"] {
            assert!(!one.is(&entry(line)), "{line}");
        }
    }
}
