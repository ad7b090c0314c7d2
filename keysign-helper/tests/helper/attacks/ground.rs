//! Calling the helper thousands of times, as an ordinary user, and judging what comes.
//!
//! An Ed25519 signature over given data by a given key is one and the same, whoever makes it (RFC 8032 section 5.1.6). So
//! OpenSSH's helper, asked the same, says what the right answer is.

use std::io::Write as _;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use hostbased::key::PublicKey;
use hostbased::wire::{FRAME_HEADER_BYTES, HelperReply, HelperRequest, frame_length};
use nix::fcntl::{FcntlArg, fcntl};

use crate::lab::{Call, Lab, NOBODY, Ours, SET_UID, Theirs, Whose, request};

/// A lab with one Ed25519 key, and both helpers installed set-uid root.
pub(crate) struct Ground {
    pub(crate) lab: Lab,
    pub(crate) key: PublicKey,
    helpers: [PathBuf; 2],
}

/// Builds a ground, or returns from the test when this machine cannot. Names further programs that the test needs.
macro_rules! needs_ground {
    ($($program:literal),*) => {{
        needs!(crate::lab::missing().or_else(|| crate::needs::missing_program(&["ssh-keygen", $($program),*])));
        crate::attacks::ground::Ground::new()
    }};
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit 0, nothing on standard error, and one frame with this signature blob on standard output.
    Signed(Vec<u8>),
    /// Exit 255, nothing on standard output, and clean text on standard error: its lines.
    Refused(Vec<String>),
    /// Ended by this signal, with nothing on standard output and clean text on standard error.
    Killed(i32),
}

impl Outcome {
    /// Panics where it is none of the three.
    #[track_caller]
    pub(crate) fn of(output: &Output, case: &str) -> Self {
        let status = output.status;
        if status.code() == Some(0) {
            assert!(output.stderr.is_empty(), "{case}: signed with words: {output:?}");
            let (header, body) = output.stdout.split_first_chunk::<FRAME_HEADER_BYTES>().expect(case);
            assert_eq!(frame_length(*header), Ok(body.len()), "{case}: one frame: {output:?}");
            return Self::Signed(HelperReply::parse(body).expect(case).signature.to_vec());
        }
        assert!(output.stdout.is_empty(), "{case}: an answer without success: {output:?}");
        let text = clean_text(&output.stderr).unwrap_or_else(|| panic!("{case}: not escaped: {output:?}"));
        match (status.code(), status.signal()) {
            (Some(255), None) => Self::Refused(text.lines().map(str::to_owned).collect()),
            (None, Some(signal)) => Self::Killed(signal),
            _ => panic!("{case}: {output:?}"),
        }
    }

    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Signed(_))
    }

    /// The last line of a refusal, which is OpenSSH's.
    pub(crate) fn last_line(&self) -> &str {
        match self {
            Self::Refused(lines) => lines.last().map_or("", String::as_str),
            Self::Signed(_) => "(signed)",
            Self::Killed(_) => "(killed)",
        }
    }
}

/// Printable ASCII in lines that end in CR LF (or LF alone: the C library's words); none for anything else.
pub(crate) fn clean_text(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8(bytes.to_vec()).ok()?.replace("\r\n", "\n");
    let clean = |char: char| matches!(char, ' '..='~' | '\n');
    (text.chars().all(clean) && (text.is_empty() || text.ends_with('\n'))).then_some(text)
}

impl Ground {
    pub(crate) fn new() -> Self {
        // Made before anything is started, which would not have it otherwise.
        connection_number();
        let lab = Lab::new();
        let key = lab.ed25519();
        let helpers = [("ours", Ours), ("theirs", Theirs)]
            .map(|(folder, whose)| lab.install_in(folder, &Call { whose, ..SET_UID }));
        Self { lab, key, helpers }
    }

    pub(crate) fn helper(&self, whose: Whose) -> &PathBuf {
        &self.helpers[usize::from(whose == Theirs)]
    }

    /// The data of a request that is signed.
    pub(crate) fn data(&self) -> Vec<u8> {
        request(&self.key, "ssh-ed25519", "localhost.", "nobody")
    }

    /// The frame of a request that is signed.
    pub(crate) fn frame(&self) -> Vec<u8> {
        framed(&self.data())
    }

    /// A command that runs the helper as an ordinary user.
    pub(crate) fn command(&self, whose: Whose) -> Command {
        as_nobody(Command::new(self.helper(whose)))
    }

    /// A command of root's that ends in the helper, as an ordinary user: a shell's words, with `exec "$@"` for the rest.
    pub(crate) fn by_shell(&self, whose: Whose, words: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", words, "sh", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        shell.arg(self.helper(whose));
        shell
    }

    /// Runs the helper with this input, which then ends.
    pub(crate) fn run(&self, whose: Whose, input: &[u8]) -> Output {
        feed(&mut self.command(whose), input)
    }

    #[track_caller]
    pub(crate) fn ask(&self, whose: Whose, input: &[u8]) -> Outcome {
        Outcome::of(&self.run(whose, input), &format!("{whose:?}"))
    }
}

/// As an ordinary user, with no environment.
pub(crate) fn as_nobody(mut command: Command) -> Command {
    command.env_clear().uid(NOBODY).gid(NOBODY);
    command
}

/// Starts a command with pipes.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs a command with this input, which then ends.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = start(command);
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// A frame about the connection of [`connection_number`].
pub(crate) fn framed(data: &[u8]) -> Vec<u8> {
    HelperRequest { fd: connection_number(), data }.encode()
}

/// A connection to this machine itself that everything inherits which this process starts: its number, far above those
/// of other descriptors.
pub(crate) fn connection_number() -> u32 {
    static NUMBER: OnceLock<u32> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect((Ipv4Addr::LOCALHOST, 22)).unwrap();
        // Not closed on exec, and never closed.
        fcntl(&socket, FcntlArg::F_DUPFD(200)).unwrap().cast_unsigned()
    })
}

mod tests {
    use super::clean_text;

    #[test]
    fn clean_text_has_no_control_bytes() {
        assert_eq!(clean_text(b"a b\r\nc\n").as_deref(), Some("a b\nc\n"));
        for bytes in [&b"a"[..], b"a\x1b[2J\r\n", b"a\rb\n", b"\xff\n", b"a\0\n", b"a\tb\n"] {
            assert_eq!(clean_text(bytes), None, "{bytes:?}");
        }
    }
}
