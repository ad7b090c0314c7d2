//! A login from this machine to itself: whether its own files may admit it.

use std::fs;
use std::io;

use crate::doctor::client::Connection;
use crate::shosts::{Document, Who};

/// The files for all users (sshd(8)), which everybody may read, mostly.
const FILES: [&str; 2] = ["/etc/ssh/shosts.equiv", "/etc/hosts.equiv"];

/// Whether a line may be for the name and address that this machine comes to itself with; none where the server is another
/// one, or a file cannot be read. A netgroup may be for anybody.
pub(super) fn is_own_client(connection: &Connection) -> Option<bool> {
    let (server, source) = (connection.server?, connection.source?);
    if server != source && !server.is_loopback() {
        return None;
    }
    let names = [connection.claimed.clone(), source.to_string()];
    let mut is_there = false;
    for path in FILES {
        match fs::read(path) {
            Ok(bytes) => is_there |= names_one(&bytes, &names),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    Some(is_there)
}

fn names_one(bytes: &[u8], names: &[String]) -> bool {
    let document = Document::parse(bytes);
    document.entries().any(|(_, entry)| match &entry.host().who {
        _ if entry.host().negative => false,
        Who::Netgroup(_) => true,
        Who::Name(host) => names.iter().any(|name| host.eq_ignore_ascii_case(name.as_bytes())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_for_the_name_the_address_or_perhaps_a_netgroup() {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let named = |text: &str| names_one(text.as_bytes(), &names);
        assert!(named("LocalHost\n") && named("127.0.0.1 alice\n") && named("@all\n"));
        assert!(!named("node1\n# localhost\n-localhost\n"));
    }
}
