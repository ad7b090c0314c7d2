//! The host key inside recorded packets, to name the reason when russh gave up on it.
//!
//! Nothing that is read here is ever believed: it only explains a refusal.

use super::packet::payload;
use crate::key::{KeyError, PublicKey};
use crate::wire::{MAX_KEY_BYTES, Reader};

/// Before it nothing of a key exchange counts.
const SSH_MSG_KEXINIT: u8 = 20;
/// After it everything is encrypted.
const SSH_MSG_NEWKEYS: u8 = 21;
/// `SSH_MSG_KEXDH_REPLY` and `SSH_MSG_KEX_ECDH_REPLY` (RFC 4253 section 8, RFC 5656 section 7.1).
const SSH_MSG_KEX_REPLY: u8 = 31;
/// `SSH_MSG_KEX_DH_GEX_REPLY` (RFC 4419 section 5), where 31 has another meaning.
const SSH_MSG_KEX_DH_GEX_REPLY: u8 = 33;

/// The host key in the server's key exchange reply, among the packets that it sent in clear
/// ([RFC 4253 section 6](https://www.rfc-editor.org/rfc/rfc4253#section-6)); `None` when there is no reply.
pub(super) fn host_key(packets: &[u8]) -> Option<Result<PublicKey, KeyError>> {
    let mut reader = Reader::new(packets);
    let mut proposed = false;
    let mut reply = None;
    while let Ok(payload) = payload(&mut reader) {
        match payload.split_first() {
            Some((&SSH_MSG_KEXINIT, _)) => proposed = true,
            Some((&(SSH_MSG_KEX_REPLY | SSH_MSG_KEX_DH_GEX_REPLY), fields)) if proposed => reply = Some(fields),
            Some((&SSH_MSG_NEWKEYS, _)) => break,
            _ => {}
        }
    }
    let blob = Reader::new(reply?).string("host key", MAX_KEY_BYTES);
    Some(blob.map_err(KeyError::from).and_then(PublicKey::from_blob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Writer;

    fn packet(payload: &[u8]) -> Vec<u8> {
        Writer::new().string(&[&[4], payload, &[0; 4]].concat()).into_bytes()
    }

    #[test]
    fn the_last_reply_before_the_keys_change_counts() {
        let key = Writer::new().string(b"ssh-ed25519").string(&[7; 32]).into_bytes();
        let reply = |number: u8| packet(&Writer::new().byte(number).string(&key).string(b"f").into_bytes());
        let group = packet(&Writer::new().byte(31).string(b"p").string(b"g").into_bytes());
        let found = |packets: &[Vec<u8>]| host_key(&packets.concat());
        let expected = PublicKey::from_blob(&key);
        let kexinit = packet(b"\x14kexinit");
        assert_eq!(found(&[kexinit.clone(), reply(31)]), Some(expected.clone()));
        assert_eq!(found(&[kexinit.clone(), group.clone(), reply(33), packet(b"\x15")]), Some(expected));
        assert!(matches!(found(&[kexinit.clone(), group]), Some(Err(_))));
        assert_eq!(found(&[kexinit.clone(), packet(b"\x15"), reply(31)]), None);
        assert_eq!(found(&[kexinit.clone(), reply(31)[..20].to_vec()]), None);
        assert_eq!(found(&[reply(31), kexinit]), None);
        assert_eq!(found(&[]), None);
    }
}
