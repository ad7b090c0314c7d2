//! What was asked, and what the answers were: plain data, over which the rules judge.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;

use super::sshfp::SshfpRecord;
use crate::escape::escape;
use crate::name::HostName;

/// Why nobody can say what the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failed {
    /// No answer within the time that there was.
    TimedOut,
    /// The name server says that it failed (SERVFAIL): it cannot reach the zone's servers, or has found wrong signatures.
    ServFail,
    /// The name server will not answer (REFUSED): it is not for us, or not for that zone.
    Refused,
    /// The name server points elsewhere instead of answering: the zone is delegated to it, and it does not have it.
    Lame,
    /// The name server cannot be reached.
    Unreachable,
    /// The answer makes no sense.
    Malformed,
    /// The system's resolver says "try again", which stands for a time-out, SERVFAIL and no server at all.
    Again,
    /// Nobody was asked: none of the name servers had answered anything before.
    NotAsked,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "no answer came in time",
            Self::ServFail => "the name server failed (SERVFAIL)",
            Self::Refused => "the name server refused to answer (REFUSED)",
            Self::Lame => "the name server points elsewhere instead of answering (lame)",
            Self::Unreachable => "the name server cannot be reached",
            Self::Malformed => "the answer makes no sense",
            Self::Again => "the resolver got no answer (a time-out, SERVFAIL, or no name server)",
            Self::NotAsked => "it was not asked, for nothing had been answered before",
        })
    }
}

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is this, and not nothing.
    Found(T),
    /// There is no such name (NXDOMAIN; the system's resolver says this of [`NoData`](Self::NoData) too).
    NoSuchName,
    /// The name exists, and has nothing of this kind.
    NoData,
    /// Nobody can say.
    Failed(Failed),
}

impl<T> Answer<T> {
    /// What was found.
    #[must_use]
    pub const fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            _ => None,
        }
    }

    /// Why nobody can say.
    #[must_use]
    pub const fn failed(&self) -> Option<Failed> {
        match self {
            Self::Failed(failed) => Some(*failed),
            _ => None,
        }
    }
}

/// What DNSSEC says of an answer ([RFC 4033 section 5](https://www.rfc-editor.org/rfc/rfc4033#section-5)); checked here, never
/// taken from the AD bit of somebody else's answer. The later ones are worse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dnssec {
    /// A chain of signatures leads from the trust anchor to it.
    Secure,
    /// It is proven that there is no such chain: some zone above is not signed.
    Insecure,
    /// Nobody can say: the name server gives no signatures, or the chain does not begin where the trust anchor is.
    Unavailable,
    /// There should be such a chain, for this zone has a DS record (or a trust anchor), and there is none.
    Bogus {
        /// The zone.
        zone: String,
    },
}

/// The addresses of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Those of IPv4.
    pub v4: Answer<Vec<IpAddr>>,
    /// Those of IPv6.
    pub v6: Answer<Vec<IpAddr>>,
    /// The name that stands behind an alias, where the answer tells one; bytes from outside.
    pub canonical: Option<Vec<u8>>,
    /// What DNSSEC says, where it was asked.
    pub dnssec: Option<Dnssec>,
}

impl Forward {
    /// All addresses, of IPv4 first, in the order of the answers.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        [&self.v4, &self.v6].into_iter().filter_map(Answer::found).flatten().copied()
    }

    /// The answer of this family.
    #[must_use]
    pub const fn of_family(&self, like: IpAddr) -> &Answer<Vec<IpAddr>> {
        if like.is_ipv4() { &self.v4 } else { &self.v6 }
    }

    /// Why nobody can say whether there are (more) addresses.
    #[must_use]
    pub fn failed(&self) -> Option<Failed> {
        self.v4.failed().or_else(|| self.v6.failed())
    }
}

/// The names of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverse {
    /// The names, in the order of the answer; bytes from outside. The system's resolver tells the first only, which is the
    /// one that sshd takes.
    pub names: Answer<Vec<Vec<u8>>>,
    /// What DNSSEC says, where it was asked.
    pub dnssec: Option<Dnssec>,
}

/// The key fingerprints of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// The records.
    pub records: Answer<Vec<SshfpRecord>>,
    /// What DNSSEC says.
    pub dnssec: Dnssec,
}

/// All answers of one view.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// By name.
    pub forward: HashMap<HostName, Forward>,
    /// By address; IPv4-mapped ones as IPv4.
    pub reverse: HashMap<IpAddr, Reverse>,
    /// By name; of the DNS only.
    pub sshfp: HashMap<HostName, Fingerprints>,
}

/// A list of addresses for people.
pub(super) fn listed(addresses: impl IntoIterator<Item = IpAddr>) -> String {
    let texts: Vec<String> = addresses.into_iter().map(|address| address.to_string()).collect();
    shortened(texts)
}

/// A list of names from outside for people.
pub(super) fn listed_names<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> String {
    shortened(names.into_iter().map(|name| escape(name).to_string()).collect())
}

/// Most that are told of a list.
const MAX_LISTED: usize = 8;

fn shortened(mut texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(MAX_LISTED);
    texts.truncate(MAX_LISTED);
    let text = texts.join(", ");
    if more == 0 { text } else { format!("{text} and {more} more") }
}
