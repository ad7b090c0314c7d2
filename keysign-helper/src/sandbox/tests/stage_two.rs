//! Stage two: computing and writing go on; each other call ends the process. More calls, on the installed helper, are made
//! by a tracer (tests/helper/sandbox).

use std::hint::black_box;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::time::Instant;

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, recv, send, sendto, socket};

use super::*;

#[test]
fn computing_and_writing_go_on() {
    const NAME: &str = "stage_two::computing_and_writing_go_on";
    if wanted().is_some() {
        std::panic::set_hook(Box::new(|_| {}));
        let (log, logged) = UnixDatagram::pair().unwrap();
        let stage_one = enter_stage_one();
        assert_eq!(stage_one.missing().to_string(), "full");
        stage_one.seal(&[log.as_fd()]).unwrap();
        // Small and large memory, given back and taken again, more and less of it.
        for length in [16, 70_000, 10_000_000] {
            let mut bytes = black_box(vec![1_u8; length]);
            bytes.resize(length * 2, 2);
            bytes.shrink_to(length / 2);
            assert_eq!(black_box(bytes).len(), length * 2);
        }
        assert!(std::panic::catch_unwind(|| panic!("a bug")).is_err());
        let begin = Instant::now();
        assert_eq!(send(log.as_raw_fd(), b"a line", MsgFlags::MSG_DONTWAIT), Ok(6));
        assert_eq!(nix::unistd::write(std::io::stderr(), b"a word"), Ok(6));
        let _ = begin.elapsed();
        drop((log, logged));
        done();
    }
    let output = in_a_process(NAME, "work");
    assert!(is_done(&output), "{output:?}");
}

fn io_pipe() -> (OwnedFd, OwnedFd) {
    nix::unistd::pipe().unwrap()
}

type Forbidden = fn(&OwnedFd, &UnixDatagram) -> bool;

/// What a sealed process must not do, each by itself.
const FORBIDDEN: [(&str, Forbidden); 17] = [
    ("open", |_, _| std::fs::File::open("/etc/passwd").is_ok()),
    ("open /dev/null", |_, _| std::fs::File::open("/dev/null").is_ok()),
    ("stat", |_, _| std::fs::metadata("/").is_ok()),
    ("read", |pipe, _| nix::unistd::read(pipe, &mut [0; 1]).is_ok()),
    ("write elsewhere", |pipe, _| nix::unistd::write(pipe, b"x").is_ok()),
    ("socket", |_, _| socket(AddressFamily::Unix, SockType::Datagram, SockFlag::empty(), None).is_ok()),
    ("connect", |_, log| log.connect("/dev/log").is_ok()),
    ("send elsewhere", |pipe, _| send(pipe.as_raw_fd(), b"x", MsgFlags::empty()).is_ok()),
    ("send to an address", |_, log| {
        sendto(log.as_raw_fd(), b"x", &UnixAddr::new("/dev/log").unwrap(), MsgFlags::empty()).is_ok()
    }),
    ("receive", |_, log| recv(log.as_raw_fd(), &mut [0; 1], MsgFlags::MSG_DONTWAIT).is_ok()),
    ("exec", |_, _| nix::unistd::execv(c"/bin/true", &[c"true"]).is_ok()),
    ("thread", |_, _| std::thread::Builder::new().spawn(|| {}).is_ok()),
    ("kill", |_, _| nix::sys::signal::kill(nix::unistd::Pid::from_raw(1), None).is_ok()),
    ("dup", |pipe, _| nix::unistd::dup(pipe).is_ok()),
    ("unshare", |_, _| nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER).is_ok()),
    ("prctl", |_, _| prctl::set_dumpable(true).is_ok()),
    ("limits", |_, _| nix::sys::resource::getrlimit(Resource::RLIMIT_CORE).is_ok()),
];

#[test]
fn any_other_call_ends_the_process() {
    const NAME: &str = "stage_two::any_other_call_ends_the_process";
    if let Some(word) = wanted() {
        let (log, _logged) = UnixDatagram::pair().unwrap();
        let (reader, writer) = io_pipe();
        let pipe = if word.starts_with("write") { &writer } else { &reader };
        let forbidden = FORBIDDEN.iter().find(|(name, _)| *name == word).map(|(_, call)| call);
        enter_stage_one().seal(&[log.as_fd()]).unwrap();
        say("sealed");
        if let Some(call) = forbidden {
            let _ = call(pipe, &log);
        }
        done();
    }
    for (name, _) in FORBIDDEN {
        let output = in_a_process(NAME, name);
        assert!(died_by_sigsys(&output) && output.stdout.ends_with(b"sealed"), "{name}: {output:?}");
    }
    let output = in_a_process(NAME, "nothing");
    assert!(is_done(&output), "{output:?}");
}
