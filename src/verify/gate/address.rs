//! Lists of addresses, networks and wildcards (OpenSSH: addrmatch.c `addr_match_list`, addr.c `addr_pton_cidr`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::user_pattern::BadPattern;
use crate::pattern::{ListMatch, matches};

/// An element of this length or more is never taken for an address (addr.c: a buffer of 64).
const MAX_ADDRESS_BYTES: usize = 63;

/// Matches the text of an address with a list. An element that is an address or a network (`10.0.0.0/8`) is compared as
/// such; any other is a wildcard pattern for the text. The first negated element that fits ends the search. A text that
/// is no address matches nothing. A link-local address whose interface is not known ends in `%`.
pub(super) fn matches_list(text: &str, list: &str) -> Result<ListMatch, BadPattern> {
    let Some(address) = Address::parse(text.strip_suffix('%').unwrap_or(text)) else { return Ok(ListMatch::No) };
    let mut result = ListMatch::No;
    for element in list.split(',') {
        let (negated, element) = split_sign(element)?;
        let fits = match Network::parse(element)? {
            Some(network) => network.holds(&address),
            None => matches(text.as_bytes(), element.as_bytes()),
        };
        match (fits, negated) {
            (true, true) => return Ok(ListMatch::Negated),
            (true, false) => result = ListMatch::Yes,
            (false, _) => {}
        }
    }
    Ok(result)
}

/// Whether sshd takes the list.
pub(super) fn check_list(list: &str) -> Result<(), BadPattern> {
    list.split(',').try_for_each(|element| Network::parse(split_sign(element)?.1).map(drop))
}

/// Whether `!` stands before the element, which must not be empty.
fn split_sign(element: &str) -> Result<(bool, &str), BadPattern> {
    let (negated, element) = element.strip_prefix('!').map_or((false, element), |rest| (true, rest));
    if element.is_empty() { Err(BadPattern) } else { Ok((negated, element)) }
}

/// An address, and the interface of a link-local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Address<'a> {
    ip: IpAddr,
    zone: &'a str,
}

impl<'a> Address<'a> {
    /// Reads what getaddrinfo(3) takes for an address with AI_NUMERICHOST: the old short and octal forms of IPv4 too.
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(ip) = parse_ipv4(text) {
            return Some(Self { ip: IpAddr::V4(ip), zone: "" });
        }
        let (address, zone) = match text.split_once('%') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let ip: Ipv6Addr = address.parse().ok()?;
        Some(Self { ip: IpAddr::V6(ip), zone })
    }

    /// The address as a number, and how many bits it has.
    fn bits(&self) -> (u128, u32) {
        match self.ip {
            IpAddr::V4(ip) => (u32::from(ip).into(), 32),
            IpAddr::V6(ip) => (ip.into(), 128),
        }
    }

    /// Whether sshd would write an interface behind it (getnameinfo(3)).
    fn lacks_zone(&self) -> bool {
        matches!(self.ip, IpAddr::V6(ip) if ip.is_unicast_link_local()) && self.zone.is_empty()
    }
}

/// A network, or a single address.
#[derive(Clone, Copy, Debug)]
struct Network<'a> {
    address: Address<'a>,
    /// How many bits at the end tell its hosts apart.
    host_bits: u32,
}

impl<'a> Network<'a> {
    /// Reads `address` or `address/bits`; `None` when it is neither.
    ///
    /// # Errors
    /// The address has fewer bits than that, or bits of its own behind them.
    fn parse(text: &'a str) -> Result<Option<Self>, BadPattern> {
        if text.len() > MAX_ADDRESS_BYTES {
            return Ok(None);
        }
        let (address, length) = match text.split_once('/') {
            None => (text, None),
            Some((address, length)) => match mask_length(length) {
                Some(length) => (address, Some(length)),
                None => return Ok(None),
            },
        };
        let Some(address) = Address::parse(address) else { return Ok(None) };
        let (value, width) = address.bits();
        let host_bits = width.checked_sub(length.unwrap_or(width)).ok_or(BadPattern)?;
        let network = Self { address, host_bits };
        if value & network.host_mask() == 0 { Ok(Some(network)) } else { Err(BadPattern) }
    }

    fn host_mask(&self) -> u128 {
        1u128.checked_shl(self.host_bits).map_or(u128::MAX, |bit| bit.wrapping_sub(1))
    }

    /// Whether the address is of the network, and of the same interface: `fe80::1%eth0` is not of `fe80::/10` (addr.c
    /// `addr_cmp`).
    fn holds(&self, address: &Address<'_>) -> bool {
        let (network, network_width) = self.address.bits();
        let (value, width) = address.bits();
        width == network_width
            && value & !self.host_mask() == network
            && address.zone == self.address.zone
            && !address.lacks_zone()
    }
}

/// Reads a number as strtonum(3) does: C allows blanks and `+` in front.
fn mask_length(text: &str) -> Option<u32> {
    let blanks = [' ', '\t', '\n', '\x0b', '\x0c', '\r'];
    let length: i32 = text.trim_start_matches(blanks).parse().ok()?;
    u32::try_from(length).ok()
}

/// Reads IPv4 as inet_aton(3) does: one to four numbers, decimal, octal (`010`) or hexadecimal (`0x0a`), the last of
/// which fills what is left.
fn parse_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut numbers = Vec::new();
    for part in text.split('.') {
        numbers.push(parse_number(part)?);
    }
    let (&last, first) = numbers.split_last()?;
    let mut value: u32 = 0;
    let mut room: u32 = 32;
    for &number in first {
        room = room.checked_sub(8).filter(|&room| room > 0)?;
        value |= u32::from(u8::try_from(number).ok()?).checked_shl(room)?;
    }
    let fits = u64::from(last) < 1u64.checked_shl(room)?;
    fits.then(|| Ipv4Addr::from(value | last))
}

fn parse_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix('0') {
        None | Some("") => (text, 10),
        Some(rest) => rest.strip_prefix(['x', 'X']).map_or((rest, 8), |digits| (digits, 16)),
    };
    // `from_str_radix` would take a sign.
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}
