//! Whether the client knows the server's key: without it nobody gets as far as logging in.

use super::facts::{Facts, KnownHostsFile};
use super::found::{Told, advice, counted, found, octal, safe};
use crate::doctor::Finding;
use crate::failures::Id;
use crate::severity::Severity;

/// A file with host keys for all users that users cannot read.
pub(super) fn unreadable(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref()?;
    let is_in_closed_folder = |file: &&KnownHostsFile| {
        let folder = file.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        facts.global.file(folder).is_some_and(|folder| folder.mode & 0o001 == 0)
    };
    let for_others = |file: &&KnownHostsFile| file.file.as_ref().is_some_and(|file| file.mode & 0o004 == 0);
    let is_closed = |file: &&KnownHostsFile| {
        file.is_global && (file.unreadable.is_some() || (facts.account.is_root() && for_others(file)))
    };
    // A folder that is closed is told of already, for the configuration in it.
    let closed = target.known.iter().find(|file| is_closed(file) && !is_in_closed_folder(file))?;
    let is_known_elsewhere = target.known.iter().any(|file| file.lines > 0 && file.path != closed.path);
    let severity = if is_known_elsewhere { Severity::Warning } else { Severity::Error };
    let mode = closed.file.as_ref().map(|file| format!(", mode {}", octal(file.mode))).unwrap_or_default();
    let why = closed.unreadable.as_deref().unwrap_or("only root may read it");
    Some(
        found(
            Id::KnownHosts0600BreaksTheClientSide,
            severity,
            format!("{} cannot be read by users: {why}{mode}", closed.path),
            "`ssh` runs as the user and finds no server's key there; sshd, as root, reads the same file and is content",
        )
        .at(&closed.path, None)
        .mended(safe(&["chmod", "644", &closed.path])),
    )
}

/// No file that `ssh` looks into names the server.
pub(super) fn unknown(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref()?;
    let options = &facts.options;
    let is_elsewhere = options.value("knownhostscommand").is_some()
        || options.value("verifyhostkeydns").is_some_and(|value| value == "yes" || value == "true");
    // OpenSSH: readconf.c `multistate_strict_hostkey`, as ssh -G prints it.
    let strict = options.value("stricthostkeychecking").unwrap_or("ask");
    if ["no", "off", "false"].contains(&strict) {
        return Some(unchecked());
    }
    if target.known.is_empty() || is_elsewhere || target.known.iter().any(|file| file.lines > 0) {
        return None;
    }
    let severity = match strict {
        "accept-new" => return None,
        // Root's own files say little of those of the user who cannot log in.
        _ if facts.account.is_root() => Severity::Warning,
        "yes" | "true" => Severity::Error,
        _ if options.is_on("batchmode") || !target.can_ask => Severity::Error,
        _ => Severity::Warning,
    };
    let name = looked_up(facts);
    let why = match severity {
        Severity::Error => {
            "`ssh` ends at a server that it does not know and can ask nobody about, before anybody logs in"
        }
        _ => "`ssh` asks whether to trust the server, and ends where nobody can answer: in scripts and jobs",
    };
    let files = counted(target.known.len(), "file", "files");
    Some(found(Id::ServerKeyNotTrustedByClient, severity, format!("{name} stands in none of {files}"), why).mended(
        advice(format!(
            "write the server's key into /etc/ssh/ssh_known_hosts of this machine, as {name}, after comparing its \
                 fingerprint (`ssh-keygen -lf` on the server)"
        )),
    ))
}

/// Whoever answers is taken for the server.
fn unchecked() -> Finding {
    found(
        Id::ServerKeyNotTrustedByClient,
        Severity::Information,
        "StrictHostKeyChecking no",
        "`ssh` goes on with whoever answers, whether or not the key is the server's",
    )
    .mended(advice(
        "write the server's key into /etc/ssh/ssh_known_hosts of this machine, and take the option out (or say accept-new)",
    ))
}

/// The name that the server's key is looked up by (OpenSSH: sshconnect.c `get_hostfile_hostname_ipaddr`).
#[must_use]
pub fn looked_up(facts: &Facts) -> String {
    let options = &facts.options;
    if let Some(alias) = options.value("hostkeyalias") {
        return alias.to_ascii_lowercase();
    }
    let typed = facts.target.as_ref().map_or("", |target| &target.typed);
    let host = options.value("hostname").unwrap_or(typed).to_ascii_lowercase();
    match options.port() {
        22 => host,
        port => format!("[{host}]:{port}"),
    }
}
