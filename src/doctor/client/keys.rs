//! The host's keys at the places that `ssh` and its helper look at.

use super::facts::{Facts, FileFacts, HostKeyFiles, PrivateKey, PublicFile};
use super::found::{Told, advice, as_root, found, octal, safe, set_up_keys};
use crate::doctor::{Finding, Mend};
use crate::failures::Id;
use crate::severity::Severity;

/// The ending of the path of a DSA key.
const DSA: &str = "_dsa_key";

fn usable(facts: &Facts) -> impl Iterator<Item = &HostKeyFiles> {
    facts.keys.keys.iter().filter(|files| !files.path.ends_with(DSA))
}

/// No private key is where the helper looks: nothing else can be told of keys then.
pub(super) fn none_at_the_fixed_paths(facts: &Facts) -> Option<Finding> {
    let mut privates = usable(facts).map(|files| &files.private).peekable();
    privates.peek()?;
    if !privates.all(|private| *private == PrivateKey::Missing) {
        return None;
    }
    let dsa = facts.keys.keys.iter().find(|files| files.path.ends_with(DSA) && files.private != PrivateKey::Missing);
    if let Some(files) = dsa {
        return Some(
            found(
                Id::DsaOnlyHost,
                Severity::Error,
                "the only host key is a DSA key",
                "OpenSSH 10.1 has dropped DSA, and releases before it leave DSA keys alone unless told otherwise",
            )
            .at(&files.path, None)
            .mended(set_up_keys())
            .mended(as_root(&["ssh-keygen", "-A"])),
        );
    }
    let folder = &facts.keys.path;
    Some(
        found(
            Id::PrivateKeysNotAtFixedPaths,
            Severity::Error,
            format!("no ssh_host_TYPE_key for ecdsa, ed25519 or rsa in {folder}"),
            "the helper opens these files and no other: HostKey and HostKeyAgent of sshd_config are not looked at",
        )
        .at(folder, None)
        .mended(advice(format!("copy or link the machine's host keys to {folder}/ssh_host_TYPE_key, .pub files too")))
        .mended(set_up_keys()),
    )
}

/// A private key is there, and `ssh` has no public one to offer.
pub(super) fn public_files(facts: &Facts) -> Vec<Finding> {
    [missing(facts), unreadable(facts)].into_iter().flatten().collect()
}

/// Without any key the method is not tried; with another it is, and the server may know just the one that is missing.
fn severity(facts: &Facts) -> Severity {
    let loaded = facts.keys.keys.iter().any(|files| files.public.key().is_some() || files.certificate.key().is_some());
    if loaded { Severity::Warning } else { Severity::Error }
}

fn missing(facts: &Facts) -> Option<Finding> {
    let gone = |files: &&HostKeyFiles| {
        matches!(files.private, PrivateKey::There(_))
            && matches!(files.public, PublicFile::Missing | PublicFile::Damaged(_))
    };
    let gone: Vec<&HostKeyFiles> = usable(facts).filter(gone).collect();
    let first = gone.first()?;
    let shown: Vec<String> = gone
        .iter()
        .map(|files| match &files.public {
            PublicFile::Damaged(why) => format!("{}.pub holds no key ({why})", files.path),
            _ => format!("{}.pub is not there", files.path),
        })
        .collect();
    let mut finding = found(
        Id::PubFilesMissing,
        severity(facts),
        shown.join("; "),
        "`ssh` may not read the private key, so it offers only keys whose .pub file is there",
    )
    .at(&format!("{}.pub", first.path), None)
    .mended(set_up_keys());
    for files in &gone {
        finding = finding.mended(regenerate(&files.path));
    }
    Some(finding)
}

/// The public half is in the private one.
pub(super) fn regenerate(path: &str) -> Mend {
    advice(format!("as root: ssh-keygen -y -f {path} > {path}.pub && chmod 644 {path}.pub"))
}

fn unreadable(facts: &Facts) -> Option<Finding> {
    let mut closed: Vec<String> = Vec::new();
    let mut why = None;
    for files in usable(facts) {
        for (file, suffix) in [(&files.public, ".pub"), (&files.certificate, "-cert.pub")] {
            match file {
                PublicFile::Unreadable(reason) => why = why.or_else(|| Some(reason.clone())),
                // Root may read everything: what counts is what others may.
                PublicFile::Key(_, mode) if facts.account.is_root() && mode & 0o004 == 0 => {
                    why = why.or_else(|| Some(format!("mode {}", octal(*mode))));
                }
                _ => continue,
            }
            closed.push(format!("{}{suffix}", files.path));
        }
    }
    let first = closed.first()?.clone();
    let readable = usable(facts).flat_map(|files| [&files.public, &files.certificate]).any(|file| match file {
        PublicFile::Key(_, mode) => !facts.account.is_root() || mode & 0o004 != 0,
        _ => false,
    });
    let severity = if readable { Severity::Warning } else { Severity::Error };
    let finding = found(
        Id::PubFilesUnreadable,
        severity,
        format!("users cannot read {}: {}", closed.join(", "), why.unwrap_or_default()),
        "`ssh` runs as the user, and offers only keys whose public half it can read",
    )
    .at(&first, None);
    let folder = &facts.keys.path;
    if facts.global.file(folder).is_some_and(|folder| folder.mode & 0o001 == 0) {
        return Some(finding.mended(safe(&["chmod", "755", folder])));
    }
    let argv: Vec<&str> = ["chmod", "644"].into_iter().chain(closed.iter().map(String::as_str)).collect();
    Some(finding.mended(safe(&argv)))
}

/// A private key that others than root may read: who can, signs for this host as whoever he likes.
pub(super) fn readable_by_others(facts: &Facts) -> Option<Finding> {
    let set_gid = set_gid_group(facts);
    let there = |files: &HostKeyFiles| match &files.private {
        PrivateKey::There(file) => Some(file.clone()),
        _ => None,
    };
    let is_open = |file: &FileFacts| {
        let for_group = file.mode & 0o040 != 0 && file.gid != 0 && Some(file.gid) != set_gid;
        // In a user namespace root's files look as if they were nobody's.
        let is_foreign = facts.system.partial_uid_map.is_none() && (for_group || file.uid != 0);
        file.mode & 0o004 != 0 || is_foreign
    };
    let open: Vec<FileFacts> = facts.keys.keys.iter().filter_map(there).filter(is_open).collect();
    let first = open.first()?;
    let shown: Vec<String> = open
        .iter()
        .map(|file| {
            format!(
                "{} (owner {}, group {}, mode {})",
                file.path,
                file.uid,
                facts.system.group(file.gid),
                octal(file.mode)
            )
        })
        .collect();
    let finding = found(
        Id::HostKeyReadableByOthers,
        Severity::Error,
        shown.join("; "),
        "whoever can read a host's private key can log in as any of its users wherever the host is trusted",
    )
    .at(&first.path, None);
    let mode = if set_gid.is_some() { "640" } else { "600" };
    let paths = || open.iter().map(|file| file.path.as_str());
    let argv: Vec<&str> = ["chmod", mode].into_iter().chain(paths()).collect();
    let owner: Vec<&str> = ["chown", "root:root"].into_iter().chain(paths()).collect();
    let foreign = open.iter().any(|file| file.uid != 0);
    let finding = if foreign { finding.mended(safe(&owner)) } else { finding };
    let finding = finding.mended(safe(&argv));
    Some(
        finding
            .mended(advice("and make new keys, if anybody may have read them: hostbased remove, ssh-keygen, enroll")),
    )
}

/// The group that the helper reads keys by, where it is set-gid and not set-uid (Red Hat's way until RHEL 9).
pub(super) fn set_gid_group(facts: &Facts) -> Option<u32> {
    let file = facts.helper.file.as_ref()?.as_ref().ok()?;
    (file.mode & 0o6000 == 0o2000).then_some(file.gid)
}
