//! The program of a channel: a command or a shell, started as the account, with pipes or on a terminal.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::fchown;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Weak};

use hostbased::store::Root;
use hostbased::store::account::SystemAccount;
use hostbased_sys::{Ids, SessionOf, Terminal, in_session_of};
use nix::libc;
use russh::server::{Handle, Msg};
use russh::{ChannelWriteHalf, Sig};
use russh_hostbased as russh;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::unix::pipe;
use tokio::process::Child;

/// Bytes of output that are read at once.
const CHUNK: usize = 32 * 1024;

/// Standard error, as extended data of a channel (RFC 4254 section 5.2).
const STDERR: u32 = 1;

/// The signals that have a name in the protocol (RFC 4254 section 6.10), as far as russh has them.
const SIGNALS: [(Sig, i32); 12] = [
    (Sig::ABRT, libc::SIGABRT),
    (Sig::ALRM, libc::SIGALRM),
    (Sig::FPE, libc::SIGFPE),
    (Sig::HUP, libc::SIGHUP),
    (Sig::ILL, libc::SIGILL),
    (Sig::INT, libc::SIGINT),
    (Sig::KILL, libc::SIGKILL),
    (Sig::PIPE, libc::SIGPIPE),
    (Sig::QUIT, libc::SIGQUIT),
    (Sig::SEGV, libc::SIGSEGV),
    (Sig::TERM, libc::SIGTERM),
    (Sig::USR1, libc::SIGUSR1),
];

/// Whom programs run as, and where.
#[derive(Clone)]
pub struct User {
    pub account: SystemAccount,
    pub root: Root,
    /// Whether this runs as root, and can be others.
    pub as_other: bool,
}

/// A program that was started.
pub struct Program {
    pub input: Box<dyn AsyncWrite + Send + Unpin>,
    pub pid: u32,
    pub rest: Running,
}

/// Its output, and its end.
pub struct Running {
    output: Box<dyn AsyncRead + Send + Unpin>,
    /// None on a terminal.
    error: Option<Box<dyn AsyncRead + Send + Unpin>>,
    child: Child,
    runs: Arc<()>,
}

impl User {
    /// Starts the account's shell, with this command or for a login, on this terminal (with its type) or with pipes. Waits
    /// until it runs: on a thread that may, of the runtime.
    ///
    /// # Errors
    /// What the system says. Nothing runs then.
    pub fn start(&self, command: Option<&[u8]>, terminal: Option<(Terminal, String)>) -> io::Result<Program> {
        let (shell, home) = (&self.account.shell, self.root.join(&self.account.home));
        let mut program = Command::new(shell);
        match command {
            Some(command) => program.arg("-c").arg(OsStr::from_bytes(command)),
            // What makes it a login shell.
            None => program.arg0(format!("-{}", shell.rsplit('/').next().unwrap_or(shell))),
        };
        self.set_environment(&mut program);
        let session = SessionOf { ids: self.ids(), folder: &home, has_terminal: terminal.is_some() };
        in_session_of(&mut program, session)?;
        match terminal {
            Some((terminal, kind)) => {
                program.env("TERM", kind);
                self.start_on_terminal(program, terminal)
            }
            None => start_with_pipes(program),
        }
    }

    /// None where it can be nobody else.
    fn ids(&self) -> Option<Ids> {
        let SystemAccount { uid: user, gid: group, ref group_ids, .. } = self.account;
        self.as_other.then(|| Ids { user, group, groups: group_ids.clone().unwrap_or_default() })
    }

    /// Nothing of the server's own environment, and nothing of the client's wishes.
    fn set_environment(&self, program: &mut Command) {
        let name = OsStr::from_bytes(self.account.name.as_bytes());
        program.env_clear().env("USER", name).env("LOGNAME", name);
        program.env("HOME", &self.account.home).env("SHELL", &self.account.shell);
        let admin = if self.account.uid == 0 { "/usr/local/sbin:/usr/sbin:/sbin:" } else { "" };
        program.env("PATH", format!("{admin}/usr/local/bin:/usr/bin:/bin"));
    }

    fn start_on_terminal(&self, mut program: Command, terminal: Terminal) -> io::Result<Program> {
        let Terminal { ours, theirs } = terminal;
        if self.as_other {
            fchown(&theirs, Some(self.account.uid), None)?;
        }
        program.stdin(theirs.try_clone()?).stdout(theirs.try_clone()?).stderr(theirs);
        // The command, and with it our copies of the program's end, goes with this line: else that end would stay open.
        let child = tokio::process::Command::from(program).spawn()?;
        // Unchecked, for it is no pipe; it is read and written like one.
        let input = Box::new(pipe::Sender::from_owned_fd_unchecked(ours.try_clone()?)?);
        let output = Box::new(pipe::Receiver::from_owned_fd_unchecked(ours)?);
        let pid = child.id().unwrap_or_default();
        Ok(Program { input, pid, rest: Running { output, error: None, child, runs: Arc::default() } })
    }

    /// Sends a signal to the program and what it has started, with the rights of its user: some of that may be another's.
    ///
    /// # Errors
    /// What the system says.
    pub fn signal(&self, pid: u32, signal: &Sig) -> io::Result<()> {
        let wanted = name(signal);
        let Some(known) = SIGNALS.iter().map(|(known, _)| name(known)).find(|known| *known == wanted) else {
            return Ok(());
        };
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", "kill -s \"$1\" -- \"-$2\"", "kill", &known, &pid.to_string()]).env_clear();
        kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        in_session_of(&mut kill, SessionOf { ids: self.ids(), folder: "/".as_ref(), has_terminal: false })?;
        kill.status().map(drop)
    }
}

fn start_with_pipes(mut program: Command) -> io::Result<Program> {
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tokio::process::Command::from(program).spawn()?;
    let (Some(input), Some(output), Some(error)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let pid = child.id().unwrap_or_default();
    let (output, error) = (Box::new(output), Some(Box::new(error) as Box<_>));
    let rest = Running { output, error, child, runs: Arc::default() };
    Ok(Program { input: Box::new(input), pid, rest })
}

impl Running {
    /// Counts as long as the program's end has not been waited for: till then no other process gets its number.
    pub fn runs(&self) -> Weak<()> {
        Arc::downgrade(&self.runs)
    }

    /// Hands all output to the client, as fast as it takes it, then tells how the program ended, and closes the channel.
    ///
    /// As with sshd, what the program has left running keeps the channel open while it holds the pipes; from a terminal it is
    /// cut off.
    pub async fn report(mut self, channel: ChannelWriteHalf<Msg>, handle: Handle) {
        let error = async {
            if let Some(error) = &mut self.error {
                copy(error, &channel, Some(STDERR)).await;
            }
        };
        tokio::join!(copy(&mut self.output, &channel, None), error);
        let ended = self.child.wait().await;
        drop(self.runs);
        let _ = channel.eof().await;
        if let Ok(status) = ended {
            let _ = report_end(status, &channel, &handle).await;
        }
        let _ = channel.close().await;
    }
}

/// Copies until the end. Reads no more than the client takes.
async fn copy(mut from: impl AsyncRead + Unpin, channel: &ChannelWriteHalf<Msg>, extended: Option<u32>) {
    let mut buffer = vec![0; CHUNK];
    // A terminal whose other end is closed says so by an error.
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        let sent = match extended {
            None => channel.data_bytes(bytes).await,
            Some(kind) => channel.extended_data_bytes(kind, bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn report_end(status: ExitStatus, channel: &ChannelWriteHalf<Msg>, handle: &Handle) -> Result<(), ()> {
    if let Some(code) = status.code() {
        return handle.exit_status_request(channel.id(), u32::try_from(code).unwrap_or(255)).await;
    }
    let signal = SIGNALS.into_iter().find_map(|(signal, number)| (status.signal() == Some(number)).then_some(signal));
    // OpenSSH's name for those that have none (session.c `sig2name`).
    let signal = signal.unwrap_or_else(|| Sig::Custom("SIG@openssh.com".to_owned()));
    handle.exit_signal_request(channel.id(), signal, status.core_dumped(), String::new(), String::new()).await
}

fn name(signal: &Sig) -> String {
    match signal {
        Sig::Custom(name) => name.clone(),
        known => format!("{known:?}"),
    }
}
