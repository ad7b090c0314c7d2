//! Hashed host names: `|1|salt|hash` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH: hostfile.c `host_hash`).

use std::fmt;

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use sha1::Sha1;
use thiserror::Error;

use crate::key::{decode_base64, encode_base64};

/// What a hashed name begins with; the `1` stands for HMAC-SHA1, the only kind there is.
const MAGIC: &[u8] = b"|1|";

/// Length of the salt and of the hash: what SHA-1 gives.
const BYTES: usize = 20;

/// Why a hosts field that begins with `|` is no hashed name. Such a line never matches any host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HashedNameError {
    /// It does not begin with `|1|`.
    #[error("a hashed name begins with \"|1|\"")]
    Magic,
    /// Nothing ends the salt.
    #[error("no \"|\" stands between salt and hash")]
    NoHash,
    /// The salt is not the base64 of 20 bytes.
    #[error("the salt is not the base64 of {BYTES} bytes")]
    Salt,
    /// Several hashed names with commas between them: OpenSSH compares the whole field with one name's hash.
    #[error("a list of hashed names never matches; each needs a line of its own")]
    List,
    /// The hash is not the base64 of 20 bytes.
    #[error("the hash is not the base64 of {BYTES} bytes")]
    Hash,
}

/// A host name that can be recognised, but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HashedName {
    salt: [u8; BYTES],
    hash: [u8; BYTES],
}

impl HashedName {
    /// Hashes a name as it is given. Names are looked up in lower case, so give it in lower case; take a fresh random
    /// salt for each name.
    #[must_use]
    pub fn new(name: &[u8], salt: [u8; BYTES]) -> Self {
        Self { salt, hash: Salted::new(&salt).hash(name) }
    }

    /// Reads a whole hosts field. Only the one text that OpenSSH itself would write is taken, because OpenSSH compares
    /// texts: another spelling of the same bytes never matches.
    ///
    /// # Errors
    /// [`HashedNameError`].
    pub fn parse(field: &[u8]) -> Result<Self, HashedNameError> {
        let rest = field.strip_prefix(MAGIC).ok_or(HashedNameError::Magic)?;
        let bar = rest.iter().position(|&byte| byte == b'|').ok_or(HashedNameError::NoHash)?;
        let (salt, hash) = rest.split_at_checked(bar).ok_or(HashedNameError::NoHash)?;
        let hash = hash.strip_prefix(b"|").unwrap_or(hash);
        let salt = decode(salt).ok_or(HashedNameError::Salt)?;
        if hash.contains(&b',') {
            return Err(HashedNameError::List);
        }
        Ok(Self { salt, hash: decode(hash).ok_or(HashedNameError::Hash)? })
    }

    /// The salt.
    #[must_use]
    pub const fn salt(&self) -> &[u8; BYTES] {
        &self.salt
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> &[u8; BYTES] {
        &self.hash
    }

    /// Whether it is the hash of this name, upper and lower case being different.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        self.prepare().matches(name)
    }
}

impl HashedName {
    /// Does the half of the work that is the same for every name.
    pub(super) fn prepare(&self) -> PreparedName {
        PreparedName { salted: Salted::new(&self.salt), hash: self.hash }
    }
}

/// A hashed name that many names are compared with.
pub(super) struct PreparedName {
    salted: Salted,
    hash: [u8; BYTES],
}

impl PreparedName {
    /// As [`HashedName::matches`].
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        self.salted.hash(name) == self.hash
    }
}

/// HMAC-SHA1 that has taken in its key and nothing else: half of its four blocks, for a name of up to 55 bytes.
struct Salted(HmacCore<Sha1>);

impl Salted {
    fn new(salt: &[u8; BYTES]) -> Self {
        // HMAC fills a short key up with zeros to the hash's block (RFC 2104 section 2): done here, it cannot fail.
        let mut key = [0; 64];
        for (to, from) in key.iter_mut().zip(salt) {
            *to = *from;
        }
        Self(HmacCore::new(&key.into()))
    }

    fn hash(&self, name: &[u8]) -> [u8; BYTES] {
        let mut core = self.0.clone();
        let mut buffer = Buffer::<HmacCore<Sha1>>::default();
        buffer.digest_blocks(name, |blocks| core.update_blocks(blocks));
        let mut hash = Output::<HmacCore<Sha1>>::default();
        core.finalize_fixed_core(&mut buffer, &mut hash);
        hash.into()
    }
}

impl fmt::Display for HashedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "|1|{}|{}", encode_base64(&self.salt), encode_base64(&self.hash))
    }
}

fn decode(text: &[u8]) -> Option<[u8; BYTES]> {
    decode_base64(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by ssh-keygen -H of OpenSSH 9.2 from the name "node1.cluster.test".
    const HASHED: &str = "|1|mIt7kEllpPgeZ+LGhlnez/HehMs=|qUb/nUSveJq0fWL3EbjIIRreEnU=";

    #[test]
    fn reads_what_ssh_keygen_wrote_and_writes_it_back() {
        let hashed = HashedName::parse(HASHED.as_bytes()).unwrap();
        assert_eq!(hashed.to_string(), HASHED);
        assert_eq!(HashedName::new(b"node1.cluster.test", *hashed.salt()), hashed);
        assert!(hashed.matches(b"node1.cluster.test"));
        for other in ["Node1.cluster.test", "node1.cluster.test.", "node2.cluster.test", ""] {
            assert!(!hashed.matches(other.as_bytes()), "{other}");
        }
    }

    /// The tests of RFC 2202 section 3 whose keys have 20 bytes; and names that fill blocks, beside the same HMAC in one.
    #[test]
    fn names_of_every_length_have_their_hmac() {
        let hash = |salt, name: &[u8]| HashedName::new(name, salt).hash;
        let hex = |hash: [u8; 20]| hash.map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hex(hash([0x0b; 20], b"Hi There")), "b617318655057264e28bc0b6fb378c8ef146be00");
        assert_eq!(hex(hash([0xaa; 20], &[0xdd; 50])), "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
        for length in [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 1_000] {
            let name = vec![b'x'; length];
            let mut whole = hmac::Hmac::<Sha1>::new_from_slice(&[7; 20]).unwrap();
            hmac::Mac::update(&mut whole, &name);
            let wanted: [u8; 20] = hmac::Mac::finalize(whole).into_bytes().into();
            assert_eq!(hash([7; 20], &name), wanted, "{length}");
        }
    }

    #[test]
    fn another_form_is_refused_for_its_reason() {
        let (salt, hash) = (encode_base64(&[7; 20]), encode_base64(&[9; 20]));
        let error = |field: String| HashedName::parse(field.as_bytes()).unwrap_err();
        assert!(HashedName::parse(format!("|1|{salt}|{hash}").as_bytes()).is_ok());
        assert_eq!(error("|".into()), HashedNameError::Magic);
        assert_eq!(error(format!("|2|{salt}|{hash}")), HashedNameError::Magic);
        assert_eq!(error(format!("1|{salt}|{hash}")), HashedNameError::Magic);
        assert_eq!(error(format!("|1|{salt}")), HashedNameError::NoHash);
        assert_eq!(error(format!("|1||{hash}")), HashedNameError::Salt);
        for length in [19, 21] {
            let salt = encode_base64(&vec![7; length]);
            assert_eq!(error(format!("|1|{salt}|{hash}")), HashedNameError::Salt, "{length} bytes");
        }
        assert_eq!(error(format!("|1|{salt}\r|{hash}")), HashedNameError::Salt);
        assert_eq!(error(format!("|1|{salt}|{hash},|1|{salt}|{hash}")), HashedNameError::List);
        assert_eq!(error(format!("|1|{salt}|{hash},node1")), HashedNameError::List);
        assert_eq!(error(format!("|1|{salt}|")), HashedNameError::Hash);
        assert_eq!(error(format!("|1|{salt}|{}", encode_base64(&[9; 19]))), HashedNameError::Hash);
        assert_eq!(error(format!("|1|{salt}|{hash}|")), HashedNameError::Hash);
    }
}
