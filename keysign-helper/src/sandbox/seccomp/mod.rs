//! Which system calls are possible (seccomp(2)). Each stage has a list of what is allowed, with a word on why; what is not
//! in the list is refused.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod install;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod rule;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod stage_one;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
mod stage_two;

use super::{Outcome, Outputs, SandboxError};

/// Allows what asking name services takes, and the next two steps; all else fails with `EPERM`.
///
/// # Errors
/// [`SandboxError`]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
pub(super) fn stage_one() -> Result<Outcome, SandboxError> {
    stage_one::with_rules(|list| install::install(list, install::Otherwise::Fails))
}

/// Allows computing, and writing to these descriptors; all else ends the process.
///
/// # Errors
/// [`SandboxError`]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
pub(super) fn stage_two(outputs: &Outputs<'_>) -> Result<Outcome, SandboxError> {
    stage_two::with_rules(outputs, |list| install::install(list, install::Otherwise::Ends))
}

/// The numbers and names of calls are not known to seccompiler for this architecture.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
pub(super) fn stage_one() -> Result<Outcome, SandboxError> {
    Ok(Outcome::Lacking)
}

/// As stage one.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
pub(super) fn stage_two(_outputs: &Outputs<'_>) -> Result<Outcome, SandboxError> {
    Ok(Outcome::Lacking)
}
