//! AuthenticationMethods of sshd_config(5): which methods must succeed, one after the other.

/// Lists of methods; whoever has gone through all of one of them is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationMethods {
    /// Each in its order. None: any one method is enough.
    lists: Vec<Vec<String>>,
}

impl AuthenticationMethods {
    /// Any one method is enough (`any`, and the default).
    #[must_use]
    pub const fn any() -> Self {
        Self { lists: Vec::new() }
    }
}
