//! From a list to a filter that is in force.

use std::collections::BTreeMap;

use nix::errno::Errno;
use nix::libc;
use seccompiler::{BackendError, BpfProgram, Error, SeccompAction, SeccompFilter, TargetArch, apply_filter};

use super::rule::{Allowed, compile};
use crate::sandbox::{Outcome, SandboxError};

/// What happens to a call that is not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// It fails with `EPERM`.
    Fails,
    /// The process ends by SIGSYS, which it can neither block nor catch.
    Ends,
}

/// Puts the list into force, for this process and for good. Filters add up: a call must be allowed by all of them.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn install(allowed: &[Allowed<'_>], otherwise: Otherwise) -> Result<Outcome, SandboxError> {
    let program =
        program(allowed, otherwise).map_err(|_| SandboxError::new("make a filter of system calls", Errno::EINVAL))?;
    match apply_filter(&program) {
        Ok(()) => Ok(Outcome::InForce),
        Err(Error::Prctl(error) | Error::Seccomp(error)) => match error.raw_os_error() {
            // CONFIG_SECCOMP_FILTER is off, or the kernel is older than Linux 3.17.
            Some(libc::EINVAL | libc::ENOSYS) => Ok(Outcome::Lacking),
            _ => Err(SandboxError::io("forbid system calls", &error)),
        },
        Err(_) => Err(SandboxError::new("forbid system calls", Errno::EINVAL)),
    }
}

fn program(allowed: &[Allowed<'_>], otherwise: Otherwise) -> Result<BpfProgram, BackendError> {
    let mut rules = BTreeMap::new();
    for &(call, ways) in allowed {
        rules.entry(call).or_insert_with(Vec::new).extend(compile(ways)?);
    }
    let otherwise = match otherwise {
        Otherwise::Fails => SeccompAction::Errno(libc::EPERM.cast_unsigned()),
        Otherwise::Ends => SeccompAction::KillProcess,
    };
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, SeccompAction::Allow, architecture)?.try_into()
}
