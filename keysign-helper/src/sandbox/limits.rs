//! Limits of this process (getrlimit(2)): the caller's come along through the set-uid bit, and are replaced by ours.

use nix::errno::Errno;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, rlim_t, setrlimit};

use super::SandboxError;

const MIB: rlim_t = 1024 * 1024;

/// What a run may take, and why so much. A caller's narrower limit would let him choose which call fails, a wider one
/// what a run that was taken over can use up.
pub(super) const LIMITS: [(Resource, rlim_t); 6] = [
    // A run has ten at once; a caller may hand on some of his own.
    (Resource::RLIMIT_NOFILE, 256),
    // No process and no thread is started, by nobody.
    (Resource::RLIMIT_NPROC, 0),
    // What is written to: a run takes 3 MiB, groups with thousands of members some more.
    (Resource::RLIMIT_DATA, 64 * MIB),
    // What is only mapped: caches of sssd and nscd, tens of MiB for each kind, and every library.
    (Resource::RLIMIT_AS, 1024 * MIB),
    // The bytes of all key files at once.
    (Resource::RLIMIT_MEMLOCK, 4 * MIB),
    // What the kernel gives by default.
    (Resource::RLIMIT_STACK, 8 * MIB),
];

/// Whose limits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    ByUs,
    /// A limit of his is narrower than ours, and there are no rights to raise it (a set-gid helper).
    ByTheCaller,
}

/// No core dump, by nobody.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn no_core() -> Result<Bound, SandboxError> {
    match setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        Ok(()) => Ok(Bound::ByUs),
        Err(Errno::EACCES) => set(Resource::RLIMIT_CORE, 0),
        // Anybody may lower it.
        Err(errno) => Err(SandboxError::new("forbid core dumps", errno)),
    }
}

/// Sets the other limits.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn bound() -> Result<Bound, SandboxError> {
    let mut whose = Bound::ByUs;
    for (resource, wanted) in LIMITS {
        // Locked memory counts for itself: whether the keys were locked is known when they are read.
        if set(resource, wanted)? == Bound::ByTheCaller && resource != Resource::RLIMIT_MEMLOCK {
            whose = Bound::ByTheCaller;
        }
    }
    // The deadline's timer takes one of the signals that the caller may have pending, and he may have used them all up.
    set(Resource::RLIMIT_SIGPENDING, RLIM_INFINITY)?;
    // His limit on files (RLIMIT_FSIZE) stays: what is written goes into a file of his. It is an error and no signal.
    hostbased_sys::ignore_file_size_signal()
        .map_err(|error| SandboxError::io("ignore the signal of a limit on files", &error))?;
    Ok(whose)
}

/// Sets one limit, soft and hard; or as much of that as there are rights for.
fn set(resource: Resource, wanted: rlim_t) -> Result<Bound, SandboxError> {
    let error = |errno| SandboxError::new("set limits", errno);
    let outcome = setrlimit(resource, wanted, wanted);
    let Err(errno @ (Errno::EPERM | Errno::EACCES)) = outcome else {
        return outcome.map(|()| Bound::ByUs).map_err(error);
    };
    let (_, hard) = getrlimit(resource).map_err(error)?;
    let least = wanted.min(hard);
    // The hard limit may not be raised; or, in a domain of SELinux without the right to (`setrlimit`), not changed at all.
    let new_hard = if errno == Errno::EACCES { hard } else { least };
    setrlimit(resource, least, new_hard).map_err(error)?;
    Ok(Bound::ByTheCaller)
}
