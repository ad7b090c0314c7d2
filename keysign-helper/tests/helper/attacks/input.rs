//! Input that is no request: random, cut, slow, endless, of every length.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use super::differences::name_of;
use super::ground::{Ground, Outcome, as_nobody, framed, start};
use super::random::{Random, SEED};
use crate::lab::{Ours, Theirs, Whose};

/// Asserts that both refuse, for the same reason or with a difference that has a name: that name.
fn both_refuse(ground: &Ground, input: &[u8], case: &str) -> &'static str {
    let [ours, theirs] = [Ours, Theirs].map(|whose| {
        let outcome = Outcome::of(&ground.run(whose, input), &format!("{whose:?} {case}"));
        assert!(matches!(&outcome, Outcome::Refused(lines) if !lines.is_empty()), "{whose:?} {case}: {outcome:?}");
        outcome.last_line().to_owned()
    });
    name_of(&ours, &theirs).unwrap_or_else(|| panic!("{case}: ours: {ours}, theirs: {theirs}"))
}

#[test]
fn random_bytes_are_refused() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for index in 0..100 {
            let mut random = Random::case(index);
            let length = [16, 400, 4096, 70 * 1024][random.below(4)];
            let length = random.below(length + 1);
            let bytes = random.bytes(length);
            let case = format!("seed {SEED:#x} case {index}: {length} bytes");
            assert_eq!(both_refuse(&ground, &bytes, &case), "none", "{case}");
        }
    });
}

/// Random bytes where it looks into them: in a frame of the right length, then behind the version, then as data.
#[test]
fn frames_of_random_bytes_are_refused() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let mut differences = BTreeSet::new();
        for index in 0..150 {
            let mut random = Random::case(1000 + index);
            let length = 1 + random.below(if index % 10 == 0 { 65_000 } else { 500 });
            let bytes = random.bytes(length);
            let frame = |body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat();
            let (kind, input) = match index % 3 {
                0 => ("body", frame(&bytes)),
                1 => ("behind the version", frame(&[&[2][..], &bytes].concat())),
                _ => ("data", framed(&bytes)),
            };
            let case = format!("seed {SEED:#x} case {index}: {length} bytes as {kind}");
            differences.insert(both_refuse(&ground, &input, &case));
        }
        assert_eq!(differences, BTreeSet::from(["none", "limit", "first fault", "frame first"]));
    });
}

/// A valid frame, cut behind each of its bytes: the helper waits for the rest, and the input ends.
#[test]
fn a_frame_that_is_cut_anywhere_is_refused() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let frame = ground.frame();
        for length in 0..frame.len() {
            let case = format!("{length} of {} bytes", frame.len());
            assert_eq!(both_refuse(&ground, &frame[..length], &case), "none", "{case}");
        }
        assert!(ground.ask(Ours, &frame).is_signed());
        assert!(ground.ask(Theirs, &frame).is_signed());
    });
}

/// The same cuts inside the data, with lengths that fit: what is missing is a part of the request, not of the frame.
#[test]
fn data_that_is_cut_anywhere_is_refused() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let data = ground.data();
        for length in 0..data.len() {
            let case = format!("{length} of {} bytes", data.len());
            assert_eq!(both_refuse(&ground, &framed(&data[..length]), &case), "none", "{case}");
        }
    });
}

#[test]
fn a_frame_has_1_to_65536_bytes() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let frame = |length: u32, bytes: usize| [&length.to_be_bytes()[..], &vec![0xff; bytes]].concat();
        let version = "ssh-keysign: bad version: received 255, expected 2";
        let failed = "ssh-keysign: ssh_msg_recv failed";
        for (length, bytes, expected) in [
            (0, 0, failed),
            (0, 100, failed),
            (1, 1, version),
            (65_535, 65_535, version),
            (65_536, 65_536, version),
            (65_536, 65_535, failed),
            (65_537, 65_537, failed),
            (0x7fff_ffff, 100, failed),
            (0x8000_0000, 100, failed),
            (u32::MAX, 70_000, failed),
        ] {
            let outcome = ground.ask(Ours, &frame(length, bytes));
            assert_eq!(outcome.last_line(), expected, "{length} {bytes}");
        }
        // OpenSSH's helper takes 128 MiB, for each of as many processes as one likes.
        assert_eq!(ground.ask(Theirs, &frame(65_537, 65_537)).last_line(), version);
    });
}

/// A valid request, a byte at a time.
#[test]
fn slow_input_is_waited_for() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let mut child = start(&mut ground.command(whose));
            let mut input = child.stdin.take().unwrap();
            for byte in ground.frame() {
                input.write_all(&[byte]).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
            // Its input does not end.
            let mut answer = Vec::new();
            child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(0), "{whose:?}");
            assert!(answer.len() > 64, "{whose:?}");
            drop(input);
        }
    });
}

/// It ends although its input does not, and without having taken more than a frame.
#[test]
fn endless_input_is_not_read_to_its_end() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for (program, arguments) in [("cat", &["/dev/zero"][..]), ("cat", &["/dev/urandom"]), ("yes", &[])] {
            for whose in [Ours, Theirs] {
                let mut source = as_nobody(Command::new(program));
                let source = source.args(arguments).stdout(std::process::Stdio::piped());
                let mut source = source.stderr(std::process::Stdio::null()).spawn().unwrap();
                let begin = Instant::now();
                let mut helper = ground.command(whose);
                let output = helper.stdin(source.stdout.take().unwrap()).output().unwrap();
                let case = format!("{whose:?} {program} {arguments:?}");
                assert!(matches!(Outcome::of(&output, &case), Outcome::Refused(_)), "{case}");
                assert!(begin.elapsed() < Duration::from_secs(5), "{case}");
                source.kill().unwrap();
                source.wait().unwrap();
            }
        }
        // What follows the frame is not looked at: `ssh` may write on.
        let mut input = ground.frame();
        input.resize(1 << 20, b'x');
        let alike = |whose: Whose| ground.ask(whose, &input);
        assert!(alike(Ours).is_signed());
        assert_eq!(alike(Ours), alike(Theirs));
    });
}
