//! A real SSH server with hostbased authentication, on russh: logins by hostbased and by publickey, commands and shells as the
//! account that logs in, a log line for each decision.
//!
//! ```text
//! main (listens, ends) -> connection (russh's handler) -> login (hostbased; public_key, authorized_keys) -> audit
//!                                                      -> program (runs as the account), starts (where), input (what it is fed)
//! ```
//!
//! On a server whose files are set up as for sshd (README.md), as root:
//!
//! ```sh
//! cargo run --features russh-server --example russh_server -- --listen 0.0.0.0:2222
//! ```
//!
//! An ordinary user can run it too, with `--host-key`; it lets in nobody else then. `--root` takes all files from another folder;
//! there must be the account's shell too, for it is looked for there, but what runs is the machine's own: this is no chroot.
//!
//! What it leaves out: PAM, so that it sees `/etc/nologin` itself; forwarding, agents, subsystems (sftp); wtmp(5) and motd(5);
//! chroot; a word to the user whose home cannot be entered, so that his programs start in `/`; an end for a command whose
//! output nobody reads any more (`ssh HOST yes | head -1`): ssh says so (eow@openssh.com) to OpenSSH's own servers only.
//!
//! To take it for your own server: `russh = { package = "russh-hostbased", ... }` in your manifest, and all lines
//! `use russh_hostbased as russh` go.
#![allow(clippy::print_stderr, reason = "a program talks")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "a server has files, processes and a clock")]
#![allow(unreachable_pub, reason = "nothing outside this program sees it")]

mod audit;
mod authorized_keys;
mod connection;
mod input;
mod login;
mod options;
mod program;
mod public_key;
mod starts;

use std::error::Error;
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use hostbased::bridge::server::methods;
use hostbased::escape::escape;
use hostbased::name::address_text;
use russh::server::{Config, run_stream};
use russh::{Disconnect, SshId};
use russh_hostbased as russh;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::connection::Connection;
use crate::login::Server;
use crate::options::{Options, USAGE};

/// How long a refusal takes, whatever refuses: more than a decision does, and so no measure of it.
const REFUSAL_TIME: Duration = Duration::from_millis(100);

/// Connections that have not logged in yet, at once (sshd: MaxStartups). A server on the open net would count them by source
/// too (sshd: PerSourceMaxStartups).
const MAX_STARTUPS: usize = 100;

/// For sessions to end when the server is stopped.
const STOP_TIME: Duration = Duration::from_secs(10);

/// For clients to take leave then.
const LEAVE_TIME: Duration = Duration::from_secs(1);

/// Why connections end.
const TOO_LATE: &str = "no login within --login-grace-time";
const NO_LOGIN: &str = "no login: --max-auth-tries are used up, or the client has taken its leave";

/// How far the server has stopped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Stop {
    No,
    /// Nobody is let in any more; sessions go on.
    Soon,
    Now,
}

fn main() -> ExitCode {
    let failed = |why: String| {
        eprintln!("russh_server: {why}\n--help shows the options");
        ExitCode::from(2)
    };
    if std::env::args_os().any(|argument| argument == "--help" || argument == "-h") {
        // Whoever reads it may have read enough.
        let _ = writeln!(io::stdout(), "{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::read(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(why) => return failed(why),
    };
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(error.to_string()),
    };
    let ended = runtime.block_on(serve(options));
    // Decisions that still wait for a name service are left to themselves.
    runtime.shutdown_background();
    ended.map_or_else(failed, |()| ExitCode::SUCCESS)
}

/// Serves until a signal comes.
async fn serve(options: Options) -> Result<(), String> {
    let Options { listen, root, host_keys, policy, max_auth_tries, login_grace_time, authorized_keys } = options;
    let config = Arc::new(Config {
        server_id: SshId::Standard("SSH-2.0-russh_hostbased_example".into()),
        methods: methods(&policy, &policy.methods().start()),
        keys: host_keys,
        // russh counts the question for the methods too, with which clients begin and which sshd does not count.
        max_auth_attempts: max_auth_tries.saturating_add(1),
        auth_rejection_time: REFUSAL_TIME,
        auth_rejection_time_initial: Some(Duration::ZERO),
        window_size: input::WINDOW,
        inactivity_timeout: None,
        // A client that is gone without a word.
        keepalive_interval: Some(Duration::from_secs(60)),
        nodelay: true,
        ..Config::default()
    });
    if let Some(file) = &authorized_keys
        && let Err(error) = fs::metadata(file)
    {
        tracing::warn!(file = %file.display(), %error, "authorized keys");
    }
    let server = Arc::new(Server::new(root, policy, authorized_keys));
    server.log_troubles();

    let failed = |error: io::Error| format!("{listen}: {error}");
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let handler = |kind| signal(kind).map_err(|error| error.to_string());
    let (mut terminate, mut interrupt) = (handler(SignalKind::terminate())?, handler(SignalKind::interrupt())?);
    let _ = writeln!(io::stdout(), "listening on {}", listener.local_addr().map_err(failed)?);

    let (stop, stopped) = watch::channel(Stop::No);
    let startups = Arc::new(Semaphore::new(MAX_STARTUPS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        };
        match (accepted, startups.clone().try_acquire_owned()) {
            (Ok((stream, peer)), Ok(startup)) => {
                let (config, server, stopped) = (config.clone(), server.clone(), stopped.clone());
                connections.spawn(async move {
                    let served = connection(stream, peer, login_grace_time, config, server, startup, stopped);
                    if let Err(error) = served.await
                        && !is_gone(&*error)
                    {
                        let (address, error) = (address_text(peer.ip()), error.to_string());
                        tracing::info!(address, error = ?escape(&error), "connection ended");
                    }
                });
            }
            (Ok((_, peer)), Err(_)) => {
                tracing::warn!(address = address_text(peer.ip()), "too many connections that are not logged in");
            }
            (Err(error), _) => {
                tracing::error!(%error, "cannot take a connection");
                // Most likely no descriptor is left, and will be none at once.
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    for (stage, time) in [(Stop::Soon, STOP_TIME), (Stop::Now, LEAVE_TIME)] {
        let what = if stage == Stop::Soon { "waiting for sessions to end" } else { "ending them" };
        tracing::info!(connections = connections.len(), at_most = ?time, "stopping: {what}");
        let _ = stop.send(stage);
        let all = async { while connections.join_next().await.is_some() {} };
        if timeout(time, all).await.is_ok() {
            break;
        }
    }
    Ok(())
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    login_grace_time: Duration,
    config: Arc<Config>,
    server: Arc<Server>,
    startup: OwnedSemaphorePermit,
    mut stopped: watch::Receiver<Stop>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(config.nodelay)?;
    let stream = stream.into_std()?;
    // By which it can be cut, whatever the client makes russh wait for.
    let cut = stream.try_clone()?;
    let stream = TcpStream::from_std(stream)?;
    let (authenticated, mut is_authenticated) = oneshot::channel();
    let handler = Connection::new(server, peer, authenticated);
    let mut too_late = pin!(sleep(login_grace_time));
    let mut session = tokio::select! {
        session = run_stream(config, stream, handler) => session?,
        () = &mut too_late => return Err(TOO_LATE.into()),
        () = reached(&mut stopped, Stop::Soon) => return Ok(()),
    };
    let is_in = tokio::select! {
        ended = &mut session => return ended.map_err(Into::into).and(Err(NO_LOGIN.into())),
        Ok(()) = &mut is_authenticated => Ok(()),
        () = &mut too_late => Err(TOO_LATE.into()),
        () = reached(&mut stopped, Stop::Soon) => Err("the server is stopped".into()),
    };
    if is_in.is_err() {
        cut.shutdown(Shutdown::Both)?;
        let _ = session.await;
        return is_in;
    }
    drop((startup, cut));
    tokio::select! {
        ended = &mut session => ended?,
        () = reached(&mut stopped, Stop::Now) => {
            let bye = "the server is stopped".to_owned();
            let _ = session.handle().disconnect(Disconnect::ByApplication, bye, String::new()).await;
            session.await?;
        }
    }
    Ok(())
}

/// Whether the client has just closed the connection, as clients do that were refused.
fn is_gone(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    match error.downcast_ref() {
        Some(russh::Error::IO(error)) => error.kind() == io::ErrorKind::UnexpectedEof,
        // Before it has said anything.
        other => matches!(other, Some(russh::Error::Disconnect)),
    }
}

/// Waits until the server has stopped so far.
async fn reached(stopped: &mut watch::Receiver<Stop>, stage: Stop) {
    let _ = stopped.wait_for(|&stop| stop >= stage).await;
}
