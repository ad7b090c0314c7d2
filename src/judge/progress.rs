//! How far a connection has come.

use crate::key::PublicKey;
use crate::verify::{MethodsProgress, Policy};

/// How far a connection has come in AuthenticationMethods, as one user: what has succeeded for one says nothing of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    user: Vec<u8>,
    methods: MethodsProgress,
    /// By which it has come that far: none counts twice.
    keys: Vec<PublicKey>,
}

impl Progress {
    /// Nothing has succeeded yet.
    pub(super) fn start(policy: &Policy) -> Self {
        Self { user: Vec::new(), methods: policy.methods().start(), keys: Vec::new() }
    }

    /// This, as far as it is that user's; otherwise the start.
    #[must_use]
    pub fn of(&self, user: &[u8], policy: &Policy) -> Self {
        if self.user == user { self.clone() } else { Self { user: user.to_vec(), ..Self::start(policy) } }
    }

    /// A step further: another method has succeeded, by that key if by any.
    #[must_use]
    pub fn further(&self, methods: MethodsProgress, key: Option<PublicKey>) -> Self {
        let mut keys = self.keys.clone();
        keys.extend(key);
        Self { user: self.user.clone(), methods, keys }
    }

    /// Whose it is; nobody's at the start.
    #[must_use]
    pub fn user(&self) -> &[u8] {
        &self.user
    }

    /// What AuthenticationMethods still asks for.
    #[must_use]
    pub const fn methods(&self) -> &MethodsProgress {
        &self.methods
    }

    /// The keys by which it has come that far.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }
}
