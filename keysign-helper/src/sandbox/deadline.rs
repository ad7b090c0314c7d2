//! The end of a run that does not end by itself.
//!
//! Whoever calls this program may keep it waiting: by a request that does not come, a reply that he does not read, SIGSTOP.
//! As long as it waits it has the bytes of the keys in its memory. So a timer of the kernel ends it (timer_create(2)), and
//! its signal is SIGKILL: that ends a stopped process too, and can neither be blocked nor ignored, which are handed on by
//! whoever starts a program (execve(2)). It is set before the keys are read, and the sandbox has no call to undo it.

use std::mem;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;

use super::{Outcome, SandboxError};

/// As long as sshd waits for a login (sshd_config(5), LoginGraceTime): no use for a signature after that.
pub(super) const DEADLINE: Duration = Duration::from_secs(120);

/// Ends this process when the time is over.
///
/// [`Outcome::Lacking`] where the kernel has no such timers (CONFIG_POSIX_TIMERS), or the caller has as many signals
/// pending as he may, by a limit that this process has no rights to raise (a set-gid helper).
///
/// # Errors
/// [`SandboxError`]
pub(super) fn set(after: Duration) -> Result<Outcome, SandboxError> {
    let event = SigEvent::new(SigevNotify::SigevSignal { signal: Signal::SIGKILL, si_value: 0 });
    let error = |errno| SandboxError::new("set a deadline", errno);
    let mut timer = match Timer::new(ClockId::CLOCK_MONOTONIC, event) {
        Ok(timer) => timer,
        Err(Errno::ENOSYS | Errno::EAGAIN) => return Ok(Outcome::Lacking),
        Err(errno) => return Err(error(errno)),
    };
    timer.set(Expiration::OneShot(after.into()), TimerSetTimeFlags::empty()).map_err(error)?;
    // It must outlast everything here.
    mem::forget(timer);
    Ok(Outcome::InForce)
}
