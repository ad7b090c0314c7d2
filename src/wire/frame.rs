//! What `ssh` and its helper say to each other: one request, one reply (OpenSSH: msg.c, ssh-keysign.c,
//! sshconnect2.c `ssh_keysign`).
//!
//! A frame is an `uint32` length and that many bytes: a version byte, then the payload.

use thiserror::Error;

use super::{MAX_SIGNATURE_BYTES, Reader, WireError, Writer};

/// The helper protocol's version (OpenSSH: ssh-keysign.c).
pub const PROTOCOL_VERSION: u8 = 2;

/// Length of the length in front of each frame, in bytes.
pub const FRAME_HEADER_BYTES: usize = 4;

/// Longest frame, in bytes, its header not counted. OpenSSH takes 128 MiB; a request with the largest certificate in
/// use has less than 10 KiB.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;

/// Why a frame was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The length in front is zero, or above [`MAX_FRAME_BYTES`].
    #[error("frame of {length} bytes: must have 1 to {MAX_FRAME_BYTES}")]
    Length {
        /// The length that the frame claims, in bytes.
        length: usize,
    },
    /// The peer speaks another version.
    #[error("version {received}, expected {PROTOCOL_VERSION}")]
    Version {
        /// The version byte that came.
        received: u8,
    },
    /// A field is wrong.
    #[error(transparent)]
    Field(#[from] WireError),
}

/// Reads a frame's header: the number of bytes to read next.
///
/// # Errors
/// [`FrameError::Length`], so that nothing is allocated for a length that is not allowed.
pub fn frame_length(header: [u8; FRAME_HEADER_BYTES]) -> Result<usize, FrameError> {
    let length = usize::try_from(u32::from_be_bytes(header)).unwrap_or(usize::MAX);
    if (1..=MAX_FRAME_BYTES).contains(&length) { Ok(length) } else { Err(FrameError::Length { length }) }
}

fn version(reader: &mut Reader<'_>) -> Result<(), FrameError> {
    match reader.byte("version")? {
        PROTOCOL_VERSION => Ok(()),
        received => Err(FrameError::Version { received }),
    }
}

/// What the helper is asked: sign this, for the connection behind that descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelperRequest<'a> {
    /// Number of the descriptor that the helper inherited, the connection to the server.
    pub fd: u32,
    /// The data to be signed: see [`SignedData`](super::SignedData).
    pub data: &'a [u8],
}

impl<'a> HelperRequest<'a> {
    /// Reads the body of a frame: what follows its header.
    ///
    /// # Errors
    /// [`FrameError::Version`], or the field that is wrong; bytes behind `data` are refused (OpenSSH ignores them).
    pub fn parse(body: &'a [u8]) -> Result<Self, FrameError> {
        let mut reader = Reader::new(body);
        version(&mut reader)?;
        let request = Self { fd: reader.uint32("fd")?, data: reader.string("data", MAX_FRAME_BYTES)? };
        reader.finish("data")?;
        Ok(request)
    }

    /// The whole frame, its header included.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let body = Writer::new().byte(PROTOCOL_VERSION).uint32(self.fd).string(self.data).into_bytes();
        Writer::new().string(&body).into_bytes()
    }
}

/// What the helper answers: the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelperReply<'a> {
    /// A signature blob: string format name, string signature.
    pub signature: &'a [u8],
}

impl<'a> HelperReply<'a> {
    /// Reads the body of a frame: what follows its header.
    ///
    /// # Errors
    /// [`FrameError::Version`], or the field that is wrong, bytes behind it included.
    pub fn parse(body: &'a [u8]) -> Result<Self, FrameError> {
        let mut reader = Reader::new(body);
        version(&mut reader)?;
        let reply = Self { signature: reader.string("signature", MAX_SIGNATURE_BYTES)? };
        reader.finish("signature")?;
        Ok(reply)
    }

    /// The whole frame, its header included.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let body = Writer::new().byte(PROTOCOL_VERSION).string(self.signature).into_bytes();
        Writer::new().string(&body).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::super::WireErrorKind;
    use super::*;

    #[test]
    fn a_request_and_a_reply_come_back_as_they_went() {
        let request = HelperRequest { fd: 3, data: b"data" };
        let frame = request.encode();
        assert_eq!(frame, b"\0\0\0\x0d\x02\0\0\0\x03\0\0\0\x04data");
        assert_eq!(frame_length(frame[..4].try_into().unwrap()), Ok(13));
        assert_eq!(HelperRequest::parse(&frame[4..]), Ok(request));
        let reply = HelperReply { signature: b"sig" };
        assert_eq!(HelperReply::parse(&reply.encode()[4..]), Ok(reply));
    }

    #[test]
    fn a_frame_of_64_kib_is_the_largest() {
        assert_eq!(frame_length(65_536_u32.to_be_bytes()), Ok(65_536));
        assert_eq!(frame_length(65_537_u32.to_be_bytes()), Err(FrameError::Length { length: 65_537 }));
        assert_eq!(frame_length([0; 4]), Err(FrameError::Length { length: 0 }));
    }

    #[test]
    fn another_version_and_trailing_bytes_are_refused() {
        assert_eq!(HelperRequest::parse(b"\x01\0\0\0\x03\0\0\0\0"), Err(FrameError::Version { received: 1 }));
        let trailing = FrameError::Field(WireErrorKind::TrailingBytes { count: 1 }.of("data"));
        assert_eq!(HelperRequest::parse(b"\x02\0\0\0\x03\0\0\0\0X"), Err(trailing));
        let trailing = FrameError::Field(WireErrorKind::TrailingBytes { count: 1 }.of("signature"));
        assert_eq!(HelperReply::parse(b"\x02\0\0\0\0X"), Err(trailing));
    }
}
