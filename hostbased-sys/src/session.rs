//! A program in a session of its own (setsid(2)), as another user: what a login server starts.
#![allow(clippy::disallowed_types, reason = "it is about processes")]

mod start;

use std::ffi::CString;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use self::start::SignalMask;
use crate::capabilities::drop_capabilities;

pub use start::{Start, Started, start_in_session};

/// The calls whose ids have 32 bits.
#[cfg(not(any(target_arch = "x86", target_arch = "arm", target_arch = "m68k", target_arch = "sparc")))]
mod calls {
    pub(super) use libc::{
        SYS_getgroups as GETGROUPS, SYS_getresgid as GETRESGID, SYS_getresuid as GETRESUID, SYS_setgroups as SETGROUPS,
        SYS_setresgid as SETRESGID, SYS_setresuid as SETRESUID,
    };
}
/// Where the first calls of these names had ids of 16 bits only.
#[cfg(any(target_arch = "x86", target_arch = "arm", target_arch = "m68k", target_arch = "sparc"))]
mod calls {
    pub(super) use libc::{
        SYS_getgroups32 as GETGROUPS, SYS_getresgid32 as GETRESGID, SYS_getresuid32 as GETRESUID,
        SYS_setgroups32 as SETGROUPS, SYS_setresgid32 as SETRESGID, SYS_setresuid32 as SETRESUID,
    };
}

/// No user and no group: for the kernel it means "leave it as it is".
const NOBODY: u32 = u32::MAX;

/// The first descriptor that is not standard input, output or error.
const FIRST_OTHER: RawFd = 3;

/// Whom a program runs as: real, effective and saved ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The user.
    pub user: u32,
    /// The group.
    pub group: u32,
    /// The supplementary groups: these and no others.
    pub groups: Vec<u32>,
}

/// How a program runs besides what [`Command`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOf<'a> {
    /// Whom as; `None`: as this process.
    pub ids: Option<Ids>,
    /// Where it starts: opened with the rights of that user. Where he cannot go there, he starts in `/`.
    pub folder: &'a Path,
    /// Whether its standard input is a terminal that it is to have for its controlling one.
    pub has_terminal: bool,
}

/// Makes the command one that starts in a session of its own, as this user, for good, with no other descriptors than
/// standard input, output and error.
///
/// Between fork and exec, in this order: every signal means what it does by default; a new session; the controlling
/// terminal; every other descriptor is marked to be closed; the supplementary groups, the group, the user, each of them by
/// the kernel's answer; where the user is not root, all capabilities; then the ids are read again and compared, and to become
/// root again is tried and must fail; core dumps are switched off; then the folder. Signals wait meanwhile: with the ids comes
/// the user's right to send some that dump core, and until exec that core would have this process's memory in it.
///
/// When any of this fails, the program is not run, and [`Command::spawn`] returns the error: nothing is ever run with half of
/// it done.
///
/// Do not set ids, groups or a folder in the command itself too: the ids would be taken before, so that these cannot be.
///
/// # Errors
/// `EINVAL` for an id that means none, or a folder with a NUL byte. What fails in the new process is told by
/// [`Command::spawn`]: `EPERM` where this process may not take those ids, or not all of them were taken; else what the kernel
/// says.
pub fn in_session_of(command: &mut Command, session: SessionOf<'_>) -> io::Result<()> {
    let mut steps = Steps::new(session)?;
    let start = move || steps.run();
    // SAFETY: after fork, the child of a process with several threads may only make calls that are async-signal-safe
    // (fork(2), signal-safety(7)). `start` makes system calls and nothing else: all memory that it needs was taken above,
    // it frees none, takes no lock, and does not panic; an error is a number that is kept in the value itself.
    unsafe { command.pre_exec(start) };
    Ok(())
}

/// What the new process does before the program runs, with everything that this needs.
struct Steps {
    identity: Option<Identity>,
    folder: CString,
    has_terminal: bool,
}

impl Steps {
    fn new(SessionOf { ids, folder, has_terminal }: SessionOf<'_>) -> io::Result<Self> {
        let folder = CString::new(folder.as_os_str().as_bytes()).map_err(|_| invalid())?;
        Ok(Self { identity: ids.map(Identity::new).transpose()?, folder, has_terminal })
    }

    /// In the new process: system calls and nothing else.
    fn run(&mut self) -> io::Result<()> {
        default_signals();
        begin_session(self.has_terminal)?;
        close_on_exec()?;
        // A change of ids switches core dumps off only where `fs.suid_dumpable` is 0; systemd-coredump makes it 2.
        let waiting = SignalMask::block_all()?;
        if let Some(identity) = &mut self.identity {
            identity.take()?;
            forbid_core_dumps()?;
        }
        drop(waiting);
        enter(&self.folder)
    }
}

/// The ids, and room to read the groups back into: nothing may be allocated between fork and exec.
struct Identity {
    user: u32,
    group: u32,
    /// In order, each once.
    groups: Vec<u32>,
    /// One longer than the groups, so that one too many shows.
    found: Vec<u32>,
}

impl Identity {
    fn new(Ids { user, group, mut groups }: Ids) -> io::Result<Self> {
        if [user, group].contains(&NOBODY) || groups.contains(&NOBODY) {
            return Err(invalid());
        }
        groups.sort_unstable();
        groups.dedup();
        let found = vec![0; groups.len().saturating_add(1)];
        Ok(Self { user, group, groups, found })
    }

    /// Takes the ids, for good, and proves it. For a process with one thread: the bare calls change the calling thread
    /// alone, and need no lock of the C library.
    fn take(&mut self) -> io::Result<()> {
        let Self { user, group, .. } = *self;
        // SAFETY: the kernel reads as many group ids as the length says, which the vector has; it keeps no pointer.
        done(unsafe { libc::syscall(calls::SETGROUPS, self.groups.len(), self.groups.as_ptr()) })?;
        // SAFETY: three integers; it touches no memory of ours.
        done(unsafe { libc::syscall(calls::SETRESGID, group, group, group) })?;
        // SAFETY: as above.
        done(unsafe { libc::syscall(calls::SETRESUID, user, user, user) })?;
        if user != 0 {
            drop_capabilities()?;
        }
        if self.is_taken()? { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::EPERM)) }
    }

    /// Whether the ids are these, all of them, and root's cannot be had back.
    fn is_taken(&mut self) -> io::Result<bool> {
        let mut users = [NOBODY; 3];
        let [real, effective, saved] = &mut users;
        // SAFETY: the kernel writes one id to each of three places, which are ours and apart.
        done(unsafe { libc::syscall(calls::GETRESUID, real as *mut u32, effective as *mut u32, saved as *mut u32) })?;
        let mut groups = [NOBODY; 3];
        let [real, effective, saved] = &mut groups;
        // SAFETY: as above.
        done(unsafe { libc::syscall(calls::GETRESGID, real as *mut u32, effective as *mut u32, saved as *mut u32) })?;
        // SAFETY: the kernel writes at most as many group ids as the length says, for which the vector has room. It answers
        // EINVAL when there are more.
        let count = unsafe { libc::syscall(calls::GETGROUPS, self.found.len(), self.found.as_mut_ptr()) };
        done(count)?;
        let found = usize::try_from(count).ok().and_then(|count| self.found.get_mut(..count)).unwrap_or_default();
        found.sort_unstable();
        let is_root_again = self.user != 0 && {
            // SAFETY: three integers; NOBODY leaves the real and the saved id as they are.
            let answer = unsafe { libc::syscall(calls::SETRESUID, NOBODY, 0, NOBODY) };
            answer == 0
        };
        Ok(users == [self.user; 3] && groups == [self.group; 3] && *found == *self.groups && !is_root_again)
    }
}

/// Whoever started this process may have ignored signals (nohup(1)); exec keeps that, and the user's programs would too.
fn default_signals() {
    /// `_NSIG`: the highest number.
    const LAST: libc::c_int = 64;
    for signal in 1..=LAST {
        // SAFETY: it takes integers, and the default is no handler of ours. Those that cannot be changed are refused.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// A new session, without a terminal or with that on standard input.
fn begin_session(has_terminal: bool) -> io::Result<()> {
    // SAFETY: setsid() takes nothing and touches no memory of ours.
    done(unsafe { libc::setsid() }.into())?;
    if has_terminal {
        // SAFETY: TIOCSCTTY takes an integer; where standard input is no terminal, or is another session's, the kernel
        // refuses.
        done(unsafe { libc::ioctl(libc::STDIN_FILENO, libc::TIOCSCTTY, 0) }.into())?;
    }
    Ok(())
}

/// Marks every descriptor but the first three to be closed on exec: what Rust opens is marked already, what C libraries open
/// and what the process has inherited may not be. They stay open till then, for one of them tells of a failure.
fn close_on_exec() -> io::Result<()> {
    const EVERY: libc::c_uint = libc::c_uint::MAX;
    // SAFETY: integers only; it touches no memory of ours.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, FIRST_OTHER, EVERY, libc::CLOSE_RANGE_CLOEXEC) };
    match done(answer) {
        // Before Linux 5.11, or in a sandbox that has not heard of the call.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL | libc::EPERM)) => {
            close_each_on_exec()
        }
        other => other,
    }
}

/// The same, one by one. No descriptor has a number above the limit, unless that was lowered since.
fn close_each_on_exec() -> io::Result<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel writes one `rlimit`, for which there is room.
    done(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }.into())?;
    let last = RawFd::try_from(limit.rlim_max).unwrap_or(RawFd::MAX);
    for descriptor in FIRST_OTHER..last {
        // SAFETY: integers only; a number that is not open is answered with EBADF.
        unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(())
}

/// No core dump of this memory, and no tracing, whatever `fs.suid_dumpable` says (PR_SET_DUMPABLE in prctl(2)); a program that
/// is run has memory of its own, for which the kernel sets it anew.
fn forbid_core_dumps() -> io::Result<()> {
    const NONE: libc::c_ulong = 0;
    // SAFETY: integers only; it touches no memory of ours.
    done(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, NONE, NONE, NONE, NONE) }.into())
}

fn enter(folder: &CString) -> io::Result<()> {
    // SAFETY: the path ends with a NUL, and is alive.
    if unsafe { libc::chdir(folder.as_ptr()) } == 0 {
        return Ok(());
    }
    // SAFETY: as above.
    done(unsafe { libc::chdir(c"/".as_ptr()) }.into())
}

/// What a system call answers: -1 is an error.
fn done(answer: libc::c_long) -> io::Result<()> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn invalid() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}

#[cfg(test)]
mod tests;
