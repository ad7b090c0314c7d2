//! The sshd that runs, and when it read its configuration.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "proc(5) tells of processes, and the files' own times are asked for"
)]

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::Tree;
use crate::doctor::server::{Daemon, Printed};

/// Ticks of a second in proc(5): the same on every Linux that there is.
const TICKS: u64 = 100;

/// How exactly the start of a process is known, in milliseconds: `btime` has whole seconds.
const SLACK: u64 = 1500;

/// The sshd that waits for connections in this namespace, and the files of this configuration that changed since it read them.
pub(super) fn find(tree: &Tree, general: Option<&Printed>) -> Option<Daemon> {
    let pid = listener()?;
    let pid_file = general.and_then(|printed| printed.value("pidfile")).unwrap_or("/run/sshd.pid");
    // sshd writes its PID file each time that it reads its configuration (sshd.c `main`), after SIGHUP too.
    let written = fs::read_to_string(pid_file).ok().filter(|text| text.trim().parse() == Ok(pid));
    let written = written.and_then(|_| changed(Path::new(pid_file)));
    let (read_at, slack) = match written {
        Some(at) => (at, 0),
        None => (started(pid)?, SLACK),
    };
    let mut changed_since: Vec<(u64, String)> = watched(tree)
        .into_iter()
        .filter_map(|path| Some((changed(Path::new(&path))?, path)))
        .filter(|(at, _)| *at > read_at.saturating_add(slack))
        .collect();
    changed_since.sort_by(|one, other| other.cmp(one));
    Some(Daemon { pid, read_at, changed_since: changed_since.into_iter().map(|(_, path)| path).collect() })
}

/// Every file of the configuration, and the folders that patterns look into: what is taken out of one leaves no other trace.
fn watched(tree: &Tree) -> Vec<String> {
    let mut paths = tree.files.clone();
    for include in &tree.includes {
        let folder = Path::new(&include.pattern).parent().map(|folder| folder.to_string_lossy().into_owned());
        if let Some(folder) =
            folder.filter(|folder| include.pattern.contains(['*', '?', '[']) && !paths.contains(folder))
        {
            paths.push(folder);
        }
    }
    paths
}

/// When a file was last changed, in milliseconds since 1970.
fn changed(path: &Path) -> Option<u64> {
    let time = fs::metadata(path).ok()?.modified().ok()?;
    milliseconds(time)
}

fn milliseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The process that waits for connections: an sshd whose parent is none, in our own network and with our own files.
fn listener() -> Option<u32> {
    let namespaces = |pid: &str| -> Option<[std::path::PathBuf; 2]> {
        let read = |kind: &str| fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok();
        Some([read("net")?, read("mnt")?])
    };
    let ours = namespaces("self")?;
    let mut found: Vec<(bool, u32)> = Vec::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Some((name, parent)) = name_and_parent(pid) else { continue };
        // Anybody may call a process of his own so.
        if name != "sshd" || !is_roots(pid) || namespaces(&pid.to_string()).as_ref() != Some(&ours) {
            continue;
        }
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let says_so = String::from_utf8_lossy(&command).contains("[listener]");
        let is_child = name_and_parent(parent).is_some_and(|(name, _)| name.starts_with("sshd"));
        if says_so || !is_child {
            found.push((!says_so, pid));
        }
    }
    found.sort_unstable();
    found.first().map(|&(_, pid)| pid)
}

/// Whether root has started the process: a set-uid program that a user runs has his real user id (proc(5), /proc/pid/status).
fn is_roots(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/status")).is_ok_and(|status| has_root_ids(&status))
}

fn has_root_ids(status: &[u8]) -> bool {
    let status = String::from_utf8_lossy(status);
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.is_some_and(|ids| ids.split_whitespace().count() == 4 && ids.split_whitespace().all(|id| id == "0"))
}

/// The name of a process and its parent (proc(5), /proc/pid/stat).
fn name_and_parent(pid: u32) -> Option<(String, u32)> {
    let (name, rest) = stat(pid)?;
    Some((name, rest.split(' ').nth(1)?.parse().ok()?))
}

/// When a process was started, in milliseconds since 1970.
fn started(pid: u32) -> Option<u64> {
    let (_, rest) = stat(pid)?;
    // The 22nd field: two stand before these.
    let ticks: u64 = rest.split(' ').nth(19)?.parse().ok()?;
    let system = fs::read_to_string("/proc/stat").ok()?;
    let boot: u64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(boot.saturating_mul(1000).saturating_add(ticks.saturating_mul(1000) / TICKS))
}

/// The name in parentheses, which may hold anything, and what follows it.
fn stat(pid: u32) -> Option<(String, String)> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let (head, rest) = text.rsplit_once(") ")?;
    Some((head.split_once('(')?.1.to_owned(), rest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_root_s_by_all_its_ids() {
        let of = |ids: &str| has_root_ids(format!("Name:\tsshd\nUid:\t{ids}\nGid:\t0\t0\t0\t0\n").as_bytes());
        assert!(of("0\t0\t0\t0"));
        assert!(!of("1000\t1000\t1000\t1000"));
        // A set-uid program under the name of sshd.
        assert!(!of("1000\t0\t0\t0"));
        assert!(!of("") && !has_root_ids(b""));
        // The name of a process cannot pass for the line: its newlines are escaped, and it stands behind "Name:".
        assert!(!has_root_ids(b"Name:\tUid:\t0\t0\t0\t0\nUid:\t1\t1\t1\t1\n"));
    }
}
