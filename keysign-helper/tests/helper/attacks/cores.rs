//! Core dumps: the helper leaves none, whatever the caller's limits say and whatever signal it gets.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::attacker::Attacker;
use crate::lab::Ours;
use crate::privileges::Process;

/// Signals that dump core by default (signal(7)).
const SIGNALS: [Signal; 10] = [
    Signal::SIGQUIT,
    Signal::SIGABRT,
    Signal::SIGSEGV,
    Signal::SIGBUS,
    Signal::SIGILL,
    Signal::SIGFPE,
    Signal::SIGTRAP,
    Signal::SIGSYS,
    Signal::SIGXCPU,
    Signal::SIGXFSZ,
];

/// Where a shell starts things in the background, they inherit SIGINT and SIGQUIT ignored.
const UNLIMITED: &str = "ulimit -c unlimited; exec env --default-signal";

/// Sends the signal, a few times (std looks at a SIGSEGV or SIGBUS first, and lets the next one through). Gives the signal
/// that ended the process, and whether the kernel says that it dumped core; none while it lives.
fn end(child: &mut Child, signal: Signal) -> Option<(Option<i32>, bool)> {
    let process = Pid::from_raw(child.id().cast_signed());
    for _ in 0..5 {
        kill(process, signal).unwrap();
        for _ in 0..20 {
            std::thread::sleep(std::time::Duration::from_millis(2));
            if let Some(status) = child.try_wait().unwrap() {
                return Some((status.signal(), status.core_dumped()));
            }
        }
    }
    None
}

#[test]
fn no_signal_makes_a_core_dump() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    let folder = ground.lab.etc("").with_file_name("cores");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    let unlimited = |mut command: Command| {
        command.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let files = || fs::read_dir(&folder).unwrap().count();
    ground.lab.inside(|| {
        for signal in SIGNALS {
            let mut child = unlimited(ground.by_shell(Ours, &format!("{UNLIMITED} \"$@\"")));
            Process(child.id()).wait_until_it_waits();
            // That one is ignored: a limit on the size of files is no way to kill it.
            let expected = (signal != Signal::SIGXFSZ).then_some((Some(signal as i32), false));
            assert_eq!(end(&mut child, signal), expected, "{signal}");
            drop(child.stdin.take());
            child.wait().unwrap();
            assert_eq!(files(), 0, "{signal}");
        }
    });
    // The same for an ordinary process: the kernel says that it dumped, wherever core_pattern (core(5)) put it.
    for signal in SIGNALS {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{UNLIMITED} \"$0\" wait")]).arg(attacker.path());
        command.uid(crate::lab::NOBODY).gid(crate::lab::NOBODY);
        let mut child = unlimited(command);
        // The shell before it had other limits.
        let runs = || fs::read_link(format!("/proc/{}/exe", child.id())).is_ok_and(|exe| exe == attacker.path());
        while !runs() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert_eq!(end(&mut child, signal), Some((Some(signal as i32), true)), "{signal}");
    }
}
