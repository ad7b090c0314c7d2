//! Where we refuse and sshd itself would go on: rows of docs/deviations.md.

use super::files::SystemFiles;
use crate::doctor::Release;
use crate::escape::escape;
use crate::verify::{Refusal, Stat, Unreadable};

/// What sshd does instead of refusing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Differs {
    /// Why it goes on.
    pub(super) why: String,
    /// Whether the sshd that is meant does so; else it hangs on its release, which is not known.
    pub(super) is_certain: bool,
}

/// The release since which certificates without principals, or with critical options, are refused.
const CERTIFICATES: (u32, u32) = (10, 3);

/// Why the sshd of this release goes on where this refuses; `None` where it refuses as well. The release is `None` when it
/// is not known.
pub(super) fn of(refusal: &Refusal<'_>, files: &SystemFiles, release: Option<&Release>) -> Option<Differs> {
    let always = |why: String| Some(Differs { why, is_certain: true });
    match refusal {
        Refusal::EquivUnreadable { file, why: Unreadable::Owner { .. } | Unreadable::Writable { .. } }
        | Refusal::KnownHostsUnreadable { file, why: Unreadable::Owner { .. } | Unreadable::Writable { .. } }
        | Refusal::RevokedKeysUnreadable { file, why: Unreadable::Owner { .. } | Unreadable::Writable { .. } } => {
            always(format!("it looks at neither owner nor mode of {}, and goes by what it says", escape(file)))
        }
        Refusal::HostKeyRevoked(place) if files.is_irregular(*place) => {
            always(format!("it skips line {} of {}, and takes the key", place.line, escape(place.file)))
        }
        Refusal::AlgorithmUnsupported(algorithm) => always(format!("it can verify signatures by {}", algorithm.name())),
        Refusal::CertificateWithoutPrincipals => {
            before(CERTIFICATES, release, "a certificate without principals is for every host")
        }
        Refusal::CertificateCriticalOptions => {
            before(CERTIFICATES, release, "critical options of a host's certificate are not looked at")
        }
        Refusal::EquivModes { stat, .. } | Refusal::HomeModes { stat, .. } if is_groups_alone(*stat) => {
            let is_certain = release.map(Release::is_debians);
            let why = "Debian's sshd lets the group write, as long as nobody else is in it";
            is_certain.unwrap_or(true).then(|| Differs { why: why.to_owned(), is_certain: is_certain.is_some() })
        }
        _ => None,
    }
}

fn before(since: (u32, u32), release: Option<&Release>, why: &str) -> Option<Differs> {
    let (major, minor) = since;
    let is_older = release.is_none_or(|release| release.number < since);
    let why = format!("before {major}.{minor}, {why}");
    is_older.then(|| Differs { why, is_certain: release.is_some() })
}

/// Whether the group's right to write is all that is wrong.
const fn is_groups_alone(stat: Stat) -> bool {
    stat.mode & 0o022 == 0o020
}
