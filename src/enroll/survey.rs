//! What is read of known_hosts for a whole command, once.

use super::texts::Texts;
use crate::key::PublicKey;
use crate::known_hosts;
use crate::name::HostText;

/// The lines of known_hosts that concern the hosts of a command: a long file is gone through once for all that is asked of it.
#[derive(Debug)]
pub struct Survey<'a> {
    pub(super) known_hosts: known_hosts::Draft<'a>,
}

impl<'a> Survey<'a> {
    /// For these names, addresses and keys.
    #[must_use]
    pub fn new(texts: &'a Texts, names: &[HostText], keys: &[PublicKey]) -> Self {
        Self { known_hosts: known_hosts::Draft::new(&texts.known_hosts, names.iter().map(HostText::as_bytes), keys) }
    }

    /// What it has for these names, if it was made for all of them and for these very bytes.
    pub(super) fn narrowed<'f>(&self, file: &'f [u8], names: &[HostText]) -> Option<known_hosts::Draft<'f>>
    where
        'a: 'f,
    {
        let is_this = std::ptr::eq(self.known_hosts.bytes(), file);
        let has_all = names.iter().all(|name| self.known_hosts.is_for(name.as_bytes()));
        (is_this && has_all).then(|| self.known_hosts.narrowed(names.iter().map(HostText::as_bytes)))
    }
}
