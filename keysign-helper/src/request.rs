//! The one frame that the helper reads.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use hostbased::wire::{FRAME_HEADER_BYTES, FrameError, frame_length};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use thiserror::Error;

use crate::sandbox::StageOne;

/// How long the caller may take to send it. `ssh` and AsyncSSH have it ready when they start the helper.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why no frame came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ReceiveError {
    /// The input ended inside the frame, or before it.
    #[error("the input ended")]
    Ended,
    #[error("the request was not there within {} seconds", PATIENCE.as_secs())]
    TimedOut,
    #[error("read: {}", .0.desc())]
    Read(Errno),
    #[error(transparent)]
    Length(#[from] FrameError),
}

/// Reads one frame: the bytes behind its length. What follows it is not looked at, and the input need not end, for
/// `ssh` keeps it open.
///
/// # Errors
/// [`ReceiveError`].
pub(crate) fn receive(_proof: &StageOne, input: BorrowedFd<'_>) -> Result<Vec<u8>, ReceiveError> {
    receive_within(PATIENCE, input)
}

fn receive_within(patience: Duration, input: BorrowedFd<'_>) -> Result<Vec<u8>, ReceiveError> {
    let until = Instant::now().checked_add(patience).ok_or(ReceiveError::TimedOut)?;
    let mut header = [0; FRAME_HEADER_BYTES];
    fill(input, &mut header, until)?;
    let mut body = vec![0; frame_length(header)?];
    fill(input, &mut body, until)?;
    Ok(body)
}

fn fill(input: BorrowedFd<'_>, buffer: &mut [u8], until: Instant) -> Result<(), ReceiveError> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let left = until.saturating_duration_since(Instant::now());
        let left = PollTimeout::try_from(left.as_millis()).map_err(|_| ReceiveError::TimedOut)?;
        match poll(&mut [PollFd::new(input, PollFlags::POLLIN)], left) {
            Ok(0) => return Err(ReceiveError::TimedOut),
            Ok(_) => match nix::unistd::read(input, rest) {
                // glibc puts what can only be written in the place of a closed standard input.
                Ok(0) | Err(Errno::EBADF) => return Err(ReceiveError::Ended),
                Ok(count) => filled = filled.saturating_add(count),
                // The second: others who read from the same pipe were quicker.
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(errno) => return Err(ReceiveError::Read(errno)),
            },
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(ReceiveError::Read(errno)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Write as _, pipe};
    use std::os::fd::AsFd;

    use super::*;

    fn received(bytes: &[u8]) -> Result<Vec<u8>, ReceiveError> {
        let (reader, mut writer) = pipe().unwrap();
        writer.write_all(bytes).unwrap();
        drop(writer);
        receive_within(PATIENCE, reader.as_fd())
    }

    #[test]
    fn one_frame_is_read_and_no_more() {
        let (reader, mut writer) = pipe().unwrap();
        writer.write_all(b"\0\0\0\x03abcX").unwrap();
        assert_eq!(receive_within(PATIENCE, reader.as_fd()), Ok(b"abc".to_vec()));
        let mut left = [0; 9];
        assert_eq!(nix::unistd::read(&reader, &mut left), Ok(1));
        assert_eq!(left[0], b'X');
        for cut in [&b""[..], b"\0\0\0", b"\0\0\0\x03ab"] {
            assert_eq!(received(cut), Err(ReceiveError::Ended), "{cut:?}");
        }
        let length = |length| Err(ReceiveError::Length(FrameError::Length { length }));
        assert_eq!(received(b"\0\0\0\0"), length(0));
        assert_eq!(received(b"\0\x01\0\x01"), length(65_537));
        assert_eq!(received(b"\xff\xff\xff\xff"), length(0xffff_ffff));
    }

    #[test]
    fn a_caller_who_stalls_is_not_waited_for() {
        for begun in [&b""[..], b"\0\0", b"\0\0\0\x03ab"] {
            let (reader, mut writer) = pipe().unwrap();
            writer.write_all(begun).unwrap();
            let outcome = receive_within(Duration::from_millis(20), reader.as_fd());
            assert_eq!(outcome, Err(ReceiveError::TimedOut), "{begun:?}");
        }
    }

    #[test]
    fn an_input_that_cannot_be_read_says_why() {
        let folder = std::fs::File::open("/").unwrap();
        assert_eq!(receive_within(PATIENCE, folder.as_fd()), Err(ReceiveError::Read(Errno::EISDIR)));
    }
}
