//! The application's own last word.

use super::proof::Authenticated;

/// What a server's author may add to the decision: a last look at a user whom everything else lets in.
///
/// It is asked once, after the signature, so that nobody can have it asked without a host's key. It can only refuse: what
/// lets in are the files, and whoever keeps those elsewhere implements [`KnownHosts`](crate::known_hosts::KnownHosts) and
/// [`Equiv`](crate::shosts::Equiv).
pub trait Application {
    /// Whether the user may come in.
    fn allows(&self, user: &Authenticated<'_>) -> bool;
}

impl<F: Fn(&Authenticated<'_>) -> bool> Application for F {
    fn allows(&self, user: &Authenticated<'_>) -> bool {
        self(user)
    }
}
