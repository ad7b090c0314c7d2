//! The key exchange curve25519-sha256 (RFC 8731, over RFC 4253 sections 7 and 8).

use std::io;

use aws_lc_rs::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use hostbased::wire::{Reader, Writer};

use super::cipher::Cipher;
use super::packets::Packets;
use super::{invalid, userauth};

const IDENTIFICATION: &[u8] = b"SSH-2.0-hostbased_test";

const SSH_MSG_KEXINIT: u8 = 20;
const SSH_MSG_NEWKEYS: u8 = 21;
const SSH_MSG_KEX_ECDH_INIT: u8 = 30;
const SSH_MSG_KEX_ECDH_REPLY: u8 = 31;

/// Host keys that are taken, whatever they are: nobody looks at the signature.
const HOST_KEYS: &[u8] = b"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512";

/// Exchanges identifications and keys; gives the encrypted connection and its session identifier.
pub(super) fn exchange_keys(mut packets: Packets) -> io::Result<(Packets, Vec<u8>)> {
    packets.write_raw(&[IDENTIFICATION, b"\r\n"].concat())?;
    let server = loop {
        let line = packets.read_line()?;
        if line.starts_with(b"SSH-") {
            break line;
        }
    };
    let our_offer = offer();
    packets.write(&our_offer)?;
    let their_offer = expect(&mut packets, SSH_MSG_KEXINIT)?;

    let random = SystemRandom::new();
    let secret = EphemeralPrivateKey::generate(&X25519, &random).unwrap();
    let public = secret.compute_public_key().unwrap();
    packets.write(&Writer::new().byte(SSH_MSG_KEX_ECDH_INIT).string(public.as_ref()).into_bytes())?;
    let reply = expect(&mut packets, SSH_MSG_KEX_ECDH_REPLY)?;
    let (host_key, theirs) = read_reply(&reply).map_err(|error| invalid(error.to_string()))?;
    let shared =
        agree_ephemeral(secret, UnparsedPublicKey::new(&X25519, theirs), invalid("no X25519 key"), |shared| {
            Ok(Writer::new().mpint(shared).into_bytes())
        })?;

    let hashed = Writer::new()
        .string(IDENTIFICATION)
        .string(&server)
        .string(&our_offer)
        .string(&their_offer)
        .string(host_key)
        .string(public.as_ref())
        .string(theirs)
        .raw(&shared)
        .into_bytes();
    let hash = digest(&SHA256, &hashed).as_ref().to_vec();

    packets.write(&[SSH_MSG_NEWKEYS])?;
    expect(&mut packets, SSH_MSG_NEWKEYS)?;
    let cipher = |nonce, key| {
        let nonce = derive(&shared, &hash, nonce).first_chunk().copied();
        Cipher::new(&derive(&shared, &hash, key), nonce.unwrap())
    };
    packets.encrypt(cipher(b'A', b'C'), cipher(b'B', b'D'));
    Ok((packets, hash))
}

/// The algorithms that we speak, both ways (RFC 4253 section 7.1).
fn offer() -> Vec<u8> {
    let mut writer = Writer::new().byte(SSH_MSG_KEXINIT).raw(&[0; 16]).string(b"curve25519-sha256").string(HOST_KEYS);
    // Ciphers, MACs (this cipher needs none, but a list must not be empty), compression; then no languages.
    for list in [&b"aes256-gcm@openssh.com"[..], b"hmac-sha2-256", b"none", b""] {
        writer = writer.string(list).string(list);
    }
    writer.byte(0).uint32(0).into_bytes()
}

/// The server's host key and public number; its signature stays unread.
fn read_reply(payload: &[u8]) -> Result<(&[u8], &[u8]), hostbased::wire::WireError> {
    let mut reader = Reader::new(payload);
    reader.byte("message number")?;
    Ok((reader.string("host key", 64 * 1024)?, reader.string("Q_S", 32)?))
}

/// One of the six keys, of 32 bytes (RFC 4253 section 7.2); the session identifier is the first exchange's hash.
fn derive(shared: &[u8], hash: &[u8], letter: u8) -> [u8; 32] {
    digest(&SHA256, &[shared, hash, &[letter], hash].concat()).as_ref().try_into().unwrap()
}

/// The next packet that says something, which must be this message.
fn expect(packets: &mut Packets, message: u8) -> io::Result<Vec<u8>> {
    loop {
        let payload = packets.read()?;
        match payload.first() {
            Some(&number) if number == message => return Ok(payload),
            _ if userauth::is_noise(&payload) => {}
            _ => return Err(invalid(format!("not message {message}: {payload:?}"))),
        }
    }
}
