//! A caller who stalls: he may keep the helper waiting for ten seconds, with a key in its memory, and no longer.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::ground::{Ground, Outcome, start};
use crate::lab::{Ours, Theirs, Whose};

/// Asserts that the helper gives up after ten seconds, with this reason.
fn assert_given_up(child: Child, begin: Instant, reasons: [&str; 2], case: &str) {
    let output = child.wait_with_output().unwrap();
    let took = begin.elapsed();
    let expected = Outcome::Refused(reasons.map(|reason| format!("ssh-keysign: {reason}")).into());
    assert_eq!(Outcome::of(&output, case), expected, "{case}");
    assert!(took < Duration::from_secs(30), "{case}: {took:?}");
}

/// With a pipe for its input that has these bytes in it, and stays open.
fn with_input(ground: &Ground, whose: Whose, bytes: &[u8]) -> (Child, std::process::ChildStdin) {
    let mut child = start(&mut ground.command(whose));
    let mut input = child.stdin.take().unwrap();
    input.write_all(bytes).unwrap();
    (child, input)
}

#[test]
fn a_caller_who_stalls_is_not_waited_for() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let frame = ground.frame();
        let begin = Instant::now();
        let stalled = [&b""[..], &frame[..3], &frame[..40], &frame[..frame.len() - 1]];
        let ours = stalled.map(|bytes| with_input(&ground, Ours, bytes));
        let (mut theirs, _their_input) = with_input(&ground, Theirs, b"");
        // One who never stops sending, and never comes to the end.
        let (slow, mut slow_input) = with_input(&ground, Ours, b"");
        // One who does not take the reply.
        let (_reader, mut full) = std::io::pipe().unwrap();
        full.write_all(&[0; 65_536]).unwrap();
        let mut command = ground.command(Ours);
        let mut not_taken = command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        drop(command);
        not_taken.stdin.take().unwrap().write_all(&frame).unwrap();

        let bytes = frame.iter().cycle();
        for byte in bytes.take_while(|_| begin.elapsed() < Duration::from_secs(15)) {
            // Never the whole of it: as long a frame as there can be.
            let begun = if begin.elapsed() < Duration::from_millis(200) { &[0, 1, 0, 0][..] } else { &[*byte] };
            if slow_input.write_all(begun).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let late = ["the request was not there within 10 seconds", "ssh_msg_recv failed"];
        for ((child, _input), bytes) in ours.into_iter().zip(stalled) {
            assert_given_up(child, begin, late, &format!("{} bytes", bytes.len()));
        }
        assert_given_up(slow, begin, late, "slow");
        assert_given_up(not_taken, begin, ["write: Connection timed out", "ssh_msg_send failed"], "a full pipe");
        assert!(begin.elapsed() > Duration::from_secs(9), "not at once: {:?}", begin.elapsed());
        // OpenSSH's helper waits on, for as long as the machine runs.
        assert_eq!(theirs.try_wait().unwrap(), None);
        theirs.kill().unwrap();
        theirs.wait().unwrap();
    });
}
