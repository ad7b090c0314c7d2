//! What a line of a log means.

use super::Machine;
use super::table::{Row, TABLE};
use super::template::words;
use crate::failures::Id;

/// What a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// This, and nothing else.
    Cause(Id),
    /// Why shosts files do not admit, where they do not.
    Equiv(Id),
    /// Why a name was not believed, where that matters.
    Name(Id),
    /// What is wrong with one certificate; another key may still do.
    Certificate(Id),
    /// Nothing by itself.
    Fact(Fact),
    /// It looks like a failure and is none.
    Harmless,
}

/// What means something together with other lines only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// ssh says its release.
    Banner,
    /// ssh reads a configuration file.
    ReadsConfig,
    /// The connection goes through a proxy.
    Proxy,
    /// The connection is an older one.
    Shared,
    /// The release of the other side.
    Peer,
    /// The key exchange.
    KeyExchange,
    /// The methods that the server offers.
    Offered,
    /// The methods that the client would try.
    Preferred,
    /// ssh tries hostbased.
    Tries,
    /// No .pub file could be read.
    NoPublicKeys,
    /// ssh offers a key.
    Offers,
    /// A request went out.
    Sent,
    /// All keys were offered, or there is none.
    NoMoreKeys,
    /// The helper is not switched on.
    NotEnabled,
    /// The helper can open no key.
    NoKeyOpened,
    /// The helper refuses the request.
    NotValid,
    /// The helper ended without a reply.
    NoReply,
    /// An option that a release does not know.
    BadOption,
    /// A certificate that the user cannot read.
    Unreadable,
    /// The address has no name on the client.
    NoOwnName,
    /// The server refuses connections.
    NoServer,
    /// The client is told that it is refused.
    Denied,
    /// The connection ends.
    Closed,
    /// Let in by hostbased.
    LetIn,
    /// Hostbased did its part, and another method must follow.
    Partly,
    /// Let in by another method.
    OtherwiseIn,
    /// A connection begins.
    Begins,
    /// A request for an account.
    Request,
    /// One attempt: user and host of the client, algorithm.
    Attempt,
    /// The account is not valid.
    InvalidUser,
    /// sshd asks for the name of the address.
    Resolves,
    /// The names differ.
    Mismatch,
    /// shosts files refuse: user, name, address.
    Refused,
    /// The same by the name that the client sends.
    RefusedPacket,
    /// shosts files admit.
    Allowed,
    /// A key of the name, by its type.
    Registered,
    /// No key found for the name.
    NotFound,
    /// The key found.
    Found,
    /// The algorithm is not accepted.
    Algorithm,
    /// One attempt failed: see [`ResultLine`](super::ResultLine).
    Failed,
    /// The methods that the server goes on with.
    Methods,
    /// A host key of the server that nobody may read but root is read by others.
    OpenKey,
    /// The user's own known_hosts is passed over.
    OwnKnownHosts,
}

/// A line that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The line's number.
    pub(super) line: usize,
    /// What it says, as it stands there.
    pub(super) text: String,
    pub(super) machine: Machine,
    pub(super) means: Means,
    /// What stands in the gaps; none where nobody can say.
    pub(super) words: Vec<String>,
}

impl Event {
    /// The event of a text; `None` where it means nothing.
    pub(super) fn of(line: usize, text: &str, is_servers: bool) -> Option<Self> {
        let (row, words) = Self::find(text, is_servers).or_else(|| Self::find(without_function(text)?, is_servers))?;
        let words = words.into_iter().map(str::to_owned).collect();
        Some(Self { line, text: text.to_owned(), machine: row.machine, means: row.means, words })
    }

    fn find(text: &str, is_servers: bool) -> Option<(&'static Row, Vec<&str>)> {
        let mut rows = TABLE.iter().filter(|row| !is_servers || row.machine == Machine::Server);
        rows.find_map(|row| words(row.template, text).map(|words| (row, words)))
    }

    /// A word that stood in a gap.
    pub(super) fn word(&self, number: usize) -> Option<&str> {
        self.words.get(number).map(String::as_str)
    }
}

/// The text behind the name of a function, which older releases do not print everywhere (log.c `sshlogv`).
fn without_function(text: &str) -> Option<&str> {
    let (function, rest) = text.split_once(": ")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (!function.is_empty() && function.bytes().all(is_name)).then_some(rest)
}
