//! Signals, which the caller may send and block: the helper signs, or it ends without an answer.

use std::cell::Cell;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::ground::{Ground, Outcome, as_nobody, start};
use super::random::{Random, SEED};
use crate::lab::{Ours, Theirs};
use crate::privileges::Process;

fn send(child: &Child, signal: Signal) {
    // It may have ended; until it is waited for, its number is nobody else's.
    let _ = kill(Pid::from_raw(child.id().cast_signed()), signal);
}

/// Starts the helper with its whole request, and waits for up to so long.
fn started(ground: &Ground, random: &mut Random, longest: Duration) -> Child {
    let mut child = start(&mut ground.command(Ours));
    child.stdin.take().unwrap().write_all(&ground.frame()).unwrap();
    std::thread::sleep(longest.mul_f64(f64::from(u32::try_from(random.below(1000)).unwrap()) / 1000.0));
    child
}

/// How long a run takes here, and its answer.
fn measured(ground: &Ground) -> (Duration, Output) {
    let run = || {
        let begin = Instant::now();
        let output = ground.run(Ours, &ground.frame());
        (begin.elapsed(), output)
    };
    (0..10).map(|_| run()).min_by_key(|(time, _)| *time).unwrap()
}

#[test]
fn stopped_and_continued_at_any_moment_it_signs() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let (time, good) = measured(&ground);
        let good = Outcome::of(&good, "undisturbed");
        let stopped = Cell::new(0);
        for index in (0..800).take_while(|index| *index < 80 || stopped.get() < 5) {
            let child = started(&ground, &mut Random::case(3000 + index), time);
            send(&child, Signal::SIGSTOP);
            std::thread::sleep(Duration::from_millis(1));
            let is = Process(child.id()).status().get("State").is_some_and(|state| state.starts_with('T'));
            stopped.set(stopped.get() + usize::from(is));
            send(&child, Signal::SIGCONT);
            let case = format!("seed {SEED:#x} case {index}");
            assert_eq!(Outcome::of(&child.wait_with_output().unwrap(), &case), good, "{case}");
        }
        assert!(stopped.get() >= 5, "it is stopped on the way: {stopped:?}");
    });
}

#[test]
fn killed_at_any_moment_it_gives_a_whole_answer_or_none() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let (time, good) = measured(&ground);
        let answers = [const { Cell::new(0) }; 2];
        // Until both has happened often enough: a machine that has much to do is slower than it was when measured.
        for index in (0..1200).take_while(|index| *index < 120 || answers.iter().any(|count| count.get() < 5)) {
            let longest = time * (2 + u32::try_from(index / 60).unwrap());
            let child = started(&ground, &mut Random::case(4000 + index), longest);
            send(&child, Signal::SIGKILL);
            let output = child.wait_with_output().unwrap();
            let case = format!("seed {SEED:#x} case {index}: {output:?}");
            assert!(output.status.signal() == Some(9) || output.status.code() == Some(0), "{case}");
            assert!(output.stdout.is_empty() || output.stdout == good.stdout, "{case}");
            assert!(output.stderr.is_empty(), "{case}");
            answers[usize::from(output.stdout.is_empty())].update(|count| count + 1);
        }
        assert!(answers.iter().all(|count| count.get() >= 5), "both happens: {answers:?}");
    });
}

/// The caller's blocked and ignored signals are inherited.
#[test]
fn blocked_and_ignored_signals_change_nothing() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        for option in ["--block-signal", "--ignore-signal", "--default-signal"] {
            for whose in [Ours, Theirs] {
                let mut command = as_nobody(std::process::Command::new("env"));
                command.arg(option).arg(ground.helper(whose));
                let case = format!("{option} {whose:?}");
                let output = super::ground::feed(&mut command, &ground.frame());
                assert_eq!(Outcome::of(&output, &case), good, "{case}");
                let refusal = Outcome::of(&super::ground::feed(&mut command, b""), &case);
                assert_eq!(refusal, Outcome::Refused(vec!["ssh-keysign: ssh_msg_recv failed".to_owned()]), "{case}");
            }
        }
    });
}
