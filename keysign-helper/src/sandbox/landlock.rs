//! Landlock (landlock(7)): which files can be reached, whatever their owners and modes allow. Each kernel knows some of the
//! rights; those that it does not know are left out, and the filters of system calls stand behind them.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use nix::errno::Errno;

use super::{Outcome, SandboxError};

/// The newest rights that were looked at when this was written; the kernel's own number may be higher or lower.
const KNOWN: ABI = ABI::V8;
/// Since this one, connecting to a socket in the file system is a right too.
const SOCKETS_IN_FILES: ABI = ABI::V9;
/// Since this one, sending datagrams to an address is a right too.
const DATAGRAMS: ABI = ABI::V10;

/// Where standard error leads while modules of the system work (`quiet`).
const NOWHERE: &str = "/dev/null";

/// Nothing is written, made, removed, renamed, cut off or run, no device is controlled, no TCP port is taken, no process
/// outside is signalled. Everything can be read, with the caller's rights, and services can be connected to: sssd, nscd,
/// systemd-resolved, the journal and syslog are sockets in the file system, so sockets in the abstract namespace, which
/// anybody can make, are not.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn stage_one() -> Result<Outcome, SandboxError> {
    let created = || -> Result<RulesetCreated, RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_write(KNOWN) | AccessFs::Execute)?
            .handle_access(AccessNet::BindTcp)?
            .scope(Scope::from_all(KNOWN))?
            .create()
    };
    let mut rules = created().map_err(error)?;
    // Where it is missing, standard error stays what it is.
    if let Ok(nowhere) = PathFd::new(NOWHERE) {
        rules = rules.add_rule(PathBeneath::new(nowhere, AccessFs::WriteFile)).map_err(error)?;
    }
    restrict(rules)
}

/// No file is opened, no address connected to.
///
/// # Errors
/// [`SandboxError`]
pub(super) fn stage_two() -> Result<Outcome, SandboxError> {
    let created = || -> Result<RulesetCreated, RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(SOCKETS_IN_FILES))?
            .handle_access(AccessNet::from_all(DATAGRAMS))?
            .scope(Scope::from_all(KNOWN))?
            .create()
    };
    restrict(created().map_err(error)?)
}

fn restrict(rules: RulesetCreated) -> Result<Outcome, SandboxError> {
    match rules.restrict_self().map_err(error)?.ruleset {
        RulesetStatus::NotEnforced => Ok(Outcome::Lacking),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(Outcome::InForce),
    }
}

fn error(error: RulesetError) -> SandboxError {
    SandboxError::new("restrict access to files", Errno::from_raw(*landlock::Errno::from(error)))
}
