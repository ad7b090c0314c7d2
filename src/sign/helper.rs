//! Asking a set-uid helper for a signature: OpenSSH's `ssh-keysign`, or ours, which takes the same frames
//! (OpenSSH: sshconnect2.c `ssh_keysign`).
//!
//! ```no_run
//! use std::os::fd::AsFd;
//! use hostbased::sign::helper::Helper;
//!
//! # fn sign(connection: std::net::TcpStream, data: &[u8]) -> Result<Vec<u8>, hostbased::sign::helper::HelperError> {
//! let answer = Helper::find()?.ask(connection.as_fd(), data)?;
//! # Ok(answer.signature)
//! # }
//! ```
#![allow(
    clippy::disallowed_types,
    reason = "this room runs a program and waits for it no longer than it is told to: std::time::Instant"
)]

mod process;
#[cfg(test)]
mod tests;

use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use thiserror::Error;

use self::process::{Exit, Outcome};
use crate::escape::escape;
use crate::key::Algorithm;
use crate::wire::{
    FRAME_HEADER_BYTES, FrameError, HelperReply, HelperRequest, MAX_ALGORITHM_BYTES, MAX_FRAME_BYTES,
    MAX_SIGNATURE_BYTES, Reader, SignedData, WireError, WireErrorKind, frame_length,
};

/// Where helpers are installed: Red Hat, Debian, BSD and OpenSSH's own default, SUSE and Arch, newer SUSE, local builds,
/// NixOS (whose store cannot hold set-uid files).
const FOLDERS: [&str; 8] = [
    "/usr/libexec/openssh",
    "/usr/lib/openssh",
    "/usr/libexec",
    "/usr/lib/ssh",
    "/usr/libexec/ssh",
    "/usr/local/libexec",
    "/usr/local/lib/openssh",
    "/run/wrappers/bin",
];

/// Under which names: ours first.
const NAMES: [&str; 2] = ["keysign", "ssh-keysign"];

/// How long a helper may take unless told otherwise. It asks the system's resolver, which may take its time.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The number that the connection has in the helper, as `ssh` gives it.
const CONNECTION: u32 = 3;

/// A helper program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    path: PathBuf,
    timeout: Duration,
}

/// What a helper gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The signature blob: string format name, string signature. Its form is checked; whether it verifies is not.
    pub signature: Vec<u8>,
    /// What the helper said on standard error although it signed, escaped; mostly empty. OpenSSH's tells here that the
    /// connection's own address has no name.
    pub notes: String,
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HelperError {
    /// None of the usual places has a helper that may be run.
    #[error("no keysign or ssh-keysign in the usual places: install one, or give its path")]
    NotFound,
    /// The program cannot be run.
    #[error("cannot run {}: {}", escape(.path.as_os_str().as_bytes()), .errno.desc())]
    CannotRun {
        /// The program.
        path: PathBuf,
        /// What the system said.
        errno: Errno,
    },
    /// A pipe or a descriptor could not be made, or not be read.
    #[error("cannot talk to the helper: {}", .0.desc())]
    System(Errno),
    /// The data is longer than a frame.
    #[error("{length} bytes of data are more than a request can have")]
    DataTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The helper took too long, and was killed.
    #[error("the helper gave no answer within {} seconds{}", .limit.as_secs_f32(), because(.reason))]
    Timeout {
        /// How long it had.
        limit: Duration,
        /// What it had said on standard error, escaped.
        reason: String,
    },
    /// The helper says no.
    #[error("the helper refused (exit status {status}){}", because(.reason))]
    Refused {
        /// Its exit status; OpenSSH's and ours use 255.
        status: i32,
        /// What it said on standard error, escaped.
        reason: String,
    },
    /// The helper died of a signal.
    #[error("the helper died of signal {signal}{}", because(.reason))]
    Killed {
        /// The signal's number.
        signal: i32,
        /// What it said on standard error, escaped.
        reason: String,
    },
    /// The helper claims success and wrote no reply, or a part of one.
    #[error("the helper wrote no whole reply")]
    NoReply,
    /// Bytes follow the reply.
    #[error("the helper wrote more than one reply")]
    TrailingBytes,
    /// The reply is not formed as one.
    #[error("the helper's reply: {0}")]
    Reply(#[from] FrameError),
    /// What is in the reply is no signature.
    #[error("the helper's signature: {0}")]
    Signature(#[from] WireError),
    /// The signature is by another algorithm than the data asks for.
    #[error("the helper signed by another algorithm than {}, which the data asks for", .0.name())]
    OtherAlgorithm(Algorithm),
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

impl Helper {
    /// The first helper in the usual places that may be run.
    ///
    /// # Errors
    /// [`HelperError::NotFound`].
    pub fn find() -> Result<Self, HelperError> {
        Self::find_below(Path::new("/"))
    }

    fn find_below(root: &Path) -> Result<Self, HelperError> {
        let places = NAMES.iter().flat_map(|name| FOLDERS.iter().map(move |folder| (folder, name)));
        let mut paths = places.map(|(folder, name)| root.join(folder.trim_start_matches('/')).join(name));
        let runnable = |path: &PathBuf| path.is_file() && access(path, AccessFlags::X_OK).is_ok();
        paths.find(runnable).map(Self::at).ok_or(HelperError::NotFound)
    }

    /// The helper with this path.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), timeout: DEFAULT_TIMEOUT }
    }

    /// Gives the helper another time than [`DEFAULT_TIMEOUT`].
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The program's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has `data` signed for the connection: a socket that is connected to the server, or the pipe of a proxy command.
    ///
    /// Blocks until the helper has ended. It gets the connection as descriptor 3, an empty environment, and of our other
    /// descriptors those that are not closed on exec. Safe in programs with threads.
    ///
    /// # Errors
    /// [`HelperError`].
    pub fn ask(&self, connection: BorrowedFd<'_>, data: &[u8]) -> Result<Answer, HelperError> {
        let frame = HelperRequest { fd: CONNECTION, data }.encode();
        if frame.len() > MAX_FRAME_BYTES.saturating_add(FRAME_HEADER_BYTES) {
            return Err(HelperError::DataTooLong { length: data.len() });
        }
        let Outcome { exit, output, errors } = process::run(&self.path, connection, &frame, self.timeout)?;
        let reason = readable(&errors);
        match exit {
            Exit::Status(0) => Ok(Answer { signature: signature(&output, data)?, notes: reason }),
            Exit::Status(status) => Err(HelperError::Refused { status, reason }),
            Exit::Signal(signal) => Err(HelperError::Killed { signal, reason }),
            Exit::TimedOut => Err(HelperError::Timeout { limit: self.timeout, reason }),
        }
    }
}

/// Longest text of a helper that is shown, in bytes.
const MAX_REASON_BYTES: usize = 1024;

/// A helper's own words on one line.
fn readable(text: &[u8]) -> String {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let shown: Vec<String> = lines.map(|line| escape(line).capped(MAX_REASON_BYTES).to_string()).collect();
    let mut shown = shown.join("; ");
    // Escaped text has one byte a character.
    shown.truncate(MAX_REASON_BYTES);
    shown
}

/// The signature in a reply to `data`: exactly one frame with a signature blob by the algorithm that `data` names.
fn signature(output: &[u8], data: &[u8]) -> Result<Vec<u8>, HelperError> {
    let (header, body) = output.split_first_chunk::<FRAME_HEADER_BYTES>().ok_or(HelperError::NoReply)?;
    let length = frame_length(*header)?;
    if body.len() < length {
        return Err(HelperError::NoReply);
    }
    if body.len() > length {
        return Err(HelperError::TrailingBytes);
    }
    let blob = HelperReply::parse(body)?.signature;
    let mut reader = Reader::new(blob);
    let name = reader.name("signature format name", MAX_ALGORITHM_BYTES)?;
    if reader.string("signature", MAX_SIGNATURE_BYTES)?.is_empty() {
        return Err(WireErrorKind::Empty.of("signature").into());
    }
    reader.finish("signature")?;
    let asked = SignedData::parse(data).ok().and_then(|data| Algorithm::from_name(data.algorithm));
    match asked {
        Some(algorithm) if algorithm.plain().name().as_bytes() != name => Err(HelperError::OtherAlgorithm(algorithm)),
        _ => Ok(blob.to_vec()),
    }
}
