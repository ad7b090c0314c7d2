//! What this process gives up, and when, so that whoever makes it do something else than its work gains nothing by it.
//!
//! Three steps, and the types keep their order:
//!
//! 1. [`begin`], with the privileges: limits that the caller does not choose, no core dump, no tracing, no new privileges,
//!    a deadline. Before any key is read.
//! 2. [`Started::confine`], when the privileges are gone: the system's name services (nsswitch.conf(5)) can be asked, and
//!    little more. Nothing is written, made or run; an unknown call is answered with `EPERM`, for modules of the system
//!    try this and that and go on without.
//! 3. [`StageOne::seal`], before a key is decoded: what is left is computing, and writing to descriptors that are named
//!    here. Any other call ends the process.
//!
//! A kernel that lacks one of these is no reason not to start: what is [`Missing`] is known before the third step, so
//! that it can be told, or refused.

mod deadline;
mod error;
mod landlock;
mod limits;
mod missing;
#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"), target_endian = "little"))]
mod seccomp;
#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
    target_endian = "little"
)))]
#[path = "seccomp/unknown.rs"]
mod seccomp;
#[cfg(test)]
mod tests;

use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::unistd::{getresgid, getresuid};

pub(crate) use self::error::SandboxError;
pub(crate) use self::missing::{Missing, Protection};
use crate::privilege::RealUser;

/// What came of asking the kernel for a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    InForce,
    /// This kernel has no such thing.
    Lacking,
}

/// Takes what must be taken before any key is read.
///
/// # Errors
/// [`SandboxError`]: where core dumps or tracing cannot be forbidden, and where the kernel refuses what it has.
pub(crate) fn begin() -> Result<Started, SandboxError> {
    let core = limits::no_core()?;
    refuse_traceable()?;
    forbid_tracing()?;
    let mut missing = Missing::default();
    if [core, limits::bound()?].contains(&limits::Bound::ByTheCaller) {
        missing.add(Protection::Limits);
    }
    let no_new_privs_before = prctl::get_no_new_privs() == Ok(true);
    match prctl::set_no_new_privs() {
        Ok(()) => {}
        Err(Errno::EINVAL | Errno::ENOSYS) => missing.add(Protection::NoNewPrivs),
        Err(errno) => return Err(SandboxError::new("forbid new privileges", errno)),
    }
    if deadline::set(deadline::DEADLINE)? == Outcome::Lacking {
        missing.add(Protection::Deadline);
    }
    // More than is promised: kernels before Linux 6.3 do not know it, and the filters forbid the worst of it by themselves.
    let _ = hostbased_sys::refuse_executable_memory();
    Ok(Started { missing, no_new_privs_before })
}

/// The process is a harder target, and has its privileges still.
#[derive(Debug)]
pub(crate) struct Started {
    missing: Missing,
    no_new_privs_before: bool,
}

impl Started {
    /// Whether the caller had forbidden new privileges already, which makes a set-uid bit void.
    pub(crate) const fn no_new_privs_before(&self) -> bool {
        self.no_new_privs_before
    }

    /// Notes a protection that something else than the sandbox failed to give.
    pub(crate) fn lacks(&mut self, protection: Protection) {
        self.missing.add(protection);
    }

    /// Enters stage one.
    ///
    /// # Errors
    /// [`SandboxError`]
    pub(crate) fn confine(mut self, _proof: &RealUser) -> Result<StageOne, SandboxError> {
        // The change of ids has set the flag back to `fs.suid_dumpable` (prctl(2), PR_SET_DUMPABLE).
        forbid_tracing()?;
        let landlock = landlock::stage_one()?;
        if landlock == Outcome::Lacking {
            self.missing.add(Protection::Landlock);
        }
        let seccomp = seccomp::stage_one()?;
        if seccomp == Outcome::Lacking {
            self.missing.add(Protection::Seccomp);
        }
        Ok(StageOne { missing: self.missing, landlock, seccomp })
    }
}

/// Name services can be asked, files can be read; nothing can be written, made, run or signalled.
#[derive(Debug)]
pub(crate) struct StageOne {
    missing: Missing,
    landlock: Outcome,
    seccomp: Outcome,
}

#[cfg(test)]
impl StageOne {
    /// For tests of what wants to see one, and does not go on to stage two.
    pub(crate) fn in_name_only() -> Self {
        Self { missing: Missing::default(), landlock: Outcome::Lacking, seccomp: Outcome::Lacking }
    }
}

impl StageOne {
    /// What this process does without, now and in stage two.
    pub(crate) const fn missing(&self) -> &Missing {
        &self.missing
    }

    /// Enters stage two. Standard output and error can be written to there, and on `sockets`, which are connected, can be
    /// sent.
    ///
    /// # Errors
    /// [`SandboxError`]
    pub(crate) fn seal(self, sockets: &[BorrowedFd<'_>]) -> Result<StageTwo, SandboxError> {
        // What stage one got from the kernel, stage two gets as well; that it does not is no lack but an error.
        if self.landlock == Outcome::InForce && landlock::stage_two()? == Outcome::Lacking {
            return Err(SandboxError::new("close the file system", Errno::ENOSYS));
        }
        if self.seccomp == Outcome::InForce && seccomp::stage_two(sockets)? == Outcome::Lacking {
            return Err(SandboxError::new("forbid system calls", Errno::ENOSYS));
        }
        Ok(StageTwo(()))
    }
}

/// Nothing can be opened any more. That there is such a value proves it, as far as the kernel goes: what decodes a key
/// takes one.
#[derive(Debug)]
pub(crate) struct StageTwo(());

/// Where `fs.suid_dumpable` is 1 ("for debugging", proc(5)), the change of ids would let the caller trace this process until
/// [`Started::confine`] forbids it again, with the keys in its memory. The kernel shows that setting by what it has given a
/// process whose ids are not all its caller's.
fn refuse_traceable() -> Result<(), SandboxError> {
    let what = "be safe where fs.suid_dumpable is 1";
    let (user, group) = match (getresuid(), getresgid()) {
        (Ok(user), Ok(group)) => (user, group),
        (Err(errno), _) | (_, Err(errno)) => return Err(SandboxError::new(what, errno)),
    };
    let has_privileges = user.real != user.effective || group.real != group.effective;
    if has_privileges && hostbased_sys::is_traceable().map_err(|error| SandboxError::io(what, &error))? {
        return Err(SandboxError::new(what, Errno::EPERM));
    }
    Ok(())
}

fn forbid_tracing() -> Result<(), SandboxError> {
    prctl::set_dumpable(false).map_err(|errno| SandboxError::new("forbid tracing", errno))
}
