//! RevokedKeys: the file that names keys which no server takes any more (sshd_config(5), RevokedKeys; OpenSSH: authfile.c
//! `sshkey_check_revoked`).
//!
//! It is a key revocation list (KRL, ssh-keygen(1) KEY REVOCATION LISTS; OpenSSH: PROTOCOL.krl) when it begins as one,
//! else a list of public keys, one a line. A file that cannot be read to its end is an error, and then *every* key must
//! be refused: nobody can tell which keys stand behind the place where it is damaged.
//!
//! A KRL has no end mark: one that is cut between two sections is a whole KRL, here as for OpenSSH. Nor is its signature
//! looked at. What is copied to a server must be replaced as a whole.
//!
//! ```
//! use hostbased::key::parse_public_key_line;
//! use hostbased::revoked::{Means, Revocation, RevokedKeys};
//!
//! let line = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
//! let (key, _) = parse_public_key_line(line).unwrap();
//! let revoked = RevokedKeys::parse(line).unwrap();
//! assert_eq!(revoked.check(&key), Some(Revocation::Key(Means::Line(1))));
//! assert_eq!(RevokedKeys::parse(b"# none yet\n").unwrap().check(&key), None);
//! assert!(RevokedKeys::parse(&line[..60]).is_err());
//! ```

mod certificates;
mod error;
mod flat;
mod krl;
mod revocation;
mod sections;
mod serials;

#[cfg(test)]
mod tests;

pub use error::{KrlProblem, RevokedError, RevokedLineProblem};
pub use flat::ShortRsaKey;
pub use krl::KrlHeader;
pub use revocation::{Means, Revocation, Scope};

use self::flat::FlatList;
use self::krl::Krl;
use crate::key::PublicKey;

/// Longest file, in bytes (128 MiB): what OpenSSH loads (sshbuf.h `SSHBUF_SIZE_MAX`; a longer one makes it refuse every key).
pub const MAX_FILE_BYTES: usize = 0x800_0000;

/// The keys, certificates and authorities that a RevokedKeys file revokes. What it takes in memory is a small multiple of
/// the file's length, and a check takes logarithmic time, whatever ranges and bitmaps the file's author wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedKeys {
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Flat(FlatList),
    Krl(Box<Krl>),
}

impl RevokedKeys {
    /// Reads a whole file. An empty one, or one of comments only, revokes nothing.
    ///
    /// # Errors
    /// [`RevokedError`], which names the line or the section. Every key must be refused then, as sshd does.
    pub fn parse(bytes: &[u8]) -> Result<Self, RevokedError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(RevokedError::TooLarge { length: bytes.len() });
        }
        let form = match bytes.strip_prefix(krl::MAGIC) {
            Some(rest) => Form::Krl(Box::new(Krl::parse(rest)?)),
            None => Form::Flat(FlatList::parse(bytes)?),
        };
        Ok(Self { form })
    }

    /// Whether and how a key or certificate is revoked: `None` means that it is not. Of a certificate its plain key, its
    /// serial number, its key id and the key of its authority count (OpenSSH: krl.c `ssh_krl_check_key`, authfile.c
    /// `sshkey_in_file`). The first that is found, in OpenSSH's order, is told.
    #[must_use]
    pub fn check(&self, key: &PublicKey) -> Option<Revocation> {
        match &self.form {
            Form::Flat(list) => list.check(key),
            Form::Krl(krl) => krl.check(key),
        }
    }

    /// What a KRL says of itself; `None` for a list of keys.
    #[must_use]
    pub fn krl_header(&self) -> Option<&KrlHeader> {
        match &self.form {
            Form::Flat(_) => None,
            Form::Krl(krl) => Some(krl.header()),
        }
    }

    /// The lines of a list of keys that **revoke nothing**, because their RSA key is shorter than OpenSSH reads.
    #[must_use]
    pub fn short_rsa_keys(&self) -> &[ShortRsaKey] {
        match &self.form {
            Form::Flat(list) => list.short_rsa_keys(),
            Form::Krl(_) => &[],
        }
    }
}
