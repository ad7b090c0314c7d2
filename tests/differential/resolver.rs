//! The lab's resolver: a hosts file as the C library reads it. The process has one C library for all labs, and what that
//! once knew of a host.conf(5) it keeps, so it is not asked.

use std::net::IpAddr;

use hostbased::dns::Resolver;
use hostbased::name::HostName;

use crate::case::{Case, HOSTS};

/// The case's hosts file, line by line.
pub(crate) struct HostsFile(Vec<(IpAddr, Vec<String>)>);

impl HostsFile {
    pub(crate) fn of(case: &Case) -> Self {
        let text = String::from_utf8_lossy(case.text(HOSTS).unwrap_or_default()).into_owned();
        Self(text.lines().filter_map(parse).collect())
    }
}

fn parse(line: &str) -> Option<(IpAddr, Vec<String>)> {
    let mut words = line.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.map(str::to_owned).collect()))
}

impl Resolver for HostsFile {
    /// The first name of the first line with the address.
    fn name_of(&self, address: IpAddr) -> Option<Vec<u8>> {
        let (_, names) = self.0.iter().find(|(found, _)| *found == address)?;
        Some(names.first()?.clone().into_bytes())
    }

    /// The address of the first line of that family with the name: all are found with `multi on` only (host.conf(5)), and
    /// the lab has no host.conf.
    fn addresses_of(&self, name: &HostName, like: IpAddr) -> Vec<IpAddr> {
        let has_it = |names: &[String]| names.iter().any(|other| other.eq_ignore_ascii_case(name.as_str()));
        let first = self.0.iter().find(|(found, names)| found.is_ipv4() == like.is_ipv4() && has_it(names));
        first.map(|(found, _)| *found).into_iter().collect()
    }
}
