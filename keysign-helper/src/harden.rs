//! What makes this process a harder target for its own caller, who may signal it, trace it where the kernel lets him,
//! and choose its limits.

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use thiserror::Error;

/// A protection that the kernel refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {what}: {}", .errno.desc())]
pub(crate) struct HardenError {
    what: &'static str,
    errno: Errno,
}

/// Before any key is read: no core dump, and no tracing by the caller.
///
/// # Errors
/// [`HardenError`].
pub(crate) fn at_start() -> Result<(), HardenError> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(|errno| HardenError { what: "forbid core dumps", errno })?;
    forbid_tracing()
}

/// After the privileges went: the kernel has set the flag back to `fs.suid_dumpable` (prctl(2), PR_SET_DUMPABLE).
///
/// A sandbox (seccomp, Landlock) has its place here too: nothing has been parsed yet.
///
/// # Errors
/// [`HardenError`].
pub(crate) fn after_the_drop() -> Result<(), HardenError> {
    forbid_tracing()
}

fn forbid_tracing() -> Result<(), HardenError> {
    prctl::set_dumpable(false).map_err(|errno| HardenError { what: "forbid tracing", errno })
}

#[cfg(test)]
mod tests {
    use nix::sys::resource::getrlimit;

    use super::*;

    #[test]
    fn no_core_and_no_tracing() {
        at_start().unwrap();
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
        assert_eq!(prctl::get_dumpable(), Ok(false));
        // The other tests read /proc/self, which belongs to root while the flag is off.
        prctl::set_dumpable(true).unwrap();
        after_the_drop().unwrap();
        assert_eq!(prctl::get_dumpable(), Ok(false));
        prctl::set_dumpable(true).unwrap();
    }
}
