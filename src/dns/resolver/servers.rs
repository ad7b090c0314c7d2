//! Which name servers are asked.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::system_conf::parse_resolv_conf;
use thiserror::Error;

/// Longest wait for one answer of one server, whatever resolv.conf(5) says.
const MAX_TIMEOUT: Duration = Duration::from_secs(3);

/// Name servers, and how long each is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameServers {
    /// Their addresses, in the order in which they are asked.
    pub servers: Vec<SocketAddr>,
    /// How long one answer is waited for.
    pub timeout: Duration,
}

/// Why there is no name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServersError {
    /// resolv.conf(5) names none.
    #[error("/etc/resolv.conf names no name server")]
    None,
}

impl NameServers {
    /// Those that somebody named.
    #[must_use]
    pub fn given(servers: &[SocketAddr]) -> Self {
        Self { servers: servers.to_vec(), timeout: MAX_TIMEOUT }
    }

    /// Those of resolv.conf(5), by its content.
    ///
    /// # Errors
    /// [`ServersError`].
    pub fn of_resolv_conf(content: &[u8]) -> Result<Self, ServersError> {
        let (config, options) = parse_resolv_conf(content).map_err(|_| ServersError::None)?;
        let servers: Vec<SocketAddr> =
            config.name_servers().iter().map(|server| SocketAddr::new(server.ip, 53)).collect();
        let timeout = options.timeout.clamp(Duration::from_secs(1), MAX_TIMEOUT);
        if servers.is_empty() { Err(ServersError::None) } else { Ok(Self { servers, timeout }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_own_servers_are_asked_in_their_order() {
        let conf = b"# by hand\nsearch example.org\nnameserver 10.0.0.1\nnameserver 2001:db8::1\noptions timeout:2\n";
        let found = NameServers::of_resolv_conf(conf).unwrap();
        assert_eq!(found.servers, ["10.0.0.1:53", "[2001:db8::1]:53"].map(|text| text.parse().unwrap()));
        assert_eq!(found.timeout, Duration::from_secs(2));
        let slow = NameServers::of_resolv_conf(b"nameserver 10.0.0.1\noptions timeout:30\n").unwrap();
        assert_eq!(slow.timeout, MAX_TIMEOUT);
        assert_eq!(NameServers::of_resolv_conf(b"search example.org\n"), Err(ServersError::None));
        assert_eq!(NameServers::of_resolv_conf(b""), Err(ServersError::None));
    }
}
