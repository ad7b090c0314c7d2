//! aes256-gcm@openssh.com: a packet's length in the clear, then one sealed message (RFC 5647 section 7).

use std::io;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::invalid;

/// The tag behind each packet, in bytes.
pub(super) const TAG_BYTES: usize = 16;

/// One direction's key and counter.
pub(super) struct Cipher {
    key: LessSafeKey,
    /// A fixed part of four bytes, and a counter that grows with each packet.
    nonce: [u8; 12],
}

impl Cipher {
    /// Takes the key and the first nonce, as the key exchange derived them.
    pub(super) fn new(key: &[u8; 32], nonce: [u8; 12]) -> Self {
        Self { key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap()), nonce }
    }

    /// Seals what follows the length; the tag is appended.
    pub(super) fn seal(&mut self, length: [u8; 4], body: &mut Vec<u8>) {
        let nonce = self.next();
        self.key.seal_in_place_append_tag(nonce, Aad::from(length), body).unwrap();
    }

    /// Opens what follows the length, its tag included, and takes the tag off.
    pub(super) fn open(&mut self, length: [u8; 4], body: &mut Vec<u8>) -> io::Result<()> {
        let nonce = self.next();
        let opened = self.key.open_in_place(nonce, Aad::from(length), body);
        let bytes = opened.map_err(|_| invalid("a packet does not decrypt"))?.len();
        body.truncate(bytes);
        Ok(())
    }

    fn next(&mut self) -> Nonce {
        let now = self.nonce;
        let (_, counter) = self.nonce.split_last_chunk_mut::<8>().unwrap();
        *counter = u64::from_be_bytes(*counter).wrapping_add(1).to_be_bytes();
        Nonce::assume_unique_for_key(now)
    }
}
