//! The one frame that the helper reads.

use std::io::{self, Read};

use hostbased::wire::{FRAME_HEADER_BYTES, FrameError, frame_length};
use thiserror::Error;

use crate::privilege::RealUser;

/// Why no frame came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ReceiveError {
    /// The input ended inside the frame, or before it.
    #[error("the input ended")]
    Ended,
    #[error("read: {0}")]
    Read(io::ErrorKind),
    #[error(transparent)]
    Length(#[from] FrameError),
}

impl From<io::Error> for ReceiveError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Ended,
            kind => Self::Read(kind),
        }
    }
}

/// Reads one frame: the bytes behind its length. What follows it is not looked at, and the input need not end, for
/// `ssh` keeps it open.
///
/// # Errors
/// [`ReceiveError`].
pub(crate) fn receive(_proof: &RealUser, mut input: impl Read) -> Result<Vec<u8>, ReceiveError> {
    let mut header = [0; FRAME_HEADER_BYTES];
    input.read_exact(&mut header)?;
    let mut body = vec![0; frame_length(header)?];
    input.read_exact(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frame_is_read_and_no_more() {
        let user = RealUser::drop_privileges().unwrap();
        let mut input = &b"\0\0\0\x03abcX"[..];
        assert_eq!(receive(&user, &mut input), Ok(b"abc".to_vec()));
        assert_eq!(input, b"X");
        for cut in [&b""[..], b"\0\0\0", b"\0\0\0\x03ab"] {
            assert_eq!(receive(&user, cut), Err(ReceiveError::Ended), "{cut:?}");
        }
        let length = |length| Err(ReceiveError::Length(FrameError::Length { length }));
        assert_eq!(receive(&user, &b"\0\0\0\0"[..]), length(0));
        assert_eq!(receive(&user, &b"\0\x01\0\x01"[..]), length(65_537));
        assert_eq!(receive(&user, &b"\xff\xff\xff\xff"[..]), length(0xffff_ffff));
    }
}
