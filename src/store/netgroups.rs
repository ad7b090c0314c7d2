//! The netgroups of the running system.

use super::descriptors;
use crate::shosts::{Membership, Netgroups};

/// The netgroups that nsswitch.conf(5) of the running system leads to (innetgr(3)), which sshd asks too. A name service
/// that does not answer has no members.
///
/// innetgr(3) says "no" also where it had no descriptor left to ask with, and a line `-@group` would then deny nobody. So
/// a "no" counts only when the process has descriptors to spare; else the answer is [`Membership::Unknown`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNetgroups;

impl Netgroups for SystemNetgroups {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        match hostbased_sys::in_netgroup(group, host, user) {
            Ok(true) => Membership::Member,
            Ok(false) if descriptors::are_left().is_ok() => Membership::NotMember,
            Ok(false) | Err(_) => Membership::Unknown,
        }
    }
}
