//! The names of an address, as sshd confirms them (OpenSSH: packet.c, canohost.c `remote_hostname`), out of a hosts file as
//! the C library's resolver reads it.

use std::net::IpAddr;

use hostbased::name::HostName;

use crate::case::{Case, HOSTS};

/// The name that the peer's address has, if it is none of an address and resolves back; none otherwise.
pub(crate) fn names_of(case: &Case) -> Vec<HostName> {
    let address = case.peer.address;
    let hosts = String::from_utf8_lossy(case.text(HOSTS).unwrap_or_default()).into_owned();
    let lines: Vec<(IpAddr, Vec<&str>)> = hosts.lines().filter_map(parse).collect();
    // The first name of the first line with the address.
    let Some(name) = lines.iter().find(|(found, _)| *found == address).and_then(|(_, names)| names.first()) else {
        return Vec::new();
    };
    if name.parse::<IpAddr>().is_ok() {
        return Vec::new();
    }
    // The address of the first line of that family with the name: several are found with `multi on` only (host.conf(5)),
    // and the lab has no host.conf.
    let same = |other: &&str| other.eq_ignore_ascii_case(name);
    let back =
        lines.iter().find(|(found, names)| found.is_ipv4() == address.is_ipv4() && names.iter().any(same));
    if back.is_some_and(|(found, _)| *found == address) { vec![HostName::new(name).unwrap()] } else { Vec::new() }
}

fn parse(line: &str) -> Option<(IpAddr, Vec<&str>)> {
    let mut words = line.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.collect()))
}
