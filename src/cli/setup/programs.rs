//! Programs of this machine, run by root: found in fixed places, with an environment of ours, and for a bounded time.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "asks ssh and sshd what they make of a configuration, and runs dpkg's own tools; the clock bounds the wait"
)]

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::escape::escape;

/// Where programs are. Not searched for in PATH: this runs as root.
const FOLDERS: [&str; 6] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/// As long as any of them may take; ssh may ask a slow DNS for names, and a key of 3072 bits takes a second.
const LIMIT: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(2);

/// Most that is read of what a program says, in bytes.
const MOST: u64 = 1 << 20;

/// Why a program did not do its work.
#[derive(Debug, Error)]
pub(in crate::cli) enum RunError {
    #[error("cannot run {program}: {error}")]
    Start { program: String, error: io::Error },
    #[error("{program} does not end within {} s", LIMIT.as_secs())]
    Late { program: String },
    #[error("{command} fails: {said}")]
    Failed { command: String, said: String },
}

/// What a program said.
pub(super) struct Said {
    pub(super) success: bool,
    pub(super) output: Vec<u8>,
    pub(super) error: Vec<u8>,
}

impl Said {
    /// Its complaint, escaped: all lines of it.
    pub(super) fn words(&self) -> String {
        let words = if self.error.trim_ascii().is_empty() { &self.output } else { &self.error };
        let lines =
            words.trim_ascii().split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        lines.take(16).map(|line| escape(line).to_string()).collect::<Vec<_>>().join("; ")
    }
}

/// The place of a program of this machine.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// Runs a program to its end.
///
/// # Errors
/// [`RunError::Start`], [`RunError::Late`].
pub(super) fn run(program: &Path, arguments: &[String]) -> Result<Said, RunError> {
    let shown = || escape(program.as_os_str().as_encoded_bytes()).to_string();
    let start = |error| RunError::Start { program: shown(), error };
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let (output, error) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let success = wait(&mut child).map_err(start)?;
    let Some(success) = success else { return Err(RunError::Late { program: shown() }) };
    Ok(Said { success, output: output.join().unwrap_or_default(), error: error.join().unwrap_or_default() })
}

/// The same for a program that must succeed.
///
/// # Errors
/// [`RunError`].
pub(super) fn must_run(program: &Path, arguments: &[String]) -> Result<Vec<u8>, RunError> {
    let said = run(program, arguments)?;
    if said.success {
        return Ok(said.output);
    }
    let words = [program.to_string_lossy().into_owned()].into_iter().chain(arguments.iter().cloned());
    let command = escape(&words.collect::<Vec<_>>().join(" ")).to_string();
    Err(RunError::Failed { command, said: said.words() })
}

fn reader(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    spawn(move || {
        let mut bytes = Vec::new();
        // What cannot be read is nothing that could be shown.
        let _ = stream.map(|stream| stream.take(MOST).read_to_end(&mut bytes));
        bytes
    })
}

/// Whether it succeeded; none where it did not end in time, and was ended.
fn wait(child: &mut Child) -> io::Result<Option<bool>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        sleep(PAUSE);
    }
}
