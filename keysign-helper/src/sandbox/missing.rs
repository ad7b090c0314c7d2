//! What a run of the helper has to do without.

use std::collections::BTreeSet;
use std::fmt;

/// A protection that this kernel, or the way this helper was started, does not give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protection {
    /// The caller's own limits are narrower than ours, and count: a helper without root's rights cannot raise them.
    Limits,
    /// PR_SET_NO_NEW_PRIVS (Linux 3.5).
    NoNewPrivs,
    /// The timer that ends a helper whose caller keeps it waiting.
    Deadline,
    /// Locked pages for the keys (RLIMIT_MEMLOCK).
    KeyMemory,
    /// Landlock (Linux 5.13, and `lsm=`).
    Landlock,
    /// Filters for system calls (CONFIG_SECCOMP_FILTER, and an architecture that they can be made for here).
    Seccomp,
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Limits => "limits",
            Self::NoNewPrivs => "no-new-privs",
            Self::Deadline => "deadline",
            Self::KeyMemory => "key-memory",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
        })
    }
}

/// The protections that are missing. Shown as `full`, or `without:landlock,seccomp`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing(BTreeSet<Protection>);

impl Missing {
    pub(super) fn add(&mut self, protection: Protection) {
        self.0.insert(protection);
    }

    /// Whether nothing is missing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("full");
        }
        for (index, protection) in self.0.iter().enumerate() {
            let before = if index == 0 { "without:" } else { "," };
            write!(f, "{before}{protection}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_in_one_word() {
        let mut missing = Missing::default();
        assert!(missing.is_empty());
        assert_eq!(missing.to_string(), "full");
        missing.add(Protection::Seccomp);
        assert_eq!(missing.to_string(), "without:seccomp");
        let all = [
            Protection::Landlock,
            Protection::KeyMemory,
            Protection::Deadline,
            Protection::NoNewPrivs,
            Protection::Limits,
            Protection::Landlock,
        ];
        all.into_iter().for_each(|protection| missing.add(protection));
        assert_eq!(missing.to_string(), "without:limits,no-new-privs,deadline,key-memory,landlock,seccomp");
        assert!(!missing.is_empty());
    }
}
