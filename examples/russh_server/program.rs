//! The program of a channel: a command or a shell, started as the account, with pipes or on a terminal.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::fchown;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Weak};

use hostbased::store::Root;
use hostbased::store::account::SystemAccount;
use hostbased_sys::{Ids, SessionOf, Start, Started, Terminal, in_session_of, start_in_session};
use nix::libc;
use russh::server::{Handle, Msg};
use russh::{ChannelWriteHalf, Sig};
use russh_hostbased as russh;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

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
    ended: oneshot::Receiver<ExitStatus>,
    runs: Weak<()>,
}

impl User {
    /// Starts the account's shell, with this command or for a login, on this terminal (with its type) or with pipes. Waits
    /// until it runs: on a thread that may, of the runtime.
    ///
    /// # Errors
    /// What the system says. Nothing runs then.
    pub fn start(&self, command: Option<&[u8]>, terminal: Option<(Terminal, String)>) -> io::Result<Program> {
        let (shell, home) = (OsStr::new(&self.account.shell), self.root.join(&self.account.home));
        let login_shell = OsString::from(format!("-{}", self.account.shell.rsplit('/').next().unwrap_or_default()));
        let arguments = match command {
            Some(command) => vec![shell, OsStr::new("-c"), OsStr::from_bytes(command)],
            // What makes it a login shell.
            None => vec![login_shell.as_os_str()],
        };
        let mut environment = self.environment();
        let has_terminal = terminal.is_some();
        if let Some((_, kind)) = &terminal {
            environment.push(("TERM", kind.into()));
        }
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
        let start = |stdio: [BorrowedFd<'_>; 3]| {
            let start = Start { program: shell, arguments: &arguments, environment: &environment, stdio };
            start_in_session(&start, SessionOf { ids: self.ids(), folder: &home, has_terminal })
        };
        match terminal {
            Some((terminal, _)) => self.start_on_terminal(terminal, start),
            None => start_with_pipes(start),
        }
    }

    /// None where it can be nobody else.
    fn ids(&self) -> Option<Ids> {
        let SystemAccount { uid: user, gid: group, ref group_ids, .. } = self.account;
        self.as_other.then(|| Ids { user, group, groups: group_ids.clone().unwrap_or_default() })
    }

    /// Nothing of the server's own environment, and nothing of the client's wishes.
    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let SystemAccount { name, home, shell, uid, .. } = &self.account;
        let name = OsStr::from_bytes(name.as_bytes());
        let admin = if *uid == 0 { "/usr/local/sbin:/usr/sbin:/sbin:" } else { "" };
        vec![
            ("USER", name.into()),
            ("LOGNAME", name.into()),
            ("HOME", home.into()),
            ("SHELL", shell.into()),
            ("PATH", format!("{admin}/usr/local/bin:/usr/bin:/bin").into()),
        ]
    }

    fn start_on_terminal(
        &self,
        terminal: Terminal,
        start: impl FnOnce([BorrowedFd<'_>; 3]) -> io::Result<Started>,
    ) -> io::Result<Program> {
        let Terminal { ours, theirs } = terminal;
        if self.as_other {
            fchown(&theirs, Some(self.account.uid), None)?;
        }
        // Unchecked, for it is no pipe; it is read and written like one.
        let input = Box::new(pipe::Sender::from_owned_fd_unchecked(ours.try_clone()?)?);
        let output = Box::new(pipe::Receiver::from_owned_fd_unchecked(ours)?);
        let child = start([theirs.as_fd(); 3])?;
        Ok(Program { input, pid: child.pid(), rest: Running::new(output, None, child) })
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

fn start_with_pipes(start: impl FnOnce([BorrowedFd<'_>; 3]) -> io::Result<Started>) -> io::Result<Program> {
    let (their_input, input) = io::pipe()?;
    let (output, their_output) = io::pipe()?;
    let (error, their_error) = io::pipe()?;
    let input = Box::new(pipe::Sender::from_owned_fd(input.into())?);
    let output = Box::new(pipe::Receiver::from_owned_fd(output.into())?);
    let error = Box::new(pipe::Receiver::from_owned_fd(error.into())?);
    let child = start([their_input.as_fd(), their_output.as_fd(), their_error.as_fd()])?;
    Ok(Program { input, pid: child.pid(), rest: Running::new(output, Some(error), child) })
}

/// Waits for the end of a program.
async fn end(program: &Started) -> io::Result<ExitStatus> {
    // Listened to before looking, so that no end is missed; mostly, what has closed its output has ended.
    let mut some_child_ended = signal(SignalKind::child())?;
    loop {
        if let Some(status) = program.try_wait()? {
            return Ok(status);
        }
        some_child_ended.recv().await;
    }
}

impl Running {
    /// The program's end is waited for whatever becomes of its channel: the system keeps a place for it until then.
    fn new(
        output: Box<dyn AsyncRead + Send + Unpin>,
        error: Option<Box<dyn AsyncRead + Send + Unpin>>,
        child: Started,
    ) -> Self {
        let ((tell, ended), counted) = (oneshot::channel(), Arc::new(()));
        let runs = Arc::downgrade(&counted);
        tokio::spawn(async move {
            let status = end(&child).await;
            drop(counted);
            let _ = status.map(|status| tell.send(status));
        });
        Self { output, error, ended, runs }
    }

    /// Counts as long as the program's end has not been waited for: till then no other process gets its number.
    pub fn runs(&self) -> Weak<()> {
        self.runs.clone()
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
        let ended = self.ended.await;
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
