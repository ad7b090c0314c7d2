//! What is asked of every host, and how long and how often.

use std::net::SocketAddr;
use std::time::Duration;

use super::kind::ScanType;

/// The time limit for one connection unless told otherwise (ssh-keyscan(1), `-T`).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection that came to nothing is tried again, unless told otherwise.
pub const DEFAULT_RETRIES: u32 = 1;

/// The time limit for a host, in time limits for a connection, unless told otherwise: a slow host has the time to show
/// its three usual keys, each at the second try.
pub const HOST_TIMEOUTS: u32 = 6;

/// Which addresses of a name are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// IPv4 and IPv6.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

impl Family {
    pub(super) const fn takes(self, address: &SocketAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

/// What is asked of every host, and how long and how often.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key types, each asked for once; results come in this order.
    pub types: Vec<ScanType>,
    /// Ask for certificates instead of plain keys.
    pub certificates: bool,
    /// Which addresses are tried.
    pub family: Family,
    /// The limit for one connection, from connecting to the proof, and for one question to the resolver.
    pub timeout: Duration,
    /// The limit for a host, all its connections and the waits between them, counted from its own first connection;
    /// `None` is [`HOST_TIMEOUTS`] times `timeout`.
    pub host_timeout: Option<Duration>,
    /// How often what may pass is tried again: no answer in time, or a connection that was closed or broke. A refused
    /// connection is an answer, and so is everything that a server does wrong.
    pub retries: u32,
    /// Most hosts at once, each with one connection; 0 counts as 1. `None` is what the limit of file descriptors
    /// allows, up to [`DEFAULT_PARALLEL`](super::DEFAULT_PARALLEL).
    pub parallel: Option<usize>,
}

impl Options {
    /// The limit for a host.
    #[must_use]
    pub fn host_limit(&self) -> Duration {
        self.host_timeout.unwrap_or_else(|| self.timeout.saturating_mul(HOST_TIMEOUTS))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            types: ScanType::ALL.to_vec(),
            certificates: false,
            family: Family::Any,
            timeout: DEFAULT_TIMEOUT,
            host_timeout: None,
            retries: DEFAULT_RETRIES,
            parallel: None,
        }
    }
}
