//! Talking to the helper directly, as `ssh` does: a descriptor, one frame in, one frame out.

use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};

use hostbased::key::{Algorithm, verify_signature};
use hostbased::wire::{FRAME_HEADER_BYTES, HelperReply, HelperRequest, Request, frame_length};

use crate::keys::KeyPair;
use crate::lab::{ALICE, CLIENT, CLIENT_ADDRESS, Finished, Lab, User, helper_place};
use crate::under_test::UnderTest;

/// What the helper must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Sign: exit 0, exactly one frame on standard output, not one byte on standard error.
    Signs,
    /// Refuse: exit 255, nothing on standard output, and this as the last line on standard error.
    Refuses(&'a str),
    /// Refuse with that line; and ours says this before, the program's name in front, and nothing else: the reason that
    /// OpenSSH's helper keeps to itself.
    RefusesBecause(&'a str, &'a str),
}

/// What is asked to be signed. The fields of the data are those of [`Request`]; a test changes what it is about.
#[derive(Clone)]
pub struct Question {
    pub key: KeyPair,
    pub algorithm: &'static str,
    pub session_id: Vec<u8>,
    pub server_user: &'static str,
    pub host: String,
    pub user: &'static str,
    pub fd: u32,
}

impl Question {
    /// What `ssh` asks for when alice logs in: it is signed.
    pub fn new(key: &KeyPair, algorithm: &'static str) -> Self {
        Self {
            key: key.clone(),
            algorithm,
            session_id: vec![7; 32],
            server_user: "alice",
            host: format!("{CLIENT}."),
            user: "alice",
            fd: 3,
        }
    }

    /// The data to be signed.
    pub fn data(&self) -> Vec<u8> {
        Request {
            user: self.server_user.as_bytes(),
            algorithm: self.algorithm.as_bytes(),
            public_key: self.key.public_key().blob(),
            client_host: self.host.as_bytes(),
            client_user: self.user.as_bytes(),
            signature: b"",
        }
        .signed_data(&self.session_id)
    }

    /// The whole frame.
    pub fn frame(&self) -> Vec<u8> {
        HelperRequest { fd: self.fd, data: &self.data() }.encode()
    }
}

/// What is behind the helper's descriptor 3.
pub enum Descriptor {
    /// A file of the test's: a socket, as a rule.
    Open(OwnedFd),
    /// Nothing.
    Closed,
}

impl Lab {
    /// A UDP socket of the lab, bound to the client's address and connected to the server's: connecting sends nothing,
    /// but fixes both addresses.
    pub fn connected_socket(&self) -> Descriptor {
        self.in_network(|| connected_socket(CLIENT_ADDRESS, "10.77.0.2"))
    }

    /// Runs the installed helper as alice with a connected socket.
    pub fn ask(&self, frame: &[u8]) -> Finished {
        self.ask_about(self.connected_socket(), frame)
    }

    /// Runs the installed helper as alice with that descriptor.
    pub fn ask_about(&self, descriptor: Descriptor, frame: &[u8]) -> Finished {
        self.ask_as(ALICE, &["--regid", &ALICE.gid.to_string()], descriptor, frame)
    }

    /// Runs the installed helper with these options of setpriv(1).
    pub fn ask_as(&self, user: User, setpriv: &[&str], descriptor: Descriptor, frame: &[u8]) -> Finished {
        let mut sh = self.with_privileges(user, setpriv, "sh");
        // The descriptor comes as standard input, and the frame from a file: so both get through without a descriptor
        // that other tests' processes would inherit.
        let (script, stdin) = match descriptor {
            Descriptor::Open(file) => ("exec \"$0\" 3<&0 <\"$1\"", Stdio::from(file)),
            Descriptor::Closed => ("exec \"$0\" 3<&- <\"$1\"", Stdio::null()),
        };
        let file = "/run/lab/frame";
        self.write(file, frame);
        self.finish(sh.args(["-c", script]).arg(helper_place()).arg(file).stdin(stdin))
    }

    /// Starts the installed helper as alice, with a pipe for its standard input that is descriptor 3 too, as with
    /// ProxyCommand.
    pub fn start_helper_on_a_pipe(&self) -> OnAPipe {
        let mut sh = self.as_user(ALICE, "sh");
        sh.args(["-c", "exec \"$0\" 3<&0"]).arg(helper_place());
        OnAPipe(sh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Asks the question with a connected socket, as alice, and judges the answer.
    #[track_caller]
    pub fn assert_answer(&self, case: &dyn fmt::Display, question: &Question, verdict: Verdict<'_>) {
        judge(case, question, &self.ask(&question.frame()), verdict);
    }
}

/// A helper that runs, with its standard input open.
#[derive(Debug)]
pub struct OnAPipe(pub Child);

impl OnAPipe {
    /// Writes to its standard input, which stays open.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Waits until it has ended, which must not take the end of its standard input.
    pub fn finish(mut self) -> Finished {
        let stdin = self.0.stdin.take();
        let mut finished = Finished { code: self.0.wait().unwrap().code(), stdout: Vec::new(), stderr: String::new() };
        drop(stdin);
        self.0.stdout.take().unwrap().read_to_end(&mut finished.stdout).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut finished.stderr).unwrap();
        finished
    }
}

/// A connected UDP socket in the network of the calling thread.
pub fn connected_socket(from: &str, to: &str) -> Descriptor {
    let socket = UdpSocket::bind((from, 0)).unwrap();
    socket.connect((to, 22)).unwrap();
    Descriptor::Open(socket.into())
}

/// A descriptor of a file.
pub fn opened(file: File) -> Descriptor {
    Descriptor::Open(file.into())
}

/// Compares an answer with what it must be; a signature is verified over the data that was asked for.
#[track_caller]
pub fn judge(case: &dyn fmt::Display, question: &Question, answer: &Finished, verdict: Verdict<'_>) {
    match verdict {
        Verdict::Signs => {
            assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{case}: {answer:?}");
            let (header, body) = answer.stdout.split_at(FRAME_HEADER_BYTES);
            assert_eq!(frame_length(header.try_into().unwrap()), Ok(body.len()), "{case}");
            let reply = HelperReply::parse(body).unwrap();
            let algorithm = Algorithm::from_name(question.algorithm.as_bytes()).unwrap();
            let verified = verify_signature(&question.key.public_key(), algorithm, &question.data(), reply.signature);
            assert_eq!(verified, Ok(()), "{case}");
        }
        Verdict::Refuses(line) => assert_refused(case, answer, line),
        Verdict::RefusesBecause(line, reason) => {
            assert_refused(case, answer, line);
            if UnderTest::chosen() == UnderTest::Ours {
                assert_eq!(answer.lines(), [&format!("ssh-keysign: {reason}"), line], "{case}");
            }
        }
    }
}

/// Exit 255, nothing on standard output, and this as the last line on standard error. What is known beyond it comes before.
#[track_caller]
pub fn assert_refused(case: &dyn fmt::Display, answer: &Finished, line: &str) {
    assert_eq!((answer.code, answer.stdout.len()), (Some(255), 0), "{case}: {answer:?}");
    assert_eq!(answer.lines().last().copied(), Some(line), "{case}: {answer:?}");
}
