//! The netgroups of the running system.

use crate::shosts::Netgroups;

/// The netgroups that nsswitch.conf(5) of the running system leads to (innetgr(3)), which sshd asks too. A name service
/// that does not answer has no members.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNetgroups;

impl Netgroups for SystemNetgroups {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> bool {
        hostbased_sys::in_netgroup(group, host, user)
    }
}
