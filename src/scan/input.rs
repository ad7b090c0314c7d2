//! Input lines in ssh-keyscan's forms (ssh-keyscan(1), `-f`): `addrlist namelist`, a range, or one host; and
//! `[host]:port`, which ssh-keyscan does not have.

use std::net::IpAddr;

use super::range::{Range, old_ipv4};
use super::target::{InputError, MAX_ADDRESSES, Target};

/// What one line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One host.
    Host(Target),
    /// Every address of a range.
    Range(Range),
}

/// A line of a file without its comment, which begins at the first `#`.
#[must_use]
pub fn strip_comment(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b'#').next().unwrap_or_default()
}

/// Reads a line, or an argument of the same form; `None` when there is nothing on it. Blanks around it are dropped, as
/// is a carriage return at its end. A host without a port of its own gets `default_port`.
///
/// # Errors
/// [`InputError`].
pub fn parse_input(line: &[u8], default_port: u16) -> Result<Option<Input>, InputError> {
    let line = std::str::from_utf8(line).map_err(|_| InputError::NotUtf8)?.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let (list, names) = match line.split_once(|byte: char| byte.is_ascii_whitespace()) {
        Some((list, names)) => (list, Some(names.trim_ascii_start())),
        None => (line, None),
    };
    if list.contains('/') {
        if names.is_some() || list.contains(',') {
            return Err(InputError::RangeInList);
        }
        let (range, port) = host_and_port(list, default_port)?;
        return Ok(Some(Input::Range(Range::parse(range, port)?)));
    }
    let mut addresses = Vec::new();
    let mut ports = Vec::new();
    // One more than allowed, so that the target's own check sees it.
    for element in list.split(',').take(MAX_ADDRESSES.saturating_add(1)) {
        let (host, port) = host_and_port(element, default_port)?;
        addresses.push(plain_address(host));
        ports.push(port);
    }
    let port = ports.first().copied().unwrap_or(default_port);
    if ports.iter().any(|&other| other != port) {
        return Err(InputError::MixedPorts);
    }
    let names = names.map_or_else(|| addresses.join(","), str::to_owned);
    Target::with_names(addresses, names, port).map(|target| Some(Input::Host(target)))
}

/// `[host]:port`, `[host]` or `host`.
fn host_and_port(element: &str, default_port: u16) -> Result<(&str, u16), InputError> {
    let Some(inner) = element.strip_prefix('[') else { return Ok((element, default_port)) };
    let (host, rest) = inner.split_once(']').ok_or(InputError::Brackets)?;
    if rest.is_empty() {
        return Ok((host, default_port));
    }
    let port = rest.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let port = port.and_then(|port| port.parse().ok()).filter(|&port| port != 0).ok_or(InputError::Brackets)?;
    Ok((host, port))
}

/// An address is printed in its usual form, whatever form it was given in.
fn plain_address(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => old_ipv4(host).map_or_else(|| host.to_owned(), |address| address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ADDRESS|ADDRESS NAMES PORT`
    fn shown(line: &str) -> Result<String, InputError> {
        Ok(match parse_input(line.as_bytes(), 22)? {
            None => "nothing".to_owned(),
            Some(Input::Range(range)) => format!("range {range}"),
            Some(Input::Host(target)) => {
                format!("{} {} {}", target.addresses().join("|"), target.names(), target.port())
            }
        })
    }

    #[test]
    fn every_form_of_a_host_is_read() {
        for (line, read) in [
            ("", "nothing"),
            (" \t\r", "nothing"),
            ("host", "host host 22"),
            ("host\r", "host host 22"),
            ("Host.Example", "Host.Example Host.Example 22"),
            ("a,b", "a|b a,b 22"),
            ("10.0.0.1,host names,more", "10.0.0.1|host names,more 22"),
            ("10.0.0.1 \t  name \t", "10.0.0.1 name 22"),
            ("[host]:2200", "host host 2200"),
            ("[::1]:2200", "::1 ::1 2200"),
            ("[::1]", "::1 ::1 22"),
            ("::1", "::1 ::1 22"),
            ("2001:DB8:0::1", "2001:db8::1 2001:db8::1 22"),
            ("[a]:2200,[b]:2200 c", "a|b c 2200"),
            ("[a]:22,b", "a|b a,b 22"),
            ("127.1", "127.0.0.1 127.0.0.1 22"),
            ("10.0.0.0/30", "range 10.0.0.0/30"),
            ("[10.0.0.0/30]:2200", "range 10.0.0.0/30"),
        ] {
            assert_eq!(shown(line).as_deref(), Ok(read), "{line:?}");
        }
    }

    #[test]
    fn near_misses_have_their_reasons() {
        for (line, error) in [
            ("a,,b", InputError::EmptyAddress),
            (",a", InputError::EmptyAddress),
            ("[]:22", InputError::EmptyAddress),
            ("[a]:2200,b", InputError::MixedPorts),
            ("[a", InputError::Brackets),
            ("[a]22", InputError::Brackets),
            ("[a]:0", InputError::Brackets),
            ("[a]:65536", InputError::Brackets),
            ("[a]:+22", InputError::Brackets),
            ("[a]:", InputError::Brackets),
            ("10.0.0.0/30 name", InputError::RangeInList),
            ("10.0.0.0/30,10.1.0.0/30", InputError::RangeInList),
            ("10.0.0.0/33", InputError::Range),
            ("host/24", InputError::Range),
            ("a b c", InputError::NamesBlank),
            ("a @revoked", InputError::NamesByte { byte: b'@' }),
        ] {
            assert_eq!(shown(line), Err(error), "{line:?}");
        }
        assert_eq!(parse_input(b"\xff", 22), Err(InputError::NotUtf8));
        let many = vec!["a"; MAX_ADDRESSES + 5].join(",");
        assert_eq!(shown(&many), Err(InputError::TooManyAddresses));
    }

    #[test]
    fn comments_are_cut_in_files_only() {
        assert_eq!(strip_comment(b"host # it"), b"host ");
        assert_eq!(strip_comment(b"# it"), b"");
        assert_eq!(strip_comment(b"host"), b"host");
        assert_eq!(shown("#host"), Err(InputError::NamesByte { byte: b'#' }));
    }
}
