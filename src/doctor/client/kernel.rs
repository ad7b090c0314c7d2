//! CVE-2026-46333: in kernels before the fix any user can take the open key files of OpenSSH's helper from it while it ends.

use super::facts::Facts;
use super::found::{Told, advice, as_root, found, octal};
use crate::doctor::Finding;
use crate::failures::Id;
use crate::severity::Severity;

/// The first release of each stable branch that has the fix. Branches above the last have it from their start; those in
/// between and below that are not here never got it.
const FIXED: [(u32, u32, u32); 7] =
    [(5, 10, 256), (5, 15, 207), (6, 1, 173), (6, 6, 139), (6, 12, 89), (6, 18, 31), (7, 0, 8)];

/// Marks of distributions that mend kernels without changing their number, in `uname -r` or `uname -v`.
const VENDORS: [&str; 9] = ["Ubuntu", ".el7", ".el8", ".el9", ".el10", ".amzn", "uek", "-default", "-azure"];

/// What a kernel's number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernel {
    /// It has the fix.
    Fixed,
    /// It has not.
    Open,
    /// Its number is below the fix, and its makers mend without changing the number.
    CannotBeTold,
}

fn judged(release: &str, version: &str) -> Option<Kernel> {
    // Debian's own number, which says more than the name of its interface (`6.1.0-18-amd64`).
    let debians = version.split_once("Debian ").map(|(_, rest)| rest);
    let number = number(debians.unwrap_or(release))?;
    if is_fixed(number) {
        return Some(Kernel::Fixed);
    }
    let is_vendors = VENDORS.iter().any(|mark| release.contains(mark) || version.contains(mark));
    Some(if is_vendors { Kernel::CannotBeTold } else { Kernel::Open })
}

fn number(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().ok());
    // `7.1-rc2` has no third number.
    let first = (numbers.next()??, numbers.next()??);
    let third = text.splitn(3, '.').nth(2).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    Some((first.0, first.1, third.and_then(|digits| digits.parse().ok()).unwrap_or(0)))
}

fn is_fixed(number: (u32, u32, u32)) -> bool {
    let (major, minor, patch) = number;
    let branch = FIXED.iter().find(|(a, b, _)| (*a, *b) == (major, minor));
    let newest = FIXED.iter().map(|(a, b, _)| (*a, *b)).max().unwrap_or_default();
    branch.map_or((major, minor) > newest, |(_, _, least)| patch >= *least)
}

/// OpenSSH's helper with its privilege, on a kernel without the fix. Ours keeps no descriptor of a key file.
pub(super) fn open_to_theft(facts: &Facts) -> Option<Finding> {
    let file = facts.helper.file.as_ref()?.as_ref().ok()?;
    if facts.helper.is_ours || file.mode & 0o6000 == 0 {
        return None;
    }
    let system = &facts.system;
    let kernel = judged(&system.kernel_release, &system.kernel_version)?;
    let is_closed_otherwise = system.ptrace_scope.is_some_and(|scope| scope >= 2);
    let (severity, told) = match kernel {
        Kernel::Fixed => return None,
        _ if is_closed_otherwise => (Severity::Information, "; kernel.yama.ptrace_scope keeps users from it"),
        Kernel::Open => (Severity::Error, ""),
        Kernel::CannotBeTold => {
            (Severity::Warning, "; whether its makers have mended it cannot be told from its number")
        }
    };
    let shown = format!("kernel {}, and {} has mode {}{told}", system.kernel_release, file.path, octal(file.mode));
    Some(
        found(
            Id::KernelOpenToKeysignTheft,
            severity,
            shown,
            "before the fix of CVE-2026-46333 any user can take the open key files of OpenSSH's helper while it ends, and with \
             them the host's private keys",
        )
        .at(&file.path, None)
        .mended(advice("bring the kernel up to date (5.10.256, 5.15.207, 6.1.173, 6.6.139, 6.12.89, 6.18.31, 7.0.8 or later)"))
        .mended(as_root(&["sysctl", "-w", "kernel.yama.ptrace_scope=2"]))
        .mended(advice("use this project's helper, which closes the key files before it gives its privilege up")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_has_its_fix() {
        for (release, version, kernel) in [
            ("5.10.255", "#1 SMP", Kernel::Open),
            ("5.10.256", "#1 SMP", Kernel::Fixed),
            ("5.15.207-x", "", Kernel::Fixed),
            ("5.4.300", "", Kernel::Open),
            ("6.1.172", "", Kernel::Open),
            ("6.1.173", "", Kernel::Fixed),
            ("6.6.138", "", Kernel::Open),
            ("6.6.139", "", Kernel::Fixed),
            ("6.8.12", "", Kernel::Open),
            ("6.12.89+deb13-amd64", "", Kernel::Fixed),
            ("6.18.30", "", Kernel::Open),
            ("6.18.44-fc-v595", "#1 SMP PREEMPT_DYNAMIC", Kernel::Fixed),
            ("7.0.7-200.fc44.x86_64", "", Kernel::Open),
            ("7.0.8", "", Kernel::Fixed),
            ("7.1.0", "", Kernel::Fixed),
            ("7.1-rc2", "", Kernel::Fixed),
            ("7.0-rc7", "", Kernel::Open),
            ("6.1.0-18-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)", Kernel::Open),
            ("6.1.0-50-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.174-1 (2026-06-01)", Kernel::Fixed),
            ("5.14.0-503.el9.x86_64", "#1 SMP", Kernel::CannotBeTold),
            ("6.8.0-60-generic", "#63-Ubuntu SMP", Kernel::CannotBeTold),
            ("6.4.0-150600.23-default", "#1 SMP", Kernel::CannotBeTold),
        ] {
            assert_eq!(judged(release, version), Some(kernel), "{release} {version}");
        }
        assert_eq!(judged("", ""), None);
    }
}
