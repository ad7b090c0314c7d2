//! Each stage in a process of its own: there is no way back out of one.

mod deadline;
mod limits;
mod stage_one;
mod stage_two;

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output};

use nix::sys::resource::{Resource, setrlimit};

use super::*;
use crate::test_support::skipped;

/// Says what a child process does.
const CHILD: &str = "KEYSIGN_TEST_SANDBOX";

/// What this process was started for by [`in_a_process`], if it was.
fn wanted() -> Option<String> {
    std::env::var(CHILD).ok()
}

/// A command that runs the test of this name again, alone, and tells it what to do.
fn child(test: &str, word: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", "--test-threads=1", &format!("sandbox::tests::{test}")]).env(CHILD, word);
    command
}

fn in_a_process(test: &str, word: &str) -> Output {
    child(test, word).output().unwrap()
}

/// Without allocating, and by the calls that stage two has.
fn say(text: &str) {
    assert_eq!(nix::unistd::write(std::io::stdout(), text.as_bytes()), Ok(text.len()));
}

/// Ends a child process whose work is done.
fn done() -> ! {
    say("done");
    hostbased_sys::end_at_once(7)
}

fn is_done(output: &Output) -> bool {
    output.status.code() == Some(7) && output.stdout.ends_with(b"done")
}

fn died_by_sigsys(output: &Output) -> bool {
    output.status.signal() == Some(nix::libc::SIGSYS)
}

fn enter_stage_one() -> StageOne {
    begin().unwrap().confine(&RealUser::drop_privileges().unwrap()).unwrap()
}
