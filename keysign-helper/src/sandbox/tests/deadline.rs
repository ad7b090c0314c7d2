//! The timer, with less time than it has.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::getrlimit;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::*;
use crate::sandbox::deadline::set;

/// Starts a child and waits until it is stopped.
fn stopped(test: &str, word: &str) -> (Child, Pid) {
    let child = child(test, word).stdout(Stdio::null()).spawn().unwrap();
    let pid = Pid::from_raw(child.id().cast_signed());
    assert_eq!(waitpid(pid, Some(WaitPidFlag::WUNTRACED)), Ok(WaitStatus::Stopped(pid, Signal::SIGSTOP)));
    (child, pid)
}

#[test]
fn a_stopped_process_ends_at_its_deadline() {
    const NAME: &str = "deadline::a_stopped_process_ends_at_its_deadline";
    if let Some(word) = wanted() {
        // What a caller may hand on: every signal blocked, and this one ignored (as the signal of alarm(2) may be).
        SigSet::all().thread_block().unwrap();
        if word == "with" {
            assert_eq!(set(Duration::from_secs(1)), Ok(Outcome::InForce));
        }
        nix::sys::signal::raise(Signal::SIGSTOP).unwrap();
        panic!("it went on");
    }
    let begin = Instant::now();
    let (mut with, with_pid) = stopped(NAME, "with");
    let (mut without, pid) = stopped(NAME, "without");
    let ended = loop {
        let ended = with.try_wait().unwrap();
        if ended.is_some() || begin.elapsed() > Duration::from_secs(30) {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    // Without the timer it would still be there.
    assert!(without.try_wait().unwrap().is_none());
    for pid in [pid, with_pid] {
        let _ = kill(pid, Signal::SIGKILL);
    }
    without.wait().unwrap();
    let _ = with.wait();
    assert_eq!(ended.and_then(|status| status.signal()), Some(Signal::SIGKILL as i32));
}

#[test]
fn it_is_the_time_that_sshd_gives_a_login() {
    assert_eq!(crate::sandbox::deadline::DEADLINE, Duration::from_secs(120));
}

#[test]
fn a_caller_without_pending_signals_to_spare_is_no_way_out() {
    const NAME: &str = "deadline::a_caller_without_pending_signals_to_spare_is_no_way_out";
    if wanted().is_some() {
        let (_, hard) = getrlimit(Resource::RLIMIT_SIGPENDING).unwrap();
        setrlimit(Resource::RLIMIT_SIGPENDING, 0, hard).unwrap();
        assert_eq!(set(Duration::from_secs(100)), Ok(Outcome::Lacking));
        assert_eq!(begin().unwrap().missing.to_string(), "full");
        // Where it cannot be raised, as by a set-gid helper, that is told.
        setrlimit(Resource::RLIMIT_SIGPENDING, 0, 0).unwrap();
        nix::unistd::setuid(nix::unistd::Uid::from_raw(65_534)).unwrap();
        assert_eq!(begin().unwrap().missing.to_string(), "without:deadline");
        done();
    }
    if !nix::unistd::geteuid().is_root() {
        return skipped("a_caller_without_pending_signals_to_spare_is_no_way_out");
    }
    let output = in_a_process(NAME, "begin");
    assert!(is_done(&output), "{output:?}");
}
