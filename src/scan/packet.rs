//! Packets before anything is encrypted ([RFC 4253 section 6](https://www.rfc-editor.org/rfc/rfc4253#section-6)).

use crate::wire::{Reader, WireError};

/// Most bytes that are read from a server before its key exchange is done. OpenSSH's takes about 3 KiB; a packet may
/// have 256 KiB (OpenSSH: packet.c `PACKET_MAX_SIZE`), and nothing that counts here needs one of those.
pub const MAX_HANDSHAKE_BYTES: usize = 128 * 1024;

/// The next packet without its length, its padding and the padding's length.
pub(super) fn payload<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], WireError> {
    let packet = reader.string("packet", MAX_HANDSHAKE_BYTES)?;
    let mut fields = Reader::new(packet);
    let padding = usize::from(fields.byte("padding length")?);
    let rest = fields.rest();
    fields.bytes("payload", rest.len().saturating_sub(padding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::WireErrorKind;

    #[test]
    fn the_payload_is_what_length_and_padding_leave() {
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            payload(&mut reader).map(|payload| (payload.to_vec(), reader.rest().len()))
        };
        assert_eq!(read(b"\0\0\0\x06\x02abc__rest"), Ok((b"abc".to_vec(), 4)));
        assert_eq!(read(b"\0\0\0\x03\x02__"), Ok((Vec::new(), 0)));
        // Padding that is longer than its packet leaves nothing.
        assert_eq!(read(b"\0\0\0\x03\xff__"), Ok((Vec::new(), 0)));
        assert_eq!(read(b"\0\0\0\x06\x02abc_"), Err(WireErrorKind::Truncated.of("packet")));
        assert_eq!(read(b"\0\0\0\0"), Err(WireErrorKind::Truncated.of("padding length")));
        let too_long = WireErrorKind::TooLong { length: 0x2_0001, max: MAX_HANDSHAKE_BYTES };
        assert_eq!(read(b"\0\x02\0\x01"), Err(too_long.of("packet")));
    }
}
