//! Standard output and error that take nothing, or are not what they seem.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::process::{Output, Stdio};

use nix::sys::signal::Signal;

use super::ground::{Ground, Outcome};
use crate::lab::{Ours, Theirs, Whose};

/// Runs the helper with its request and this as its output.
fn into(ground: &Ground, whose: Whose, output: impl Into<Stdio>) -> Output {
    let mut command = ground.command(whose);
    let command = command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(&ground.frame());
    child.wait_with_output().unwrap()
}

#[test]
fn an_output_that_takes_nothing_is_a_refusal() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let full = File::options().write(true).open("/dev/full").unwrap();
            let (reader, nobody_reads) = std::io::pipe().unwrap();
            drop(reader);
            let only_for_reading = File::open("/dev/null").unwrap();
            for (case, output, reason) in [
                ("/dev/full", Stdio::from(full), "No space left on device"),
                ("a pipe that nobody reads", nobody_reads.into(), "Broken pipe"),
                ("for reading only", only_for_reading.into(), "Bad file"),
            ] {
                let outcome = Outcome::of(&into(&ground, whose, output), case);
                // The signal kills OpenSSH's helper. `ssh` hears of that as well.
                if whose == Theirs && case == "a pipe that nobody reads" {
                    assert_eq!(outcome, Outcome::Killed(Signal::SIGPIPE as i32));
                    continue;
                }
                let Outcome::Refused(lines) = &outcome else { panic!("{whose:?} {case}: {outcome:?}") };
                assert_eq!(lines.len(), 2, "{whose:?} {case}: {lines:?}");
                assert!(lines[0].contains("write: ") && lines[0].contains(reason), "{whose:?} {case}: {lines:?}");
                assert_eq!(lines[1], "ssh-keysign: ssh_msg_send failed", "{whose:?} {case}");
            }
        }
    });
}

#[test]
fn a_file_takes_the_answer_where_it_ends() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let good = ground.run(Ours, &ground.frame()).stdout;
        for whose in [Ours, Theirs] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"before").unwrap();
            let output = into(&ground, whose, file.try_clone().unwrap());
            assert!(output.status.success(), "{whose:?} {output:?}");
            file.rewind().unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            assert_eq!(content, [b"before", &good[..]].concat(), "{whose:?}");
        }
    });
}

/// A limit on the size of files, and a file: a refusal, not a death by SIGXFSZ, which would leave no word in the log.
#[test]
fn a_file_that_must_not_grow_is_a_refusal() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let file = tempfile::tempfile().unwrap();
            let mut command = ground.by_shell(whose, "ulimit -f 0; exec \"$@\"");
            let mut child =
                command.stdin(Stdio::piped()).stdout(file.try_clone().unwrap()).stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(&ground.frame()).unwrap();
            let outcome = Outcome::of(&child.wait_with_output().unwrap(), "no file may grow");
            assert_eq!(file.metadata().unwrap().len(), 0, "{whose:?}");
            if whose == Theirs {
                assert_eq!(outcome, Outcome::Killed(Signal::SIGXFSZ as i32));
            } else {
                let lines = ["ssh-keysign: write: File too large", "ssh-keysign: ssh_msg_send failed"];
                assert_eq!(outcome, Outcome::Refused(lines.map(str::to_owned).into()));
            }
            // A pipe does not care.
            let mut command = ground.by_shell(whose, "ulimit -f 0; exec \"$@\"");
            assert!(
                Outcome::of(&super::ground::feed(&mut command, &ground.frame()), "a pipe").is_signed(),
                "{whose:?}"
            );
        }
    });
}

/// Nothing depends on whether its words arrive.
#[test]
fn a_standard_error_that_takes_nothing_changes_nothing() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for input in [&b""[..], &ground.frame()] {
            let expected = ground.run(Ours, input);
            let full = File::options().write(true).open("/dev/full").unwrap();
            let (reader, nobody_reads) = std::io::pipe().unwrap();
            drop(reader);
            for errors in [Stdio::from(full), nobody_reads.into(), Stdio::null()] {
                let mut command = ground.command(Ours);
                let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
                let _ = child.stdin.take().unwrap().write_all(input);
                let output = child.wait_with_output().unwrap();
                assert_eq!((output.status, &output.stdout), (expected.status, &expected.stdout));
            }
        }
    });
}
