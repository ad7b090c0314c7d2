//! Whether a `Match` block is for a connection (OpenSSH: servconf.c `match_cfg_line`). sshd itself has the last word over what
//! counts; this only finds the line that it means.

use std::net::IpAddr;

use super::Facts;
use super::facts::Approach;
use crate::config::{Block, Directive};
use crate::pattern::{Case, ListMatch, matches_list};

/// A connection as `Match` sees it.
pub(super) struct Connection<'a> {
    user: &'a [u8],
    groups: &'a [Vec<u8>],
    /// The peer's name where UseDNS is yes and it has one, else its address.
    host: String,
    address: IpAddr,
    address_text: String,
}

impl<'a> Connection<'a> {
    pub(super) fn new(facts: &'a Facts<'_>, approach: &Approach) -> Self {
        let text = approach.text();
        let host = match &approach.lookup.name {
            Ok(name) if approach.policy.use_dns => name.as_str().to_owned(),
            _ => text.clone(),
        };
        Self {
            user: facts.user.as_bytes(),
            groups: facts.account.as_ref().map(|account| account.found.group_names.as_slice()).unwrap_or_default(),
            host,
            address: approach.address,
            address_text: text,
        }
    }

    /// Whether all blocks around a line are for this connection; `None` where one cannot be told.
    pub(super) fn is_meant_by(&self, directive: &Directive) -> Option<bool> {
        let mut unclear = false;
        for block in &directive.blocks {
            match self.fits(block) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => unclear = true,
            }
        }
        (!unclear).then_some(true)
    }

    /// Whether the block is for this connection; `None` where that cannot be told.
    fn fits(&self, block: &Block) -> Option<bool> {
        if block.is_for_all() {
            return Some(true);
        }
        let mut unclear = false;
        for (criterion, list) in criteria(block) {
            let fits = match criterion.as_str() {
                "user" => Some(matches_list(self.user, &list, Case::Sensitive) == ListMatch::Yes),
                "group" => {
                    let fits = |group: &Vec<u8>| matches_list(group, &list, Case::Sensitive) == ListMatch::Yes;
                    Some(self.groups.iter().any(fits))
                }
                "host" => Some(matches_list(self.host.as_bytes(), &list, Case::Fold) == ListMatch::Yes),
                "address" => self.is_in(&list),
                "invalid-user" => Some(false),
                _ => None,
            };
            match fits {
                Some(false) => return Some(false),
                Some(true) => {}
                None => unclear = true,
            }
        }
        (!unclear).then_some(true)
    }

    /// Whether the address is in a list of addresses, networks and patterns.
    fn is_in(&self, list: &[u8]) -> Option<bool> {
        let list = std::str::from_utf8(list).ok()?;
        let mut is_in = false;
        for element in list.split(',') {
            let (negated, element) = element.strip_prefix('!').map_or((false, element), |rest| (true, rest));
            let fits = network_holds(element, self.address)
                .unwrap_or_else(|| crate::pattern::matches(self.address_text.as_bytes(), element.as_bytes()));
            match (fits, negated) {
                (true, true) => return Some(false),
                (true, false) => is_in = true,
                (false, _) => {}
            }
        }
        Some(is_in)
    }
}

/// The criteria of a `Match` line and their lists, `Address 10.0.0.0/8` or `Address=10.0.0.0/8` alike.
pub(super) fn criteria(block: &Block) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut words = block.criteria.iter();
    while let Some(word) = words.next() {
        let name = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
        match word.iter().position(|&byte| byte == b'=') {
            Some(at) => {
                let (head, rest) = word.split_at_checked(at).unwrap_or((word, &[]));
                found.push((name(head), rest.get(1..).unwrap_or_default().to_vec()));
            }
            None if word.eq_ignore_ascii_case(b"invalid-user") => found.push((name(word), Vec::new())),
            None => found.push((name(word), words.next().cloned().unwrap_or_default())),
        }
    }
    found
}

/// Whether a network, or a single address, holds the address; `None` for what is neither.
pub(super) fn network_holds(text: &str, address: IpAddr) -> Option<bool> {
    let (network, bits) = match text.split_once('/') {
        Some((network, bits)) => (network, Some(bits.parse::<u32>().ok()?)),
        None => (text, None),
    };
    match (network.parse::<IpAddr>().ok()?, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = mask(bits.unwrap_or(32), 32)?;
            Some((u128::from(u32::from(network)) ^ u128::from(u32::from(address))) & mask == 0)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = mask(bits.unwrap_or(128), 128)?;
            Some((u128::from(network) ^ u128::from(address)) & mask == 0)
        }
        _ => Some(false),
    }
}

/// The upper bits of a number of that width.
fn mask(bits: u32, width: u32) -> Option<u128> {
    Some(u128::MAX.checked_shl(width.checked_sub(bits)?).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BlockKind;

    #[test]
    fn a_network_holds_what_is_in_it() {
        let holds = |network, address: &str| network_holds(network, address.parse().unwrap());
        assert_eq!(holds("10.77.0.0/24", "10.77.0.1"), Some(true));
        assert_eq!(holds("10.77.0.0/24", "10.77.1.1"), Some(false));
        assert_eq!(holds("10.77.0.1", "10.77.0.1"), Some(true));
        assert_eq!(holds("0.0.0.0/0", "10.77.0.1"), Some(true));
        assert_eq!(holds("fd77::/64", "fd77::1"), Some(true));
        assert_eq!(holds("fd77::/64", "10.77.0.1"), Some(false));
        assert_eq!((holds("*.test", "10.77.0.1"), holds("10.0.0.0/33", "10.0.0.1")), (None, None));
    }

    #[test]
    fn criteria_come_in_both_spellings() {
        let criteria_of = |words: &[&str]| {
            let criteria = words.iter().map(|word| word.as_bytes().to_vec()).collect();
            super::criteria(&Block { kind: BlockKind::Match, criteria, file: String::new(), line: 1 })
        };
        let expected = vec![("user".to_owned(), b"a".to_vec()), ("address".to_owned(), b"10.0.0.1".to_vec())];
        assert_eq!(criteria_of(&["User", "a", "Address", "10.0.0.1"]), expected);
        assert_eq!(criteria_of(&["User=a", "Address=10.0.0.1"]), expected);
    }
}
