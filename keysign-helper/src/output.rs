//! Standard output: the reply, and nothing else.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::refusal::Refusal;

/// How long the caller may leave the reply lying, in milliseconds.
const WAIT: u16 = 10_000;

/// Writes all of it. Not through std's `Stdout`, which takes a closed output for success.
///
/// # Errors
/// [`Refusal::Send`]
pub(crate) fn send(bytes: &[u8]) -> Result<(), Refusal> {
    let (output, mut rest) = (io::stdout(), bytes);
    while !rest.is_empty() {
        let ready = poll(&mut [PollFd::new(output.as_fd(), PollFlags::POLLOUT)], PollTimeout::from(WAIT));
        match ready.and_then(|ready| if ready == 0 { Err(Errno::ETIMEDOUT) } else { nix::unistd::write(&output, rest) })
        {
            Ok(0) => return Err(Refusal::Send(Errno::EIO)),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            // The second: others who write to the same pipe were quicker.
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(errno) => return Err(Refusal::Send(errno)),
        }
    }
    Ok(())
}
