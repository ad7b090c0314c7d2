//! An entry: a host and perhaps a user, each with a sign.

/// Whose name a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A host's name or address, or a user's name.
    Name(Vec<u8>),
    /// Every member of a netgroup: the name behind `@`.
    Netgroup(Vec<u8>),
}

/// A host or a user, as an entry names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Whether `-` stands in front: an entry with such a field denies. `+` says the same as no sign.
    pub negative: bool,
    /// Who is meant.
    pub who: Who,
}

impl Field {
    /// Reads a field; one sign is taken off and no more. `None` when nothing is left.
    pub(super) fn read(field: &[u8]) -> Option<Self> {
        let (negative, rest) = match field {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let who = match rest {
            [] => return None,
            [b'@', group @ ..] => Who::Netgroup(group.to_vec()),
            name => Who::Name(name.to_vec()),
        };
        Some(Self { negative, who })
    }

    pub(super) fn is_empty_netgroup(&self) -> bool {
        matches!(&self.who, Who::Netgroup(group) if group.is_empty())
    }
}

/// A line that allows or denies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) host: Field,
    pub(super) user: Option<Field>,
}

impl Entry {
    /// The host.
    #[must_use]
    pub const fn host(&self) -> &Field {
        &self.host
    }

    /// The user *on the client host*. Without one, that user must be called as the account on the server is; with one,
    /// the account is not looked at: in a system file the user gets into **every** account but root's.
    #[must_use]
    pub const fn user(&self) -> Option<&Field> {
        self.user.as_ref()
    }
}
