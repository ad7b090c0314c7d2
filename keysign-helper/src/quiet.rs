//! Silence while the resolver and the user database are asked: both load modules of the system (nsswitch.conf(5)) that
//! may write to standard error, and AsyncSSH takes any byte there for a failure.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::unistd::dup2_stderr;

/// Runs `work` with standard error leading nowhere, as far as the system lets us: this is no protection.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let _restored = Silence::begin().ok();
    work()
}

/// Standard error as it was; put back when this goes.
struct Silence(OwnedFd);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = io::stderr().as_fd().try_clone_to_owned()?;
        let nowhere = OpenOptions::new().write(true).open("/dev/null")?;
        dup2_stderr(&nowhere)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = dup2_stderr(&self.0);
    }
}
