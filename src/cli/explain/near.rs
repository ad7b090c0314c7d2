//! Lines that would be for the host, were it not for a mistake in them.

use std::net::IpAddr;

use super::files::MAX_NAMED;
use crate::escape::escape;
use crate::known_hosts::{self, Hosts, Marker};
use crate::pattern;
use crate::shosts::{self, Who};

/// Who the files are asked for.
#[derive(Debug)]
pub(super) struct LookedUp<'a> {
    /// The name that both files are asked for.
    pub(super) host: &'a [u8],
    /// The address that the equiv files are asked for besides.
    pub(super) address: Vec<u8>,
    pub(super) ip: IpAddr,
    /// Other names of the host, which are not looked up.
    pub(super) others: Vec<Vec<u8>>,
    /// Which name is, and by what rule.
    pub(super) rule: String,
}

/// The lines of an equiv file that miss the host by a mistake, each with its number and what is wrong.
pub(super) fn equiv(document: &shosts::Document, wanted: &LookedUp<'_>) -> Vec<(usize, String)> {
    let of_entry = |(line, entry): (usize, &shosts::Entry)| {
        let Who::Name(name) = &entry.host().who else { return None };
        let user = entry.user().map(|user| &user.who);
        let why = match user {
            _ if entry.host().negative => None,
            Some(Who::Name(user)) if wanted.is_host(name) && user.starts_with(b"#") => {
                Some(shosts::Warning::CommentAsUser.to_string())
            }
            Some(Who::Name(user)) if wanted.is_host(user) && !wanted.is_host(name) => {
                Some(shosts::Warning::HostAsUser.to_string())
            }
            _ if wanted.is_host(name) => None,
            _ => wanted.misses_as_equiv(name),
        };
        Some((line, why?))
    };
    document.entries().filter_map(of_entry).take(MAX_NAMED).collect()
}

/// The same of a known_hosts file.
pub(super) fn known_hosts(document: &known_hosts::Document, wanted: &LookedUp<'_>) -> Vec<(usize, String)> {
    let of_entry = |(line, entry): (usize, &known_hosts::Entry)| {
        if entry.marker() == Some(Marker::Revoked) || entry.matches(wanted.host) {
            return None;
        }
        let by_other = wanted.others.iter().find(|name| entry.matches(name));
        let why = by_other.map(|name| wanted.is_other(name)).or_else(|| match entry.hosts() {
            Hosts::Patterns(list) => {
                list.split(|&byte| byte == b',').find_map(|name| wanted.misses_as_known_host(name))
            }
            _ => None,
        });
        Some((line, why?))
    };
    document.entries().filter_map(of_entry).take(MAX_NAMED).collect()
}

impl LookedUp<'_> {
    fn is_host(&self, name: &[u8]) -> bool {
        !name.is_empty() && (name.eq_ignore_ascii_case(self.host) || name == self.address.as_slice())
    }

    fn is_other(&self, name: &[u8]) -> String {
        format!("it is for {}, and {}", escape(name), self.rule)
    }

    fn misses_as_equiv(&self, name: &[u8]) -> Option<String> {
        use shosts::Warning;
        if let Some(other) = self.others.iter().find(|other| other.eq_ignore_ascii_case(name)) {
            return Some(self.is_other(other));
        }
        if name.strip_prefix(BYTE_ORDER_MARK).is_some_and(|rest| self.is_host(rest)) {
            return Some(Warning::ByteOrderMark.to_string());
        }
        if name.strip_suffix(b".").is_some_and(|rest| self.is_host(rest)) {
            return Some(Warning::FinalDot.to_string());
        }
        if address(name) == Some(self.ip) && address(&self.address) == Some(self.ip) {
            return Some(Warning::AddressText.to_string());
        }
        let is_meant = name.split(|&byte| byte == b',').any(|name| {
            let name = without_port(name).unwrap_or(name);
            self.is_host(name) || self.is_in_network(name) || pattern::matches(self.host, name)
        });
        is_meant.then(|| Warning::Pattern.to_string())
    }

    fn misses_as_known_host(&self, name: &[u8]) -> Option<String> {
        use known_hosts::Warning;
        let warning = match name {
            _ if name.strip_prefix(BYTE_ORDER_MARK).is_some_and(|rest| self.is_looked_up(rest)) => {
                Warning::ByteOrderMark
            }
            _ if name.strip_suffix(b".").is_some_and(|rest| self.is_looked_up(rest)) => Warning::FinalDot,
            _ if without_port(name).is_some_and(|name| self.is_looked_up(name)) => Warning::PortForm,
            _ if self.is_in_network(name) => Warning::Network,
            _ if address(name) == Some(self.ip) && address(self.host) == Some(self.ip) => Warning::AddressText,
            _ => return None,
        };
        Some(warning.to_string())
    }

    fn is_looked_up(&self, name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(self.host)
    }

    fn is_in_network(&self, text: &[u8]) -> bool {
        let parts = std::str::from_utf8(text).ok().and_then(|text| text.split_once('/'));
        let network = parts.and_then(|(address, bits)| Some((address.parse().ok()?, bits.parse::<u32>().ok()?)));
        match (network, self.ip) {
            (Some((IpAddr::V4(network), bits @ 0..=32)), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
                u32::from(network) & mask == u32::from(ip) & mask
            }
            (Some((IpAddr::V6(network), bits @ 0..=128)), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0);
                u128::from(network) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands in `[name]:port`.
fn without_port(name: &[u8]) -> Option<&[u8]> {
    let inner = name.strip_prefix(b"[")?;
    let end = inner.iter().position(|&byte| byte == b']')?;
    inner.get(..end)
}

fn address(name: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(name).ok()?.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
