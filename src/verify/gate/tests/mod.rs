//! Each rule with its near misses.

mod hosts;
mod order;

use super::*;

/// An account that nothing speaks against.
const ALICE: AccountEntry<'static> =
    AccountEntry { uid: 1000, home: "/home/alice", shell: Shell::Usable, locked: false, groups: &[] };

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn name() -> UserName {
    UserName::new("alice").unwrap()
}

/// A client at 10.0.0.1.
fn peer() -> Peer<'static> {
    Peer::new("10.0.0.1".parse().unwrap())
}

/// Asks for alice from 10.0.0.1; returns the code of the refusal.
fn code(policy: &Policy, entry: &AccountEntry<'_>) -> Result<(), &'static str> {
    check(policy, &name(), entry, &peer()).map_err(|refusal| refusal.code())
}
