//! As root, the ids are really taken; without root, that they cannot be, and the rest.

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread;

use super::*;
use crate::capabilities::keep_only;
use crate::terminal::{TerminalSize, open_terminal};

const USER: u32 = 4711;
const GROUP: u32 = 4721;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn ids(user: u32, group: u32, groups: &[u32]) -> Option<Ids> {
    Some(Ids { user, group, groups: groups.to_vec() })
}

fn shell(script: &str, ids: Option<Ids>) -> io::Result<Output> {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).stdin(Stdio::null());
    in_session_of(&mut command, SessionOf { ids, folder: Path::new("/"), has_terminal: false })?;
    command.output()
}

#[track_caller]
fn says(script: &str, ids: Option<Ids>) -> String {
    let output = shell(script, ids).unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A file that a program would make if it were run.
struct Marker(PathBuf);

impl Marker {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hostbased-sys-{}-{name}", std::process::id()));
        Self(path)
    }

    /// The program must not run, for this reason.
    #[track_caller]
    fn assert_not_run(&self, ids: Option<Ids>, reason: i32) {
        let script = format!("echo ran > {}", self.0.display());
        assert_eq!(shell(&script, ids).unwrap_err().raw_os_error(), Some(reason));
        assert!(!self.0.exists(), "it was run");
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn the_program_has_those_ids_and_no_others() {
    let wanted = ids(USER, GROUP, &[4723, 4722, 4722]);
    if !is_root() {
        Marker::new("not-root").assert_not_run(wanted, libc::EPERM);
        return;
    }
    let status = says("cat /proc/self/status", wanted);
    for line in [
        "Uid:\t4711\t4711\t4711\t4711\n",
        "Gid:\t4721\t4721\t4721\t4721\n",
        "CapInh:\t0000000000000000\n",
        "CapPrm:\t0000000000000000\n",
        "CapEff:\t0000000000000000\n",
        "CapAmb:\t0000000000000000\n",
    ] {
        assert!(status.contains(line), "{line} in {status}");
    }
    let groups = status.lines().find_map(|line| line.strip_prefix("Groups:")).unwrap();
    assert_eq!(groups.trim(), "4722 4723");
}

#[test]
fn a_user_without_other_groups_has_none() {
    if !is_root() {
        Marker::new("not-root-either").assert_not_run(ids(USER, GROUP, &[]), libc::EPERM);
        return;
    }
    assert_eq!(says("id -G", ids(USER, GROUP, &[])), "4721\n");
    // Root is a user like others here, and keeps its capabilities.
    let status = says("id -u; id -G; grep CapEff /proc/self/status", ids(0, 0, &[GROUP]));
    assert!(status.starts_with("0\n0 4721\n") && !status.contains("CapEff:\t0000000000000000"), "{status}");
}

#[test]
fn root_cannot_be_had_back() {
    if !is_root() {
        Marker::new("nothing-to-have-back").assert_not_run(ids(USER, GROUP, &[]), libc::EPERM);
        return;
    }
    // Under this secure bit a change of ids leaves all capabilities, and with them the way back.
    let kept = thread::spawn(|| {
        const SECBIT_NO_SETUID_FIXUP: libc::c_ulong = 1 << 2;
        // SAFETY: integers only.
        let answer = unsafe { libc::prctl(libc::PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) };
        assert_eq!(answer, 0, "{}", io::Error::last_os_error());
        says("cat /proc/self/status", ids(USER, GROUP, &[]))
    });
    let status = kept.join().unwrap();
    for line in ["Uid:\t4711\t4711\t4711\t4711\n", "CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n"] {
        assert!(status.contains(line), "{line} in {status}");
    }
}

/// User 0 without the right to take other ids: each step fails in its turn, and the program is never run.
#[test]
fn what_cannot_be_taken_is_not_run_without() {
    if !is_root() {
        Marker::new("no-right-at-all").assert_not_run(ids(0, 0, &[]), libc::EPERM);
        return;
    }
    const CAP_KILL: u32 = 5;
    const CAP_SETGID: u32 = 6;
    const CAP_SETUID: u32 = 7;
    for (kept, name, wanted) in [
        (CAP_KILL, "nothing", ids(USER, GROUP, &[])),
        (CAP_KILL, "nothing-for-root", ids(0, 0, &[])),
        (CAP_SETUID, "no-groups", ids(USER, GROUP, &[])),
        (CAP_SETUID, "no-groups-for-roots-own", ids(USER, 0, &[])),
        // The groups and the group are taken, the user cannot be.
        (CAP_SETGID, "no-user", ids(USER, GROUP, &[4722])),
    ] {
        let thread = thread::spawn(move || {
            keep_only(kept);
            assert!(is_root());
            Marker::new(name).assert_not_run(wanted, libc::EPERM);
        });
        thread.join().unwrap();
    }
    // With both it is run.
    assert_eq!(says("id -u", ids(USER, GROUP, &[])), "4711\n");
}

#[test]
fn ids_that_mean_none_are_refused_before_anything_is_run() {
    let marker = Marker::new("none");
    for none in [ids(NOBODY, 1, &[]), ids(1, NOBODY, &[]), ids(1, 1, &[2, NOBODY])] {
        marker.assert_not_run(none, libc::EINVAL);
    }
}

/// The proof at the end does not go by the answers of the calls.
#[test]
fn ids_that_were_not_taken_are_seen() {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let numbers = |name: &str| -> Vec<u32> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(|number| number.parse().unwrap()).collect()
    };
    let (user, group, groups) = (numbers("Uid:")[0], numbers("Gid:")[0], numbers("Groups:"));
    let is_taken = |user, group, groups: Vec<u32>| {
        // One too many is an answer of its own: EINVAL.
        Identity::new(Ids { user, group, groups }).unwrap().is_taken().unwrap_or(false)
    };
    assert!(is_taken(user, group, groups.clone()));
    assert!(!is_taken(user + 1, group, groups.clone()));
    assert!(!is_taken(user, group + 1, groups.clone()));
    assert!(!is_taken(user, group, [&groups[..], &[4799]].concat()));
    if let Some((_, fewer)) = groups.split_first() {
        assert!(!is_taken(user, group, fewer.to_vec()));
    }
}

#[test]
fn no_signal_is_ignored() {
    let ignored = |status: String| {
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap().to_owned();
        u64::from_str_radix(&line, 16).unwrap()
    };
    // The C library keeps 32 and 33 for itself.
    let own: u64 = 3 << 31;
    // This process ignores SIGPIPE, as every program of Rust does; std itself puts that right, and no other.
    // SAFETY: integers only; no test sends this signal.
    unsafe { libc::signal(libc::SIGUSR2, libc::SIG_IGN) };
    assert_eq!(ignored(says("cat /proc/self/status", None)) & !own, 0);
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGUSR2, libc::SIG_DFL) };
}

#[test]
fn it_is_a_session_of_its_own_without_a_terminal() {
    // Fields 5 and 6 behind the name: process group and session; 7: the terminal.
    let own = says("read -r pid _ < /proc/self/stat; cut -d' ' -f1,5,6,7 /proc/$$/stat; echo $$", None);
    let (stat, pid) = own.trim().split_once('\n').unwrap();
    assert_eq!(stat, format!("{pid} {pid} {pid} 0"));
}

#[test]
fn the_terminal_on_standard_input_becomes_its_own() {
    let terminal = open_terminal(TerminalSize::default()).unwrap();
    let mut command = Command::new("/bin/sh");
    // Only a controlling terminal can be opened by this name.
    command.args(["-c", "tty; echo there >/dev/tty && cut -d' ' -f7 /proc/$$/stat"]);
    command.stdin(Stdio::from(terminal.theirs));
    let session = SessionOf { ids: None, folder: Path::new("/"), has_terminal: true };
    in_session_of(&mut command, session.clone()).unwrap();
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("/dev/pts/") && !said.ends_with("\n0\n"), "{said} {:?}", output.status);

    let mut command = Command::new("/bin/true");
    command.stdin(Stdio::null());
    in_session_of(&mut command, session).unwrap();
    assert_eq!(command.spawn().unwrap_err().raw_os_error(), Some(libc::ENOTTY));
}

#[test]
fn no_other_descriptor_is_handed_down() {
    const HIGH: RawFd = 200; // a number that no shell takes for itself
    let file = File::open("/dev/null").unwrap();
    // SAFETY: integers only; the duplicate, which stays open on exec, is left open: nobody owns it.
    let number = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD, HIGH) };
    assert!(number >= HIGH);
    let list = "for fd in /proc/$$/fd/*; do echo ${fd##*/}; done";
    let handed_down = Command::new("/bin/sh").args(["-c", list]).stdin(Stdio::null()).output().unwrap();
    let number = number.to_string();
    let has = |text: &str| text.lines().any(|line| line == number);
    assert!(has(&String::from_utf8(handed_down.stdout).unwrap()), "the test proves nothing");
    assert!(!has(&says(list, None)));
    // A thread's descriptors are those of the process, so the way of old kernels is tried in the child.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", list]).stdin(Stdio::null());
    // SAFETY: system calls only.
    unsafe { command.pre_exec(close_each_on_exec) };
    assert!(!has(&String::from_utf8(command.output().unwrap().stdout).unwrap()));
}

#[test]
fn it_starts_in_the_folder_or_in_the_root() {
    let folder = std::env::temp_dir().join(format!("hostbased-sys-{}-home", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let pwd = |ids: Option<Ids>| {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "pwd -P"]).stdin(Stdio::null());
        in_session_of(&mut command, SessionOf { ids, folder: &folder, has_terminal: false }).unwrap();
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    let real = folder.canonicalize().unwrap();
    assert_eq!(pwd(None), real.to_str().unwrap());
    if is_root() {
        // Root could go there, the user cannot: it is he who goes.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(pwd(ids(USER, GROUP, &[])), "/");
    }
    fs::remove_dir(&folder).unwrap();
    assert_eq!(pwd(None), "/");
}
