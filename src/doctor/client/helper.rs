//! The helper: whether it is there, may be run, has its privilege, and says of itself that it would sign.

use super::enabled;
use super::facts::{Facts, FileFacts, PrivateKey};
use super::found::{Told, advice, as_root, found, octal, set_up_keys};
use super::keys::set_gid_group;
use super::self_test::SelfTest;
use crate::doctor::Finding;
use crate::failures::Id;
use crate::severity::Severity;

/// The first thing that keeps the helper from signing at all.
pub(super) fn judge(facts: &Facts) -> Option<Finding> {
    let file = match facts.helper.file.as_ref() {
        Some(Ok(file)) => file,
        Some(Err(why)) => return Some(missing(facts, why)),
        None if facts.helper.path.is_none() => return Some(missing(facts, "no helper is where they usually are")),
        None => return None,
    };
    if !facts.helper.is_executable {
        return Some(not_executable(facts, file));
    }
    // Root needs no privilege from the helper, so that what it says to him tells nothing of others.
    let for_others = facts.account.is_root().then(|| without_privilege(facts, file)).flatten();
    for_others.or_else(|| self_test(facts, file))
}

fn missing(facts: &Facts, why: &str) -> Finding {
    let path = facts.helper.path.as_deref().unwrap_or("ssh-keysign");
    found(
        Id::KeysignMissing,
        Severity::Error,
        format!("{path}: {why}"),
        "`ssh` has no other way to sign with the host key than to run the helper at this path",
    )
    .at(path, None)
    .mended(advice("install the package that has it (openssh-client, openssh-clients, openssh-keysign)"))
    .mended(as_root(&["hostbased", "setup", "client", "--helper", "ours", "--yes"]))
}

fn not_executable(facts: &Facts, file: &FileFacts) -> Finding {
    let mount = facts.helper.mount.as_ref().filter(|mount| mount.is_noexec);
    let seen = match mount {
        Some(mount) => format!("{} is mounted noexec", mount.point),
        None => format!("{} may not run it: {}", user(facts), owner_and_mode(facts, file)),
    };
    let finding = found(Id::KeysignNotExecutableForUser, Severity::Error, seen, "`ssh` runs the helper as the user")
        .at(&file.path, None);
    if let Some(mount) = mount {
        return finding.mended(as_root(&["mount", "-o", "remount,exec", &mount.point]));
    }
    finding.mended(as_root(&["chmod", mode(file), &file.path])).mended(advice(format!(
        "or let {} be in the group {}",
        user(facts),
        facts.system.group(file.gid)
    )))
}

fn user(facts: &Facts) -> &str {
    facts.account.name.as_deref().unwrap_or("the user")
}

fn owner_and_mode(facts: &Facts, file: &FileFacts) -> String {
    let group = facts.system.group(file.gid);
    let owner = if file.uid == 0 { "root".to_owned() } else { file.uid.to_string() };
    format!("owner {owner}, group {group}, mode {}", octal(file.mode))
}

/// The mode that a helper should have: set-gid where the group is there for that.
fn mode(file: &FileFacts) -> &'static str {
    if file.mode & 0o6000 == 0o2000 { "2755" } else { "4711" }
}

fn self_test(facts: &Facts, file: &FileFacts) -> Option<Finding> {
    let path = file.path.as_str();
    let failed = |id, seen: &str, why: &str| found(id, Severity::Error, seen, why).at(path, None);
    Some(match facts.helper.self_test.as_ref()? {
        SelfTest::Good | SelfTest::Config(_) => return None,
        SelfTest::NotEnabled => enabled::why_not(facts),
        SelfTest::NoKeyOpened => without_privilege(facts, file).unwrap_or_else(|| {
            failed(
                Id::KeysignNotSetuid,
                &format!("it can open no host key, though it is {}", owner_and_mode(facts, file)),
                "something takes its privilege away: a security module, or capabilities that are left out",
            )
            .mended(advice("look for its denial in the log of the kernel or of the audit (dmesg, ausearch)"))
        }),
        SelfTest::NoKeyUsable => no_key_usable(facts),
        SelfTest::CannotDrop(said) => cannot_drop(facts, file, said),
        SelfTest::NoUser => failed(Id::UidNotInPasswd, "the helper says getpwuid failed", "the user id has no name"),
        SelfTest::Other(said) if said.contains("keysign.conf") => failed(
            Id::KeysignNotEnabled,
            said,
            "this project's helper has a file of its own, keysign.conf, which can forbid signing",
        )
        .mended(advice("see keysign.conf(5): it says for whom and where the helper signs")),
        SelfTest::Other(said) => failed(
            Id::HelperAndClientVersionSkew,
            &format!("the helper says: {said}"),
            "it ends before it has looked at a request",
        )
        .mended(advice("install `ssh` and its helper anew, from one package")),
        SelfTest::CannotRun(why) => failed(Id::KeysignNotExecutableForUser, why, "`ssh` runs the helper as the user"),
    })
}

fn no_key_usable(facts: &Facts) -> Finding {
    let there = facts.keys.keys.iter().filter(|files| matches!(files.private, PrivateKey::There(_)));
    let paths: Vec<&str> = there.map(|files| files.path.as_str()).collect();
    let mut finding = found(
        Id::PrivateKeyEncryptedOrCorrupt,
        Severity::Error,
        format!("the helper can open {}, and none is a key without passphrase", paths.join(", ")),
        "the helper can ask nobody for a passphrase, and a damaged file is no key",
    );
    if let Some(first) = paths.first() {
        finding = finding
            .at(first, None)
            .mended(advice(format!("take the passphrase off, as root: ssh-keygen -p -N '' -f {first}")))
            .mended(advice(format!("or move {first} away, let `ssh-keygen -A` make a new one, and enroll it")));
    }
    finding
}

fn cannot_drop(facts: &Facts, file: &FileFacts, said: &str) -> Finding {
    let account = &facts.account;
    let has_other_group = account.primary_gid.is_some_and(|primary| primary != account.gid);
    if set_gid_group(facts).is_none() || !has_other_group {
        return found(
            Id::HelperAndClientVersionSkew,
            Severity::Error,
            format!("the helper says: {said}"),
            "it cannot give its privilege up, and so does not go on",
        )
        .at(&file.path, None);
    }
    let (own, primary) = (facts.system.group(account.gid), account.primary_gid.unwrap_or_default());
    found(
        Id::SetgidModelNewgrp,
        Severity::Error,
        format!("this session has the group {own}, not {}; the helper says: {said}", facts.system.group(primary)),
        "a helper that is set-gid and not set-uid may only go back to the group that it was started with",
    )
    .at(&file.path, None)
    .mended(advice(format!("start the session with the user's own group: newgrp - {}", facts.system.group(primary))))
    .mended(as_root(&["chmod", "4711", &file.path]))
}

/// Why the helper has no privilege, by what can be seen from outside.
fn without_privilege(facts: &Facts, file: &FileFacts) -> Option<Finding> {
    let failed = |id, seen: String, why: &str| found(id, Severity::Error, seen, why).at(&file.path, None);
    let system = &facts.system;
    let is_set_uid = file.mode & 0o4000 != 0 && file.uid == 0;
    let is_set_gid = file.mode & 0o6000 == 0o2000;
    if let Some(map) = &system.partial_uid_map {
        let seen = format!("/proc/self/uid_map is `{map}`");
        let why =
            "in a user namespace set-uid gives the rights of the namespace's root, who does not own the host keys";
        return Some(
            failed(Id::UserNamespaceWithoutHostRoot, seen, why)
                .mended(advice("run ssh outside of the container, or log in from it with a key of the user")),
        );
    }
    if !is_set_uid && !is_set_gid {
        return Some(not_set_uid(facts, file));
    }
    if system.no_new_privs && !facts.account.is_root() {
        let seen = "NoNewPrivs of this session is 1 (/proc/self/status)".to_owned();
        let why = "a program that was started under this flag gets nothing from set-uid and set-gid bits";
        return Some(failed(Id::NoNewPrivs, seen, why).mended(advice(
            "take the flag off whatever started this session: NoNewPrivileges= of the unit, no-new-privileges of the \
             container, the sandbox",
        )));
    }
    if let Some(mount) = facts.helper.mount.as_ref().filter(|mount| mount.is_nosuid) {
        let seen = format!("{} is mounted nosuid", mount.point);
        return Some(
            failed(Id::NosuidMount, seen, "set-uid and set-gid bits count for nothing on such a mount")
                .mended(as_root(&["mount", "-o", "remount,suid", &mount.point]))
                .mended(advice("change the options in /etc/fstab or the image too, so that it lasts")),
        );
    }
    if is_set_gid && let Some(finding) = keys_closed_to_group(facts, file) {
        return Some(finding);
    }
    if facts.helper.self_test == Some(SelfTest::NoKeyOpened) && system.selinux_keysign == Some(false) {
        let seen = "SELinux enforces, and its boolean ssh_keysign is off".to_owned();
        return Some(
            failed(
                Id::SelinuxSshKeysignBoolean,
                seen,
                "the policy keeps the helper of confined users from the host keys",
            )
            .mended(as_root(&["setsebool", "-P", "ssh_keysign", "on"])),
        );
    }
    None
}

fn not_set_uid(facts: &Facts, file: &FileFacts) -> Finding {
    let shown = owner_and_mode(facts, file);
    // Where ours stands, the override is of OpenSSH's, which lies aside and must not have the bit.
    let stripped = facts.helper.stat_override.as_deref().filter(|_| !facts.helper.is_ours);
    let (id, seen) = match stripped {
        Some(kept) => {
            (Id::KeysignPrivilegeStrippedBySecurityFix, format!("{shown}; dpkg-statoverride keeps it so: {kept}"))
        }
        None => (Id::KeysignNotSetuid, shown),
    };
    let why = "only root can read the host keys, and the helper is root's by its set-uid bit alone";
    let finding = found(id, Severity::Error, seen, why).at(&file.path, None);
    if stripped.is_some() {
        return finding
            .mended(as_root(&["hostbased", "setup", "client", "--helper", "openssh", "--yes"]))
            .mended(advice("if the bit was taken off because of CVE-2026-46333, bring the kernel up to date first"));
    }
    let finding = finding.mended(set_up_keys());
    let finding = if file.uid == 0 {
        finding.mended(as_root(&["chmod", "4711", &file.path]))
    } else {
        finding.mended(advice("it is not root's, and its owner may have written it: install its package again"))
    };
    if facts.helper.is_ours {
        finding
    } else if facts.system.has_dpkg {
        finding.mended(as_root(&["dpkg-statoverride", "--update", "--add", "root", "root", "4711", &file.path]))
    } else {
        finding.mended(advice("let the package manager know it too, or the next update takes the bit off again"))
    }
}

fn keys_closed_to_group(facts: &Facts, helper: &FileFacts) -> Option<Finding> {
    let closed = |file: &FileFacts| file.gid != helper.gid || file.mode & 0o040 == 0;
    let files: Vec<&FileFacts> = facts
        .keys
        .keys
        .iter()
        .filter_map(|files| match &files.private {
            PrivateKey::There(file) => Some(file),
            _ => None,
        })
        .collect();
    let first = files.iter().find(|file| closed(file))?;
    if !files.iter().all(|file| closed(file)) && facts.helper.self_test != Some(SelfTest::NoKeyOpened) {
        return None;
    }
    let group = facts.system.group(helper.gid);
    let paths = files.iter().map(|file| file.path.as_str());
    let chgrp: Vec<&str> = ["chgrp", &group].into_iter().chain(paths.clone()).collect();
    Some(
        found(
            Id::SetgidModelKeysNotGroupReadable,
            Severity::Error,
            format!(
                "the helper is set-gid {group}, and {} is of group {}, mode {}",
                first.path,
                facts.system.group(first.gid),
                octal(first.mode)
            ),
            "a helper that is set-gid reads the keys by its group, which must be able to read them",
        )
        .at(&first.path, None)
        .mended(as_root(&["chmod", "4711", &helper.path]))
        .mended(advice(format!(
            "or, where sshd allows it (Red Hat until RHEL 9): {} && chmod 640 on them",
            chgrp.join(" ")
        ))),
    )
}
