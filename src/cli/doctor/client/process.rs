//! Running a program for no longer than it may take, with nothing on its input.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::escape::escape;

/// How long a program may take: `ssh -G` and the helper ask the system's resolver, which may take its time.
const LIMIT: Duration = Duration::from_secs(30);

/// How often an ended program is looked for.
const NAP: Duration = Duration::from_millis(5);

/// Most bytes that are kept of what a program writes.
const MAX_OUTPUT: u64 = 1 << 20;

/// Longest line of a program that is shown, in bytes.
const MAX_LINE: usize = 512;

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ran {
    /// Whether its exit status is 0.
    pub(super) success: bool,
    /// What it wrote to standard output.
    pub(super) output: Vec<u8>,
    /// What it wrote to standard error, line by line, escaped.
    pub(super) lines: Vec<String>,
}

/// Which environment a program gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    /// None at all.
    Empty,
    /// The user's own, in English: what `ssh` does may depend on it.
    Users,
}

/// Runs it to its end.
///
/// # Errors
/// When it cannot be run, or takes too long; then it is killed.
pub(super) fn run(program: &Path, arguments: &[&str], environment: Environment) -> io::Result<Ran> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if environment == Environment::Empty {
        command.env_clear();
    }
    let mut child = command.env("LC_ALL", "C").spawn()?;
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());
    let deadline = Instant::now().checked_add(LIMIT);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it takes too long"));
        }
        std::thread::sleep(NAP);
    };
    // A program of the program may hold the pipes open for longer.
    let read = |receiver: &Receiver<Vec<u8>>| receiver.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let lines = read(&errors)
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(|line| escape(line).capped(MAX_LINE).to_string())
        .collect();
    Ok(Ran { success: status.success(), output: read(&output), lines })
}

/// Reads to the end, on a thread: two pipes, either of which may fill up.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(MAX_OUTPUT).read_to_end(&mut bytes);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_errors_and_status_are_told() {
        let sh = Path::new("/bin/sh");
        let ran = run(sh, &["-c", "cat; echo out; printf 'a\\033\\n\\nb' >&2; exit 3"], Environment::Empty).unwrap();
        assert!(!ran.success);
        assert_eq!(ran.output, b"out\n");
        assert_eq!(ran.lines, ["a\\x1b", "b"]);
        assert_eq!(run(Path::new("/no/such"), &[], Environment::Users).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_pipe_that_somebody_else_holds_open_is_not_waited_for() {
        let begun = Instant::now();
        let ran = run(Path::new("/bin/sh"), &["-c", "sleep 20 & echo out"], Environment::Users).unwrap();
        assert!(ran.success);
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
}
