//! By which names sshd looks a client host up.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// By which names sshd looks a client host up in both files (sshd_config(5), UseDNS and
/// HostbasedUsesNameFromPacketOnly; OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Names {
    /// The name that the client's address resolves to (`UseDNS yes`); in `shosts.equiv` its address too.
    Dns,
    /// The text of its address (`UseDNS no`, the default).
    Address,
    /// The name that the client claims (`HostbasedUsesNameFromPacketOnly yes`).
    Packet,
    /// Either: for files that several servers share.
    Both,
}

/// Why an answer of sshd does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NamesError {
    /// It lacks an option.
    #[error("it does not say what {0} is")]
    Missing(&'static str),
    /// An option has a value that is neither yes nor no.
    #[error("{0} is neither yes nor no")]
    Value(&'static str),
    /// What a person wrote is none of the four.
    #[error("expected dns, address, packet or both")]
    Unknown,
}

impl Names {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Dns, Self::Address, Self::Packet, Self::Both];

    /// The word that `--names` takes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Address => "address",
            Self::Packet => "packet",
            Self::Both => "both",
        }
    }

    /// Whether `shosts.equiv` must hold the host's names.
    #[must_use]
    pub const fn by_name(self) -> bool {
        matches!(self, Self::Dns | Self::Packet | Self::Both)
    }

    /// Whether `shosts.equiv` must hold the host's addresses.
    #[must_use]
    pub const fn by_address(self) -> bool {
        matches!(self, Self::Address | Self::Both)
    }

    /// Reads what `sshd -T` prints: `option value` lines, in lower case up to OpenSSH 10.3 and in mixed case since.
    ///
    /// # Errors
    /// [`NamesError`].
    pub fn from_sshd(output: &[u8]) -> Result<Self, NamesError> {
        if switch(output, "HostbasedUsesNameFromPacketOnly")? {
            return Ok(Self::Packet);
        }
        Ok(if Self::use_dns(output)? { Self::Dns } else { Self::Address })
    }

    /// Whether sshd resolves addresses at all, by the same output. Where it does not, `Match Host` sees the address.
    ///
    /// # Errors
    /// [`NamesError`].
    pub fn use_dns(output: &[u8]) -> Result<bool, NamesError> {
        switch(output, "UseDNS")
    }
}

/// Whether the method itself is switched off, as it is by default, in what `sshd -T` prints.
pub fn is_switched_off(output: &[u8]) -> bool {
    switch(output, "HostbasedAuthentication") == Ok(false)
}

fn switch(output: &[u8], option: &'static str) -> Result<bool, NamesError> {
    let value = output.split(|&byte| byte == b'\n').find_map(|line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.next().filter(|word| word.eq_ignore_ascii_case(option.as_bytes()))?;
        Some(words.next().unwrap_or_default())
    });
    match value.ok_or(NamesError::Missing(option))? {
        yes if yes.eq_ignore_ascii_case(b"yes") => Ok(true),
        no if no.eq_ignore_ascii_case(b"no") => Ok(false),
        _ => Err(NamesError::Value(option)),
    }
}

impl FromStr for Names {
    type Err = NamesError;

    fn from_str(text: &str) -> Result<Self, NamesError> {
        Self::ALL.into_iter().find(|names| names.word() == text).ok_or(NamesError::Unknown)
    }
}

impl fmt::Display for Names {
    /// What is looked up, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "the name its address resolves to (UseDNS yes)",
            Self::Address => "its address (UseDNS no)",
            Self::Packet => "the name it claims (HostbasedUsesNameFromPacketOnly yes)",
            Self::Both => "its name or its address",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sshd_says_which_names_it_looks_up() {
        let names = |output: &str| Names::from_sshd(output.as_bytes());
        assert_eq!(names("port 22\nhostbasedusesnamefrompacketonly no\nusedns no\n"), Ok(Names::Address));
        assert_eq!(names("hostbasedusesnamefrompacketonly no\nusedns yes\n"), Ok(Names::Dns));
        assert_eq!(names("HostbasedUsesNameFromPacketOnly yes\nUseDNS no\n"), Ok(Names::Packet));
        assert_eq!(names("UseDNS yes\n"), Err(NamesError::Missing("HostbasedUsesNameFromPacketOnly")));
        assert_eq!(names("HostbasedUsesNameFromPacketOnly no\nUseDNSX yes\n"), Err(NamesError::Missing("UseDNS")));
        assert_eq!(names("HostbasedUsesNameFromPacketOnly no\nUseDNS maybe\n"), Err(NamesError::Value("UseDNS")));
        assert_eq!(names("HostbasedUsesNameFromPacketOnly no\nUseDNS\n"), Err(NamesError::Value("UseDNS")));
    }

    #[test]
    fn the_method_is_off_where_sshd_says_so() {
        assert!(is_switched_off(b"port 22\nhostbasedauthentication no\n"));
        assert!(!is_switched_off(b"HostbasedAuthentication yes\n"));
        assert!(!is_switched_off(b"port 22\n"));
    }

    #[test]
    fn words_go_both_ways() {
        for names in Names::ALL {
            assert_eq!(names.word().parse(), Ok(names));
        }
        assert_eq!("DNS".parse::<Names>(), Err(NamesError::Unknown));
    }
}
