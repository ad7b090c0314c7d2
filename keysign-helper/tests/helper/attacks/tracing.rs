//! Looking into the helper, as the user who called it: by ptrace(2), /proc and descriptors of processes. The kernel must
//! say no at each moment. Root can, and the same user can with an ordinary process of his: so the test can fail.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::attacker::Attacker;
use super::ground::Ground;
use crate::lab::{Ours, Theirs, Whose};
use crate::privileges::Process;

/// What is tried; each is refused with EPERM or EACCES.
const ATTACKS: [&str; 18] = [
    "mem",
    "environ",
    "maps",
    "smaps",
    "auxv",
    "pagemap",
    "syscall",
    "io",
    "fd",
    "map_files",
    "cwd",
    "exe",
    "root",
    "process_vm_readv",
    "mem-write",
    "pidfd_getfd",
    "ptrace-seize",
    "ptrace-attach",
];

fn assert_closed(attacker: &Attacker, process: u32, moment: &str) {
    for what in ATTACKS {
        let answer = attacker.tries(what, process);
        assert!(["EPERM", "EACCES"].contains(&&*answer), "{moment}: {what}: {answer}");
    }
    // The user may change the limits of a process that is his; OpenSSH's helper has set none that he could not.
    let raised = if moment == "Theirs" { "done" } else { "EPERM" };
    assert_eq!(attacker.tries("core-limit", process), raised, "{moment}");
}

/// Those that leave no trace on the process, so that they can be tried one after the other.
fn harmless() -> impl Iterator<Item = &'static str> {
    ATTACKS.into_iter().filter(|what| !what.starts_with("ptrace"))
}

#[test]
fn an_ordinary_process_is_open_to_its_user() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    let victim = attacker.victim();
    // Until it has said that anyone may trace it, where Yama (LSM) asks for that.
    std::thread::sleep(Duration::from_millis(50));
    for what in harmless() {
        assert_eq!(attacker.tries(what, victim.0.id()), "done", "{what}");
    }
    for what in ["ptrace-seize", "ptrace-attach"] {
        let victim = attacker.victim();
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(attacker.tries(what, victim.0.id()), "done", "{what}");
    }
}

#[test]
fn a_helper_that_waits_for_its_request_is_closed_to_its_caller() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let mut child = super::ground::start(&mut ground.command(whose));
            let process = Process(child.id());
            process.wait_until_it_waits();
            assert_closed(&attacker, child.id(), &format!("{whose:?}"));
            // It may be killed and stopped; that is no harm.
            assert_eq!(attacker.tries("kill-0", child.id()), "done");
            for what in harmless() {
                assert_eq!(attacker.root_tries(what, child.id()), "done", "root: {what}");
            }
            child.stdin.take().unwrap().write_all(&ground.frame()).unwrap();
            assert!(super::ground::Outcome::of(&child.wait_with_output().unwrap(), "after it").is_signed());
        }
    });
}

#[test]
fn a_helper_that_waits_with_its_reply_is_closed_to_its_caller() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[0; 65_536]).unwrap();
        let mut command = ground.command(Ours);
        let mut child = command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::null()).spawn().unwrap();
        drop(command);
        child.stdin.take().unwrap().write_all(&ground.frame()).unwrap();
        Process(child.id()).wait_until_it_waits();
        assert_closed(&attacker, child.id(), "it has signed");
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(all.len() > 65_536 + 64);
    });
}

/// strace holds it at a system call; what the caller may do meanwhile is up to the kernel.
fn held_at(ground: &Ground, whose: Whose, call: &str, work: impl FnOnce(u32)) {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-u", "nobody", "-o", "/dev/null", "-e"]);
    let held = Duration::from_secs(3);
    strace.arg(format!("inject={call}:delay_enter={}:when=1", held.as_micros())).arg(ground.helper(whose));
    let mut strace = strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    let helper = loop {
        let id = strace.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let helper = children.trim().parse::<u32>().ok().filter(|&helper| {
            let status = Process(helper).status();
            let stopped = status.get("State").is_some_and(|state| state.starts_with('t'));
            // Stopped for long, not just from call to call.
            stopped && status.get("Name").is_some_and(|name| name == "ssh-keysign") && {
                let switches = |process: Process| process.status().get("nonvoluntary_ctxt_switches").cloned();
                let voluntary = |process: Process| process.status().get("voluntary_ctxt_switches").cloned();
                let before = (switches(Process(helper)), voluntary(Process(helper)));
                std::thread::sleep(Duration::from_millis(100));
                before == (switches(Process(helper)), voluntary(Process(helper)))
            }
        });
        if let Some(helper) = helper {
            break helper;
        }
        assert!(begin.elapsed() < held, "it is not held at {call}");
    };
    work(helper);
    assert!(begin.elapsed() < held, "it went on meanwhile");
    strace.kill().unwrap();
    strace.wait().unwrap();
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(helper.cast_signed()), nix::sys::signal::SIGKILL);
}

/// Before the drop, between the two changes of ids, and where the kernel has just set the flag against tracing back to
/// what `fs.suid_dumpable` says (prctl(2), PR_SET_DUMPABLE).
#[test]
fn a_helper_on_its_way_is_closed_to_its_caller() {
    let ground = needs_ground!("cc", "strace");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        for (call, ids) in [
            ("setresgid", "65534 0 0 0"),
            ("setresuid", "65534 0 0 0"),
            ("capset", "65534 65534 65534 65534"),
            ("exit_group", "65534 65534 65534 65534"),
        ] {
            held_at(&ground, Ours, call, |helper| {
                assert_eq!(Process(helper).status()["Uid"], ids, "{call}");
                assert_closed(&attacker, helper, call);
                assert_eq!(attacker.root_tries("mem", helper), "done", "{call}");
            });
        }
    });
}
