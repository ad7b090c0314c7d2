//! What a client says of itself in a request: its host's name on this connection, and its user's.

use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;

use nix::unistd::{User, getuid};
use thiserror::Error;

use crate::escape::escape;

/// Who wants to log in, as what, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The account on the server.
    pub user: String,
    /// The client host's own name, with a final dot.
    pub client_host: String,
    /// The user's name on the client host.
    pub client_user: String,
}

/// Why this process cannot say who it is.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// The system does not tell.
    #[error("cannot find out {what}: {error}")]
    System {
        /// What was asked for.
        what: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// Nobody has this user id.
    #[error("user id {0} has no name here")]
    NoUser(u32),
    /// The name of the host is not UTF-8, which the protocol asks for.
    #[error("this host's name on the connection is no text: {}", escape(.0))]
    HostNotText(Vec<u8>),
}

impl Claim {
    /// What `ssh` would claim: [`client_host`] and [`client_user`], found out on a thread that may wait.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn of_this_process(user: impl Into<String>, local: Option<SocketAddr>) -> Result<Self, ClaimError> {
        let found = tokio::task::spawn_blocking(move || Ok((client_host(local)?, client_user()?)));
        let (client_host, client_user) =
            found.await.map_err(|error| ClaimError::System { what: "who this is", error: error.into() })??;
        Ok(Self { user: user.into(), client_host, client_user })
    }
}

/// The name that this host has on a connection, with the final dot that `ssh` sends: what the system's resolver calls the
/// connection's own address, or else the machine's name (OpenSSH: canohost.c `get_local_name`). A helper signs for no other.
///
/// `local` is the address of the connection's own end, `None` where it is no socket of the Internet. Blocks while the
/// resolver does.
///
/// # Errors
/// [`ClaimError`].
pub fn client_host(local: Option<SocketAddr>) -> Result<String, ClaimError> {
    let name = match local.and_then(|address| hostbased_sys::required_name(&unmapped(address))) {
        Some(name) => name,
        None => nix::unistd::gethostname()
            .map_err(|errno| ClaimError::System { what: "this host's name", error: errno.into() })?
            .into_vec(),
    };
    let mut name = String::from_utf8(name).map_err(|error| ClaimError::HostNotText(error.into_bytes()))?;
    name.push('.');
    Ok(name)
}

/// An IPv4 address inside an IPv6 one is looked up as what it is (canohost.c `ipv64_normalise_mapped`); the interface of a
/// link-local address stays.
fn unmapped(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ std::net::IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        std::net::IpAddr::V6(_) => address,
    }
}

/// The name of the user who runs this process, by the real user id, which is what a helper goes by.
///
/// # Errors
/// [`ClaimError`].
pub fn client_user() -> Result<String, ClaimError> {
    let uid = getuid();
    match User::from_uid(uid) {
        Ok(Some(user)) => Ok(user.name),
        Ok(None) => Err(ClaimError::NoUser(uid.as_raw())),
        Err(errno) => Err(ClaimError::System { what: "this user's name", error: errno.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine_name() -> String {
        format!("{}.", nix::unistd::gethostname().unwrap().into_string().unwrap())
    }

    #[test]
    fn the_name_is_that_of_the_connections_own_address() {
        let loopback: SocketAddr = "127.0.0.1:22".parse().unwrap();
        let name = hostbased_sys::required_name(&loopback).map(|name| String::from_utf8(name).unwrap() + ".");
        let name = name.unwrap_or_else(machine_name);
        assert_eq!(client_host(Some(loopback)).unwrap(), name);
        assert_eq!(client_host(Some("[::ffff:127.0.0.1]:22".parse().unwrap())).unwrap(), name, "mapped");
    }

    #[test]
    fn without_a_name_it_is_the_machines() {
        // RFC 5737: for documentation.
        assert_eq!(client_host(Some("192.0.2.222:22".parse().unwrap())).unwrap(), machine_name());
        assert_eq!(client_host(None).unwrap(), machine_name());
    }

    #[test]
    fn the_interface_of_a_link_local_address_stays() {
        let address = "[fe80::1%7]:22".parse().unwrap();
        assert_eq!(unmapped(address), address);
    }
}
