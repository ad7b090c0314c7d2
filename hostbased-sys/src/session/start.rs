//! Starting such a program without copying this process first.
//!
//! fork(2) copies the page tables of the whole process, then every page that its other threads write to while the child has
//! not come to exec, and the child throws its copy away at once: for a server with some threads, on two processors, that
//! was more than half of what a login cost (docs/performance.md). Here the child borrows this process's memory till exec,
//! as vfork(2) and posix_spawn(3) do it.

use std::ffi::{CString, OsStr, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::ptr;

use super::{SessionOf, Steps, done, invalid};

/// Bytes of stack for the child until exec; it makes system calls and nothing else.
const STACK: usize = 64 * 1024;

/// The exit status of a child that could not run its program; nobody sees it.
const NOT_RUN: c_int = 127;

/// A program, with everything that it is started with: nothing comes from this process by itself.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The program's file.
    pub program: &'a OsStr,
    /// Its arguments, the first of which is its own name.
    pub arguments: &'a [&'a OsStr],
    /// Its environment.
    pub environment: &'a [(&'a str, &'a OsStr)],
    /// Its standard input, output and error.
    pub stdio: [BorrowedFd<'a>; 3],
}

/// A program that runs.
#[derive(Debug)]
pub struct Started {
    pid: libc::pid_t,
    /// The process itself (pidfd_open(2)), whoever may get its number later.
    process: OwnedFd,
}

impl Started {
    /// Its process id; nobody else's until [`try_wait`](Self::try_wait) has told its end.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid.cast_unsigned()
    }

    /// How it ended, once; `None` while it runs. It does not wait: a signal SIGCHLD tells when to ask again.
    ///
    /// # Errors
    /// `ECHILD` when that was told already.
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        // SAFETY: integers and pointers, for which zeros are a value.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let process = self.process.as_raw_fd().cast_unsigned();
        // SAFETY: the kernel writes one siginfo_t, for which there is room.
        let answer = unsafe { libc::waitid(libc::P_PIDFD, process, &raw mut info, libc::WEXITED | libc::WNOHANG) };
        done(answer.into())?;
        // SAFETY: waitid() fills this field; it stays zero where the process runs.
        if unsafe { info.si_pid() } == 0 {
            return Ok(None);
        }
        // SAFETY: waitid() has filled this field.
        let status = unsafe { info.si_status() };
        // As wait(2) has it: the signal, 0x80 for a core dump, the exit status above.
        Ok(Some(ExitStatus::from_raw(match info.si_code {
            libc::CLD_EXITED => (status & 0xff) << 8,
            libc::CLD_DUMPED => status | 0x80,
            _ => status,
        })))
    }
}

/// Starts a program in a session of its own, as [`in_session_of`](super::in_session_of) has it, step by step. Whoever calls
/// this waits for its end ([`Started::try_wait`]), or the system keeps a place for it as long as this process lives.
///
/// This thread stands still until the program runs; the others go on. In this time the new process has this one's memory,
/// and for the last steps of it the ids of the user. It is safe from him as the process of a set-uid program is: when a
/// process changes its ids, the kernel forbids to trace it and to read its memory (ptrace(2), PR_SET_DUMPABLE in prctl(2)),
/// and then it forbids to dump core itself, before any signal can make it do so. As this holds for the memory, it holds for
/// this process from then on, which makes no core dump any more either. A machine where the first is switched off
/// (`fs.suid_dumpable` is 1, proc(5): "for debugging"), or that cannot be asked for it, is refused. Where he stops or kills
/// the new process in that time, this thread waits or goes on as it would after fork(2).
///
/// # Errors
/// `EINVAL` as in [`in_session_of`](super::in_session_of), and for a NUL byte anywhere; `EPERM` where `fs.suid_dumpable` is 1
/// or not to be read, and ids are to be changed; `ENOSYS` before Linux 5.4, and where a sandbox forbids waitid(2); what the
/// kernel says otherwise, as when there is no such program. Nothing runs then.
pub fn start_in_session(start: &Start<'_>, session: SessionOf<'_>) -> io::Result<Started> {
    if session.ids.is_some() && is_suid_dumpable() {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    if !can_wait_by_descriptor() {
        return Err(io::Error::from_raw_os_error(libc::ENOSYS));
    }
    let mut plan = Plan::new(start, session)?;
    let mut stack = vec![0_u128; STACK / size_of::<u128>()];
    let mut process: c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;

    // A handler of this process must not run in the child, which would run it in this process's memory.
    let mask = SignalMask::block_all()?;
    // SAFETY: `child` runs on a stack of its own, whose end, aligned to 16 bytes, this is. It borrows our memory, and
    // because of CLONE_VFORK this thread goes on only when the child has left that memory, by exec or by its end: until then
    // plan, stack and mask live, and nobody else touches them. What it shares with this thread is what the C library keeps
    // for a thread (errno), and this thread stands still. It allocates nothing and takes no lock: see `Plan::run`.
    let pid = unsafe {
        libc::clone(
            child,
            stack.as_mut_ptr_range().end.cast(),
            flags,
            ptr::from_mut(&mut plan).cast(),
            ptr::from_mut(&mut process),
        )
    };
    let cloned = done(pid.into());
    drop(mask);
    cloned?;
    drop(stack);
    // SAFETY: the kernel has opened it for us in clone(), as it knows CLONE_PIDFD, and nobody else knows it.
    let process = unsafe { OwnedFd::from_raw_fd(process) };
    // SAFETY: a place of ours; read as it is in memory, for the child wrote it where the compiler does not see it.
    let failed = unsafe { ptr::read_volatile(&raw const plan.failed) };
    if failed == 0 {
        return Ok(Started { pid, process });
    }
    let mut status = 0;
    // SAFETY: the kernel writes one integer, for which there is room. The child has nothing left to do but to end.
    while unsafe { libc::waitpid(pid, &raw mut status, 0) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
    Err(io::Error::from_raw_os_error(failed))
}

/// Whether processes that have changed their ids can be traced by their new user; also where that cannot be read.
#[allow(clippy::disallowed_methods, reason = "a setting of the kernel")]
fn is_suid_dumpable() -> bool {
    !std::fs::read("/proc/sys/fs/suid_dumpable").is_ok_and(|value| matches!(value.trim_ascii(), b"0" | b"2"))
}

/// Whether waitid(2) knows `P_PIDFD` (Linux 5.4). Kernels before 5.2 pass over CLONE_PIDFD and give no descriptor at all.
fn can_wait_by_descriptor() -> bool {
    /// A descriptor that no process has.
    const NONE: libc::id_t = c_int::MAX.cast_unsigned();
    // SAFETY: it writes nothing where the pointer is null.
    let answer = unsafe { libc::waitid(libc::P_PIDFD, NONE, ptr::null_mut(), libc::WEXITED | libc::WNOHANG) };
    answer == -1 && io::Error::last_os_error().raw_os_error() == Some(libc::EBADF)
}

/// All that the child needs, made before it is.
struct Plan {
    program: CString,
    /// The strings that the next two point to.
    _strings: Vec<CString>,
    /// With a null pointer behind the last.
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    /// None of them has a number below 3, so that none is overwritten before it is used.
    stdio: [OwnedFd; 3],
    steps: Steps,
    /// The child's error, for the parent.
    failed: c_int,
}

impl Plan {
    fn new(start: &Start<'_>, session: SessionOf<'_>) -> io::Result<Self> {
        let mut strings = Vec::new();
        let mut keep = |bytes: Vec<u8>| -> io::Result<*const c_char> {
            let string = CString::new(bytes).map_err(|_| invalid())?;
            let pointer = string.as_ptr();
            // Its bytes stay where they are when it moves.
            strings.push(string);
            Ok(pointer)
        };
        let mut arguments = Vec::new();
        for argument in start.arguments {
            arguments.push(keep(argument.as_bytes().to_vec())?);
        }
        let mut environment = Vec::new();
        for (name, value) in start.environment {
            environment.push(keep([name.as_bytes(), b"=", value.as_bytes()].concat())?);
        }
        arguments.push(ptr::null());
        environment.push(ptr::null());
        // A duplicate that is made so has a number of 3 or above.
        let [input, output, error] = start.stdio.map(|descriptor| descriptor.try_clone_to_owned());
        Ok(Self {
            program: CString::new(start.program.as_bytes()).map_err(|_| invalid())?,
            _strings: strings,
            arguments,
            environment,
            stdio: [input?, output?, error?],
            steps: Steps::new(session)?,
            failed: 0,
        })
    }

    /// In the child: the steps, then the program. Makes system calls and nothing else, frees nothing and does not panic; an
    /// error is a number that is kept in the value itself.
    fn run(&mut self) -> io::Error {
        for (descriptor, number) in self.stdio.iter().zip(0 as RawFd..) {
            // SAFETY: integers only. The new number is not closed on exec.
            if let Err(error) = done(unsafe { libc::dup2(descriptor.as_raw_fd(), number) }.into()) {
                return error;
            }
        }
        if let Err(error) = self.steps.run() {
            return error;
        }
        // By now every signal means what it does by default.
        if let Err(error) = SignalMask::set_empty() {
            return error;
        }
        // SAFETY: strings that end with a NUL, and lists of such that end with a null pointer; all are alive.
        unsafe { libc::execve(self.program.as_ptr(), self.arguments.as_ptr(), self.environment.as_ptr()) };
        io::Error::last_os_error()
    }
}

/// What runs in the child; returns only where the program does not run.
extern "C" fn child(plan: *mut c_void) -> c_int {
    // SAFETY: it is the plan of `start_in_session`, alive, and nobody else's until this has ended.
    let plan = unsafe { &mut *plan.cast::<Plan>() };
    plan.failed = plan.run().raw_os_error().unwrap_or(libc::EIO);
    NOT_RUN
}

/// The signals that this thread had blocked before it blocked all; it gets them back.
pub(super) struct SignalMask(libc::sigset_t);

impl SignalMask {
    pub(super) fn block_all() -> io::Result<Self> {
        let mut all = Self::empty();
        // SAFETY: it writes one set, for which there is room.
        unsafe { libc::sigfillset(&raw mut all) };
        let mut before = Self::empty();
        // SAFETY: it reads the one set and writes the other.
        let error = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before) };
        if error == 0 { Ok(Self(before)) } else { Err(io::Error::from_raw_os_error(error)) }
    }

    fn set_empty() -> io::Result<()> {
        let empty = Self::empty();
        // SAFETY: it reads one set, and writes none where the pointer is null.
        let error = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const empty, ptr::null_mut()) };
        if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
    }

    fn empty() -> libc::sigset_t {
        // SAFETY: a set is integers, for which zeros are a value: no signal is in it.
        unsafe { std::mem::zeroed() }
    }
}

impl Drop for SignalMask {
    fn drop(&mut self) {
        // SAFETY: it reads one set, which was this thread's own.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, ptr::null_mut()) };
    }
}

#[cfg(test)]
mod tests;
