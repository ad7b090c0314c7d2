//! Whether sshd would start with its configuration at all.

use super::Facts;
use super::say::{With, advice, command, error};
use crate::doctor::{Finding, Id, Mend};
use crate::escape::escape;

/// What keeps sshd from starting: then nothing else can be said of it.
pub(super) fn judge(facts: &Facts<'_>) -> Option<Finding> {
    let said = facts.complaint.as_deref()?;
    Some(group_readable_keys(said).or_else(|| not_in_match(said)).unwrap_or_else(|| other(said)))
}

/// Host keys that others than root may read (authfile.c `sshkey_perm_ok`, sshd.c `main`).
fn group_readable_keys(said: &str) -> Option<Finding> {
    if !said.contains("no hostkeys available") && !said.contains("are too open") {
        return None;
    }
    let keys: Vec<(&str, &str)> = said.lines().filter_map(too_open).collect();
    let Some(&(mode, first)) = keys.first() else {
        let why = "sshd finds no host key that it may use, and does not start";
        let make = command(["ssh-keygen", "-A"]);
        return Some(error(Id::GroupReadableHostKeysRefused, "sshd -t: no hostkeys available", why).mended_by([make]));
    };
    let seen = format!("sshd -t: Permissions {} for {} are too open", escape(mode), escape(first));
    let why = "sshd ignores a private host key that others than root may read, and without any key it does not start; \
               only Red Hat's sshd takes 0640 with the group ssh_keys";
    let paths = keys.iter().map(|(_, path)| (*path).to_owned());
    let argv: Vec<String> = ["chmod", "600"].map(str::to_owned).into_iter().chain(paths).collect();
    let close = Mend::Command {
        machine: crate::doctor::Machine::Server,
        rights: crate::doctor::Rights::Root,
        argv,
        is_safe: true,
    };
    Some(error(Id::GroupReadableHostKeysRefused, seen, why).at(first, None).mended_by([
        close,
        advice(
            "where the client's helper is set-group-id and needs 0640: make it set-user-id root (chmod 4711) instead",
        ),
    ]))
}

/// `Permissions 0640 for '/etc/ssh/ssh_host_rsa_key' are too open.`
fn too_open(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim().strip_prefix("Permissions ")?;
    let (mode, rest) = rest.split_once(" for ")?;
    let (path, _) = rest.split_once(" are too open")?;
    let path = path.trim_matches(|c| matches!(c, '\'' | '"'));
    path.starts_with('/').then_some((mode, path))
}

/// An option that only counts for all connections (servconf.c `process_server_config_line_depth`).
fn not_in_match(said: &str) -> Option<Finding> {
    let (file, line, rest) =
        said.lines().find_map(|line| placed(line).filter(|(.., rest)| rest.contains("Match block")))?;
    let option = rest.split('\'').nth(1).unwrap_or("this option");
    let why = format!(
        "{} is for all connections and cannot stand in a Match block: sshd does not start, or keeps its old configuration",
        escape(option)
    );
    Some(
        error(Id::DirectiveNotAllowedInMatch, format!("sshd -t: {}", escape(rest)), why).at(file, line).mended_by([
            super::say::line(file, format!("move line {line} above the first Match"), format!("line {line}")),
        ]),
    )
}

/// What else it says: mostly a name of an option that this release does not know.
fn other(said: &str) -> Finding {
    let is_name = |rest: &str| rest.contains("Bad configuration option");
    let lines = || said.lines().filter_map(placed);
    let complaint = lines().find(|(.., rest)| is_name(rest)).or_else(|| {
        lines().find(|(.., rest)| !rest.contains("Deprecated option") && !rest.contains("Unsupported option"))
    });
    let Some((file, line, rest)) = complaint else {
        let last = said.trim().lines().next_back().unwrap_or_default();
        let why = "sshd does not start with this configuration, or keeps the one that it has";
        return error(Id::OptionNameVersionSkew, format!("sshd -t: {}", escape(last)), why)
            .mended_by([advice("mend what sshd -t says"), command(["sshd", "-t"])]);
    };
    let seen = format!("sshd -t: {}", escape(rest));
    let why = if is_name(rest) {
        "this release of sshd does not know the option by that name, and does not start: the server's name for accepted \
         algorithms is HostbasedAcceptedKeyTypes since 6.8 and HostbasedAcceptedAlgorithms since 8.5"
    } else {
        "this release of sshd does not take the line, and does not start"
    };
    let renamed = rest.to_ascii_lowercase().contains("hostbased").then(|| {
        super::say::line(
            file,
            "HostbasedAcceptedAlgorithms (before OpenSSH 8.5: HostbasedAcceptedKeyTypes)",
            format!("as the name of the option in line {line}"),
        )
    });
    error(Id::OptionNameVersionSkew, seen, why).at(file, line).mended_by(renamed.into_iter().chain([advice(format!(
        "take line {line} of {} out, or write it as sshd_config(5) of this release has it",
        escape(file)
    ))]))
}

/// `FILE line N: REST` or `FILE: line N: REST`.
fn placed(said: &str) -> Option<(&str, usize, &str)> {
    let (file, rest) = said.trim().split_once(" line ")?;
    let (number, rest) = rest.split_once(':')?;
    let file = file.trim_end_matches(':').rsplit(' ').next()?;
    file.starts_with('/').then_some((file, number.parse().ok()?, rest.trim().trim_end_matches('.')))
}
