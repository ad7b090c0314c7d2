//! Addresses as people write them, and the one text of each that is looked up.

use std::net::{IpAddr, Ipv4Addr};

use crate::name::{HostName, address_text};

/// The address that a text means, in any form: IPv6 long or short, IPv4 as inet_aton(3) reads it (`10.1`, `0x7f.1`).
pub(super) fn meant(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse::<IpAddr>().ok().or_else(|| inet_aton(text).map(IpAddr::V4))
}

/// Whether it is an address, in whatever text; one with its interface (`fe80::1%eth0`) too.
pub(super) fn is_address(text: &[u8]) -> bool {
    meant(without_interface(text)).is_some()
}

/// An address in another text than the one that is looked up: that one. Case counts.
pub(super) fn other_text(text: &[u8]) -> Option<String> {
    let right = address_text(meant(text)?);
    (right.as_bytes() != text).then_some(right)
}

/// The address that a person may have meant who wrote a part with a 0 in front, which C reads as octal: in that case there
/// are two right answers.
pub(super) fn with_decimal_parts(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let stripped = |part: &str| part.trim_start_matches('0').to_owned();
    let parts: Vec<String> = text
        .split('.')
        .map(|part| if part.trim_start_matches('0').is_empty() { "0".to_owned() } else { stripped(part) })
        .collect();
    let decimal = parts.join(".");
    (decimal != text && decimal.parse::<Ipv4Addr>().is_ok()).then_some(decimal)
}

/// Whether it is a network: an address, a slash, a length.
pub(super) fn is_network(text: &[u8]) -> bool {
    text.iter().position(|&byte| byte == b'/').is_some_and(|slash| {
        let (address, length) = text.split_at_checked(slash).unwrap_or_default();
        is_address(address) && length.len() > 1
    })
}

/// The name or address inside `[name]` or `[name]:port`, or in front of one colon and a port.
pub(super) fn without_brackets(text: &[u8]) -> Option<&[u8]> {
    if let Some(inner) = text.strip_prefix(b"[") {
        let (inner, rest) = inner.split_at_checked(inner.iter().position(|&byte| byte == b']')?)?;
        return is_port_or_nothing(rest.get(1..)?).then_some(inner);
    }
    let colon = text.iter().position(|&byte| byte == b':')?;
    let (name, port) = text.split_at_checked(colon)?;
    (port.len() > 1 && is_port_or_nothing(port)).then_some(name)
}

fn is_port_or_nothing(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// The text that sshd looks up for a name or address that is written well; `None` for anything else.
pub(super) fn looked_up(text: &[u8]) -> Option<String> {
    if with_decimal_parts(text).is_some() {
        return None;
    }
    if let Some(address) = meant(text) {
        return Some(address_text(address));
    }
    HostName::new(std::str::from_utf8(text).ok()?).ok().map(|name| name.as_str().to_owned())
}

/// `fe80::1%eth0` without the interface.
fn without_interface(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == b'%').next().unwrap_or_default()
}

/// One to four numbers, of which the last fills what the others leave of the 32 bits.
fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (&last, first) = parts.split_last()?;
    let mut bits = 0_u32;
    let mut shift = 24_u32;
    if first.len() > 3 || first.iter().any(|&part| part > 0xff) {
        return None;
    }
    for &part in first {
        bits |= part.checked_shl(shift)?;
        shift = shift.saturating_sub(8);
    }
    let room = u32::MAX.checked_shr(u32::try_from(first.len()).ok()?.saturating_mul(8)).unwrap_or(0);
    (last <= room).then_some(Ipv4Addr::from_bits(bits | last))
}

/// Decimal, or as C writes it: octal behind `0`, hexadecimal behind `0x`.
fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, if text.len() > 1 && text.starts_with('0') { 8 } else { 10 }),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if is_number { u32::from_str_radix(digits, radix).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn short_forms_are_the_addresses_that_the_resolver_takes_them_for() {
        for text in ["10.0.0.1", "10.1", "10.0.1", "7", "4294967295", "0x7f.1", "010.0.0.1", "1.2.65535", "1.16777215"]
        {
            let asked = (text, 0).to_socket_addrs().unwrap().next().unwrap().ip();
            assert_eq!(meant(text.as_bytes()), Some(asked), "{text}");
        }
        for text in ["", ".", "a", "10.0.0.1.", "1.2.3.4.5", "256.0.0.1", "1.2.65536", "4294967296", "0x", "08.1", "+1"]
        {
            assert_eq!(meant(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn one_text_of_an_address_is_looked_up() {
        let other = |text: &str| other_text(text.as_bytes());
        assert_eq!(other("10.0.0.1"), None);
        assert_eq!(other("10.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(other("FD77:0::1").as_deref(), Some("fd77::1"));
        assert_eq!(other("::ffff:10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(other("node1"), None);
        assert!(is_address(b"fe80::1%eth0") && !is_address(b"node1%eth0"));
        assert!(is_network(b"10.0.0.0/24") && is_network(b"fd77::/16") && is_network(b"10.0/16"));
        assert!(!is_network(b"10.0.0.0/") && !is_network(b"a/b") && !is_network(b"10.0.0.1"));
    }

    #[test]
    fn brackets_and_ports_come_off() {
        let inner =
            |text: &'static str| without_brackets(text.as_bytes()).map(|inner| std::str::from_utf8(inner).unwrap());
        assert_eq!(inner("[fd77::1]"), Some("fd77::1"));
        assert_eq!(inner("[node1]:22"), Some("node1"));
        assert_eq!(inner("node1:22"), Some("node1"));
        for text in ["node1", "fd77::1", "[node1", "[node1]22", "[node1]:", "[node1]:x", "node1:"] {
            assert_eq!(inner(text), None, "{text}");
        }
    }
}
