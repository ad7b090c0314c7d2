//! As root, the ids are really taken; without root, that they cannot be, and the rest.

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;

use super::super::Ids;
use super::*;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Waits for its end: exit status, or the signal's number, negative.
fn wait(started: Started) -> i32 {
    let mut poll = libc::pollfd { fd: started.process.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one pollfd, as the length says.
    assert_eq!(unsafe { libc::poll(&raw mut poll, 1, 60_000) }, 1, "it does not end");
    let status = started.try_wait().unwrap().expect("it has ended");
    assert_eq!(started.try_wait().unwrap_err().raw_os_error(), Some(libc::ECHILD), "no zombie is left");
    status.code().unwrap_or_else(|| -status.signal().unwrap())
}

fn session(ids: Option<Ids>) -> SessionOf<'static> {
    SessionOf { ids, folder: Path::new("/"), has_terminal: false }
}

/// Runs a script: its end, its standard output, its standard error.
fn run(script: &str, ids: Option<Ids>) -> io::Result<(i32, String, String)> {
    let null = File::open("/dev/null").unwrap();
    let mut files = [tempfile(), tempfile()];
    let arguments = ["sh", "-c", script].map(OsStr::new);
    let start = Start {
        program: OsStr::new("/bin/sh"),
        arguments: &arguments,
        environment: &[("ONE", OsStr::new("1"))],
        stdio: [null.as_fd(), files[0].as_fd(), files[1].as_fd()],
    };
    let status = wait(start_in_session(&start, session(ids))?);
    let [output, error] = files.each_mut().map(|file| {
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    });
    Ok((status, output, error))
}

/// A file without a name.
fn tempfile() -> File {
    // SAFETY: the name ends with a NUL.
    let descriptor = unsafe { libc::memfd_create(c"test".as_ptr(), libc::MFD_CLOEXEC) };
    // SAFETY: it was just opened, and is nobody else's.
    File::from(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

#[test]
fn a_program_has_what_it_is_given_and_nothing_else() {
    let seen = run("/usr/bin/env; echo $0; ls /proc/self/fd | wc -l; echo error >&2; exit 7", None).unwrap();
    let (status, output, error) = seen;
    let lines: Vec<&str> = output.lines().filter(|line| !line.starts_with("PWD=") && !line.starts_with("_=")).collect();
    // The fourth descriptor is what ls itself has opened.
    assert_eq!(lines, ["ONE=1", "sh", "4"]);
    assert_eq!((status, error.as_str()), (7, "error\n"));
}

#[test]
fn it_has_a_session_and_signals_of_its_own() {
    let status = "cat /proc/self/status; sed 's/.*) //' /proc/$$/stat";
    let (_, output, _) = run(status, None).unwrap();
    for name in ["SigBlk:\t", "SigIgn:\t"] {
        let mask = output.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        // The C library keeps the signals 32 and 33 to itself, and lets nobody change them.
        assert_eq!(u64::from_str_radix(mask, 16).unwrap() & !(0b11 << 31), 0, "{name}{mask}");
    }
    // Its parent, then group and session: both are it.
    let fields: Vec<&str> = output.lines().last().unwrap().split(' ').collect();
    assert_eq!(fields[1], std::process::id().to_string());
    assert_eq!(fields[2], fields[3]);
    assert_ne!(fields[3], "0");
    // This thread has its own signals back.
    let own = fs::read_to_string("/proc/thread-self/status").unwrap();
    assert!(own.contains("SigBlk:\t0000000000000000\n"), "{own}");
}

#[test]
fn how_it_ends_is_told() {
    assert_eq!(run("kill -TERM $$", None).unwrap().0, -libc::SIGTERM);
    assert_eq!(run("exit 0", None).unwrap().0, 0);
}

#[test]
fn ids_are_taken_for_good_or_nothing_runs() {
    let ids = Ids { user: 4711, group: 4721, groups: vec![4731, 4741] };
    let script = "grep -E '^(Uid|Gid|Groups|CapPrm|CapEff):' /proc/self/status";
    if is_root() {
        let expected = "Uid:\t4711\t4711\t4711\t4711\nGid:\t4721\t4721\t4721\t4721\nGroups:\t4731 4741 \n\
                        CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n";
        assert_eq!(run(script, Some(ids)).unwrap().1, expected);
        // This process has its own.
        assert!(is_root());
    } else {
        assert_eq!(run(script, Some(ids)).unwrap_err().raw_os_error(), Some(libc::EPERM));
    }
    let nobody = Ids { user: u32::MAX, group: 1, groups: vec![] };
    assert_eq!(run("true", Some(nobody)).unwrap_err().raw_os_error(), Some(libc::EINVAL));
}

/// Whose the memory is, that user could send a signal that dumps it. The kernel itself forbids that only where ids change to
/// others, and where `fs.suid_dumpable` is 0; here they do not change.
#[test]
fn with_the_ids_core_dumps_end() {
    if !is_root() {
        return;
    }
    // SAFETY: integers only. The other tests want no core dumps, nor mind that they could be had for a moment.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0) }, 0);
    assert_eq!(run("exit 0", Some(Ids { user: 0, group: 0, groups: vec![] })).unwrap().0, 0);
    // SAFETY: integers only.
    assert_eq!(unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) }, 0);
}

#[test]
fn what_cannot_run_says_why() {
    let null = File::open("/dev/null").unwrap();
    let start = |program: &str, argument: &str, has_terminal| {
        let arguments = [OsStr::new(argument)];
        let stdio = [null.as_fd(); 3];
        let start = Start { program: OsStr::new(program), arguments: &arguments, environment: &[], stdio };
        start_in_session(&start, SessionOf { has_terminal, ..session(None) })
            .map(wait)
            .map_err(|error| error.raw_os_error())
    };
    assert_eq!(start("/bin/true", "true", false), Ok(0));
    assert_eq!(start("/nonexistent", "no", false), Err(Some(libc::ENOENT)));
    assert_eq!(start("/dev/null", "no", false), Err(Some(libc::EACCES)));
    assert_eq!(start("/bin/true", "a\0b", false), Err(Some(libc::EINVAL)));
    assert_eq!(start("/bin/true", "true", true), Err(Some(libc::ENOTTY)), "standard input is no terminal");
}

/// An old kernel does not know how to wait for a descriptor: played by a filter that is the thread's own.
#[test]
fn nothing_runs_where_its_end_could_not_be_told() {
    const NUMBER: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const ANSWER: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let filtered = thread::spawn(|| {
        let step = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
        let mut steps = [
            step(NUMBER, 0, 0),
            step(EQUAL, 1, u32::try_from(libc::SYS_waitid).unwrap()),
            step(ANSWER, 0, libc::SECCOMP_RET_ERRNO | libc::EINVAL.cast_unsigned()),
            step(ANSWER, 0, libc::SECCOMP_RET_ALLOW),
        ];
        let filter = libc::sock_fprog { len: 4, filter: steps.as_mut_ptr() };
        // SAFETY: integers only.
        assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
        // SAFETY: the kernel copies the filter, which is alive and as long as it says.
        assert_eq!(unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) }, 0);
        run("exit 0", None).unwrap_err().raw_os_error()
    });
    assert_eq!(filtered.join().unwrap(), Some(libc::ENOSYS));
}

/// From many threads that write to memory meanwhile, which the children have in common with them.
#[test]
fn many_at_once_from_many_threads() {
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            thread::spawn(move || {
                for round in 0..40 {
                    let mut heap: Vec<String> = (0..200).map(|number| format!("{worker} {round} {number}")).collect();
                    let (status, output, _) = run(&format!("echo {worker} {round}; exit {worker}"), None).unwrap();
                    assert_eq!((status, output), (worker, format!("{worker} {round}\n")));
                    heap.sort();
                    assert_eq!(heap.len(), 200);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
}
