//! Every reason not to sign, and what the caller is told: what ours knows beyond OpenSSH's helper, and last OpenSSH's own
//! line, for people and programs know it there.

use std::fmt::Write as _;

use hostbased::key::PublicKey;
use hostbased::sign::{RequestRefusal, SignError};
use hostbased::wire::{FrameError, WireError, WireErrorKind};
use nix::errno::Errno;
use thiserror::Error;

use crate::config::ConfigError;
use crate::descriptor::DescriptorProblem;
use crate::groups::GroupsError;
use crate::key_files::KeyFolderError;
use crate::privilege::DropError;
use crate::request::ReceiveError;
use crate::sandbox::{Missing, SandboxError};
use crate::settings::{NotAllowed, SETTINGS_FILE, SettingsError};

/// What a refusal says beyond OpenSSH's line, a line each.
pub(crate) type Details = Vec<String>;

/// Why nothing was signed. Steps 1 to 11 of OpenSSH's helper name no program in their texts, those from reading the
/// request on do (ssh-keysign.c `main`, log.c).
#[derive(Debug, Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    Sandbox(#[from] SandboxError),
    #[error("cannot clear the environment: {0}")]
    Environment(std::io::ErrorKind),
    #[error("{0}")]
    Drop(#[from] DropError),
    #[error("getpwuid failed")]
    NoAccount,
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("ssh-keysign not enabled in /etc/ssh/ssh_config")]
    NotEnabled(Details),
    #[error("StrictSandbox in {SETTINGS_FILE}, and a protection is missing: {0}")]
    SandboxIncomplete(Missing),
    #[error("{0}")]
    Groups(#[from] GroupsError),
    #[error("{0}")]
    NotAllowed(#[from] NotAllowed),
    #[error("{0}")]
    KeyFolder(#[from] KeyFolderError),
    #[error("could not open any host key")]
    NoKeyOpened(Details),
    #[error("no hostkey found")]
    NoKeyUsable(Details),
    #[error("ssh_msg_recv failed")]
    Receive(#[from] ReceiveError),
    #[error("{}", frame_text(.0))]
    Frame(#[from] FrameError),
    #[error("{}", descriptor_text(.0))]
    Descriptor(#[from] DescriptorProblem),
    #[error("{}", request_text(.0))]
    Request(#[from] RequestRefusal),
    #[error("no matching hostkey found for key {} {}", .0.key_type().short_name(), .0.fingerprint())]
    NoMatch(Box<PublicKey>, Details),
    #[error("sshkey_sign failed: {0}")]
    Sign(#[from] SignError),
    #[error("ssh_msg_send failed")]
    Send(Errno),
    #[error("internal error")]
    Panic,
}

impl Refusal {
    /// The whole text, lines ended by line feeds. `program` is the name that the helper was called by.
    pub(crate) fn text(&self, program: &str) -> String {
        let mut text = String::new();
        for detail in self.details() {
            let _ = writeln!(text, "{program}: {detail}");
        }
        let prefix = if self.names_program() { format!("{program}: ") } else { String::new() };
        let _ = writeln!(text, "{prefix}{self}");
        text
    }

    /// The word for it in the audit line. Words stay as they are: people and programs look for them.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Sandbox(_) => "sandbox",
            Self::Environment(_) => "environment",
            Self::Drop(_) => "privileges",
            Self::NoAccount => "no-account",
            Self::Config(_) => "ssh-config",
            Self::Settings(_) => "settings",
            Self::NotEnabled(_) => "not-enabled",
            Self::SandboxIncomplete(_) => "sandbox-incomplete",
            Self::Groups(_) => "groups",
            Self::NotAllowed(NotAllowed::User) => "user-not-allowed",
            Self::NotAllowed(NotAllowed::Group) => "group-not-allowed",
            Self::NotAllowed(NotAllowed::ServerUser) => "server-user-not-allowed",
            Self::NotAllowed(NotAllowed::Algorithm) => "algorithm-not-allowed",
            Self::KeyFolder(_) => "key-folder",
            Self::NoKeyOpened(_) => "no-key-opened",
            Self::NoKeyUsable(_) => "no-key-usable",
            Self::Receive(ReceiveError::Ended) => "input-ended",
            Self::Receive(ReceiveError::TimedOut) => "input-timed-out",
            Self::Receive(ReceiveError::Read(_)) => "input-unreadable",
            Self::Receive(ReceiveError::Length(_)) => "frame-length",
            Self::Frame(_) => "frame-malformed",
            Self::Descriptor(problem) => problem.code(),
            Self::Request(refusal) => request_code(refusal),
            Self::NoMatch(..) => "no-matching-key",
            Self::Sign(_) => "signing-failed",
            Self::Send(_) => "reply-not-taken",
            Self::Panic => "internal-error",
        }
    }

    fn names_program(&self) -> bool {
        match self {
            Self::Drop(_)
            | Self::NoAccount
            | Self::Config(_)
            | Self::NotEnabled(_)
            | Self::NoKeyOpened(_)
            | Self::NoKeyUsable(_) => false,
            Self::Request(refusal) => parse_failure(refusal).is_none(),
            _ => true,
        }
    }

    fn details(&self) -> Details {
        match self {
            Self::NotEnabled(details)
            | Self::NoKeyOpened(details)
            | Self::NoKeyUsable(details)
            | Self::NoMatch(_, details) => details.clone(),
            // OpenSSH says nothing more when the input just ends.
            Self::Receive(ReceiveError::Ended) => Vec::new(),
            Self::Receive(error) => vec![error.to_string()],
            Self::Frame(FrameError::Field(error)) => vec![error.to_string()],
            Self::Descriptor(DescriptorProblem::Number(_)) => Vec::new(),
            Self::Descriptor(problem) => vec![problem.to_string()],
            // What does not parse at all is told by OpenSSH's line.
            Self::Request(refusal) if parse_failure(refusal).is_none() => vec![refusal.to_string()],
            Self::Send(errno) => vec![format!("write: {}", errno.desc())],
            _ => Vec::new(),
        }
    }
}

/// OpenSSH's text for a frame that does not parse (ssh-keysign.c; ssherr.c).
fn frame_text(error: &FrameError) -> String {
    match error {
        FrameError::Version { received } => format!("bad version: received {received}, expected 2"),
        // What OpenSSH ignores.
        FrameError::Field(WireError { kind: WireErrorKind::TrailingBytes { .. }, .. }) => {
            "not a valid request".to_owned()
        }
        FrameError::Field(_) => "buffer error: incomplete message".to_owned(),
        other => format!("buffer error: {other}"),
    }
}

/// OpenSSH's text (ssh-keysign.c; the second is one that its helper never gets to).
fn descriptor_text(problem: &DescriptorProblem) -> String {
    match problem {
        DescriptorProblem::Number(number) => format!("bad fd = {number}"),
        _ => "cannot get local name for fd".to_owned(),
    }
}

const fn request_code(refusal: &RequestRefusal) -> &'static str {
    match refusal {
        RequestRefusal::Malformed(_) => "request-malformed",
        RequestRefusal::SessionIdLength { .. } => "session-id-length",
        RequestRefusal::UnknownAlgorithm => "algorithm-unknown",
        RequestRefusal::AlgorithmNotAllowed(_) => "algorithm-not-signed-with",
        RequestRefusal::Key(_) => "key-malformed",
        RequestRefusal::KeyMismatch { .. } => "key-type-mismatch",
        RequestRefusal::HostWithoutDot => "client-host-without-dot",
        RequestRefusal::OtherHost => "client-host-mismatch",
        RequestRefusal::OtherUser => "client-user-mismatch",
        _ => "request-refused",
    }
}

fn request_text(refusal: &RequestRefusal) -> String {
    parse_failure(refusal).unwrap_or_else(|| "not a valid request".to_owned())
}

/// OpenSSH's text where the data does not parse at all (ssh-keysign.c `valid_request`; ssherr.c); none where it parses and
/// is not valid.
fn parse_failure(refusal: &RequestRefusal) -> Option<String> {
    let RequestRefusal::Malformed(WireError { field, kind }) = refusal else { return None };
    let reason = match kind {
        WireErrorKind::Truncated => "incomplete message",
        WireErrorKind::EmbeddedNul => "invalid format",
        _ => return None,
    };
    let field = match *field {
        "session identifier" => "session ID",
        "message number" => "type",
        "user name" => "user",
        "service name" => "service",
        "method name" => "method",
        "public key algorithm" | "public host key" => "pk",
        "client host name" => "hostname",
        "client user name" => "luser",
        other => other,
    };
    Some(format!("valid_request: parse {field}: {reason}"))
}

#[cfg(test)]
mod tests {
    use nix::unistd::Gid;

    use super::*;

    #[test]
    fn the_texts_are_opensshs_and_the_program_is_named_where_it_names_it() {
        let drop = DropError::SetGroup { group: Gid::from_raw(5), errno: Errno::EPERM };
        let truncated = |field| WireError { field, kind: WireErrorKind::Truncated };
        for (refusal, expected) in [
            (drop.into(), "setresgid 5: Operation not permitted\n"),
            (Refusal::NoAccount, "getpwuid failed\n"),
            (Refusal::NotEnabled(vec![]), "ssh-keysign not enabled in /etc/ssh/ssh_config\n"),
            (Refusal::NoKeyOpened(vec!["x".to_owned()]), "ssh-keysign: x\ncould not open any host key\n"),
            (Refusal::NoKeyUsable(vec![]), "no hostkey found\n"),
            (ReceiveError::Ended.into(), "ssh-keysign: ssh_msg_recv failed\n"),
            (FrameError::Version { received: 1 }.into(), "ssh-keysign: bad version: received 1, expected 2\n"),
            (
                FrameError::Field(truncated("fd")).into(),
                "ssh-keysign: fd: the data ends inside this field\nssh-keysign: buffer error: incomplete message\n",
            ),
            (
                FrameError::Field(WireError { field: "data", kind: WireErrorKind::TrailingBytes { count: 1 } }).into(),
                "ssh-keysign: data: 1 byte too many behind it\nssh-keysign: not a valid request\n",
            ),
            (
                DescriptorProblem::NotOpen.into(),
                "ssh-keysign: the descriptor is not open\nssh-keysign: cannot get local name for fd\n",
            ),
            (DescriptorProblem::Number(2).into(), "ssh-keysign: bad fd = 2\n"),
            (
                RequestRefusal::OtherUser.into(),
                "ssh-keysign: the client user name is not the caller's\nssh-keysign: not a valid request\n",
            ),
            (
                RequestRefusal::Malformed(truncated("client host name")).into(),
                "valid_request: parse hostname: incomplete message\n",
            ),
            (SignError::Failed.into(), "ssh-keysign: sshkey_sign failed: the signature could not be computed\n"),
            (Refusal::Send(Errno::EPIPE), "ssh-keysign: write: Broken pipe\nssh-keysign: ssh_msg_send failed\n"),
        ] {
            assert_eq!(refusal.text("ssh-keysign"), expected);
        }
    }
}
