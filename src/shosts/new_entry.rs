//! Lines to be written: a host, and perhaps a user.

use thiserror::Error;

use super::line::is_space;
use crate::name::{HostText, UserName};

/// Why no line can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NewEntryError {
    /// The user's name begins with what means something else there.
    #[error("a user name that begins with {sign:?} would be misread; use a netgroup, or rename the user")]
    Sign {
        /// The character.
        sign: char,
    },
    /// The user's name holds white space, which ends a field.
    #[error("a user name with white space (byte {byte:#04x}) cannot be written; use a netgroup, or rename the user")]
    Space {
        /// The byte.
        byte: u8,
    },
}

/// An entry to be written: one that allows.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// The host: the text that sshd will look up.
    pub host: &'a HostText,
    /// A user on that host, who may then log in to *every* account but root's (in a system file), or to the account
    /// whose file it is. `None` for users of the same name on both sides.
    pub user: Option<&'a UserName>,
}

impl NewEntry<'_> {
    /// The line, without line end. It fits in one piece, whatever the names.
    ///
    /// # Errors
    /// [`NewEntryError`] for what would be misread.
    pub fn to_line(&self) -> Result<Vec<u8>, NewEntryError> {
        let host = self.host.as_bytes();
        let Some(user) = self.user.map(UserName::as_bytes) else { return Ok(host.to_vec()) };
        // sshd reads "#x" as a user's name; everybody else who reads the line takes it for a comment.
        if let Some(&sign) = user.first().filter(|byte| matches!(byte, b'+' | b'-' | b'@' | b'#')) {
            return Err(NewEntryError::Sign { sign: char::from(sign) });
        }
        match user.iter().find(|&&byte| is_space(byte)) {
            Some(&byte) => Err(NewEntryError::Space { byte }),
            None => Ok([host, b" ", user].concat()),
        }
    }
}
