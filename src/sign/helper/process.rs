//! Running the helper: posix_spawn(3), which does between fork and exec what a program with threads must not do itself.

use std::ffi::{CStr, CString};
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::HelperError;

/// Most bytes that are kept of what the helper writes; a reply has less than 9 KiB.
const MAX_OUTPUT: usize = 64 * 1024;
/// Most bytes that are kept of what the helper says.
const MAX_ERRORS: usize = 4 * 1024;
/// How often an ended helper is looked for while somebody else holds its pipes open.
const PATIENCE: Duration = Duration::from_millis(50);

/// How soon a helper that has closed its pipes is looked for: it ends within microseconds.
const FIRST_NAP: Duration = Duration::from_micros(20);

/// How the helper ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Status(i32),
    Signal(i32),
    TimedOut,
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) exit: Exit,
    pub(super) output: Vec<u8>,
    pub(super) errors: Vec<u8>,
}

impl From<std::io::Error> for HelperError {
    fn from(error: std::io::Error) -> Self {
        Self::System(Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    }
}

/// Runs the program with `frame` as its input and `connection` as its descriptor 3.
pub(super) fn run(
    path: &Path,
    connection: BorrowedFd<'_>,
    frame: &[u8],
    timeout: Duration,
) -> Result<Outcome, HelperError> {
    let deadline = Instant::now().checked_add(timeout);
    let input = filled_pipe(frame)?;
    let (output, output_end) = std::io::pipe()?;
    let (errors, errors_end) = std::io::pipe()?;
    let ends = [input, above_three(output_end.into())?, above_three(errors_end.into())?];
    let connection = above_three(connection.try_clone_to_owned()?)?;
    let mut child = Child::spawn(path, &ends, &connection)?;
    drop((ends, connection));

    let mut pipes = [Collected::new(output, MAX_OUTPUT), Collected::new(errors, MAX_ERRORS)];
    let mut nap = FIRST_NAP;
    let exit = loop {
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        let ended = child.ended()?;
        if ended.is_none() && left.is_zero() {
            break Exit::TimedOut;
        }
        // What an ended helper wrote is in the pipes by now, so there is nothing to wait for.
        let wait = if ended.is_some() { Duration::ZERO } else { left.min(PATIENCE) };
        let active = collect(&mut pipes, wait)?;
        match ended {
            Some(exit) if !active => break exit,
            // It has closed them, and is about to end.
            None if pipes.iter().all(Collected::is_done) => {
                std::thread::sleep(nap);
                nap = nap.saturating_mul(2).min(PATIENCE);
            }
            _ => {}
        }
    };
    drop(child);
    let [output, errors] = pipes.map(|pipe| pipe.bytes);
    Ok(Outcome { exit, output, errors })
}

/// The reading end of a pipe that holds `bytes` already, and nothing after them. Written before there is a reader that
/// could go away, so no SIGPIPE can come.
fn filled_pipe(bytes: &[u8]) -> Result<OwnedFd, HelperError> {
    let (reader, mut writer) = std::io::pipe()?;
    let size = i32::try_from(bytes.len()).map_err(|_| HelperError::System(Errno::EMSGSIZE))?;
    // A pipe holds 64 KiB unless told otherwise (pipe(7)); where it may not grow, the write below fails.
    if bytes.len() > 64 * 1024 {
        let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(size));
    }
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(HelperError::System)?;
    writer.write_all(bytes)?;
    above_three(reader.into())
}

/// A duplicate above descriptor 3, so that setting up 0 to 3 in the child overwrites no source.
fn above_three(descriptor: OwnedFd) -> Result<OwnedFd, HelperError> {
    let mut descriptor = descriptor;
    let mut held = Vec::new();
    while descriptor.as_raw_fd() <= 3 {
        let next = descriptor.try_clone()?;
        held.push(descriptor);
        descriptor = next;
    }
    Ok(descriptor)
}

/// A running helper; killed and reaped when it goes.
struct Child {
    pid: Pid,
    reaped: Option<Exit>,
}

impl Child {
    fn spawn(path: &Path, ends: &[OwnedFd; 3], connection: &OwnedFd) -> Result<Self, HelperError> {
        let cannot_run = |errno| HelperError::CannotRun { path: path.to_path_buf(), errno };
        let program = CString::new(path.as_os_str().as_bytes()).map_err(|_| cannot_run(Errno::EINVAL))?;
        let mut actions = PosixSpawnFileActions::init().map_err(HelperError::System)?;
        for (source, number) in ends.iter().chain([connection]).zip(0 as RawFd..) {
            // dup2(2) clears close-on-exec on the new number only.
            actions.add_dup2(source.as_raw_fd(), number).map_err(HelperError::System)?;
        }
        let attributes = PosixSpawnAttr::init().map_err(HelperError::System)?;
        let no_environment: [&CStr; 0] = [];
        let pid = posix_spawn(&*program, &actions, &attributes, &[&program], &no_environment).map_err(cannot_run)?;
        Ok(Self { pid, reaped: None })
    }

    /// How it ended; none while it runs.
    fn ended(&mut self) -> Result<Option<Exit>, HelperError> {
        if self.reaped.is_none() {
            self.reaped = match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(_, status)) => Some(Exit::Status(status)),
                Ok(WaitStatus::Signaled(_, signal, _)) => Some(Exit::Signal(signal as i32)),
                Ok(_) | Err(Errno::EINTR) => None,
                // Where SIGCHLD is ignored, nobody knows how it ended; that is no success.
                Err(errno) => return Err(HelperError::System(errno)),
            };
        }
        Ok(self.reaped)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.reaped.is_none() && kill(self.pid, Signal::SIGKILL).is_ok() {
            let _ = waitpid(self.pid, None);
        }
    }
}

/// What came out of a pipe so far.
struct Collected<R> {
    /// None at its end.
    pipe: Option<R>,
    bytes: Vec<u8>,
    cap: usize,
}

impl<R: Read + AsFd> Collected<R> {
    const fn new(pipe: R, cap: usize) -> Self {
        Self { pipe: Some(pipe), bytes: Vec::new(), cap }
    }

    const fn is_done(&self) -> bool {
        self.pipe.is_none()
    }

    /// Takes what is there; more than the cap is thrown away.
    fn take(&mut self) -> Result<(), HelperError> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let mut buffer = [0; 4096];
        match pipe.read(&mut buffer) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                let room = self.cap.saturating_sub(self.bytes.len());
                self.bytes.extend(buffer.iter().take(count.min(room)));
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Waits at most so long for one of the pipes, and takes what is there. False when nothing came.
fn collect<R: Read + AsFd>(pipes: &mut [Collected<R>], wait: Duration) -> Result<bool, HelperError> {
    // Rounded up: a wait of less than a millisecond must not spin.
    let wait = wait.saturating_add(Duration::from_micros(999));
    let wait = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
    let mut polled: Vec<PollFd<'_>> =
        pipes.iter().filter_map(|pipe| Some(PollFd::new(pipe.pipe.as_ref()?.as_fd(), PollFlags::POLLIN))).collect();
    if polled.is_empty() {
        return Ok(false);
    }
    match poll(&mut polled, wait) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(HelperError::System(errno)),
    }
    let ready: Vec<bool> = polled.iter().map(|polled| polled.any().unwrap_or(false)).collect();
    let open = pipes.iter_mut().filter(|pipe| !pipe.is_done());
    for (pipe, _) in open.zip(&ready).filter(|(_, ready)| **ready) {
        pipe.take()?;
    }
    Ok(ready.contains(&true))
}
