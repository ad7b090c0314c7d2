//! The binary packet protocol (RFC 4253 section 6): payloads in, payloads out.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::cipher::{Cipher, TAG_BYTES};
use super::invalid;

/// Longest packet that is read, in bytes: OpenSSH's own limit (packet.c `PACKET_MAX_SIZE`).
const MAX_PACKET_BYTES: usize = 256 * 1024;

/// Packets are padded to a multiple of this: the block of AES, and more than the least of 8.
const BLOCK_BYTES: usize = 16;

/// Packets over a socket, in the clear until both ciphers are set.
pub(super) struct Packets {
    socket: TcpStream,
    sealing: Option<Cipher>,
    opening: Option<Cipher>,
}

impl Packets {
    pub(super) const fn new(socket: TcpStream) -> Self {
        Self { socket, sealing: None, opening: None }
    }

    pub(super) fn try_clone_socket(&self) -> io::Result<TcpStream> {
        self.socket.try_clone()
    }

    /// From the next packet on, each direction is encrypted.
    pub(super) fn encrypt(&mut self, sealing: Cipher, opening: Cipher) {
        (self.sealing, self.opening) = (Some(sealing), Some(opening));
    }

    /// Writes bytes that are no packet: the identification.
    pub(super) fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.write_all(bytes)
    }

    /// Reads a line that is no packet, without its end.
    pub(super) fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            self.socket.read_exact(&mut byte)?;
            match byte {
                [b'\n'] => break,
                [_] if line.len() >= 8192 => return Err(invalid("a line without an end")),
                [byte] => line.push(byte),
            }
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }

    /// Writes one packet.
    pub(super) fn write(&mut self, payload: &[u8]) -> io::Result<()> {
        let packet = self.seal(payload);
        self.socket.write_all(&packet)
    }

    /// The next packet as it goes over the wire. Packets are numbered: whoever takes one has to send it, or nothing more.
    pub(super) fn seal(&mut self, payload: &[u8]) -> Vec<u8> {
        // With this cipher the length itself does not count into the padded part.
        let counted = if self.sealing.is_some() { 1 } else { 5 };
        let mut padding = BLOCK_BYTES - (payload.len() + counted) % BLOCK_BYTES;
        if padding < 4 {
            padding += BLOCK_BYTES;
        }
        let mut body = vec![u8::try_from(padding).unwrap()];
        body.extend_from_slice(payload);
        body.resize(body.len() + padding, 0);
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        if let Some(cipher) = &mut self.sealing {
            cipher.seal(length, &mut body);
        }
        [&length[..], &body].concat()
    }

    /// Reads one packet.
    pub(super) fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.socket.read_exact(&mut length)?;
        let bytes = usize::try_from(u32::from_be_bytes(length)).unwrap();
        if bytes > MAX_PACKET_BYTES {
            return Err(invalid(format!("a packet of {bytes} bytes")));
        }
        let mut body = vec![0; if self.opening.is_some() { bytes + TAG_BYTES } else { bytes }];
        self.socket.read_exact(&mut body)?;
        if let Some(cipher) = &mut self.opening {
            cipher.open(length, &mut body)?;
        }
        let (&padding, rest) = body.split_first().ok_or_else(|| invalid("an empty packet"))?;
        let payload = rest.len().checked_sub(padding.into()).ok_or_else(|| invalid("more padding than packet"))?;
        Ok(rest[..payload].to_vec())
    }
}
