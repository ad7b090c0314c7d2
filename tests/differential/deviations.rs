//! Where the two may differ: each is a row of docs/deviations.md.

use crate::case::{Case, HOSTS_EQUIV, REVOKED_KEYS, SHOSTS_EQUIV, Signature};
use crate::compare::Difference::{self, OtherWords, WeAccept, WeRefuse};
use crate::compare::Judged;
use crate::release::{Release, installed};

/// A known deviation.
pub(crate) struct Deviation {
    /// The row of docs/deviations.md, by its first cell.
    pub(crate) row: &'static str,
    /// Which sshd shows it.
    shown_by: fn(Release) -> bool,
    /// What may differ.
    excuses: &'static [Difference],
    /// The cases in which it may.
    covers: fn(&Judged<'_>) -> bool,
}

impl Deviation {
    /// Whether the sshd that is installed shows it, so that a case must need it.
    pub(crate) fn is_shown_here(&self) -> bool {
        (self.shown_by)(installed())
    }
}

/// The one that excuses this difference; `None` when nothing does.
pub(crate) fn known(judged: &Judged<'_>, difference: Difference) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| {
        deviation.is_shown_here() && deviation.excuses.contains(&difference) && (deviation.covers)(judged)
    })
}

fn ours_is(judged: &Judged<'_>, code: &str) -> bool {
    judged.decision.code.as_deref() == Some(code)
}

/// The lines of all known_hosts files of the case that begin with a `@revoked` of any kind.
fn revocations(case: &Case) -> impl Iterator<Item = &[u8]> {
    let files = case.files.keys().filter(|path| path.contains("known_hosts"));
    let lines = files.filter_map(|path| case.text(path)).flat_map(|text| text.split(|&byte| byte == b'\n'));
    lines.filter(|line| {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii_start();
        line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"@revoked"))
    })
}

/// What stands in the hosts' place of a line that begins with a marker.
fn hosts_of(line: &[u8]) -> &[u8] {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(1).unwrap_or_default()
}

fn has_no_hosts(line: &[u8]) -> bool {
    let hosts = hosts_of(line);
    hosts.starts_with(b"ssh-") || hosts.starts_with(b"ecdsa-") || hosts == b"|1|AAAA|AAAA" || hosts == b"|1|AAAA|BBBB"
}

fn has_unusable_hosts(line: &[u8]) -> bool {
    let hosts = hosts_of(line);
    (hosts.starts_with(b"|1|") && hosts.contains(&b','))
        || hosts.split(|&byte| byte == b',').any(|one| one.len() >= 1023)
}

const EVERY: fn(Release) -> bool = |_| true;

/// All of them. Each is needed by one of the directed cases at least.
pub(crate) static DEVIATIONS: [Deviation; 21] = [
    Deviation {
        row: "bytes behind the last field of the request",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "malformed") && !judged.case.tail.is_empty(),
    },
    Deviation {
        row: "a name with one NUL at its end",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "malformed") && judged.case.signature == Signature::WithoutTheNul,
    },
    Deviation {
        row: "FIDO signature without the user's presence",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "user-not-present") && judged.case.signature == Signature::NotTouched,
    },
    Deviation {
        row: "such a line whose hosts are missing, or an unreadable hash",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "host-key-revoked") && revocations(judged.case).any(has_no_hosts),
    },
    Deviation {
        row: "a hashed name on an `@revoked` line",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let in_capitals = judged.case.client_host.iter().any(u8::is_ascii_uppercase);
            let hashed = |line: &[u8]| hosts_of(line).starts_with(b"|1|");
            ours_is(judged, "host-key-revoked") && in_capitals && revocations(judged.case).any(hashed)
        },
    },
    Deviation {
        row: "a list of hashes, or a pattern of 1023 bytes and more, on an `@revoked` line",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "host-key-revoked") && revocations(judged.case).any(has_unusable_hosts),
    },
    Deviation {
        row: "a system file that cannot be read, or that others may write, or is gone",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "known-hosts-unreadable"),
    },
    Deviation {
        row: "owner and mode of hosts.equiv, shosts.equiv and RevokedKeys files",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let others_write =
                |path: &str| judged.case.files.get(path).is_some_and(|file| file.uid != 0 || file.mode & 0o022 != 0);
            let revoked = ours_is(judged, "revoked-keys-unreadable") && others_write(REVOKED_KEYS);
            // Any refusal that the line of such a file would have spared.
            revoked || others_write(HOSTS_EQUIV) || others_write(SHOSTS_EQUIV)
        },
    },
    Deviation {
        row: "a user's own equiv file above 1 MiB, or known_hosts file above 4 MiB",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let large = |name: &str| judged.case.text(&judged.case.home(name)).is_some_and(|text| text.len() > 1 << 20);
            large(".shosts") || large(".rhosts")
        },
    },
    Deviation {
        row: "a list with a bad line behind the one that has the key",
        shown_by: EVERY,
        excuses: &[OtherWords],
        covers: |judged| {
            ours_is(judged, "revoked-keys-unreadable") && judged.judgement.log.contains(" revoked by file ")
        },
    },
    Deviation {
        row: "a line of a list of keys that begins with a NUL",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            ours_is(judged, "revoked-keys-unreadable")
                && judged.case.text(REVOKED_KEYS).is_some_and(|text| {
                    !text.starts_with(b"SSHKRL\n")
                        && text.split(|&byte| byte == b'\n').any(|line| line.first() == Some(&0))
                })
        },
    },
    Deviation {
        row: "the authority's signature on a certificate",
        shown_by: EVERY,
        excuses: &[OtherWords],
        covers: |judged| judged.case.key == "cert-forged" && judged.judgement.log.contains("key_from_blob: "),
    },
    Deviation {
        row: "root's own files that their modes close to root",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let home = judged.case.home("");
            let mut own = judged.case.files.iter().filter(|(path, _)| path.starts_with(&home));
            judged.case.account == "root" && own.any(|(_, file)| file.uid != 0 || file.mode & 0o400 == 0)
        },
    },
    Deviation {
        row: "an empty name",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            ours_is(judged, "malformed") && (judged.case.client_host.is_empty() || judged.case.client_user.is_empty())
        },
    },
    Deviation {
        row: "a key or certificate blob above 64 KiB, a name above 1 KiB, a signature above 8 KiB",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "malformed") && judged.case.client_host.len() > 1024,
    },
    Deviation {
        row: "an `@revoked` line that it cannot read: a tab behind the marker, a second marker, another case, a byte order \
              mark, a NUL, a wrong key type, a short RSA key",
        shown_by: EVERY,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "host-key-revoked") && revocations(judged.case).any(|_| true),
    },
    Deviation {
        row: "a host certificate without principals",
        shown_by: |release| release.number < (10, 3),
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "certificate-without-principals"),
    },
    Deviation {
        row: "a host certificate with a critical option",
        shown_by: |release| release.number < (10, 3),
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| ours_is(judged, "certificate-critical-options"),
    },
    Deviation {
        row: "a host certificate whose principal is a pattern",
        shown_by: |release| release.number < (10, 3),
        excuses: &[WeAccept, OtherWords],
        covers: |judged| judged.case.key == "cert-pattern",
    },
    Deviation {
        row: "a NUL behind the hosts of a line",
        shown_by: |release| release.number < (10, 1),
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let mut files = judged.case.files.keys().filter(|path| path.contains("known_hosts"));
            ours_is(judged, "host-key-unknown")
                && files.any(|path| judged.case.text(path).is_some_and(|text| text.contains(&0)))
        },
    },
    Deviation {
        row: "a user's file, or home, that a group may write in which nobody else is",
        shown_by: |release| release.is_debians,
        excuses: &[WeRefuse, OtherWords],
        covers: |judged| {
            let home = judged.case.home("");
            ours_is(judged, "home-modes")
                || ours_is(judged, "equiv-modes")
                || judged.case.files.iter().any(|(path, file)| path.starts_with(&home) && file.mode & 0o020 != 0)
        },
    },
];

#[test]
fn each_is_a_row_of_the_docs() {
    let docs = include_str!("../../docs/deviations.md");
    for deviation in &DEVIATIONS {
        let row = format!("\n| {} |", deviation.row);
        assert!(docs.contains(&row), "docs/deviations.md has no row {:?}", deviation.row);
    }
}
