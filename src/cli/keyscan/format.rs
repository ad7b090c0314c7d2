//! The lines that a scan prints on standard output: byte for byte ssh-keyscan's (ssh-keyscan.c `keyprint_one`,
//! dns.c `export_dns_rr`).

use crate::dns::{SshfpDigest, SshfpRecord};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::known_hosts::HashedName;

/// The port that needs no brackets.
const SSH_PORT: u16 = 22;

/// The line that names a server and what it says it is. The name is the one that was tried, in clear even when the
/// keys' names are hashed.
pub(super) fn comment_line(sign: char, name: &str, port: u16, identification: &[u8]) -> String {
    format!("{sign} {}:{port} {}", escape(name), escape(identification))
}

/// The known_hosts lines of a key: the names as one list, but a line for each name when they are hashed (each with a
/// fresh salt) or need a port.
pub(super) fn known_hosts_lines<E>(
    names: &str,
    port: u16,
    key: &PublicKey,
    mut salt: Option<impl FnMut() -> Result<[u8; 20], E>>,
) -> Result<Vec<String>, E> {
    let names = names.to_ascii_lowercase();
    let list: Vec<&str> =
        if salt.is_none() && port == SSH_PORT { vec![names.as_str()] } else { names.split(',').collect() };
    let line = |name: &str| {
        let place = if port == SSH_PORT { name.to_owned() } else { format!("[{name}]:{port}") };
        let place = match &mut salt {
            Some(salt) => HashedName::new(place.as_bytes(), salt()?).to_string(),
            None => place,
        };
        Ok(format!("{place} {}", key.to_line()))
    };
    list.into_iter().map(line).collect()
}

/// The SSHFP records of a key, for each name when the port needs it; `None` when its type has no number there
/// (IANA, "SSHFP RR Types for public key algorithms").
pub(super) fn sshfp_lines(names: &str, port: u16, key: &PublicKey, digests: &[SshfpDigest]) -> Option<Vec<String>> {
    let records: Vec<SshfpRecord> =
        digests.iter().map(|&digest| SshfpRecord::of(key, digest)).collect::<Option<_>>()?;
    let names: Vec<&str> = if port == SSH_PORT { vec![names] } else { names.split(',').collect() };
    Some(names.iter().flat_map(|name| records.iter().map(move |record| sshfp_line(name, record))).collect())
}

/// A record as a line of a zone file, in the form of ssh-keygen(1) `-r`.
pub(in crate::cli) fn sshfp_line(name: &str, record: &SshfpRecord) -> String {
    format!("{name} IN SSHFP {record}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::parse_public_key_line;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
    const SK: &str = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBDAAAABHNzaDo=";

    fn key(line: &str) -> PublicKey {
        parse_public_key_line(line.as_bytes()).unwrap().0
    }

    fn plain(names: &str, port: u16) -> Vec<String> {
        known_hosts_lines(names, port, &key(KEY), None::<fn() -> Result<[u8; 20], ()>>).unwrap()
    }

    #[test]
    fn names_are_one_list_on_port_22_and_a_line_each_on_others() {
        assert_eq!(plain("Node1,10.0.0.1", 22), [format!("node1,10.0.0.1 {KEY}")]);
        assert_eq!(plain("Node1,::1", 2200), [format!("[node1]:2200 {KEY}"), format!("[::1]:2200 {KEY}")]);
    }

    #[test]
    fn every_hashed_name_has_a_salt_of_its_own() {
        let mut next = 0;
        let salt = || {
            next += 1;
            Ok::<_, ()>([next; 20])
        };
        let lines = known_hosts_lines("A,b", 2200, &key(KEY), Some(salt)).unwrap();
        let expected = |name: &[u8], salt| format!("{} {KEY}", HashedName::new(name, [salt; 20]));
        assert_eq!(lines, [expected(b"[a]:2200", 1), expected(b"[b]:2200", 2)]);
        let failing = Some(|| Err("no random numbers"));
        assert_eq!(known_hosts_lines("a", 22, &key(KEY), failing), Err("no random numbers"));
    }

    #[test]
    fn sshfp_records_are_those_of_ssh_keygen() {
        // ssh-keygen -r Node1 -f key.pub
        let sha1 = "Node1 IN SSHFP 4 1 67f301ba5648d4e138e5b8ee85239c53720553c0";
        let sha256 = "Node1 IN SSHFP 4 2 3ba9aff7e641818b4bb2a596089a17fd87d3eff69af66591b96ea070123962cd";
        assert_eq!(sshfp_lines("Node1", 22, &key(KEY), &SshfpDigest::ALL).unwrap(), [sha1, sha256]);
        assert_eq!(sshfp_lines("Node1", 22, &key(KEY), &[SshfpDigest::Sha256]).unwrap(), [sha256]);
        assert_eq!(sshfp_lines("a,b", 22, &key(KEY), &[SshfpDigest::Sha1]).unwrap().len(), 1);
        assert_eq!(sshfp_lines("a,b", 23, &key(KEY), &[SshfpDigest::Sha1]).unwrap().len(), 2);
        assert_eq!(sshfp_lines("a", 22, &key(SK), &SshfpDigest::ALL), None);
    }

    #[test]
    fn what_a_server_says_is_escaped() {
        let line = comment_line('#', "node1", 22, b"SSH-2.0-x\x1b[31m\r\nevil ssh-ed25519 AAAA");
        assert_eq!(line, "# node1:22 SSH-2.0-x\\x1b[31m\\x0d\\x0aevil ssh-ed25519 AAAA");
    }
}
