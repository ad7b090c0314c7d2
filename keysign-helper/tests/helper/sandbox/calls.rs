//! The system calls of one run, as strace(1) shows them, and as SECURITY.md lists them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::attacks::ground::Outcome;
use crate::attacks::trace::{self, Line};
use crate::lab::Ours;

const SECURITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../SECURITY.md");

/// The parts of a run, by their names in SECURITY.md.
const PARTS: [&str; 4] = ["before `main`, and as root", "giving up the privileges", "stage one", "stage two"];

/// Names of calls.
type Calls = BTreeSet<String>;

/// The calls of each part.
fn parts(lines: &[Line<'_>]) -> [Calls; 4] {
    let mut parts: [Calls; 4] = Default::default();
    let mut part = 0;
    for line in lines {
        // The first call that takes a right away; what follows the filters comes behind the call that installs one.
        if part == 0 && line.name == "setresgid" {
            part = 1;
        }
        parts[part].insert(line.name.to_owned());
        if line.name == "seccomp" && line.result == Some(0) {
            part += 1;
        }
    }
    parts
}

/// What SECURITY.md lists for this part: what each run shows, and what may also appear. A row is
/// `| part | calls | calls |`, each call in backticks.
fn listed(text: &str, part: &str) -> (Calls, Calls) {
    let section = text.split("\n## ").find(|section| section.starts_with("The system calls of one run\n")).unwrap();
    let row = section.lines().find(|line| line.starts_with(&format!("| {part} |"))).unwrap_or_else(|| panic!("{part}"));
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    let calls = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    (calls(cells[1]), calls(cells[2]))
}

#[test]
fn the_calls_of_one_run_are_those_that_are_listed() {
    let ground = needs_ground!("strace");
    let text = fs::read_to_string(Path::new(SECURITY)).unwrap();
    let traced = ground.lab.inside(|| trace::run(&ground, Ours, &[], &[], &ground.frame()));
    assert!(Outcome::of(&traced.output, "traced").is_signed());
    let lines = trace::lines(&traced.text, ground.helper(Ours));
    let mut wrong = Vec::new();
    for (part, seen) in PARTS.iter().zip(parts(&lines)) {
        let (always, sometimes) = listed(&text, part);
        let new: Vec<_> = seen.iter().filter(|call| !always.contains(*call) && !sometimes.contains(*call)).collect();
        let gone: Vec<_> = always.difference(&seen).collect();
        if !new.is_empty() || !gone.is_empty() {
            wrong.push(format!("{part}: new {new:?}, gone {gone:?}, seen {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Where keys are decoded, no file, socket or program is in reach.
    let sealed = &parts(&lines)[3];
    for call in ["open", "openat", "socket", "connect", "execve", "clone", "clone3", "fork", "read"] {
        assert!(!sealed.contains(call), "{call}");
    }
}

/// The order of work, by calls of which each shows a step.
#[test]
fn the_steps_come_in_their_order() {
    let ground = needs_ground!("strace");
    let traced = ground.lab.inside(|| trace::run(&ground, Ours, &[], &[], &ground.frame()));
    let lines = trace::lines(&traced.text, ground.helper(Ours));
    let steps: [(&str, &str); 16] = [
        ("prlimit64", "RLIMIT_CORE, {rlim_cur=0, rlim_max=0}"),
        ("prctl", "PR_SET_DUMPABLE, SUID_DUMP_DISABLE"),
        ("prlimit64", "RLIMIT_NPROC, {rlim_cur=0, rlim_max=0}"),
        ("prctl", "PR_SET_NO_NEW_PRIVS, 1"),
        ("timer_create", "sigev_signo=SIGKILL"),
        ("timer_settime", "it_value={tv_sec=120, tv_nsec=0}"),
        ("openat", "/ssh_host_ed25519_key"),
        ("setresgid", "65534, 65534, 65534"),
        ("setresuid", "65534, 65534, 65534"),
        ("prctl", "PR_SET_DUMPABLE, SUID_DUMP_DISABLE"),
        ("landlock_restrict_self", ""),
        ("seccomp", "SECCOMP_SET_MODE_FILTER"),
        ("read", "0, "),
        ("landlock_restrict_self", ""),
        ("seccomp", "SECCOMP_SET_MODE_FILTER"),
        ("write", "1, "),
    ];
    let mut rest = lines.iter();
    for (name, arguments) in steps {
        let found = rest.any(|line| line.name == name && line.arguments.contains(arguments));
        assert!(found, "{name}({arguments}) at its place in\n{}", traced.text);
    }
    // Of those that must not come early, none did.
    let before = |until: &str| lines.iter().take_while(|line| line.name != until).collect::<Vec<_>>();
    assert!(before("seccomp").iter().all(|line| !(line.name == "read" && line.arguments.starts_with("0, "))));
    assert!(before("seccomp").iter().all(|line| !["socket", "connect"].contains(&line.name)));
    assert!(before("timer_settime").iter().all(|line| !line.arguments.contains("ssh_host_")));
}
