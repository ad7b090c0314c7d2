//! Texts that the resolver takes for an address without asking anyone (getaddrinfo(3), AI_NUMERICHOST).

use std::net::Ipv6Addr;

/// Whether the text is an address: IPv6 with or without an interface, or any form of IPv4 that inet_aton(3) knows.
pub(super) fn is_numeric(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let without_interface = text.split_once('%').map_or(text, |(address, _)| address);
    without_interface.parse::<Ipv6Addr>().is_ok() || is_ipv4(text)
}

/// One to four numbers with dots between them, of which the last fills what the others leave of the 32 bits.
fn is_ipv4(text: &str) -> bool {
    let mut parts: Vec<Option<u64>> = text.split('.').map(number).collect();
    let last = parts.pop().flatten();
    let left = match parts.len() {
        0 => u64::from(u32::MAX),
        1 => 0xff_ffff,
        2 => 0xffff,
        3 => 0xff,
        _ => return false,
    };
    parts.iter().all(|part| part.is_some_and(|part| part <= 0xff)) && last.is_some_and(|last| last <= left)
}

/// Decimal, or as C writes it: octal behind `0`, hexadecimal behind `0x`.
fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, if text.len() > 1 && text.starts_with('0') { 8 } else { 10 }),
    };
    // A sign, which from_str_radix takes, is none of the digits.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn every_form_of_an_address_is_one_and_its_near_miss_is_none() {
        for address in [
            "10.0.0.1",
            "10.1",
            "10.0.1",
            "7",
            "4294967295",
            "0x7f.1",
            "0X7F000001",
            "010.0.0.1",
            "0",
            "::1",
            "fe80::1",
        ] {
            assert!(is_numeric(address.as_bytes()), "{address}");
            // The resolver answers without asking anyone.
            assert!((address, 0).to_socket_addrs().is_ok(), "{address}");
        }
        assert!(is_numeric(b"fe80::1%eth0"));
        for name in [
            "",
            ".",
            "a",
            "10.0.0.1.",
            ".1",
            "10..1",
            "1.2.3.4.5",
            "256.0.0.1",
            "1.2.3.256",
            "1.2.65536",
            "4294967296",
            "0x",
            "0x.1",
            "08.1",
            "1.0x1g",
            "+1",
            "-1",
            "1 ",
            "10.0.0.1x",
            ":::",
            "12345::",
            "node1",
            "::1::",
        ] {
            assert!(!is_numeric(name.as_bytes()), "{name}");
        }
        assert!(!is_numeric(b"\xff"));
    }
}
