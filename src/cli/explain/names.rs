//! The names of the peer, and the one that is looked up.

use std::borrow::Cow;

use super::arguments::Args;
use super::attempt::Attempt;
use crate::dns::{NotConfirmed, SystemResolver, look_up};
use crate::name::{ClaimedHost, HostName};
use crate::store::Root;
use crate::verify::Policy;

/// The names that the peer's address resolves to and back.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: Vec<HostName>,
    /// What the lookup found, where there was one.
    pub(super) notes: Vec<String>,
}

/// Looks them up where they count and were not given.
pub(super) fn of(args: &Args, root: &Root, attempt: &Attempt, policy: &Policy) -> Names {
    let counts = policy.use_dns || policy.require_name_match;
    if !args.resolved.is_empty() {
        let unused = || "--resolved counts only while UseDNS is yes: the address itself is looked up".to_owned();
        let notes = if counts { Vec::new() } else { vec![unused()] };
        return Names { names: args.resolved.clone(), notes };
    }
    if !counts {
        return Names::default();
    }
    let address = attempt.address.text();
    if !root.is_system() {
        let note = format!("{address} is not looked up for a --root: say its name by --resolved");
        return Names { names: Vec::new(), notes: vec![note] };
    }
    match look_up(&SystemResolver, attempt.address.address) {
        Ok(name) => Names { notes: vec![format!("{address} resolves to {name} and back")], names: vec![name] },
        Err(error) => Names { names: Vec::new(), notes: vec![not_confirmed(&error, &address)] },
    }
}

fn not_confirmed(error: &NotConfirmed, address: &str) -> String {
    match error.sshd_message(address) {
        Some(said) => format!("{address} is looked up without a name: {error}; sshd logs: {said}"),
        None if matches!(error, NotConfirmed::NotAHostName { .. }) => {
            format!("{address} is looked up without a name: {error}; sshd would look that up, and hardly find it")
        }
        None => format!("{address} is looked up without a name: {error}"),
    }
}

/// The name that ssh_known_hosts is asked for (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`): sshd's, the first.
pub(super) fn looked_up<'a>(attempt: &'a Attempt, policy: &Policy, names: &'a [HostName]) -> Cow<'a, [u8]> {
    match names.first() {
        _ if policy.hostbased_uses_name_from_packet_only => {
            Cow::Borrowed(ClaimedHost::new(&attempt.client_host).without_dot())
        }
        Some(name) if policy.use_dns => Cow::Borrowed(name.as_str().as_bytes()),
        _ => Cow::Owned(attempt.address.text().into_bytes()),
    }
}
