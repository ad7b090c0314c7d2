//! Ranges of addresses: `192.168.16.0/28`, every address of it, first and last included.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::target::{InputError, Target};

/// A range of addresses, all on one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    prefix: u8,
    port: u16,
    exact: bool,
}

impl Range {
    /// Reads `ADDRESS/BITS`. Where ssh-keyscan goes astray the manual's word counts: host bits are cleared (its manual's
    /// own example `192.168.0.64/25` has some), and `192.168.16/28` is `192.168.16.0/28` (OpenSSH: addr.c
    /// `addr_pton_cidr` makes it `192.168.0.16/28`). [`Range::is_exact`] tells when that happened.
    ///
    /// # Errors
    /// [`InputError::Range`].
    pub fn parse(text: &str, port: u16) -> Result<Self, InputError> {
        let (address, bits) = text.split_once('/').ok_or(InputError::Range)?;
        if !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InputError::Range);
        }
        let prefix: u8 = bits.parse().map_err(|_| InputError::Range)?;
        let given: IpAddr = match address.parse() {
            Ok(address) => address,
            Err(_) => IpAddr::V4(short_ipv4(address).ok_or(InputError::Range)?),
        };
        if prefix > width(given) {
            return Err(InputError::Range);
        }
        let first = from_number(given, number(given) & !host_mask(given, prefix));
        let exact = first == given && address.parse::<IpAddr>().is_ok();
        Ok(Self { first, prefix, port, exact })
    }

    /// Whether the text said just this range: no host bits, no short form.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// The TCP port of each of its addresses.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The number of addresses; that of `::/0`, which no number holds, counts as `u128::MAX`.
    #[must_use]
    pub fn count(&self) -> u128 {
        host_mask(self.first, self.prefix).saturating_add(1)
    }

    /// A target for every address, in order.
    pub fn targets(self) -> impl Iterator<Item = Target> {
        let first = number(self.first);
        let last = first | host_mask(self.first, self.prefix);
        (first..=last)
            .filter_map(move |number| Target::new(&from_number(self.first, number).to_string(), self.port).ok())
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

const fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Ones where the addresses of the range differ.
fn host_mask(address: IpAddr, prefix: u8) -> u128 {
    let bits = u32::from(width(address).saturating_sub(prefix));
    u128::MAX.checked_shr(128_u32.saturating_sub(bits)).unwrap_or(0)
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The address of that number, in the family of `like`.
fn from_number(like: IpAddr, number: u128) -> IpAddr {
    match (like, u32::try_from(number)) {
        (IpAddr::V4(_), Ok(number)) => IpAddr::V4(Ipv4Addr::from(number)),
        _ => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

/// One to three numbers: the beginning of an IPv4 address, the rest zero.
fn short_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (index, part) in text.split('.').enumerate() {
        if index > 2 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *octets.get_mut(index)? = part.parse().ok()?;
    }
    Some(Ipv4Addr::from(octets))
}

/// A single IPv4 address in one of the old forms of inet_aton(3), which ssh-keyscan prints as the address that it is:
/// `127.1`, `0x7f000001`, `010.0.0.1`.
pub(super) fn old_ipv4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = text.split('.').collect();
    let (last, leading) = parts.split_last()?;
    let mut value: u32 = 0;
    for part in leading {
        value = value.checked_shl(8)? | u32::from(u8::try_from(old_number(part)?).ok()?);
    }
    let free_bits = 8_u32.checked_mul(u32::try_from(4_usize.checked_sub(leading.len())?).ok()?)?;
    let last = old_number(last)?;
    let fits = free_bits == 32 || (1..32).contains(&free_bits) && last.checked_shr(free_bits)? == 0;
    fits.then(|| Ipv4Addr::from(value.checked_shl(free_bits).unwrap_or(0) | last))
}

/// Decimal, octal with a leading 0, hexadecimal with a leading 0x.
fn old_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (text.get(2..)?, 16),
        [b'0', _, ..] => (text.get(1..)?, 8),
        _ => (text, 10),
    };
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<(String, bool, u128), InputError> {
        Range::parse(text, 22).map(|range| (range.to_string(), range.is_exact(), range.count()))
    }

    #[test]
    fn host_bits_and_short_forms_become_the_network() {
        for (text, network, exact, count) in [
            ("192.168.16.0/28", "192.168.16.0/28", true, 16),
            ("192.168.0.64/25", "192.168.0.0/25", false, 128),
            ("192.168.16/28", "192.168.16.0/28", false, 16),
            ("10/8", "10.0.0.0/8", false, 1 << 24),
            ("10.0.0.1/32", "10.0.0.1/32", true, 1),
            ("0.0.0.0/0", "0.0.0.0/0", true, 1 << 32),
            ("2001:db8::/120", "2001:db8::/120", true, 256),
            ("2001:db8::7/127", "2001:db8::6/127", false, 2),
            ("::1/128", "::1/128", true, 1),
            ("::/0", "::/0", true, u128::MAX),
        ] {
            assert_eq!(shown(text), Ok((network.to_owned(), exact, count)), "{text}");
        }
        for text in ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "/8", "10.0.0.0/+8", "host/24", "1.2.3.4.5/8"] {
            assert_eq!(shown(text), Err(InputError::Range), "{text}");
        }
        assert_eq!(shown("256.1/16"), Err(InputError::Range));
        assert_eq!(shown("10.0.0.0/256"), Err(InputError::Range));
    }

    #[test]
    fn a_range_holds_every_address_once() {
        let all = |text: &str| {
            let targets = Range::parse(text, 2222).unwrap().targets();
            targets.map(|target| target.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(all("10.0.0.255/31"), "10.0.0.254:2222 10.0.0.255:2222");
        assert_eq!(all("255.255.255.252/30").split(' ').next_back(), Some("255.255.255.255:2222"));
        assert_eq!(all("2001:db8::ff/127"), "2001:db8::fe:2222 2001:db8::ff:2222");
        assert_eq!(Range::parse("::/0", 22).unwrap().targets().take(3).count(), 3);
    }

    #[test]
    fn old_forms_of_one_address_are_read_as_the_resolver_reads_them() {
        for (text, address) in [
            ("127.1", Some("127.0.0.1")),
            ("127.0.1", Some("127.0.0.1")),
            ("192.168.16", Some("192.168.0.16")),
            ("0x7f000001", Some("127.0.0.1")),
            ("2130706433", Some("127.0.0.1")),
            ("010.0.0.1", Some("8.0.0.1")),
            ("1.2.3.4", Some("1.2.3.4")),
            ("0", Some("0.0.0.0")),
            ("256.1", None),
            ("1.16777216", None),
            ("1.2.3.256", None),
            ("1.2.3.4.5", None),
            ("a", None),
            ("1.", None),
            ("", None),
            ("09", None),
            ("0x", None),
            ("0x+1", None),
        ] {
            assert_eq!(old_ipv4(text).map(|address| address.to_string()).as_deref(), address, "{text:?}");
        }
    }
}
