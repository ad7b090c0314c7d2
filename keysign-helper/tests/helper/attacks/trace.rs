//! What strace(1) shows of one run: which key files were opened, and what became of their descriptors until the ids
//! changed.
//!
//! That order is the proof against CVE-2026-46333 (a descriptor is taken from an exiting process, pidfd_getfd(2)): a race
//! that is lost says little, and a kernel that is mended says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use super::ground::Ground;
use crate::lab::Whose;

/// One line of strace's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// The system call's name.
    pub(crate) name: &'a str,
    /// What stands between the parentheses.
    pub(crate) arguments: &'a str,
    /// The result; none where the call did not return a number of its own (it failed, or was not finished).
    pub(crate) result: Option<i64>,
    /// Whether strace made the result up.
    pub(crate) injected: bool,
}

/// The system calls of a run, from the start of the helper on.
pub(crate) fn lines<'a>(trace: &'a str, helper: &Path) -> Vec<Line<'a>> {
    let start = format!("execve(\"{}\"", helper.display());
    let from = trace.lines().position(|line| line.contains(&start)).expect("the helper was started");
    trace.lines().skip(from).filter_map(parse).collect()
}

/// `4711 name(arguments) = result`; none for signals and the end of a process.
pub(crate) fn parse(line: &str) -> Option<Line<'_>> {
    let line = line.trim_start_matches(|char: char| char.is_ascii_digit()).trim_start();
    let (name, rest) = line.split_once('(')?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    // None where it was killed inside: `<unfinished ...>`.
    let end = rest.rmatch_indices(')').map(|(at, _)| at).find(|at| rest[at + 1..].trim_start().starts_with("= "));
    let (arguments, result) = end.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    let number = result.trim_start().trim_start_matches('=').split_whitespace().next().unwrap_or("");
    let hexadecimal = number.strip_prefix("0x").map(|digits| i64::from_str_radix(digits, 16).unwrap_or(i64::MAX));
    let result_number = hexadecimal.or_else(|| number.parse().ok()).filter(|&number| number >= 0);
    Some(Line { name, arguments, result: result_number, injected: result.contains("(INJECTED)") })
}

/// What became of the key files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// How many were opened.
    pub(crate) opened: usize,
    /// Whether the user ids were changed, as far as the process can know.
    pub(crate) dropped: bool,
    /// Files, of keys or not, that root had opened and that were open at a change of ids; key files that are opened after one.
    pub(crate) exposed: BTreeSet<String>,
    /// Calls that give a key's descriptor to somebody else, under another number, or to a mapping.
    pub(crate) handed_on: Vec<String>,
    /// What was done before the ids had changed that must not be: standard input, the configuration, a socket.
    pub(crate) too_early: Vec<String>,
}

/// What may be done with the descriptor of a key file.
const USES: [&str; 10] =
    ["read", "pread64", "fstat", "newfstatat", "statx", "fcntl", "lseek", "close", "getdents64", "openat"];

/// Whether this path is a key's, or of a folder of keys.
fn is_key(arguments: &str) -> bool {
    let path = arguments.split('"').nth(1).unwrap_or_default();
    // Relative to a descriptor: a file in a folder that was opened before.
    (path.contains("/ssh_host_") && !path.ends_with(".pub"))
        || path.contains("keysign.keys.d")
        || (!arguments.starts_with("AT_FDCWD") && !path.starts_with('/') && !path.is_empty())
}

/// Goes through the calls of one run.
pub(crate) fn keys(lines: &[Line<'_>]) -> Keys {
    let mut found = Keys::default();
    let mut open: BTreeMap<i64, String> = BTreeMap::new();
    let mut others: BTreeMap<i64, String> = BTreeMap::new();
    let (mut user_changed, mut any_change) = (false, false);
    for line in lines {
        let first = line.arguments.split([',', ')']).next().unwrap_or_default().trim();
        let descriptor = first.parse::<i64>().ok().filter(|number| open.contains_key(number));
        let whole = || format!("{}({})", line.name, line.arguments);
        match line.name {
            "open" | "openat" | "openat2" if is_key(line.arguments) => {
                if let Some(number) = line.result {
                    found.opened += 1;
                    open.insert(number, line.arguments.to_owned());
                    if any_change {
                        found.exposed.insert(line.arguments.to_owned());
                    }
                }
            }
            "open" | "openat" | "openat2" if !any_change => {
                others.extend(line.result.map(|number| (number, line.arguments.to_owned())));
            }
            "close" if line.result.is_some() && descriptor.is_none() => {
                let _ = first.parse().ok().and_then(|number: i64| others.remove(&number));
            }
            "close" if line.result.is_some() => drop(descriptor.and_then(|number| open.remove(&number))),
            "close_range" => (open, others) = Default::default(),
            "setuid" | "setreuid" | "setresuid" | "setgid" | "setregid" | "setresgid" | "setgroups" | "capset" => {
                found.exposed.extend(open.values().cloned());
                found.exposed.extend(std::mem::take(&mut others).into_values());
                any_change = true;
                user_changed |= line.name == "setresuid" && line.result.is_some() && !line.arguments.starts_with("-1");
            }
            "fork" | "vfork" | "clone" | "clone3" | "execve" if !open.is_empty() => found.handed_on.push(whole()),
            _ => {}
        }
        let renamed = line.name == "fcntl" && line.arguments.contains("F_DUPFD");
        if descriptor.is_some() && (renamed || !USES.contains(&line.name)) {
            found.handed_on.push(whole());
        }
        if line.name == "mmap"
            && line
                .arguments
                .split(", ")
                .nth(4)
                .is_some_and(|fd| fd.parse().is_ok_and(|fd: i64| open.contains_key(&fd)))
        {
            found.handed_on.push(whole());
        }
        let words = ["read(0, ", "ssh_config\"", "keysign.conf\"", "/etc/passwd\""];
        let early = words.iter().any(|word| whole().contains(word)) || ["socket", "connect"].contains(&line.name);
        if !user_changed && early {
            found.too_early.push(whole());
        }
    }
    found.dropped = user_changed;
    found
}

/// A run under strace.
pub(crate) struct Traced {
    /// strace's words.
    pub(crate) text: String,
    /// What the helper gave.
    pub(crate) output: std::process::Output,
}

/// Runs the helper under strace, with these options for it, as the ordinary user: the set-uid bit counts there, for strace
/// itself runs as root. `around` is a program that starts the helper, with its arguments.
pub(crate) fn run(ground: &Ground, whose: Whose, options: &[&str], around: &[&str], input: &[u8]) -> Traced {
    let file = ground.lab.etc("").with_file_name(format!("trace-{:?}", std::thread::current().id()));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-u", "nobody", "-E", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "-o"]).arg(&file);
    strace.args(options).args(around).arg(ground.helper(whose));
    let output = super::ground::feed(&mut strace, input);
    let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
    fs::remove_file(&file).unwrap();
    Traced { text, output }
}

mod tests {
    use super::*;

    fn of(trace: &str) -> Keys {
        let trace = format!("7 execve(\"/h\", [\"/h\"], 0x7f /* 0 vars */) = 0\n{trace}");
        keys(&lines(&trace, Path::new("/h")))
    }

    const OPEN: &str = "7 openat(AT_FDCWD, \"/etc/ssh/ssh_host_rsa_key\", O_RDONLY|O_CLOEXEC) = 3\n";
    const DROP: &str = "7 setresgid(5, 5, 5)  = 0\n7 setresuid(5, 5, 5)    = 0\n";

    #[test]
    fn a_line_is_taken_apart() {
        let line = |name, arguments, result, injected| Some(Line { name, arguments, result, injected });
        for (text, expected) in [
            ("7 close(3)     = 0", line("close", "3", Some(0), false)),
            ("close(3) = -1 EIO (Input/output error) (INJECTED)", line("close", "3", None, true)),
            ("7 write(2, \"a) = 1\", 6) = 6", line("write", "2, \"a) = 1\", 6", Some(6), false)),
            ("7 mmap(NULL, 8) = 0x7f", line("mmap", "NULL, 8", Some(0x7f), false)),
            ("7 read(0,  <unfinished ...>", line("read", "0,  <unfinished ...>", None, false)),
            ("7 exit_group(255)      = ?", line("exit_group", "255", None, false)),
            ("7 --- SIGTERM {si_signo=SIGTERM} ---", None),
            ("7 +++ exited with 255 +++", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_closed_in_time_is_no_finding() {
        let found = of(&format!("{OPEN}7 read(3, \"-\", 9) = 1\n7 close(3) = 0\n{DROP}7 read(0, \"\", 8) = 0\n"));
        assert_eq!(found, Keys { opened: 1, dropped: true, ..Keys::default() });
        // The number is somebody else's afterwards.
        let found = of(&format!(
            "{OPEN}7 close(3) = 0\n7 openat(AT_FDCWD, \"/x\", O_RDWR) = 3\n7 dup(3) = 4\n7 close(3) = 0\n{DROP}7 dup(3) = 4\n"
        ));
        assert_eq!(found, Keys { opened: 1, dropped: true, ..Keys::default() });
        // What could not be opened.
        let absent = "7 openat(AT_FDCWD, \"/etc/ssh/ssh_host_rsa_key\", O_RDONLY) = -1 ENOENT (No such file)\n";
        assert_eq!(of(&format!("{absent}{DROP}")), Keys { dropped: true, ..Keys::default() });
    }

    #[test]
    fn each_hole_is_found() {
        let exposed = |trace: &str| !of(trace).exposed.is_empty();
        assert!(exposed(&format!("{OPEN}{DROP}7 close(3) = 0\n")), "open at the change");
        assert!(exposed(&format!("{OPEN}7 close(3) = -1 EIO (Input/output error) (INJECTED)\n{DROP}")));
        assert!(
            exposed(&format!("{OPEN}7 setresgid(5, 5, 5) = -1 EPERM (x)\n7 close(3) = 0\n")),
            "before a failing one"
        );
        assert!(exposed(&format!("{DROP}{OPEN}7 close(3) = 0\n")), "opened afterwards");
        let in_folder = "7 openat(3, \"extra\", O_RDONLY) = 4\n";
        assert!(exposed(&format!("{in_folder}{DROP}")), "a file of a folder");
        let other = "7 openat(AT_FDCWD, \"/run/keysign.unlogged\", O_RDWR|O_CREAT, 0600) = 4\n";
        assert!(exposed(&format!("{other}{DROP}")), "another file of root's");
        assert!(!exposed(&format!(
            "{other}7 mmap(NULL, 4, PROT_READ, MAP_SHARED, 4, 0) = 0x7f0\n7 close(4) = 0\n{DROP}"
        )));
        assert!(exposed(&format!("7 openat(AT_FDCWD, \"/etc/ssh/keysign.keys.d\", O_DIRECTORY) = 3\n{DROP}")));
        for call in [
            "dup(3) = 4",
            "dup2(3, 9) = 9",
            "fcntl(3, F_DUPFD_CLOEXEC, 3) = 4",
            "sendmsg(3, {}) = 1",
            "mmap(NULL, 399, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f0000000000",
            "clone(child_stack=NULL, flags=SIGCHLD) = 8",
            "execve(\"/bin/sh\", [\"sh\"], 0x1 /* 0 vars */) = 0",
        ] {
            let found = of(&format!("{OPEN}7 {call}\n7 close(3) = 0\n{DROP}"));
            assert_eq!(found.handed_on.len(), 1, "{call} {found:?}");
        }
        for call in [
            "read(0, \"x\", 1) = 1",
            "openat(AT_FDCWD, \"/etc/ssh/ssh_config\", O_RDONLY) = 3",
            "socket(AF_UNIX, 1, 0) = 3",
        ] {
            assert_eq!(of(&format!("7 {call}\n{DROP}")).too_early.len(), 1, "{call}");
            assert_eq!(of(&format!("{DROP}7 {call}\n")).too_early.len(), 0, "{call}");
            // Not before both.
            assert_eq!(of(&format!("7 setresgid(5, 5, 5) = 0\n7 {call}\n")).too_early.len(), 1, "{call}");
            assert_eq!(of(&format!("7 setresuid(5, 5, 5) = -1 EPERM (x)\n7 {call}\n")).too_early.len(), 1, "{call}");
        }
    }
}
